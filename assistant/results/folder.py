"""The files of one analysis on the disk: rows and masks as they come, ``result.json`` whole or not at all.

Whatever ends an analysis (a full disk, a killed process, a power cut), what lies in the folder is a table of whole
lines and a ``result.json`` that says whether the run was analysed to its end. Nothing is created and an earlier result
stays whole until the first row is written.
"""

from __future__ import annotations

import csv
import errno
import io
import os
import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from assistant.errors import EnvironmentError_
from assistant.language import sentence
from assistant.system.files import whole_file
from assistant.system.plain import json_text

TABLE: Final = "measurements.csv"
DOCUMENT: Final = "result.json"
MASKS: Final = "masks"
MOMENTS: Final = "moments.jsonl"
"""Written by `assistant.results.moment_lines` where a result is to be opened again at once."""
_MASK_NAME: Final = re.compile(r"\d{6,}\.png")
_RESERVE: Final = ".reserve"
_RESERVE_BYTES: Final = 256 << 10
"""Room held back from the first row on: when the disk is full, the last rows and ``result.json`` still fit."""
_FLUSH_EVERY_ROWS: Final = 64


class ResultFolder:
    """Writes rows, masks and the document. Methods raise `OSError`; `cannot_write` makes the sentence of it.

    Parameters
    ----------
    folder : Path
        Made, with its parents, when the first row comes.
    columns : sequence of str
        The table's first line.
    masks : bool
        Whether masks will be written.
    """

    def __init__(self, folder: Path, columns: Sequence[str], *, masks: bool) -> None:
        self._folder = folder
        self._columns = columns
        self._with_masks = masks
        self._table: io.FileIO | None = None
        self._waiting: list[bytes] = []
        self._rows_on_disk = -1  # the first line is no row
        self._whole_bytes = 0
        self._line = io.StringIO()
        self._csv = csv.writer(self._line, lineterminator="\n")

    @property
    def is_open(self) -> bool:
        """Whether anything has been written."""
        return self._table is not None

    @property
    def rows(self) -> int:
        """Rows that lie in the file."""
        return max(self._rows_on_disk, 0)

    def _open(self) -> None:
        made = _make_folder(self._folder)
        try:
            self._write(_RESERVE, bytes(_RESERVE_BYTES))
            if self._with_masks:
                (self._folder / MASKS).mkdir(exist_ok=True)
            table = _open_locked(self._folder / TABLE)
        except OSError:
            (self._folder / _RESERVE).unlink(missing_ok=True)
            for folder in made:
                folder.rmdir()
            raise
        self._table = table
        # From here on the earlier result goes: its document first, so that it never stands beside another's table.
        for name in (DOCUMENT, MOMENTS):
            (self._folder / name).unlink(missing_ok=True)
        self._remove_old_masks()
        table.truncate(0)
        self._waiting.append(self._encode(self._columns))

    def _remove_old_masks(self) -> None:
        masks = self._folder / MASKS
        if not masks.is_dir():
            return
        for path in masks.iterdir():
            if _MASK_NAME.fullmatch(path.name):
                path.unlink()
        if not self._with_masks and not any(masks.iterdir()):
            masks.rmdir()

    def _encode(self, cells: Sequence[str]) -> bytes:
        self._line.seek(0)
        self._line.truncate()
        self._csv.writerow([cell.replace("\n", " ").replace("\r", " ") for cell in cells])
        return self._line.getvalue().encode("utf-8", "backslashreplace")

    def add_row(self, cells: Sequence[str]) -> None:
        """Take a row in; it reaches the file with the next `flush`, at most 64 rows later."""
        if self._table is None:
            self._open()
        self._waiting.append(self._encode(cells))
        if len(self._waiting) >= _FLUSH_EVERY_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write all rows that wait. Where the disk refuses, the file keeps whole lines and the rest waits on."""
        while self._table is not None and self._waiting:
            self._table.seek(self._whole_bytes)
            try:
                written = self._table.write(b"".join(self._waiting)) or 0
            except BaseException:
                self._table.truncate(self._whole_bytes)
                raise
            ends = list(accumulate(len(line) for line in self._waiting))
            lines = bisect_right(ends, written)
            self._whole_bytes += ends[lines - 1] if lines else 0
            del self._waiting[:lines]
            self._rows_on_disk += lines
            if not self._waiting:
                return
            # A full disk takes a part of what it is given; the next write says why.
            self._table.truncate(self._whole_bytes)
            if lines == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def add_mask(self, frame_index: int, png: bytes) -> None:
        """Write the mask of a frame, whole or not at all."""
        if self._table is None:
            self._open()
        path = self._folder / MASKS / f"{frame_index:06d}.png"
        try:
            path.write_bytes(png)
        except OSError:
            path.unlink(missing_ok=True)
            raise

    def write_document(self, document: dict[str, Any]) -> None:
        """Put ``result.json`` in place of the one before, whole or not at all, after the rows it speaks of.

        The document's ``run.frames`` becomes the number of rows in the table.
        """
        if self._table is None:
            self._open()
        assert self._table is not None
        self.flush()
        os.fsync(self._table.fileno())
        document["run"]["frames"] = self.rows
        # A name that is no UTF-8 holds lone surrogates: their escapes are JSON's own.
        self._write(DOCUMENT, json_text(document).encode("utf-8", "backslashreplace"))

    def _write(self, name: str, content: bytes) -> None:
        with whole_file(self._folder / name, durable=True) as part:
            part.write_bytes(content)

    def release_reserve(self) -> None:
        """Give back the room that was held back."""
        if self._table is not None:
            (self._folder / _RESERVE).unlink(missing_ok=True)

    def close(self) -> None:
        """Close the files. May be called twice."""
        if self._table is not None and not self._table.closed:
            self.release_reserve()
            self._table.close()


def cannot_write(folder: Path, error: OSError) -> EnvironmentError_:
    """The sentence for a disk that refuses."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        why, do = sentence("the disk is full"), sentence("free some room or choose another --out")
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        why, do = sentence("no permission to write there"), sentence("choose another --out")
    elif error.errno == errno.EBUSY:
        why, do = sentence("another analysis is writing there"), sentence("wait for it or choose another --out")
    else:
        why, do = error.strerror or str(error), sentence("choose another --out")
    return EnvironmentError_(f"{folder}: results cannot be written: {why}; {do}")


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder with its parents; gives what was made, innermost first."""
    missing = []
    at = folder
    while not at.exists():
        missing.append(at)
        at = at.parent
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _open_locked(path: Path) -> io.FileIO:
    """Open for writing, without emptying it, and keep every other analysis out for as long as it is open."""
    table = io.FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+")
    try:
        import fcntl
    except ImportError:
        return table  # Windows
    try:
        fcntl.flock(table, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        table.close()
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY)) from error
    except OSError:
        return table  # a file system without locks
    return table
