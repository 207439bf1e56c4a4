"""The program's entry. No Qt is loaded until a window is asked for."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from assistant import cli
from assistant.errors import AssistantError


def main(argv: list[str] | None = None) -> int:
    """Hand commands to `assistant.cli`; open the window otherwise."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments and (arguments[0] in cli.COMMANDS or arguments[0] in ("-h", "--help", "--version")):
        return cli.main(arguments)
    parser = argparse.ArgumentParser(prog="fluoro-assistant", description="Open the window.")
    parser.add_argument("run", nargs="?", help="video, DICOM file, folder of pictures, or run folder")
    parser.add_argument("--plan", help="plan.json")
    args = parser.parse_args(arguments)
    if has_screen():
        from ui.app import run

        return run(args.run, args.plan)
    return without_screen(args.run, args.plan)


def has_screen() -> bool:
    """Whether a window can be shown here."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def without_screen(run: str | None, plan: str | None) -> int:
    """Analyse the run and print the table, because there is no screen to open a window on."""
    if run is None or plan is None:
        sys.stderr.write("There is no screen here to open a window on; use: fluoro-assistant analyze RUN --plan PLAN\n")
        return 2
    sys.stderr.write("There is no screen here: the run is analysed and its table printed instead.\n")
    try:
        with tempfile.TemporaryDirectory() as folder:
            return cli.run_analyze(
                Path(run), run, Path(plan), Path(folder) / "result", masks=False, fps=None, table=True
            )
    except AssistantError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
