"""The command ``fluoro-assistant simulate``: one case, a data set, the list of cases, the gallery."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from assistant.errors import AssistantError, UsageError
from assistant.language import translate
from assistant.simulation import scenario
from assistant.simulation.building import build_run
from assistant.simulation.scenario import Case
from assistant.simulation.writing import write_run


def run(argv: list[str]) -> int:
    """Run the command; the exit status of `assistant.errors` on failure, with one sentence on standard error."""
    try:
        return _run(_parser().parse_args(argv))
    except AssistantError as error:
        sys.stderr.write(f"{translate(error)}\n")
        return error.exit_status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fluoro-assistant simulate", description="Make X-ray runs of bone cement with known truth."
    )
    parser.add_argument("case", nargs="?", help="name of a case (see --list) or path of a case file")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same bits (default 1)")
    parser.add_argument("--out", type=Path, help="new folder")
    parser.add_argument(
        "--codec", choices=["ffv1", "h264", "mjpeg", "huffyuv", "png", "tiff", "dicom"], help="how frames are stored"
    )
    parser.add_argument("--anatomy", help="identity of the patient, such as procedural/L1/000007/wedge1")
    parser.add_argument("--folder", type=Path, help="folder with real anatomy (CT, meshes)")
    parser.add_argument("--list", action="store_true", help="list the cases")
    parser.add_argument("--gallery", action="store_true", help="contact sheets of many frames into --out")
    parser.add_argument("--dataset", type=int, metavar="N", help="N random runs into --out")
    parser.add_argument(
        "--split", choices=["train", "validation", "test"], default="train", help="part of the data set"
    )
    parser.add_argument("--workers", type=int, default=0, help="processes for --dataset (default: all cores)")
    return parser


def _run(args: argparse.Namespace) -> int:
    if args.list:
        for name in scenario.names():
            sys.stdout.write(f"{name:22} {scenario.load(name).title}\n")
        return 0
    if args.out is None:
        raise UsageError("simulate: say where to write with --out FOLDER")
    if args.gallery:
        from assistant.simulation.gallery import write_gallery

        write_gallery(args.out, progress=progress_line("gallery"))
        return 0
    if args.dataset is not None:
        from assistant.simulation.dataset import write_dataset

        write_dataset(args.dataset, args.split, args.out, workers=args.workers, progress=progress_line("data set"))
        return 0
    if args.case is None:
        raise UsageError("simulate: name a case (fluoro-assistant simulate --list shows them)")
    case = with_codec(scenario.load(args.case), args.codec)
    fluoroscope = build_run(case, args.seed, identity=args.anatomy, folder=args.folder)
    write_run(fluoroscope, args.out, progress_line(args.case))
    return 0


def with_codec(case: Case, codec: str | None) -> Case:
    """The case with another way of storing its frames."""
    if codec is None:
        return case
    return msgspec.structs.replace(case, run=msgspec.structs.replace(case.run, output=codec))


def progress_line(what: str) -> Callable[[float], None] | None:
    """A line on standard error that is rewritten; None where nobody looks."""
    if not sys.stderr.isatty():
        return None
    began_s = time.monotonic()

    def show(share: float) -> None:
        seconds = time.monotonic() - began_s
        sys.stderr.write(f"\r{what}: {100 * share:5.1f} %  {seconds:5.0f} s" + ("\n" if share >= 1 else ""))
        sys.stderr.flush()

    return show


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
