"""One frame on its way to the disk: as offered by the capture, and as coded."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from assistant.recording.encoder import Encoder
from assistant.recording.matroska_out import Track
from assistant.vocabulary import Grey

NOWHERE: Final = (-1, -1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Offered:
    """A frame as captured; ``grey`` is None where it repeats the picture before it bit by bit."""

    index: int
    t_ns: int
    captured_ns: int
    grey: Grey | None = field(repr=False)


@dataclass(slots=True, kw_only=True, eq=False)
class Coded:
    """A frame as it goes to the disk; kept until it is synced.

    Attributes
    ----------
    packet : bytes or None
        FFV1; None for a repeat.
    track : Track or None
        What a file that holds the packet must say of it.
    crc : int or None
        CRC-32 of the pixels, row by row.
    at : tuple of int
        Video file, and number of the picture in it, that the frame carries; `NOWHERE` before it is written.
    """

    index: int
    t_ns: int
    captured_ns: int
    packet: bytes | None = field(repr=False)
    track: Track | None = field(repr=False)
    crc: int | None
    at: tuple[int, int] = NOWHERE


class Coder:
    """Codes frames; makes a new encoder where the picture changes its size or depth."""

    def __init__(self) -> None:
        self._encoder: Encoder | None = None

    def code(self, offered: Offered) -> Coded:
        """Code one frame."""
        packet, track, crc = None, None, None
        grey = offered.grey
        if grey is not None:
            encoder = self._encoder
            if encoder is None or not encoder.fits(grey):
                encoder = Encoder(grey.shape[1], grey.shape[0], is_deep=grey.dtype == np.uint16)
                self._encoder = encoder
            packet = encoder.encode(grey)
            crc = zlib.crc32(grey.tobytes())
            configuration = encoder.configuration
            track = Track(width_px=encoder.width_px, height_px=encoder.height_px, codec_private=configuration)
        return Coded(
            index=offered.index,
            t_ns=offered.t_ns,
            captured_ns=offered.captured_ns,
            packet=packet,
            track=track,
            crc=crc,
        )
