"""A file or folder is there whole or as it was: the one way in which this program writes one or moves one.

What is written lies beside its place, under a hidden name of its own (`partial_path`), until it is whole; then it takes
the name in one step. Whatever ends the writing (a full disk, a killed process, a power cut), nothing half stands under
the name itself, and what was left is written over by the next try.

``durable`` is the choice that every caller makes:

True
    `fsync` of the file and then of its folder: once the call returns, what was written outlives a power cut. Wherever a
    promise hangs on it: a record of the day, a plan, a review, a result, a pack to be handed on. Costs up to some
    hundred milliseconds of a slow disk.
False
    Nothing is waited for: after a power cut the content before may stand there, or, on some file systems, an empty
    file. For what can be made again (sounds, caches, tables, pictures of a report) or is checked when it is read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.errors import EnvironmentError_
from assistant.system.plain import json_text


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file, durably; folders that are missing are made.

    Raises
    ------
    EnvironmentError_
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path, durable=True) as part:
            part.write_bytes(content)
    except OSError as error:
        raise EnvironmentError_(f"{path}: cannot be written ({error.strerror}); make room on the disk") from error


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a JSON file, durably.

    Raises
    ------
    EnvironmentError_
    """
    write_whole(path, json_text(document).encode() + b"\n")


@contextlib.contextmanager
def whole_file(path: Path, *, durable: bool, by_many: bool = False) -> Iterator[Path]:
    """A place to write a file to, by whatever writes files: it takes the name at the end, or nothing of it is left.

    Parameters
    ----------
    path : Path
        In a folder that exists.
    durable : bool
        See above.
    by_many : bool
        Several processes may write this file at the same moment, each the same: each gets a place of its own. What one
        of them leaves when it is killed is then nobody's to write over.

    Yields
    ------
    Path
        What raises meanwhile ends the writing and goes on.

    Raises
    ------
    OSError
        The caller says which file it was and what to do.
    """
    part = partial_path(path, f".{os.getpid()}" if by_many else "")
    try:
        yield part
        put_in_place(part, path, durable=durable)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A place to make a folder at, which is the caller's to make: it takes the name at the end, or nothing is left.

    Not durable as a whole: who needs that writes each file so.

    Parameters
    ----------
    path : Path
        Must be free, or empty, at the end: who replaces a folder takes the one before away as its last step.

    Raises
    ------
    OSError
    """
    part = partial_path(path)
    shutil.rmtree(part, ignore_errors=True)
    try:
        yield part
        put_in_place(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def put_in_place(made: Path, path: Path, *, durable: bool = False) -> None:
    """Give what lies there whole, a file or a folder of the same disk, its name in one step; a file of that name goes.

    Parameters
    ----------
    made, path : Path
    durable : bool
        See above; of a file only.

    Raises
    ------
    OSError
    """
    if durable:
        with made.open("rb+") as file:
            os.fsync(file.fileno())
    os.replace(made, path)
    if durable:
        _sync_folder(path.parent)


def partial_path(path: Path, own: str = "") -> Path:
    """The place where a file or folder is made. Its ending is no longer that of the file: no search finds it."""
    return path.with_name(f".{path.name}{own}.part")


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows keeps names by itself and cannot open a folder
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that cannot
            raise
    finally:
        os.close(descriptor)
