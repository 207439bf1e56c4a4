"""Where each frame of a DICOM file stands, and its stored values: one frame at a time, never the whole file."""

from __future__ import annotations

import re
import struct
import warnings
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

import cv2
import numpy as np
from numpy.typing import NDArray

_PLUGINS: Final = {
    "1.2.840.10008.1.2.4.50": "pylibjpeg",  # JPEG baseline
    "1.2.840.10008.1.2.4.51": "pylibjpeg",  # JPEG extended
    "1.2.840.10008.1.2.4.57": "pylibjpeg",  # JPEG lossless
    "1.2.840.10008.1.2.4.70": "pylibjpeg",  # JPEG lossless, first-order prediction
    "1.2.840.10008.1.2.4.80": "pyjpegls",  # four times faster than the automatic choice
    "1.2.840.10008.1.2.4.81": "pyjpegls",
    "1.2.840.10008.1.2.4.90": "pylibjpeg",  # JPEG 2000
    "1.2.840.10008.1.2.4.91": "pylibjpeg",
    "1.2.840.10008.1.2.4.201": "pylibjpeg",  # high-throughput JPEG 2000
    "1.2.840.10008.1.2.4.202": "pylibjpeg",
    "1.2.840.10008.1.2.4.203": "pylibjpeg",
    "1.2.840.10008.1.2.5": "pylibjpeg",  # RLE
}
"""Compressed transfer syntaxes that are read, each with its decoder: the same pixels on every machine."""
NATIVE: Final = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"})
_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
_IMPLICIT: Final = "1.2.840.10008.1.2"
_PIXEL_DATA: Final = (0x7FE0, 0x0010)
_ITEM, _SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
_LONG_FORM: Final = (b"OB", b"OW", b"OF", b"OD", b"UN")
_UNDEFINED: Final = 0xFFFFFFFF
_START_OF_PICTURE: Final = (b"\xff\xd8", b"\xff\x4f")
_MAX_FRAGMENTS: Final = 10_000_000
_DECODER_TAG: Final = re.compile(r"^\w+: libjpeg error code '-?\d+' returned from \w+\(\): ")


class PixelError(Exception):
    """Why the pixel data cannot be used, as a part of a sentence."""


def syntax_name(transfer_syntax: str) -> str:
    """The name of a transfer syntax for people; the number itself where it has none."""
    from pydicom.uid import UID

    # As it came from the file it may hold anything, and pydicom warns of that.
    printable = "".join(mark if mark.isprintable() else "?" for mark in transfer_syntax)[:64]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return str(UID(printable).name)


def is_readable(transfer_syntax: str) -> bool:
    """Whether frames of this transfer syntax can be decoded."""
    return transfer_syntax in NATIVE or transfer_syntax in _PLUGINS


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelLayout:
    """What the header says of one frame.

    Attributes
    ----------
    transfer_syntax : str
        Its UID.
    rows, cols, samples, bits_allocated, bits_stored, high_bit : int
    signed, planar : bool
        ``planar``: all red, then all green, then all blue.
    photometric : str
    frame_count : int
        As the header says.
    """

    transfer_syntax: str
    rows: int
    cols: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    planar: bool
    photometric: str
    frame_count: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one uncompressed frame."""
        samples = 2 if self.photometric == "YBR_FULL_422" else self.samples
        return self.rows * self.cols * samples * self.bits_allocated // 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameTable:
    """Pieces of the file that make up each frame.

    Attributes
    ----------
    pieces : list of list of (offset, length)
    cut : bool
        The file ends before the pixel data do.
    word_swapped : bool
        8-bit samples in big-endian words of 16 bits.
    """

    pieces: list[list[tuple[int, int]]] = field(repr=False)
    cut: bool
    word_swapped: bool = False


def read_table(file: BinaryIO, size: int, layout: PixelLayout) -> FrameTable:
    """Find all frames; ``file`` stands at the pixel data's tag.

    Raises
    ------
    PixelError
    """
    length, word_swapped = _pixel_data_length(file, layout)
    start = file.tell()
    if layout.transfer_syntax not in NATIVE:
        if length != _UNDEFINED:
            raise PixelError("its compressed pixel data are not in pieces, as they have to be")
        return _encapsulated(file, size, layout)
    if length == _UNDEFINED:
        raise PixelError("its pixel data state no length")
    frame = layout.frame_bytes
    expected = frame * layout.frame_count
    if length > expected + 1:
        raise PixelError(
            f"its pixel data have {length} bytes and {layout.frame_count} frames of {frame} need {expected}"
        )
    whole = min(layout.frame_count, max(0, min(length, size - start)) // frame)
    pieces = [[(start + k * frame, frame)] for k in range(whole)]
    return FrameTable(pieces=pieces, cut=whole < layout.frame_count, word_swapped=word_swapped)


def _pixel_data_length(file: BinaryIO, layout: PixelLayout) -> tuple[int, bool]:
    order = ">" if layout.transfer_syntax == _BIG_ENDIAN else "<"
    head = file.read(8)
    if len(head) < 8:
        raise PixelError("it holds no pixel data")
    tag = struct.unpack(order + "HH", head[:4])
    if tag != _PIXEL_DATA:
        raise PixelError("its pixel data are no whole numbers (float pixel data)" if tag[0] == 0x7FE0 else "no pixels")
    if layout.transfer_syntax == _IMPLICIT:
        return int(struct.unpack("<I", head[4:])[0]), False
    if head[4:6] not in _LONG_FORM:
        raise PixelError("its pixel data are not marked as such")
    length_bytes = file.read(4)
    if len(length_bytes) < 4:
        raise PixelError("it ends where the pixel data begin")
    swapped = order == ">" and head[4:6] == b"OW" and layout.bits_allocated == 8
    return int(struct.unpack(order + "I", length_bytes)[0]), swapped


def _encapsulated(file: BinaryIO, size: int, layout: PixelLayout) -> FrameTable:
    fragments: list[tuple[int, int]] = []  # (place of the data, length), the offset table first
    at, cut = file.tell(), True
    while len(fragments) < _MAX_FRAGMENTS:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or head[:4] == _SEQUENCE_END:
            cut = len(head) < 8
            break
        length = int.from_bytes(head[4:], "little")
        if head[:4] != _ITEM or length == _UNDEFINED:
            break
        if at + 8 + length > size:
            break
        fragments.append((at + 8, length))
        at += 8 + length
    if not fragments:
        raise PixelError("its pixel data hold no frame")
    table, data = fragments[0], fragments[1:]
    pieces = _grouped(file, table, data, layout.frame_count, cut)
    return FrameTable(pieces=pieces[: layout.frame_count], cut=len(pieces) < layout.frame_count)


def _grouped(
    file: BinaryIO, table: tuple[int, int], data: list[tuple[int, int]], frame_count: int, cut: bool
) -> list[list[tuple[int, int]]]:
    """Fragments by frame: by the offset table, one each, or by the marks at which a compressed picture begins."""
    starts: set[int] = set()
    if table[1] >= 8 and table[1] % 4 == 0:
        file.seek(table[0])
        first = table[0] + table[1]
        starts = {first + offset for offset in struct.unpack(f"<{table[1] // 4}I", file.read(table[1]))}
    if len(starts) == frame_count:
        begins = [at - 8 in starts for at, _ in data]
    elif len(data) == frame_count or (cut and len(data) < frame_count):
        begins = [True] * len(data)
    elif frame_count == 1:
        begins = [k == 0 for k in range(len(data))]
    else:
        begins = [_begins_picture(file, at) for at, _ in data]
    pieces: list[list[tuple[int, int]]] = []
    for begin, fragment in zip(begins, data, strict=True):
        if begin or not pieces:
            pieces.append([])
        pieces[-1].append(fragment)
    if len(pieces) > frame_count:
        raise PixelError(f"it holds {len(pieces)} pictures and its header speaks of {frame_count}")
    return pieces


def _begins_picture(file: BinaryIO, at: int) -> bool:
    file.seek(at)
    return file.read(2) in _START_OF_PICTURE


def stored_values(file: BinaryIO, table: FrameTable, layout: PixelLayout, index: int) -> NDArray[Any]:
    """Stored values of one frame, (rows, cols) of whole numbers; luma where the frame is in colour.

    Raises
    ------
    PixelError
        If it cannot be decoded.
    """
    parts = []
    for offset, length in table.pieces[index]:
        file.seek(offset)
        parts.append(file.read(length))
        if len(parts[-1]) < length:
            raise PixelError("the file ends within it")
    data = b"".join(parts)
    if layout.transfer_syntax in NATIVE:
        return _native(data, layout, table.word_swapped)
    values = _decompressed(data, layout)
    if values.ndim == 3:
        # The decoders give RGB whatever the file holds.
        return cv2.cvtColor(np.ascontiguousarray(values), cv2.COLOR_RGB2GRAY)
    return _cleaned(values, layout)


def _native(data: bytes, layout: PixelLayout, word_swapped: bool) -> NDArray[Any]:
    rows, cols = layout.rows, layout.cols
    if layout.bits_allocated == 8:
        samples: NDArray[Any] = np.frombuffer(data, np.uint8)
        if word_swapped and samples.size % 2 == 0:
            samples = samples.reshape(-1, 2)[:, ::-1].ravel()
    else:
        samples = np.frombuffer(data, ">u2" if layout.transfer_syntax == _BIG_ENDIAN else "<u2").astype(np.uint16)
    if layout.samples == 1:
        return _cleaned(samples.reshape(rows, cols), layout)
    if layout.photometric == "YBR_FULL_422":
        return np.ascontiguousarray(samples.reshape(rows, cols // 2, 4)[:, :, :2].reshape(rows, cols))
    by_plane = samples.reshape(3, rows, cols) if layout.planar else None
    colour = samples.reshape(rows, cols, 3) if by_plane is None else by_plane.transpose(1, 2, 0)
    if layout.photometric == "YBR_FULL":
        return np.ascontiguousarray(colour[:, :, 0])
    return cv2.cvtColor(np.ascontiguousarray(colour), cv2.COLOR_RGB2GRAY)


def _cleaned(values: NDArray[Any], layout: PixelLayout) -> NDArray[Any]:
    """Only the stored bits (an old file keeps overlays in the others), with their sign."""
    bits, allocated = layout.bits_stored, layout.bits_allocated
    unsigned: NDArray[Any] = values.astype(np.int64 if values.dtype.itemsize > 2 else np.int32)
    if layout.transfer_syntax in NATIVE and layout.high_bit != bits - 1:
        unsigned = (unsigned & ((1 << allocated) - 1)) >> (layout.high_bit + 1 - bits)
    if layout.transfer_syntax in NATIVE or not layout.signed:
        unsigned = unsigned & ((1 << bits) - 1)
    if layout.signed and layout.transfer_syntax in NATIVE:
        unsigned = np.where(unsigned >= 1 << (bits - 1), unsigned - (1 << bits), unsigned)
    return unsigned


def _decompressed(data: bytes, layout: PixelLayout) -> NDArray[Any]:
    from pydicom.encaps import encapsulate
    from pydicom.pixels import get_decoder

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values, _ = get_decoder(layout.transfer_syntax).as_array(
                encapsulate([data], has_bot=False),
                index=0,
                decoding_plugin=_PLUGINS[layout.transfer_syntax],
                rows=layout.rows,
                columns=layout.cols,
                number_of_frames=1,
                samples_per_pixel=layout.samples,
                bits_allocated=layout.bits_allocated,
                bits_stored=layout.bits_stored,
                pixel_representation=int(layout.signed),
                photometric_interpretation=layout.photometric,
                planar_configuration=int(layout.planar),
                pixel_keyword="PixelData",
            )
    except MemoryError:
        raise
    except Exception as error:  # The decoders raise whatever they like; each of them means the same here.
        raise PixelError(f"{syntax_name(layout.transfer_syntax)}: {_first_words(error)}") from error
    if values.shape[:2] != (layout.rows, layout.cols):
        raise PixelError(f"its picture is {values.shape[1]} x {values.shape[0]}, unlike the header")
    return np.asarray(values)


def _first_words(error: Exception) -> str:
    """The decoder's own reason, without the lines around it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[1] if len(lines) > 1 else (lines[0] if lines else type(error).__name__)
    return _DECODER_TAG.sub("", text)[:160].rstrip(" .;:")
