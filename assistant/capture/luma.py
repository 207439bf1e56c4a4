"""Decoded video pictures to grey as stored.

swscale is not asked for grey where the picture already holds a luma plane: its own conversion guesses the range anew
(errors of up to 20 grey values were measured on H.264). The plane is taken as it is, and a limited range (16..235) is
expanded once, by a table.
"""

from __future__ import annotations

from typing import Any, Final, cast

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.capture.grey_range import beyond, range_in_use, stretched
from assistant.language import sentence
from assistant.vocabulary import Grey

LIMITED: Final = 1
FULL: Final = 2
"""`AVColorRange`: 0 says nothing, 1 is 16..235 (of 8 bit), 2 is 0..255."""

_PACKED_LUMA_OFFSET: Final = {"yuyv422": 0, "yvyu422": 0, "uyvy422": 1}
_LUMA_IN_HIGH_BITS: Final = ("p010", "p012", "p016", "p210", "p212", "p216", "p410", "p412", "p416")
_OUTSIDE_LIMITED_SHARE: Final = 0.01
"""Of the first picture's pixels: that many far outside 16..235 prove an unlabelled file to be of full range."""


class LumaReader:
    """Reads grey from the pictures of one stream; what the range is, is decided once, on the first picture.

    Where a stream does not say its range: grey formats, JPEG formats, monochrome H.264 and RGB are full; any other
    luma is limited, as the standards have it, unless the first picture itself has values that a limited one cannot
    have (the black beside a C-arm's field is 0, or 16).

    Attributes
    ----------
    white : int
        255, or 65535 where a sample has more than 8 bits.
    range_note : str
        For people: what the range is and how that is known.
    range_assumed : bool
        Whether the range was told by the picture or a standard, since the file does not say.
    in_use : str
        For people: which of the stored values are shown as black and white, where it is not all of them.
    """

    def __init__(self, first: av.VideoFrame, *, monochrome: bool = False) -> None:
        fmt = first.format
        self.format_name: str = fmt.name
        self.white, self._kind, self._bits, self._shift = 255, "rgb", 8, 0
        components = fmt.components
        deep = max((c.bits for c in components), default=8) > 8
        big = fmt.is_big_endian
        if fmt.name in _PACKED_LUMA_OFFSET:
            self._kind = "packed"
        elif (
            components
            and components[0].is_luma
            and not (fmt.has_palette or fmt.is_bit_stream)
            and 8 <= components[0].bits <= 16
            and all(c.plane != components[0].plane for c in components[1:])
        ):
            self._kind, self._bits = "plane", components[0].bits
            if fmt.name.startswith(_LUMA_IN_HIGH_BITS):
                self._shift = 16 - self._bits
        if deep and (self._kind == "plane" or fmt.is_rgb or not components[0].is_luma or components[0].bits > 8):
            self.white = 65535
        self._dtype: np.dtype[Any] = np.dtype((">u2" if big else "<u2") if self._bits > 8 else np.uint8)
        self._table: Grey | None = None
        self._limited, self.range_note = False, "full"
        if self._kind != "rgb":
            self._limited, self.range_note = self._decide(first, monochrome)
            self._table = _table(self._bits, self._limited)
        self.range_assumed = "the file does not say" in self.range_note
        self.in_use = ""
        self._shown: tuple[int, int] | None = None

    def fit(self, pictures: list[av.VideoFrame]) -> None:
        """Show what the run uses of samples of more than 8 bits, as these pictures of it tell (`grey_range`)."""
        if self._kind != "plane" or self._bits <= 8 or self._limited:
            return
        stored = [self._stored(picture) for picture in pictures if picture.format.name == self.format_name]
        top = (1 << self._bits) - 1
        low, high = range_in_use(min(int(p.min()) for p in stored), max(int(p.max()) for p in stored), 0, top)
        if (low, high) != (0, top):
            self._table = stretched(np.arange(top + 1, dtype=np.uint16), low, high)
            self.in_use, self._shown = f"{low} to {high}", (low, high)

    def beyond(self, picture: av.VideoFrame) -> str:
        """Why a picture cannot be shown in the range that the run uses; empty where it can."""
        if self._shown is None or picture.format.name != self.format_name:
            return ""
        return beyond(self._stored(picture).astype(np.uint16), *self._shown)

    def read(self, picture: av.VideoFrame) -> Grey:
        """Grey of one picture.

        Returns
        -------
        array (rows, cols), C-contiguous, uint8 (white 255) or uint16 (white 65535)

        Raises
        ------
        ValueError
            If the picture's format is another than the first one's.
        """
        if picture.format.name != self.format_name:
            raise ValueError(f"the pixel format changes from {self.format_name} to {picture.format.name}")
        if self._kind == "rgb":
            return self._from_colour(picture)
        stored = self._stored(picture)
        if self._table is None:
            return cast("Grey", np.ascontiguousarray(stored))
        if self._table.dtype == np.uint8:
            return cast("Grey", cv2.LUT(np.ascontiguousarray(stored), self._table))
        return self._table[stored]

    def _stored(self, picture: av.VideoFrame) -> Grey:
        plane = picture.planes[0]
        rows, cols = picture.height, picture.width
        samples: NDArray[Any] = np.frombuffer(memoryview(plane), dtype=self._dtype)
        samples = samples.reshape(-1, plane.line_size // self._dtype.itemsize)[:rows]
        if self._kind == "packed":
            offset = _PACKED_LUMA_OFFSET[self.format_name]
            return samples[:, offset : offset + 2 * cols : 2]
        samples = samples[:, :cols]
        if self._bits == 8:
            return samples
        return (samples.astype(np.uint16) >> np.uint16(self._shift)) & np.uint16((1 << self._bits) - 1)

    def _decide(self, first: av.VideoFrame, monochrome: bool) -> tuple[bool, str]:
        declared = int(first.color_range)
        if declared == FULL or first.format.name.startswith("yuvj"):
            return False, sentence("full, as the file says")
        if declared == LIMITED:
            return True, sentence("limited, as the file says; expanded to full")
        if first.format.name.startswith(("gray", "ya")):
            return False, "full"
        if monochrome:
            return False, sentence("full (monochrome, and the file does not say)")
        # Ringing of a codec leaves the limited range by a few values only.
        scale = 1 << (self._bits - 8)
        stored = self._stored(first)
        outside = np.count_nonzero((stored < 8 * scale) | (stored > 245 * scale))
        if outside > _OUTSIDE_LIMITED_SHARE * stored.size:
            return False, sentence(
                "full (the file does not say; its first picture has values beyond the limited range)"
            )
        return True, sentence("limited (the file does not say; the standards' default); expanded to full")

    def _from_colour(self, picture: av.VideoFrame) -> Grey:
        # Exact repacking for RGB; for the few packed YUV formats without a luma plane swscale does the arithmetic.
        colour = picture.to_ndarray(format="rgb48le" if self.white == 65535 else "rgb24")
        return cast("Grey", cv2.cvtColor(np.ascontiguousarray(colour), cv2.COLOR_RGB2GRAY))


def _table(bits: int, limited: bool) -> Grey | None:
    """Stored value to grey; None where they are the same."""
    if not limited and bits in (8, 16):
        return None
    values = np.arange(1 << bits, dtype=np.float64)
    scale = float(1 << (bits - 8))
    white = 255 if bits == 8 else 65535
    share = (values - 16 * scale) / (219 * scale) if limited else values / (values.size - 1)
    grey = np.rint(np.clip(share, 0.0, 1.0) * white)
    return grey.astype(np.uint8) if bits == 8 else grey.astype(np.uint16)
