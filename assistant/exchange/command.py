"""The commands ``import``, ``pack`` and ``unpack``: the library without a window."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from assistant.errors import AssistantError, InputError, UsageError
from assistant.exchange.pack_out import PackOrder, write_pack
from assistant.exchange.taking_in import take_in_pack
from assistant.language import tr, translate
from assistant.library.jobs import Jobs
from assistant.library.store import Library
from assistant.settings.file import add_arguments, wanted_settings

_LOOK_EVERY_S = 0.1


def run(argv: list[str]) -> int:
    """Run one of the commands; gives the exit status.

    Raises
    ------
    AssistantError
        In one sentence what went wrong.
    """
    args = _parser().parse_args(argv)
    act: Callable[[Library, argparse.Namespace], int] = {"import": _import, "pack": _pack, "unpack": _unpack}[args.act]
    with Library() as library:
        if library.fault:
            sys.stderr.write(
                tr(
                    "{folder}: the log of changes needs a check: {fault}\n",
                    folder=library.folder,
                    fault=translate(library.fault),
                )
            )
        return act(library, args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fluoro-assistant", description=tr("The case library without a window."))
    acts = parser.add_subparsers(dest="act", required=True)
    bring = acts.add_parser("import", description=tr("Takes runs into the library and analyses those with a plan."))
    bring.add_argument("runs", nargs="+", metavar="RUN", help=tr("as for analyze; or a case pack"))
    bring.add_argument("--case", metavar="ID", help=tr("the case that the runs belong to (default: a new one each)"))
    bring.add_argument("--stay", action="store_true", help=tr("point to the run instead of copying it"))
    bring.add_argument("--no-analysis", action="store_true", help=tr("leave the analysis to the window"))
    add_arguments(bring)
    pack = acts.add_parser("pack", description=tr("Writes cases into a de-identified pack."))
    pack.add_argument("cases", nargs="+", metavar="CASE", help=tr("the id of a case in the library"))
    pack.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("the pack; must not exist"))
    pack.add_argument("--shift-days", type=int, default=0, help=tr("move all dates; without it they are left out"))
    pack.add_argument("--with-notes", action="store_true", help=tr("notes and tags go along"))
    pack.add_argument("--cover", action="append", default=[], metavar="X,Y,W,H", help=tr("blacken a rectangle (px)"))
    pack.add_argument(
        "--names-looked-for", action="store_true", help=tr("you have looked: no name is left to read in the pictures")
    )
    unpack = acts.add_parser("unpack", description=tr("Takes a case pack into the library."))
    unpack.add_argument("file", type=Path, metavar="FILE", help=tr("a case pack (.zip)"))
    return parser


def _import(library: Library, args: argparse.Namespace) -> int:
    if args.case is not None and library.one("cases", args.case) is None:
        raise UsageError(f"there is no case {args.case}")
    jobs = Jobs(library, wanted_settings(args))
    failed: list[AssistantError] = []
    for path in args.runs:
        if path.lower().endswith(".zip"):
            sys.stdout.write(f"{path}: {_taken_in(library, Path(path))}\n")
            continue
        job = jobs.bring_in(path, copy=not args.stay, case_id=args.case)
        try:
            while not job.is_over:
                jobs.poll()
                time.sleep(_LOOK_EVERY_S)
        finally:
            if not job.is_over:
                jobs.stop()
        if job.error:
            failed.append(InputError(job.error))
            sys.stderr.write(f"{translate(job.error)}\n")
        else:
            sys.stdout.write(f"{path}: {job.case_id}\n")
    try:
        while not args.no_analysis and (jobs.current is not None or jobs.waiting):
            jobs.poll()
            time.sleep(_LOOK_EVERY_S)
    finally:
        jobs.stop()
    for job in jobs.finished:
        if job.kind == "analyse" and job.error:
            failed.append(InputError(job.error))
            sys.stderr.write(f"{job.name}: {translate(job.error)}\n")
    return failed[0].exit_status if failed else 0


def _pack(library: Library, args: argparse.Namespace) -> int:
    covers = []
    for text in args.cover:
        try:
            x, y, w, h = (int(part) for part in text.split(","))
        except ValueError as error:
            raise UsageError(f"--cover takes four whole numbers, X,Y,W,H, got {text!r}") from error
        covers.append((x, y, w, h))
    order = PackOrder(
        case_ids=tuple(args.cases),
        shift_days=args.shift_days,
        with_notes=args.with_notes,
        cover_px=tuple(covers),
        looked_for_names=args.names_looked_for,
    )
    sys.stdout.write(f"{write_pack(library, order, args.out)}\n")
    return 0


def _unpack(library: Library, args: argparse.Namespace) -> int:
    sys.stdout.write(f"{_taken_in(library, args.file)}\n")
    return 0


def _taken_in(library: Library, pack: Path) -> str:
    """Take a pack in and say what of it was here already; gives the ids of its cases."""
    taken = take_in_pack(library, pack)
    for note in taken.notes:
        sys.stderr.write(f"{pack}: {translate(note)}\n")
    return " ".join(taken.case_ids)
