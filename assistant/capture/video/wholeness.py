"""Whether the end of a video file is missing, from the container's own structure (a few bytes are read).

FFmpeg plays a file that was cut off to the cut and calls that its end. For a run that is judged afterwards it is not.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Final

from assistant.capture.video.matroska import missing_bytes
from assistant.language import sentence

_MATROSKA: Final = b"\x1a\x45\xdf\xa3"
_EBML: Final = 0x1A45DFA3
_SEGMENT: Final = 0x18538067
_MAX_BOXES: Final = 100_000


def missing_end(path: Path) -> str | None:
    """What is missing at the end, in a few words; None where the file is whole or its kind does not tell.

    Knows AVI (RIFF sizes), Matroska and WebM (segment size), MP4 and MOV (box sizes and the index box).
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            head = file.read(12)
            if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
                return _avi(file, size)
            if head[:4] == _MATROSKA:
                return _matroska(path, file, size)
            if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
                return _mp4(file, size)
    except OSError:
        return None  # Opening it tells the person why.
    return None


def states_no_end(path: Path) -> bool:
    """Whether a Matroska file leaves open how long it is, as a stream or the file of a killed recorder does."""
    try:
        with path.open("rb") as file:
            head = read_element(file)
            if head is None or head[0] != _EBML or head[1] is None:
                return False
            file.seek(head[2] + head[1])
            segment = read_element(file)
            return segment is not None and segment[0] == _SEGMENT and segment[1] is None
    except OSError:
        return False  # Opening it tells the person why.


def _lost(end: int, size: int) -> str | None:
    return sentence(f"{end - size} bytes are missing at its end") if end > size else None


def _avi(file: BinaryIO, size: int) -> str | None:
    # A large AVI is a row of RIFF chunks (OpenDML). A writer that was killed leaves the first size at 0.
    at = 0
    while at + 12 <= size:
        file.seek(at)
        name, length = file.read(4), int.from_bytes(file.read(4), "little")
        if name != b"RIFF":
            return None
        if length == 0:
            return sentence("it was never closed by its writer")
        end = at + 8 + length
        if end > size:
            return _lost(end, size)
        at = end + (end & 1)
    return None


def _mp4(file: BinaryIO, size: int) -> str | None:
    at, index_seen = 0, False
    for _ in range(_MAX_BOXES):
        if at + 8 > size:
            break
        file.seek(at)
        head = file.read(16)
        length, name = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - at
        if length < 8:
            return None
        index_seen = index_seen or name == b"moov"
        at += length
    if at > size:
        return sentence("its index, which stands at its end, is missing") if not index_seen else _lost(at, size)
    return None if index_seen else sentence("its index, which stands at its end, is missing")


def _matroska(path: Path, file: BinaryIO, size: int) -> str | None:
    at = 0
    for _ in range(16):
        file.seek(at)
        element = read_element(file)
        if element is None:
            return None
        ident, length, data_at = element
        if ident == _SEGMENT:
            if length is not None:
                return _lost(data_at + length, size)
            missing = missing_bytes(path)
            return _lost(size + missing, size)
        if length is None:
            return None
        at = data_at + length
    return None


def read_element(file: BinaryIO) -> tuple[int, int | None, int] | None:
    """Identifier, length (None: unknown) and place of the data of the EBML element that begins here; None at a cut."""
    at = file.tell()
    head = file.read(12)
    if not head or not head[0]:
        return None
    id_bytes = 9 - head[0].bit_length()
    if id_bytes > 4 or len(head) <= id_bytes or not head[id_bytes]:
        return None
    size_bytes = 9 - head[id_bytes].bit_length()
    if len(head) < id_bytes + size_bytes:
        return None
    ident = int.from_bytes(head[:id_bytes], "big")
    mask = (1 << 7 * size_bytes) - 1
    length: int | None = int.from_bytes(head[id_bytes : id_bytes + size_bytes], "big") & mask
    if length == mask:
        length = None
    return ident, length, at + id_bytes + size_bytes
