"""Writes Matroska so that a file that was cut anywhere plays up to its last whole picture. Bytes only, no disk.

One cluster a picture: what is written is whole or is not there. Written by hand because the muxer of FFmpeg keeps
bytes of its own and cannot say which of them reached the disk. Layout after RFC 9559: EBML head, a segment of unknown
length, then clusters; when the file is closed in order, its length, duration and index are put in.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

_UNKNOWN_LENGTH: Final = b"\x01\xff\xff\xff\xff\xff\xff\xff"
_EBML, _SEGMENT, _SEEK_HEAD, _VOID = 0x1A45DFA3, 0x18538067, 0x114D9B74, 0xEC
_INFO, _TRACKS, _CLUSTER, _CUES = 0x1549A966, 0x1654AE6B, 0x1F43B675, 0x1C53BB6B
_DURATION: Final = 0x4489
_SEEK_ROOM: Final = 48
_DURATION_ROOM: Final = 11
_KEY_FLAGS: Final = 0x80

WRITER: Final = b"fluoro-assistant"
"""In the head of each video that the program writes: its grey values are those that were shown, and stay so."""


def element(ident: int, data: bytes) -> bytes:
    """An EBML element: identifier, length, data."""
    return _ident(ident) + _length(len(data)) + data


def _ident(ident: int) -> bytes:
    return ident.to_bytes((ident.bit_length() + 7) // 8, "big")


def _length(count: int) -> bytes:
    size = 1
    while count >= (1 << 7 * size) - 1:
        size += 1
    return ((1 << 7 * size) | count).to_bytes(size, "big")


def _number(ident: int, value: int) -> bytes:
    return element(ident, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _void(room: int) -> bytes:
    return _ident(_VOID) + _length(room - 2) + bytes(room - 2)


def _fill(content: bytes, room: int) -> bytes:
    """Content in a room that was kept free, the rest void. At least two bytes of rest, or none."""
    rest = room - len(content)
    return content if rest == 0 else content + _void(rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What the video's head says.

    Attributes
    ----------
    width_px, height_px : int
    codec_private : bytes
        The configuration record of FFV1.
    """

    width_px: int
    height_px: int
    codec_private: bytes


@dataclass(slots=True)
class Patch:
    """Bytes to be put over others when the file is closed."""

    at: int
    data: bytes


@dataclass(slots=True)
class MatroskaOut:
    """Makes the bytes of one file, in order; counts what it has given out.

    Attributes
    ----------
    track : Track
    length : int
        Bytes given out so far.
    pictures : int
    """

    track: Track
    length: int = 0
    pictures: int = 0
    _segment_at: int = 0
    _duration_at: int = 0
    _last_ms: int = -1
    _cues: list[tuple[int, int]] = field(default_factory=list)

    def head(self) -> bytes:
        """The beginning of the file."""
        ebml = b"".join(
            [
                _number(0x4286, 1),  # EBMLVersion
                _number(0x42F7, 1),
                _number(0x42F2, 4),  # longest identifier and length
                _number(0x42F3, 8),
                element(0x4282, b"matroska"),
                _number(0x4287, 4),
                _number(0x4285, 2),
            ]
        )
        info = b"".join([_number(0x2AD7B1, 1_000_000), element(0x4D80, WRITER), element(0x5741, WRITER)])
        video = b"".join(
            [
                _number(0xB0, self.track.width_px),
                _number(0xBA, self.track.height_px),
                element(0x55B0, _number(0x55B9, 2)),  # full range: without it grey values come back changed
            ]
        )
        track = b"".join(
            [
                _number(0xD7, 1),
                _number(0x73C5, 1),
                _number(0x83, 1),
                _number(0x9C, 0),  # no lacing
                element(0x86, b"V_FFV1"),
                element(0x63A2, self.track.codec_private),
                element(0xE0, video),
            ]
        )
        begin = element(_EBML, ebml) + _ident(_SEGMENT) + _UNKNOWN_LENGTH
        self._segment_at = len(begin)
        open_info = _ident(_INFO) + _length(len(info) + _DURATION_ROOM) + info
        self._duration_at = len(begin) + _SEEK_ROOM + len(open_info)
        head = begin + _void(_SEEK_ROOM) + open_info + _void(_DURATION_ROOM) + element(_TRACKS, element(0xAE, track))
        self.length = len(head)
        return head

    def picture(self, t_ms: int, packet: bytes) -> bytes:
        """A cluster with one picture; stamps rise by a millisecond at least."""
        stamp = max(t_ms, self._last_ms + 1, 0)
        block = b"\x81" + struct.pack(">hB", 0, _KEY_FLAGS) + packet
        cluster = element(_CLUSTER, _number(0xE7, stamp) + element(0xA3, block))
        self._cues.append((stamp, self.length - self._segment_at))
        self._last_ms = stamp
        self.length += len(cluster)
        self.pictures += 1
        return cluster

    def end(self) -> tuple[bytes, list[Patch]]:
        """The index to put at the end, and what is then put over the head, in this order."""
        cues_at = self.length - self._segment_at
        cues = element(
            _CUES,
            b"".join(
                element(0xBB, _number(0xB3, ms) + element(0xB7, _number(0xF7, 1) + _number(0xF1, at)))
                for ms, at in self._cues
            ),
        )
        self.length += len(cues)
        seek = element(0x4DBB, element(0x53AB, _ident(_CUES)) + _number(0x53AC, cues_at))
        first_ms = self._cues[0][0] if self._cues else 0
        duration = element(_DURATION, struct.pack(">d", float(max(0, self._last_ms - first_ms))))
        size = self.length - self._segment_at
        return cues, [
            Patch(self._segment_at + 0, _fill(element(_SEEK_HEAD, seek), _SEEK_ROOM)),
            Patch(self._duration_at, duration),
            Patch(self._segment_at - 8, ((1 << 56) | size).to_bytes(8, "big")),
        ]
