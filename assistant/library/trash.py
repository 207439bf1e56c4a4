"""Removing for good what was deleted: asked for by a person, with a copy of the library before, logged."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Final

from assistant.library.change_log import Row
from assistant.library.people import Permission, check_may
from assistant.library.store import Library

log = logging.getLogger(__name__)
REMOVED: Final = "removed"
"""In place of a case's state of names once its files are gone."""


def empty_trash(library: Library) -> tuple[int, int]:
    """Remove deleted cases with their copied runs; a run that was only referenced stays where it is.

    Returns
    -------
    tuple of int
        Cases removed, and bytes given back.

    Raises
    ------
    UsageError
        If the person may not delete.
    EnvironmentError_
        If the library cannot be copied first; nothing is removed then.
    """
    check_may(library.who, Permission.DELETE)
    deleted = [case for case in library.rows("cases", include_deleted=True) if case["deleted_ns"] is not None]
    gone = [case for case in deleted if case["names"] != REMOVED]
    if gone:
        _mark_removed(library, gone)
    freed = 0
    for case in deleted:  # files of one that was marked before are left where the program ended in between
        for run in library.rows("runs", include_deleted=True, case_id=case["id"]):
            freed += _remove(library.runs_folder / run["id"])
    return len(gone), freed


def _mark_removed(library: Library, gone: list[Row]) -> None:
    library.back_up("before_the_bin_was_emptied")
    # The rows stay, out of sight and without words: answers to a training clip of the case still point to them.
    library.change(
        [("cases", case["id"], {"names": REMOVED, "note": "", "tags": "", "owner": ""}) for case in gone],
        Permission.DELETE,
        "empty the bin",
        about=" ".join(case["id"] for case in gone),
    )


def _remove(folder: Path) -> int:
    if not folder.is_dir():
        return 0
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    try:
        shutil.rmtree(folder)
    except OSError as error:
        log.warning("%s: cannot be removed (%s)", folder, error)
        return 0
    return size
