"""The program's entry. No Qt is loaded until a window is asked for."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from assistant import cli
from assistant.errors import EnvironmentError_
from assistant.language import tr, translate
from assistant.settings.file import stored_settings


def main(argv: list[str] | None = None) -> int:
    """Hand commands to `assistant.cli`; open the window otherwise."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments and (arguments[0] in cli.COMMANDS or arguments[0] in ("-h", "--help", "--version")):
        return cli.main(arguments)
    return cli.run_safely(lambda: _open(arguments))


def _open(arguments: list[str]) -> int:
    usage = "fluoro-assistant [RUN] [--plan PLAN] [--live SOURCE]"
    parser = cli.Parser(prog="fluoro-assistant", usage=usage, add_help=False)
    parser.add_argument("run", nargs="?", metavar="RUN")
    parser.add_argument("--plan", metavar="PLAN")
    parser.add_argument("--live", metavar="SOURCE", help=tr("a camera, play:RUN as a rehearsal, or resume:"))
    args: argparse.Namespace = parser.parse_args(arguments)
    why_not = no_window()
    if not why_not:
        if args.live is not None:
            from ui.app import run_live

            return run_live(args.live)
        from ui.app import run

        return run(args.run, args.plan)
    return without_window(why_not, args.run, args.plan)


def no_window() -> str:
    """Why no window can be opened here, as the beginning of a sentence; empty where one can."""
    if sys.platform not in ("win32", "darwin") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        return tr("There is no screen here to open a window on")
    try:
        import PyQt6.QtWidgets  # noqa: F401
    except ImportError as error:
        return tr(
            "The window cannot be opened ({error}; see the README for the system packages that it needs)",
            error=translate(error),
        )
    return ""


def without_window(why: str, run: str | None, plan: str | None) -> int:
    """Analyse the run and print its table, because no window can be opened.

    Raises
    ------
    EnvironmentError_
        If there is nothing to analyse.
    AssistantError
        As `cli.run_analyze` does.
    """
    if run is not None and plan is None and (Path(run) / "plan.json").is_file():
        plan = str(Path(run) / "plan.json")
    if run is None or plan is None:
        raise EnvironmentError_(f"{why}; use fluoro-assistant analyze RUN --plan PLAN --out DIR")
    sys.stderr.write(tr("{why}: the run is analysed and its table printed instead.\n", why=translate(why)))
    with tempfile.TemporaryDirectory() as folder:
        return cli.run_analyze(run, Path(plan), Path(folder), stored_settings(), only_table=True)
