"""Paths as the library keeps them: what lies in its folder by its place there, so that the folder can be moved."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any, Final

from assistant.system.places import demo_run

COLUMNS: Final = frozenset({"path", "result", "thumbnail", "run_path"})
"""Columns of all tables that hold a path."""
_OWN: Final = ("runs", "live", "training")
"""Folders of the library that hold runs."""
_DEMO: Final = "@demo"
"""The demonstration run lies with the program, wherever that is installed."""


def stored(folder: Path, text: str | None) -> str | None:
    """A path as it is kept.

    One that lay in a library folder which was moved since, and is found in this one, counts as lying here.

    Parameters
    ----------
    folder : Path
        The library's.
    text : str or None
    """
    if not text or not Path(text).is_absolute():
        return text
    path = Path(text)
    if path == demo_run():
        return _DEMO
    for one, base in ((path, folder.absolute()), (path.resolve(), folder.resolve())):
        if one.is_relative_to(base):
            return one.relative_to(base).as_posix()
    if not path.exists():
        parts = PurePosixPath(path.as_posix()).parts
        for at in (at for at, part in enumerate(parts) if part in _OWN):
            here = PurePosixPath(*parts[at:])
            if (folder / here).exists():
                return here.as_posix()
    return text


def found(folder: Path, text: str | None) -> str | None:
    """A kept path as it is used now."""
    if not text or Path(text).is_absolute():
        return text
    return str(demo_run()) if text == _DEMO else str(folder / text)


def row_stored(folder: Path, row: dict[str, Any]) -> dict[str, Any]:
    """A row with its paths as they are kept."""
    return {name: stored(folder, value) if name in COLUMNS else value for name, value in row.items()}


def row_found(folder: Path, row: dict[str, Any]) -> dict[str, Any]:
    """A row with its paths as they are used now."""
    return {name: found(folder, value) if name in COLUMNS else value for name, value in row.items()}
