"""A checked pack becomes cases of the library, all of it or nothing.

Case, level and run keep the random ids that they have where they come from: a case is the same one on every machine
that works on it. Where an id is taken here already (the pack comes in twice), a new one is drawn.
"""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

import msgspec

from assistant.errors import AssistantError, EnvironmentError_, InputError
from assistant.exchange.pack_in import PackedCase, Unpacked, unpack
from assistant.exchange.pack_names import run_file
from assistant.exchange.pack_out import file_hash
from assistant.identity import is_id
from assistant.library.child import RUN, run_facts
from assistant.library.people import Permission, check_may
from assistant.library.run_summary import read_result, summary
from assistant.library.session_rows import DONE, NO_PLAN, THUMBNAIL, WAITING, said_of_session
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
        for run in range(len(case.runs)):
            video = unpacked.folder / run_file(number, run, "run.mkv")
            part = case.runs[run].part
            if part is not None:
                write_part(video.parent, part)
            try:
                found = run_facts(video if part is None else video.parent, video.with_name(THUMBNAIL))
            except InputError as error:
                raise InputError(f"a run of the pack cannot be read: {error}") from error
            for name in ("lost", "recorded"):
                found.pop(name)
            day = read_session_day(video.parent)
            said = said_of_session(day, rehearsal=found.pop("rehearsal") or case.runs[run].rehearsal)["run"]
            facts[f"{number}/{run}"] = {**found, **said, "sha256": file_hash(video), "bytes": video.stat().st_size}
    return facts


def take_in_pack(library: Library, path: Path) -> list[str]:
    """Unpack, check and enter a pack, here and now; gives the ids of the new cases.

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


def enter(library: Library, unpacked: Unpacked, facts: dict[str, Any]) -> list[str]:
    """Enter an unpacked pack; its files are moved.

    Raises
    ------
    UsageError
        If the person may not import.
    EnvironmentError_
        If the disk refuses; the library is as it was.
    """
    made: list[Path] = []
    try:
        rows: list[tuple[str, str, dict[str, Any]]] = []
        ids = []
        for number, case in enumerate(unpacked.cases):
            ids.append(_case(library, unpacked, number, case, rows, made, facts))
        library.change(rows, Permission.IMPORT, "import a pack", about=" ".join(ids))
    except OSError as error:
        _remove_unnamed(library, made)
        raise EnvironmentError_(f"the pack cannot be taken in ({error.strerror or error}); nothing was kept") from error
    except BaseException:
        _remove_unnamed(library, made)
        raise
    return ids


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
    case: PackedCase,
    rows: list[tuple[str, str, dict[str, Any]]],
    made: list[Path],
    facts: dict[str, Any],
) -> str:
    case_id = _own_id(library, "cases", case.id, rows)
    has_truth = (unpacked.folder / run_file(number, 0, "truth/truth.json")).is_file()
    origin = "simulated" if has_truth else "pack"
    words = {"day": case.day, "technique": case.technique, "note": case.note, "tags": case.tags}
    rows.append(("cases", case_id, words | {"origin": origin, "names": "taken out before the pack was made"}))
    level_ids = []
    for level in case.levels:
        values = msgspec.structs.asdict(level)
        level_ids.append(_own_id(library, "levels", values.pop("id"), rows))
        rows.append(("levels", level_ids[-1], {**values, "case_id": case_id}))
    for at, run in enumerate(case.runs):
        run_id = _own_id(library, "runs", run.id, rows)
        values = _run(library, unpacked, (number, at), run_id, made) | facts[f"{number}/{at}"]
        session_id = run.session if is_id("sessions", run.session) else ""
        values |= {"case_id": case_id, "level_id": level_ids[run.level], "session_id": session_id}
        rows.append(("runs", run_id, values))
    for table, parts in (("findings", case.findings), ("outcomes", case.outcomes)):
        for part in parts:
            values = {**msgspec.structs.asdict(part), "case_id": case_id, "author": "pack"}
            rows.append((table, library.new_id(table), values))
    return case_id


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
    move(THUMBNAIL, folder / THUMBNAIL)
    values: dict[str, Any] = {
        "path": str(folder / RUN),
        "is_copied": 1,
        "thumbnail": str(folder / THUMBNAIL),
        "has_truth": int(has["truth/truth.json"]),
        "state": WAITING if has["plan.json"] else NO_PLAN,
    }
    document = read_result(folder / "result" / "result.json") if has["result.json"] else None
    if has[FILE]:
        values["reviewed"] = words_of(read_review(folder / RUN / FILE).standing)
    if document is not None and has["plan.json"]:
        values |= {**summary(document), "state": DONE, "result": str(folder / "result" / "result.json")}
    return values
