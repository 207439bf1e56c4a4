"""The check sums of FFV1, which the decoder computes and then only writes a line about in its log.

A damaged slice would be painted over with the one of the picture before and pass for a new picture. RFC 9043, 4.9:
each slice ends with its size (3 bytes), a status byte and a CRC-32 over all of the slice, itself included, that makes
the remainder 0 (polynomial 0x04C11DB7, most significant bit first, start 0).
"""

from __future__ import annotations

import zlib
from typing import Final

_FOOTER_BYTES: Final = 8
# zlib's CRC has the same polynomial with the least significant bit first: bytes are turned round before.
_TURNED: Final = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
_FROM_ZERO: Final = 0xFFFFFFFF


class SliceCheck:
    """Checks the packets of one stream; a stream written without check sums passes.

    Parameters
    ----------
    has_sums : bool or None
        Whether the stream has them, where that is known; None: its first packet is the next one, and tells.
    """

    def __init__(self, has_sums: bool | None = None) -> None:
        self.has_sums = has_sums

    def is_damaged(self, packet: bytes) -> bool:
        """Whether a picture's data were changed after they were written.

        The first packet tells whether there are check sums: they are all right, or there are none.
        """
        if self.has_sums is False:
            return False
        good = _sums_are_right(packet)
        if self.has_sums is None:
            self.has_sums = good
            return False
        return not good


def _sums_are_right(packet: bytes) -> bool:
    end = len(packet)
    while end > 0:
        if end < _FOOTER_BYTES:
            return False
        start = end - _FOOTER_BYTES - int.from_bytes(packet[end - 8 : end - 5], "big")
        if start < 0 or zlib.crc32(packet[start:end].translate(_TURNED), _FROM_ZERO) != _FROM_ZERO:
            return False
        end = start
    return bool(packet)
