"""The one list of an MP4 or MOV file that FFmpeg does not pass on: how much later than decoded a picture is shown.

ISO/IEC 14496-12, 8.6.1.3 (``ctts``).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

_MAX_BOXES: Final = 4096
_MAX_TABLE_BYTES: Final = 64 << 20


def composition_offsets(path: Path) -> list[int] | None:
    """Offset of each picture of the only video track, in the track's unit; empty where the file has no such list.

    None where there are several video tracks, or the file is not understood.
    """
    with path.open("rb") as file:
        end = file.seek(0, 2)
        tables = []
        for track in _inside(file, 0, end, (b"moov", b"trak")):
            handlers = [file.read(12)[8:12] for _ in _inside(file, *track, (b"mdia", b"hdlr"))]
            if handlers == [b"vide"]:
                tables.append([*_inside(file, *track, (b"mdia", b"minf", b"stbl", b"ctts"))])
        if len(tables) != 1:
            return None
        return _offsets(file, *tables[0][0]) if tables[0] else []


def _inside(file: BinaryIO, start: int, end: int, names: tuple[bytes, ...]) -> Iterator[tuple[int, int]]:
    """Beginning and end of the data of all boxes at a path of names; the file stands at the beginning."""
    for name, data_at, data_end in _boxes(file, start, end):
        if name != names[0]:
            continue
        if len(names) > 1:
            yield from _inside(file, data_at, data_end, names[1:])
        else:
            file.seek(data_at)
            yield data_at, data_end


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    at = start
    for _ in range(_MAX_BOXES):
        if at + 8 > end:
            return
        file.seek(at)
        head = file.read(16)
        length, data_at = int.from_bytes(head[:4], "big"), at + 8
        if length == 1:
            length, data_at = int.from_bytes(head[8:16], "big"), at + 16
        elif length == 0:
            length = end - at
        if length < data_at - at or at + length > end:
            return
        yield head[4:8], data_at, at + length
        at += length


def _offsets(file: BinaryIO, start: int, end: int) -> list[int] | None:
    if not 8 <= end - start <= _MAX_TABLE_BYTES:
        return None
    file.seek(start)
    data = file.read(end - start)
    (count,) = struct.unpack_from(">I", data, 4)
    if len(data) < 8 + 8 * count:
        return None
    # Version 0 calls them unsigned; files with negative ones under it are common, and none are that large.
    offsets: list[int] = []
    for run, offset in struct.iter_unpack(">Ii", data[8 : 8 + 8 * count]):
        if run > 10_000_000 or len(offsets) > 10_000_000:
            return None
        offsets.extend([offset] * run)
    return offsets
