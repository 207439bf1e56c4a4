"""The commands of the contract, without a window: ``analyze``, ``validate``, ``simulate``, ``evaluate``."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from assistant import __version__
from assistant.errors import AssistantError

COMMANDS = ("analyze", "validate", "simulate", "evaluate")


def main(argv: list[str] | None = None) -> int:
    """Run one command; gives the exit status.

    0 done; 2 arguments or a plan that cannot be used; 3 an input that cannot be read, or not to its end; 4 the world's
    fault (disk full, no permission); 130 stopped by a person.
    """
    arguments = sys.argv[1:] if argv is None else argv
    try:
        if arguments[:1] == ["simulate"]:
            from assistant.simulation import command as simulation

            return simulation.run(arguments[1:])
        if arguments[:1] == ["evaluate"]:
            from assistant.evaluation import command as evaluation

            return evaluation.main(arguments[1:])
        args = parser().parse_args(arguments)
        if args.command == "analyze":
            return run_analyze(Path(args.run_path), args.run_path, args.plan, args.out, masks=args.masks, fps=args.fps)
        if args.command == "validate":
            return _run_validate(args.file)
    except AssistantError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    except KeyboardInterrupt:
        sys.stderr.write("stopped before anything was analysed\n")
        return 130
    parser().print_help(sys.stderr)
    return 2


def parser() -> argparse.ArgumentParser:
    """The command line, for help and for parsing."""
    top = argparse.ArgumentParser(
        prog="fluoro-assistant",
        description="Tracks bone cement on fluoroscopy against the warning line and the endplates. Research software.",
        epilog="Without a command the window opens: fluoro-assistant [RUN] [--plan PLAN].",
    )
    top.add_argument("--version", action="version", version=f"fluoro-assistant {__version__}")
    commands = top.add_subparsers(dest="command", metavar="command")
    analyze = commands.add_parser("analyze", help="analyse a recorded run, no window needed")
    analyze.add_argument("run_path", metavar="RUN", help="video, DICOM file, folder of pictures, or run folder")
    analyze.add_argument("--plan", type=Path, required=True, help="plan.json: view, level, scale, landmarks")
    analyze.add_argument("--out", type=Path, required=True, help="folder for result.json and measurements.csv")
    analyze.add_argument("--masks", action="store_true", help="also write masks/000123.png")
    analyze.add_argument("--fps", type=_positive, help="frames a second of a folder of pictures (default 15)")
    validate = commands.add_parser("validate", help="say whether a plan, a result or a run folder is whole")
    validate.add_argument("file", metavar="FILE", type=Path)
    commands.add_parser("simulate", help="make X-ray runs with known truth (simulate --help)")
    commands.add_parser("evaluate", help="measure how right the analysis is (evaluate --help)")
    return top


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1000:
        raise argparse.ArgumentTypeError(f"frames a second must lie between 0 and 1000, got {text!r}")
    return value


def run_analyze(
    path: Path, run: str, plan_path: Path, out: Path, *, masks: bool, fps: float | None, table: bool = False
) -> int:
    """Analyse a run and write the results.

    Parameters
    ----------
    path, run : the run as path and as typed
    plan_path : Path
    out : Path
    masks : bool
    fps : float or None
        For folders of pictures.
    table : bool
        Print the summary to standard output even when it is not a terminal.
    """
    # Imported late: `validate` and help must not wait for the codecs.
    import cv2

    from assistant.analysis import analyze
    from assistant.capture.opening import open_source
    from assistant.plan import read_plan
    from assistant.settings import Settings, check

    settings = Settings()
    check(settings)
    plan = read_plan(plan_path, settings.alarms.warning_line_fraction)
    # The pictures of one run come one after the other: a second thread costs more than it gives on such small crops.
    cv2.setNumThreads(1)
    source = open_source(run, fps)
    stop = _StopOnSignal()
    progress = _progress(sys.stderr) if sys.stderr.isatty() else None
    try:
        with stop:
            outcome = analyze(
                source, plan, settings, out, masks=masks, progress=progress, should_stop=lambda: stop.asked
            )
    finally:
        source.close()
        if progress is not None:
            sys.stderr.write("\n")
    if table or sys.stdout.isatty():
        sys.stdout.write(summary_table(outcome.document))
    if outcome.failure is not None:
        raise outcome.failure
    return 0


class _StopOnSignal:
    """Ctrl-C and SIGTERM end the analysis after the frame at hand instead of tearing it apart."""

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _StopOnSignal:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def _progress(stream: TextIO) -> Callable[[int, int | None], None]:
    started_s = time.monotonic()
    told_s = [0.0]

    def tell(done: int, total: int | None) -> None:
        now_s = time.monotonic()
        if now_s - told_s[0] < 0.2 and done != total:
            return
        told_s[0] = now_s
        rate = done / max(now_s - started_s, 1e-6)
        if total:
            left_s = (total - done) / max(rate, 1e-6)
            stream.write(f"\r{100 * done // total:3d} %  frame {done} of {total}  {rate:.0f}/s  {left_s:.0f} s left   ")
        else:
            stream.write(f"\rframe {done}  {rate:.0f}/s   ")
        stream.flush()

    return tell


def summary_table(document: dict[str, Any]) -> str:
    """A result as a few lines for a person."""
    run, final, timing = document["run"], document["final"], document["timing"]
    lines = [
        f"{run['source']}: {run['frames']} frames of {run['width']} x {run['height']}"
        + ("" if document["complete"] else "  INCOMPLETE: not analysed to its end"),
        "",
        f"{'frame':>7}  {'until':>7}  {'priority':<8}  {'event':<22} {'site':<19} text",
    ]
    for event in document["events"]:
        until = "stands" if event["last_frame"] is None else str(event["last_frame"])
        lines.append(
            f"{event['first_frame']:>7}  {until:>7}  {event['priority']:<8}  {event['kind']:<22} "
            f"{event['site'] or '':<19} {event['text']}"
        )
    if not document["events"]:
        lines.append("         no event")
    for leak in document["leaks"]:
        shape = "" if leak["shape"] is None else f", shape {leak['shape']['label']}"
        lines.append(
            f"leak: {leak['site']} from frame {leak['first_frame']}, ≈ {leak['area_mm2']:.0f} mm², "
            f"≈ {leak['length_mm']:.0f} mm long, Yeom {leak['yeom']}, {leak['magnitude']}{shape}"
        )
    area, ratio = final["cement_area_mm2"], final["fill_area_ratio"]
    lines += [
        "",
        f"cement at the end: {'unknown' if area is None else f'≈ {area:.0f} mm²'}, "
        f"share of the body {'unknown' if ratio is None else f'≈ {100 * ratio:.0f} %'}",
        f"processing of a new picture: median {timing['median_ms']:.1f} ms, 99 of 100 within {timing['p99_ms']:.1f} ms",
        "What is not listed was not seen in this view; it may be there all the same.",
        "",
    ]
    return "\n".join(lines)


def _run_validate(file: Path) -> int:
    from assistant.validate import validate

    for line in validate(file):
        sys.stdout.write(f"{line}\n")
    return 0
