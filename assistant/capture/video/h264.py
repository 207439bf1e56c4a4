"""The one thing FFmpeg does not pass on about H.264: whether a stream has any chroma at all.

A monochrome stream (written from grey pictures) decodes to yuv420p, and its range is usually not labelled; grey
pictures are of full range.
"""

from __future__ import annotations

from typing import Final

_WITH_CHROMA_FORMAT: Final = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
"""Profiles whose sequence parameter set carries ``chroma_format_idc`` (ITU-T H.264, 7.3.2.1.1)."""


def is_monochrome(extradata: bytes | None) -> bool:
    """Whether the decoder's set-up data (avcC or start-code form) describes a stream without chroma.

    False where there is none or it cannot be understood.
    """
    parameters = _sequence_parameters(extradata or b"")
    if len(parameters) < 5 or parameters[1] not in _WITH_CHROMA_FORMAT:
        return False
    bits = _Bits(parameters[4:])
    try:
        bits.unsigned()  # seq_parameter_set_id
        return bits.unsigned() == 0  # chroma_format_idc
    except IndexError:
        return False


def _sequence_parameters(data: bytes) -> bytes:
    """The first sequence parameter set, from its header byte on; empty where there is none."""
    if data[:1] == b"\x01" and len(data) > 8 and data[5] & 0x1F:
        return data[8 : 8 + int.from_bytes(data[6:8], "big")]
    at = data.find(b"\x00\x00\x01")
    while at >= 0:
        if len(data) > at + 3 and data[at + 3] & 0x1F == 7:
            return data[at + 3 :]
        at = data.find(b"\x00\x00\x01", at + 3)
    return b""


class _Bits:
    """Exp-Golomb numbers from bytes (9.1). Emulation prevention cannot occur in the few bits read here."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data[:16], 0

    def _bit(self) -> int:
        bit = self._data[self._at >> 3] >> (7 - (self._at & 7)) & 1
        self._at += 1
        return bit

    def unsigned(self) -> int:
        zeros = 0
        while not self._bit():
            zeros += 1
        value = 1
        for _ in range(zeros):
            value = value << 1 | self._bit()
        return value - 1
