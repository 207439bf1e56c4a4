"""Which runs of a library count, whoever has it open: read beside its writer, so that every window counts the same."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from assistant.errors import EnvironmentError_
from assistant.library import database
from assistant.library.change_log import Row
from assistant.library.relative import row_found

_QUESTION: Final = (
    "SELECT runs.* FROM runs JOIN cases ON cases.id = runs.case_id JOIN levels ON levels.id = runs.level_id "
    "WHERE runs.rehearsal = 0 AND runs.deleted_ns IS NULL AND cases.deleted_ns IS NULL AND levels.deleted_ns IS NULL "
    "ORDER BY runs.number"
)


def counted_runs(folder: Path) -> list[Row]:
    """The runs of a library that count: no rehearsal, and nothing that lies in the bin with its case or level.

    Parameters
    ----------
    folder : Path
        The library's; without a library there are none.

    Raises
    ------
    EnvironmentError_
        If the library cannot be read: that is never the same as holding none.
    """
    try:
        connection = database.look(folder)
        if connection is None:
            return []
        try:
            return [row_found(folder, dict(row)) for row in connection.execute(_QUESTION)]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise EnvironmentError_(
            f"{folder / database.NAME}: the library cannot be read ({error}), so its runs are not known; "
            f"open the page of the cases, or close the program that holds it"
        ) from error
