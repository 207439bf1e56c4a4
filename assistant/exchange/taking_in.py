"""A checked pack becomes cases of the library, all of it or nothing.

Case, level and run keep the random ids that they have where they come from: a case is the same one on every machine
that works on it. What is here already is joined (`assistant.exchange.known_here`); where an id is taken by something
else (or by what lies in the bin), a new one is drawn.
"""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from assistant.errors import AssistantError, EnvironmentError_, InputError
from assistant.exchange.known_here import Known, add_words, is_new, level_here, note_of, runs_here, said_here
from assistant.exchange.pack_in import PackedCase, PackedRun, Unpacked, unpack
from assistant.exchange.pack_names import run_file
from assistant.exchange.pack_out import file_hash
from assistant.identity import is_id
from assistant.library.child import RUN, run_facts
from assistant.library.people import Permission, check_may
from assistant.library.run_summary import read_result, summary
from assistant.library.session_rows import (
    DONE,
    NO_PICTURES,
    NO_PLAN,
    THUMBNAIL,
    WAITING,
    recording_words,
    session_columns,
)
from assistant.library.store import Library
from assistant.part import FILE as PART
from assistant.part import write_part
from assistant.review.annotations import FILE, read_review, words_of
from assistant.review.session_day import FILE as DAY
from assistant.review.session_reading import read_session_day
from assistant.system.files import put_in_place

log = logging.getLogger(__name__)
_BESIDE = ("plan.json", FILE, DAY, PART, "truth/truth.json", "truth/truth.csv")
_RESULT = ("result.json", "measurements.csv")


def look_into(unpacked: Unpacked) -> dict[str, Any]:
    """What the pictures of an unpacked pack come to, by case and run; in the child, as they may be made to do harm.

    Raises
    ------
    InputError
        If a run cannot be read.
    """
    facts: dict[str, Any] = {}
    for number, case in enumerate(unpacked.cases):
        for at, run in enumerate(case.runs):
            found = _look_at_run(unpacked.folder / run_file(number, at, "run.mkv"), run)
            day = read_session_day(unpacked.folder / run_file(number, at, ""))
            rehearsal = bool(found.pop("rehearsal", False)) or run.rehearsal
            facts[f"{number}/{at}"] = {**found, **session_columns(day, rehearsal=rehearsal)["run"]}
        _size_without_pictures(facts, number, case)
    return facts


def _look_at_run(video: Path, run: PackedRun) -> dict[str, Any]:
    if not run.pictures:
        day = video.with_name(DAY)
        return {"frames": 0, "duration_s": None, "fps": None} | {"sha256": file_hash(day), "bytes": day.stat().st_size}
    if run.part is not None:
        write_part(video.parent, run.part)
    try:
        found = run_facts(video if run.part is None else video.parent, video.with_name(THUMBNAIL))
    except InputError as error:
        raise InputError(f"a run of the pack cannot be read: {error}") from error
    for name in ("lost", "recorded"):
        found.pop(name)
    return found | {"sha256": file_hash(video), "bytes": video.stat().st_size}


def _size_without_pictures(facts: dict[str, Any], number: int, case: PackedCase) -> None:
    """A level without pictures has the picture's size of its session, as it has where it was recorded."""
    seen = [at for at, run in enumerate(case.runs) if run.pictures]
    for at, run in enumerate(case.runs):
        if not run.pictures:
            same = [other for other in seen if case.runs[other].session == run.session] or seen
            size = facts[f"{number}/{same[0]}"] if same else {"width_px": 0, "height_px": 0}
            facts[f"{number}/{at}"] |= {name: size[name] for name in ("width_px", "height_px")}


class Taken(NamedTuple):
    """What became of a pack: its cases by id, in its order, and a sentence for each that was here already."""

    case_ids: list[str]
    notes: list[str]


def take_in_pack(library: Library, path: Path) -> Taken:
    """Unpack, check and enter a pack, here and now.

    Raises
    ------
    UsageError
        If the person may not import.
    InputError
        If the pack is refused; the library is as it was.
    EnvironmentError_
        If the disk refuses; the library is as it was.
    """
    check_may(library.who, Permission.IMPORT)
    staging = library.folder / "incoming" / library.new_id("cases")
    try:
        unpacked = unpack(path, staging)
        return enter(library, unpacked, look_into(unpacked))
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def enter(library: Library, unpacked: Unpacked, facts: dict[str, Any]) -> Taken:
    """Enter an unpacked pack; its files are moved. What of it is here already is joined, never entered again.

    Raises
    ------
    UsageError
        If the person may not import.
    InputError
        If what reviewers said of a run that is here already cannot be read.
    EnvironmentError_
        If the disk refuses; the library is as it was (words of reviewers, that are added last, excepted).
    """
    made: list[Path] = []
    joined: list[tuple[int, Known]] = []
    try:
        rows: list[tuple[str, str, dict[str, Any]]] = []
        ids = []
        for number, case in enumerate(unpacked.cases):
            frames = [facts[f"{number}/{at}"]["frames"] for at in range(len(case.runs))]
            known = runs_here(library, case, frames)
            ids.append(_case(library, unpacked, number, known, rows, made, facts))
            joined += [(number, known)] if known else []
        library.change(rows, Permission.IMPORT, "import a pack", about=" ".join(ids))
    except OSError as error:
        _remove_unnamed(library, made)
        raise EnvironmentError_(f"the pack cannot be taken in ({error.strerror or error}); nothing was kept") from error
    except BaseException:
        _remove_unnamed(library, made)
        raise
    notes = []
    for number, known in joined:
        words = add_words(library, known, unpacked, number)
        notes.append(note_of(unpacked.cases[number], known, ids[number], words))
    return Taken(ids, notes)


def _remove_unnamed(library: Library, folders: list[Path]) -> None:
    """Take the files away again, never those that a row of the library names: the change may have been made."""
    for folder in folders:
        try:
            is_named = library.one("runs", folder.name) is not None
        except AssistantError as error:
            log.warning("%s is left as it is: %s", folder, error)
            continue
        if not is_named:
            shutil.rmtree(folder, ignore_errors=True)


def _case(
    library: Library,
    unpacked: Unpacked,
    number: int,
    known: Known,
    rows: list[tuple[str, str, dict[str, Any]]],
    made: list[Path],
    facts: dict[str, Any],
) -> str:
    """Rows of a case and of all that it has; of one that is here already what is new of it. Gives the case's id."""
    case = unpacked.cases[number]
    here = next((found[0]["case_id"] for found in known.values()), "")
    case_id = here or _own_id(library, "cases", case.id, rows)
    if not here:
        has_truth = (unpacked.folder / run_file(number, 0, "truth/truth.json")).is_file()
        origin = "simulated" if has_truth else "pack"
        words = {"day": case.day, "technique": case.technique, "note": case.note, "tags": case.tags}
        rows.append(("cases", case_id, words | {"origin": origin, "names": "taken out before the pack was made"}))
    rows += said_here(library, known, case, case_id)
    level_ids = _levels(library, case, case_id if here else "", case_id, rows)
    for at, run in enumerate(case.runs):
        if at in known:
            continue
        run_id = _own_id(library, "runs", run.id, rows)
        values = _run(library, unpacked, (number, at), run_id, made) | facts[f"{number}/{at}"]
        session_id = run.session if is_id("sessions", run.session) else ""
        values |= {"case_id": case_id, "level_id": level_ids[run.level], "session_id": session_id}
        rows.append(("runs", run_id, values))
    for table, parts in (("findings", case.findings), ("outcomes", case.outcomes)):
        for part in parts:
            fields = msgspec.structs.asdict(part)
            if is_new(library, table, case_id, fields):
                rows.append((table, library.new_id(table), {**fields, "case_id": case_id, "author": "pack"}))
    return case_id


def _levels(
    library: Library, case: PackedCase, here: str, case_id: str, rows: list[tuple[str, str, dict[str, Any]]]
) -> list[str]:
    """The id of each level of a packed case, those of a case that is here (by its id) first; rows of new ones."""
    there = library.rows("levels", case_id=here) if here else []
    ids = []
    for level in case.levels:
        known = level_here(there, level.id, level.level)
        values = msgspec.structs.asdict(level)
        wanted = values.pop("id")
        ids.append(_own_id(library, "levels", wanted, rows) if known is None else str(known["id"]))
        if known is None:
            rows.append(("levels", ids[-1], {**values, "case_id": case_id}))
    return ids


def _own_id(library: Library, table: str, wanted: str, rows: list[tuple[str, str, dict[str, Any]]]) -> str:
    """The id that a thing has where it comes from, if it is one of ours and free here; else a new one."""
    is_free = library.one(table, wanted) is None and all(id_ != wanted for _, id_, _ in rows)
    # A run that lies there without a row (a library that was put back to an earlier day) is nobody's to write over.
    is_free = is_free and not (table == "runs" and is_id(table, wanted) and (library.runs_folder / wanted).exists())
    return wanted if is_free and is_id(table, wanted) else library.new_id(table)


def _run(library: Library, unpacked: Unpacked, at: tuple[int, int], run_id: str, made: list[Path]) -> dict[str, Any]:
    folder = library.runs_folder / run_id
    folder.mkdir(parents=True)
    made.append(folder)

    def move(name: str, to: Path) -> bool:
        source = unpacked.folder / run_file(*at, name)
        if not source.is_file():
            return False
        to.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(source, to)
        return True

    move("run.mkv", folder / RUN / "run.mkv")
    has = {name: move(name, folder / RUN / name) for name in _BESIDE}
    for name in _RESULT:
        has[name] = move(name, folder / "result" / name)
    packed = unpacked.cases[at[0]].runs[at[1]]
    move(THUMBNAIL, folder / THUMBNAIL)
    values: dict[str, Any] = {
        "path": str(folder / RUN),
        "is_copied": 1,
        "thumbnail": str(folder / THUMBNAIL) if packed.pictures else None,
        "has_truth": int(has["truth/truth.json"]),
        "state": WAITING if has["plan.json"] else NO_PLAN,
        "recording_said": recording_words(packed.lost),
    }
    if not packed.pictures:
        values |= {"state": NO_PICTURES, "recording_said": NO_PICTURES}
    document = read_result(folder / "result" / "result.json") if has["result.json"] else None
    if has[FILE]:
        values["reviewed"] = words_of(read_review(folder / RUN / FILE).standing)
    if document is not None and has["plan.json"]:
        values |= {**summary(document), "state": DONE, "result": str(folder / "result" / "result.json")}
    return values
