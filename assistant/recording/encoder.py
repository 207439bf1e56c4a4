"""Grey pictures -> FFV1 packets, without loss and each on its own (any picture can be decoded without the others)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import av
import numpy as np

from assistant.vocabulary import Grey

_OPTIONS: Final = {"level": "3", "context": "0", "g": "1", "slices": "4", "slicecrc": "1"}


class Encoder:
    """Codes pictures of one size and depth.

    Parameters
    ----------
    width_px, height_px : int
    is_deep : bool
        16 bit instead of 8.
    """

    def __init__(self, width_px: int, height_px: int, *, is_deep: bool) -> None:
        self.width_px, self.height_px, self.is_deep = width_px, height_px, is_deep
        self._format = "gray16le" if is_deep else "gray"
        context: Any = av.CodecContext.create("ffv1", "w")
        context.width, context.height, context.pix_fmt = width_px, height_px, self._format
        context.time_base = Fraction(1, 1000)
        context.thread_type, context.thread_count = "SLICE", 2 if is_deep else 1
        context.color_range = 2
        context.options = _OPTIONS | ({} if is_deep else {"coder": "0"})
        context.open()
        self._context = context
        self._number = 0

    @property
    def configuration(self) -> bytes:
        """The record that a decoder needs before the first packet."""
        return bytes(self._context.extradata)

    def fits(self, grey: Grey) -> bool:
        """Whether a picture has this encoder's size and depth."""
        return grey.shape == (self.height_px, self.width_px) and (grey.dtype == np.uint16) == self.is_deep

    def encode(self, grey: Grey) -> bytes:
        """One packet.

        Raises
        ------
        RuntimeError
            If the coder does not give exactly one packet.
        """
        picture: Any = np.ascontiguousarray(grey)
        frame = av.VideoFrame.from_ndarray(picture, format=self._format)
        frame.pts = self._number
        self._number += 1
        packets = [bytes(packet) for packet in self._context.encode(frame)]
        if len(packets) != 1:
            raise RuntimeError(f"FFV1 gave {len(packets)} packets for one picture")
        return packets[0]
