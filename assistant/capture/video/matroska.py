"""The blocks of a Matroska file, found by reading their heads only: an hour of video in a second, whatever its size.

FFmpeg reads every byte to list the packets, and a Matroska file has neither a count nor an index of all its pictures.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import Final

from assistant.recording.matroska_out import WRITER

_SEGMENT, _CLUSTER, _BLOCK_GROUP, _TRACKS, _TRACK = 0x18538067, 0x1F43B675, 0xA0, 0x1654AE6B, 0xAE
_TRACK_NUMBER, _TRACK_TYPE, _TIMESTAMP = 0xD7, 0x83, 0xE7
_SIMPLE_BLOCK, _BLOCK, _REFERENCE = 0xA3, 0xA1, 0xFB
_INFO, _TITLE, _WRITING_APP = 0x1549A966, 0x7BA9, 0x5741
_ENTERED: Final = frozenset({_SEGMENT, _INFO, _CLUSTER, _BLOCK_GROUP, _TRACKS, _TRACK})
_HEAD_BYTES: Final = 48
_VIDEO, _LACED, _KEY = 1, 0x06, 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class MatroskaBlock:
    """One picture: its stamp in the file's unit, and whether it is a key picture."""

    stamp: int
    is_key: bool


def read_blocks(path: Path) -> list[MatroskaBlock] | None:
    """Pictures of the only video track, in the file's order, up to the first that is not whole.

    None where the file is no Matroska file, has several video tracks or blocks of several pictures: then the slow way
    has to be gone.
    """
    with path.open("rb", buffering=0) as file:
        return _blocks(file)


def _blocks(file: RawIOBase) -> list[MatroskaBlock] | None:
    blocks: list[MatroskaBlock] = []
    video: int | None = None
    number, stamp = 0, 0
    group_key = False
    for ident, length, head in _elements(file, file.seek(0, os.SEEK_END)):
        if ident == _TRACK_NUMBER:
            number = int.from_bytes(head[:length], "big")
        elif ident == _TRACK_TYPE and head[:1] == bytes([_VIDEO]):
            if video is not None:
                return None
            video = number
        elif ident == _TIMESTAMP:
            stamp = int.from_bytes(head[:length], "big")
        elif ident == _BLOCK_GROUP:
            group_key = True
        elif ident == _REFERENCE:
            if blocks and group_key:
                blocks[-1] = MatroskaBlock(stamp=blocks[-1].stamp, is_key=False)
        elif ident in (_SIMPLE_BLOCK, _BLOCK):
            track, at = _number(head, 0)
            if track is None or len(head) < at + 3:
                return None
            group_key = ident == _BLOCK and track == video
            if track != video:
                continue
            flags = head[at + 2]
            if flags & _LACED:
                return None
            relative = int.from_bytes(head[at : at + 2], "big", signed=True)
            is_key = bool(flags & _KEY) if ident == _SIMPLE_BLOCK else True
            blocks.append(MatroskaBlock(stamp=stamp + relative, is_key=is_key))
    return blocks if video is not None else None


def is_own(path: Path) -> bool:
    """Whether the program wrote the file: a recording, or the video of a pack."""
    with path.open("rb", buffering=0) as file:
        for ident, length, head in _elements(file, file.seek(0, os.SEEK_END)):
            if ident in (_TITLE, _WRITING_APP) and head[:length] == WRITER:
                return True
            if ident in (_TRACK_NUMBER, _TIMESTAMP):
                return False
    return False


def missing_bytes(path: Path) -> int:
    """How many bytes of the element in which the file ends are missing: 0 where it ends between two of them."""
    missing = [0]
    with path.open("rb", buffering=0) as file:
        for _ in _elements(file, file.seek(0, os.SEEK_END), missing):
            pass
    return missing[-1]


def _elements(file: RawIOBase, size: int, missing: list[int] | None = None) -> Iterator[tuple[int, int, bytes]]:
    """Identifier, length and first bytes of the data of each whole element, going into those that matter.

    ``missing`` is told how many bytes of the element in which the file ends are not there.
    """
    at, first = 0, True
    while at < size:
        file.seek(at)
        head = file.read(_HEAD_BYTES) or b"\0"
        ident_bytes = 9 - head[0].bit_length() if head[0] else 9
        if ident_bytes > 4:
            return
        ident = int.from_bytes(head[:ident_bytes], "big")
        length, data_at = _number(head, ident_bytes)
        if first and ident != 0x1A45DFA3:
            return
        first = False
        if data_at == 0:
            return
        if ident in _ENTERED:
            # Also where the length is not known, as in a recording that was never closed.
            if ident == _BLOCK_GROUP:
                yield ident, 0, b""
            at += data_at
            continue
        if length is None or at + data_at + length > size:
            if length is not None and missing is not None:
                missing.append(at + data_at + length - size)
            return
        yield ident, length, head[data_at:]
        at += data_at + length


def _number(head: bytes, at: int) -> tuple[int | None, int]:
    """A number of variable length (None: the one for "not known") and the place behind it (0 at a cut)."""
    if len(head) <= at or not head[at]:
        return None, 0
    count = 9 - head[at].bit_length()
    if len(head) < at + count:
        return None, 0
    mask = (1 << 7 * count) - 1
    value = int.from_bytes(head[at : at + count], "big") & mask
    return (None if value == mask else value), at + count
