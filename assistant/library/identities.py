"""Which case, level, run and session of the library a recording is: looked up beside whoever has the library open."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from datetime import date
from pathlib import Path

from assistant.errors import AssistantError
from assistant.identity import Identity, session_of, unlisted_id
from assistant.library import database
from assistant.library.change_log import Row
from assistant.library.relative import row_found, stored
from assistant.part import has_parts, may_be_part, recording_elsewhere, recording_of
from assistant.plan import Plan
from assistant.recording.reading import read_head
from assistant.system.places import data_home
from assistant.vocabulary import NO_DATE, Unknown

log = logging.getLogger(__name__)
_OF_SESSION = "SELECT path FROM runs WHERE session_id = ? AND deleted_ns IS NULL"
_QUESTION = (
    "SELECT runs.*, levels.level FROM runs LEFT JOIN levels ON levels.id = runs.level_id "
    "WHERE runs.path = ? AND runs.deleted_ns IS NULL ORDER BY runs.number LIMIT 1"
)


def identify(
    run: str | Path, plan: Plan | None = None, recorded: date | Unknown = NO_DATE, folder: Path | None = None
) -> Identity:
    """Who a recording is: as the library has it, else as its session wrote it, else by an id of its own.

    Parameters
    ----------
    run : str or Path
        As it was opened.
    plan : Plan or None
        Names the level where the library does not.
    recorded : date or Unknown
        As its source says (`assistant.run_facts.RunFacts`).
    folder : Path or None
        The library's; by default `assistant.system.places.data_home`.
    """
    path = Path(run)
    recording = recording_of(path)
    session = session_of(read_head(recording)) if path.is_dir() else session_of({})
    row = _row(path, data_home() if folder is None else folder)
    # The id that a session drew is that of its recording. Where that has parts, the first of them has it in the
    # library: neither another part nor the whole recording, opened by its path, is that run.
    own = session.run_id if recording == path and not is_apart(path, folder) else ""
    run_id = row["id"] if row is not None else own or unlisted_id(path)
    return Identity(
        run_id=run_id,
        case_id=row["case_id"] if row is not None else session.case_id,
        level=(row["level"] if row is not None else None) or planned_level(plan),
        session_id=session.session_id or (row or {}).get("session_id", ""),
        recorded=session.recorded if isinstance(recorded, Unknown) else recorded,
    )


def is_apart(recording: Path, folder: Path | None = None) -> bool:
    """Whether a recorded session has parts: in its own folder, or where the library keeps them if that is refused.

    Parameters
    ----------
    recording : Path
    folder : Path or None
        The library's; by default `assistant.system.places.data_home`.
    """
    session_id = session_of(read_head(recording)).session_id if recording.is_dir() else ""
    if has_parts(recording) or not session_id:
        return has_parts(recording)
    home = data_home() if folder is None else folder
    kept = (Path(row["path"]) for row in _rows(home, _OF_SESSION, [session_id]))
    elsewhere = {place for path in kept if may_be_part(path) and (place := recording_elsewhere(path)) is not None}
    return any(place in elsewhere for place in (recording.absolute(), recording.resolve()))


def planned_level(plan: Plan | None) -> str:
    """The levels of a plan, each once, such as "L1" or "T12+L1"; empty where none is named."""
    return "" if plan is None else "+".join(dict.fromkeys(view.level for view in plan.views if view.level))


def _row(path: Path, folder: Path) -> Row | None:
    """The run that lies here; None where there is none, or where the library cannot be read."""
    places = [path.absolute(), path.resolve()]
    if path.is_file():
        places += [place.parent for place in places]  # the film of a run folder
    found = (row for place in places for row in _rows(folder, _QUESTION, [stored(folder, str(place))]))
    return next(found, None)


def _rows(folder: Path, question: str, arguments: list[str | None]) -> list[Row]:
    """Rows of a library, beside whoever has it open; none where it cannot be read."""
    try:
        connection = database.look(folder)
        if connection is None:
            return []
        with contextlib.closing(connection):
            return [row_found(folder, dict(row)) for row in connection.execute(question, arguments)]
    except (AssistantError, sqlite3.Error) as error:
        log.warning("the library was not asked: %s", error)
        return []
