"""What of a case pack is in the library already: known by its ids, joined, and said; never a second case.

A run is known by its own id, or as the same frames of the same session: the parts of a session are given their ids
where it is brought in, so two machines that hold its recording name them differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from assistant.errors import InputError
from assistant.exchange.pack_in import PackedCase, PackedRun, Unpacked
from assistant.exchange.pack_names import run_file
from assistant.identity import is_id
from assistant.language import sentence
from assistant.library.change_log import Row
from assistant.library.labels import index_for_search, review_of
from assistant.library.run_summary import NOT_WHOLE
from assistant.library.store import Library
from assistant.part import read_part
from assistant.review.annotations import FILE, Entry, read_review
from assistant.review.saying import take_over

_NOT_NEW_BY = frozenset({"day", "note"})
NOTHING_NEW = sentence("no word of reviewers in it is new")
Known = dict[int, list[Row]]
"""Of a packed case: the runs here that hold the frames of its run at this place of the list."""


def runs_here(library: Library, case: PackedCase, frames: Sequence[int | None]) -> Known:
    """Which runs of a packed case are here; what lies in the bin, alone or with its case, is not.

    Parameters
    ----------
    library : Library
    case : PackedCase
    frames : sequence of int or None
        How many each of its runs holds.
    """
    found: Known = {}
    for at, run in enumerate(case.runs):
        row = library.one("runs", run.id) if is_id("runs", run.id) else None
        if row is not None and _stands(library, row) and _is_as_long(row, frames[at]):
            found[at] = [row]
    for session in dict.fromkeys(run.session for run in case.runs if is_id("sessions", run.session)):
        of_it = [at for at, run in enumerate(case.runs) if run.session == session]
        here = [row for row in library.rows("runs", session_id=session) if _stands(library, row)]
        is_whole = sum(frames[at] or 0 for at in of_it) == sum(row["frames"] or 0 for row in here)
        for at in of_it:
            same = [row for row in here if _place(row) == _packed_place(case.runs[at], frames[at])]
            if at not in found and here and (same or is_whole):
                found[at] = same or here
    return found


def _stands(library: Library, run: Row) -> bool:
    case = library.one("cases", run["case_id"])
    return run["deleted_ns"] is None and case is not None and case["deleted_ns"] is None


def _is_as_long(run: Row, frames: int | None) -> bool:
    return (run["frames"] or 0) == (frames or 0) or NOT_WHOLE in run["recording_said"]


def _place(run: Row) -> tuple[int, int] | None:
    """First frame and frames of a run here; None where it has none."""
    try:
        part = read_part(Path(run["path"]))
    except InputError:
        part = None
    first = 0 if part is None else part.first_frame
    return (first, run["frames"]) if run["frames"] else None


def _packed_place(run: PackedRun, frames: int | None) -> tuple[int, int] | str:
    return (0 if run.part is None else run.part.first_frame, frames) if frames else "without pictures"


def said_here(library: Library, known: Known, case: PackedCase, case_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Rows for what a pack says of a case that is here: what nobody has entered here, and findings that are new."""
    if not known:
        return []
    rows: list[tuple[str, str, dict[str, Any]]] = []
    levels = library.rows("levels", case_id=case_id)
    # A rehearsal adds nothing to a patient's level.
    for level in case.levels if any(not run.rehearsal for run in case.runs) else ():
        row = level_here(levels, level.id, level.level)
        new_values = {} if row is None else _unsaid(row, msgspec.structs.asdict(level))
        if row is not None and new_values:
            rows.append(("levels", row["id"], new_values))
    held = library.one("cases", case_id) or {}
    new_values = _unsaid(held, {name: getattr(case, name) for name in ("technique", "note", "tags")})
    return [*rows, ("cases", case_id, new_values)] if new_values else rows


def _unsaid(row: Row, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "") and row[name] in (None, "")}


def level_here(levels: Iterable[Row], id_: str, name: str | None) -> Row | None:
    """The level of a case here that a packed one is: by its id, else by its name."""
    every = list(levels)
    by_name = (row for row in every if name and row["level"] == name)
    return next((row for row in every if row["id"] == id_), None) or next(by_name, None)


def is_new(library: Library, table: str, case_id: str, values: dict[str, Any]) -> bool:
    """Whether a finding or an outcome says what none of the case does: days are moved on the way, notes left out."""
    wanted = {name: value for name, value in values.items() if name not in _NOT_NEW_BY}
    return all(
        any(row[name] != value for name, value in wanted.items()) for row in library.rows(table, case_id=case_id)
    )


def add_words(library: Library, known: Known, unpacked: Unpacked, number: int) -> tuple[int, int]:
    """Add what reviewers said elsewhere to the runs that are here, and tell the search.

    Returns
    -------
    tuple of int
        How many words were added, and how many of them speak against one that stood.

    Raises
    ------
    InputError
        If the review of a run here cannot be read.
    EnvironmentError_
        If it cannot be written.
    """
    by_run: dict[str, tuple[Row, list[Entry]]] = {}
    for at, rows in known.items():
        for entry in read_review(unpacked.folder / run_file(number, at, FILE)).standing:
            row = next((row for row in rows if _holds(row, entry)), rows[0])
            by_run.setdefault(row["id"], (row, []))[1].append(entry)
    added, against = 0, 0
    for row, entries in by_run.values():
        result = Path(row["result"]) if row["result"] else None
        review = review_of(Path(row["path"]), result, row["id"], library.folder)
        longer, others = take_over(review, entries)
        added, against = added + len(longer.entries) - len(review.entries), against + others
        index_for_search(library, row["id"], longer)
    return added, against


def _holds(run: Row, entry: Entry) -> bool:
    place = _place(run)
    frame = entry.frame if entry.first_frame is None else entry.first_frame
    return place is not None and place[0] <= frame < place[0] + place[1]


def note_of(case: PackedCase, known: Known, case_id: str, words: tuple[int, int]) -> str:
    """The sentence for a case of a pack that is here, wholly or in part."""
    sessions = dict.fromkeys(case.runs[at].session for at in known if case.runs[at].session)
    runs = dict.fromkeys(row["id"] for rows in known.values() for row in rows)
    which = f"session {', '.join(sessions)}" if sessions else f"run {', '.join(runs)}"
    added, against = words
    new = len(case.runs) - len(known)
    parts = [f"{_count(added, 'word of reviewers', 'words of reviewers')} added" if added else NOTHING_NEW]
    parts += [f"{against} of them against what stood: look at them in the review"] if against else []
    parts += [_count(new, "run that was not here", "runs that were not here") + " added"] if new else []
    return sentence(f"{which} is here already as case {case_id}; {', '.join(parts)}")


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
