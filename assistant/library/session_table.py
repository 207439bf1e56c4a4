"""All levels of a session beside each other: what the report of each of them begins with."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.library import database
from assistant.library.relative import row_found
from assistant.library.session_rows import NO_PICTURES, day_without_pictures, recording_of_path
from assistant.part import recording_elsewhere
from assistant.reports.day_facts import SessionLine, session_lines
from assistant.review.session_day import LevelDay, SessionDay
from assistant.review.session_reading import read_session_day
from assistant.system.places import data_home

log = logging.getLogger(__name__)
_QUESTION = (
    "SELECT runs.*, levels.level FROM runs LEFT JOIN levels ON levels.id = runs.level_id "
    "WHERE runs.session_id = ? AND runs.case_id = ? AND runs.deleted_ns IS NULL ORDER BY runs.number"
)


def session_table(session_id: str, case_id: str, folder: Path | None = None) -> tuple[SessionLine, ...]:
    """A line for each level of a session and one for all of them; none for a session of one level.

    Read beside whoever has the library open.

    Parameters
    ----------
    session_id, case_id : str
        Empty for a run of none.
    folder : Path or None
        The library's; by default `assistant.system.places.data_home`.
    """
    runs = _runs(session_id, case_id, data_home() if folder is None else folder) if session_id and case_id else []
    if len(runs) < 2:
        return ()
    return session_lines([(_day(run), str(run["level"] or ""), _found(run)) for run in runs], _whole(runs[0]))


def _runs(session_id: str, case_id: str, folder: Path) -> list[dict[str, Any]]:
    try:
        connection = database.look(folder)
        if connection is None:
            return []
        with contextlib.closing(connection):
            return [row_found(folder, dict(row)) for row in connection.execute(_QUESTION, (session_id, case_id))]
    except (AssistantError, sqlite3.Error) as error:
        log.warning("the library was not asked for the levels of %s: %s", session_id, error)
        return []


def _day(run: dict[str, Any]) -> LevelDay | None:
    """What was done and told in a run; None where its log is not there any more."""
    path = Path(run["path"])
    try:
        if run["state"] == NO_PICTURES:
            day = day_without_pictures(path, recording_elsewhere(path) or recording_of_path(run["path"]))
        else:
            day = read_session_day(path)
    except AssistantError as error:
        log.warning("%s", error)
        return None
    return None if day is None else _first(day.levels)


def _whole(run: dict[str, Any]) -> SessionDay | None:
    """The day of the whole session that a level is of; None where its log is not there (a pack holds none)."""
    path = Path(run["path"])
    try:
        return read_session_day(recording_elsewhere(path) or recording_of_path(run["path"]))
    except AssistantError as error:
        log.warning("%s", error)
        return None


def _first(levels: Iterable[LevelDay]) -> LevelDay | None:
    return next(iter(levels), None)


def _found(run: dict[str, Any]) -> str:
    """What the analysis of a run says of leaks, or why it says nothing."""
    if run["state"] == NO_PICTURES:
        return NO_PICTURES
    return str(run["leak_said"]) if run["high"] is not None else f"not analysed ({run['state']})"
