"""A file is there whole or as it was: the one way in which this program writes one."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from assistant.errors import EnvironmentError_
from assistant.system.plain import json_text


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file so that it is there whole or as it was: new file, fsync, rename, fsync of the folder.

    Raises
    ------
    EnvironmentError_
    """
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink()
        raise EnvironmentError_(f"{path}: cannot be written ({error.strerror}); make room on the disk") from error


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows keeps names by itself and cannot open a folder
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a JSON file whole.

    Raises
    ------
    EnvironmentError_
    """
    write_whole(path, json_text(document).encode() + b"\n")
