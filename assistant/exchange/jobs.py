"""Packs in the background, in the queue of the library."""

from __future__ import annotations

import shutil
from pathlib import Path

from assistant.exchange.pack_in import Unpacked, read_cases
from assistant.exchange.pack_out import PackOrder, note_export, prepare
from assistant.exchange.taking_in import enter
from assistant.library.jobs import LibraryJob
from assistant.library.people import Permission
from assistant.library.store import Library

_CHILD = "assistant.exchange.child"


def unpack_job(library: Library, path: str) -> LibraryJob:
    """The background work that takes a pack in: the child checks and unpacks, the library's owner enters it."""
    staging = library.folder / "incoming" / library.new_id("cases")
    order = {"do": "unpack", "pack": str(Path(path).absolute()), "into": str(staging)}
    return LibraryJob(kind="unpack", name=Path(path).name, order=order, run_id="", module=_CHILD, finish=_take_in)


def pack_job(library: Library, order: PackOrder, path: Path) -> LibraryJob:
    """The background work that writes a pack; what cannot be is told at once.

    Raises
    ------
    UsageError
        As `assistant.exchange.pack_out.prepare`.
    """
    prepared = prepare(library, order, path)
    name = Path(prepared["path"]).name
    made = {"do": "pack", "prepared": prepared}
    return LibraryJob(kind="pack", name=name, order=made, run_id="", module=_CHILD, finish=_note, act=Permission.EXPORT)


def _take_in(library: Library, job: LibraryJob) -> None:
    staging = Path(job.order["into"])
    try:
        cases = read_cases(staging, int(job.answer["cases"]))
        taken = enter(library, Unpacked(folder=staging, cases=cases), job.answer["facts"])
        job.case_id = ", ".join(taken.case_ids)
        job.message = ". ".join(taken.notes)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _note(library: Library, job: LibraryJob) -> None:
    note_export(library, job.order["prepared"])
