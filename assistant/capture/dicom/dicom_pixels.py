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

from assistant.language import sentence

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
}
"""Compressed transfer syntaxes that are read, each with its decoder: the same pixels on every machine."""
_RLE: Final = "1.2.840.10008.1.2.5"
_RLE_HEAD_BYTES: Final = 64
NATIVE: Final = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"})
_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
_IMPLICIT: Final = "1.2.840.10008.1.2"
_PIXEL_DATA: Final = (0x7FE0, 0x0010)
_ITEM, _SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
_LONG_FORM: Final = (b"OB", b"OW", b"OF", b"OD", b"UN")
_UNDEFINED: Final = 0xFFFFFFFF
_STARTS_OF_PICTURE: Final = (b"\xff\xd8", b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  ")
"""JPEG and JPEG-LS; a JPEG 2000 codestream; one in a file of its own."""
_NEEDS_ITS_END: Final = ("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81")
"""JPEG-LS: the decoder looks for seconds, under the interpreter's lock, for an end that is not there."""
_MAX_FRAGMENTS: Final = 10_000_000
_DECODER_TAG: Final = re.compile(r"^\w+: libjpeg error code '-?\d+' returned from \w+\(\): ")
_NOT_THE_DECODERS: Final = (MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit)


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
    return transfer_syntax in NATIVE or transfer_syntax in _PLUGINS or transfer_syntax == _RLE


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
    frame_count : int or None
        As the header says; None where it does not.
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
    frame_count: int | None

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
    frame_count : int
        How many frames there should be: as the header says, else as the data show.
    word_swapped : bool
        8-bit samples in big-endian words of 16 bits.
    notes : tuple of str
        What was mended, in sentences.
    """

    pieces: list[list[tuple[int, int]]] = field(repr=False)
    cut: bool
    frame_count: int
    word_swapped: bool = False
    notes: tuple[str, ...] = ()


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
    count, notes = layout.frame_count, []
    if count is None:
        count = max(1, length // frame)
        notes += _counted(count)
    expected = frame * count
    if length >= expected + frame:
        raise PixelError(
            f"its pixel data have {length} bytes and {count} frames of {frame} need {expected} (NumberOfFrames)"
        )
    if length > expected + 1:
        notes.append(sentence(f"{length - expected} bytes behind the last frame are left out."))
    whole = min(count, max(0, min(length, size - start)) // frame)
    pieces = [[(start + k * frame, frame)] for k in range(whole)]
    return FrameTable(
        pieces=pieces, cut=whole < count, frame_count=count, word_swapped=word_swapped, notes=tuple(notes)
    )


def _counted(count: int) -> list[str]:
    """What is said of frames that the header does not number; nothing of a single one, which needs no number."""
    if count == 1:
        return []
    return [sentence(f"The file does not say how many frames it holds (NumberOfFrames): {count} are there.")]


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


def fragments_at(file: BinaryIO, size: int) -> tuple[list[tuple[int, int]], bool]:
    """Place and length of each piece from where the file stands, the offset table first; whether the last is cut."""
    fragments: list[tuple[int, int]] = []
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
    return fragments, cut


def _encapsulated(file: BinaryIO, size: int, layout: PixelLayout) -> FrameTable:
    fragments, cut = fragments_at(file, size)
    if not fragments:
        raise PixelError("its pixel data hold no frame")
    table, data = fragments[0], fragments[1:]
    pieces, notes = _grouped(file, table, data, layout, cut)
    count = layout.frame_count
    if count is None:
        count = len(pieces)
        notes += _counted(count)
    if len(pieces) < count and not cut and len(pieces) < len(data):
        raise PixelError(
            f"its {len(data)} fragments cannot be told apart: {count} frames by its header, {len(pieces)} by marks"
        )
    return FrameTable(pieces=pieces[:count], cut=len(pieces) < count, frame_count=count, notes=tuple(notes))


def _grouped(
    file: BinaryIO, table: tuple[int, int], data: list[tuple[int, int]], layout: PixelLayout, cut: bool
) -> tuple[list[list[tuple[int, int]]], list[str]]:
    """Fragments by frame, and what was mended.

    By the offset table, one each, or by the marks at which a compressed picture begins. A table that does not point at
    fragments is of no use.
    """
    frame_count, notes = layout.frame_count, []
    starts: set[int] = set()
    if table[1] >= 8 and table[1] % 4 == 0:
        file.seek(table[0])
        first = table[0] + table[1]
        starts = {first + offset for offset in struct.unpack(f"<{table[1] // 4}I", file.read(table[1]))}
    places = {at - 8 for at, _ in data}
    if starts and not cut and not (starts <= places and first in starts):
        notes.append(sentence("The file's table of where its frames begin is wrong and was not used."))
        starts = set()
    if starts and len(starts) == (frame_count or len(starts)):
        begins = [at - 8 in starts for at, _ in data]
    elif len(data) == frame_count or (cut and frame_count is not None and len(data) < frame_count):
        begins = [True] * len(data)
    elif frame_count == 1:
        begins = [k == 0 for k in range(len(data))]
    else:
        begins = [_begins_picture(file, at, layout) for at, _ in data]
    pieces: list[list[tuple[int, int]]] = []
    for begin, fragment in zip(begins, data, strict=True):
        if begin or not pieces:
            pieces.append([])
        pieces[-1].append(fragment)
    if frame_count is not None and len(pieces) > frame_count:
        raise PixelError(f"it holds {len(pieces)} pictures and its header speaks of {frame_count} (NumberOfFrames)")
    return pieces, notes


def _begins_picture(file: BinaryIO, at: int, layout: PixelLayout) -> bool:
    file.seek(at)
    if layout.transfer_syntax != _RLE:
        return file.read(8).startswith(_STARTS_OF_PICTURE)
    return _segments(file.read(_RLE_HEAD_BYTES)) is not None


def _segments(head: bytes) -> list[int] | None:
    """Where the segments of an RLE picture begin: each behind the one before, the first behind this head."""
    if len(head) < _RLE_HEAD_BYTES:
        return None
    count, *offsets = struct.unpack("<16I", head[:_RLE_HEAD_BYTES])
    used, rest = offsets[:count], offsets[count:]
    whole = 1 <= count <= 15 and used[0] == _RLE_HEAD_BYTES and used == sorted(set(used)) and not any(rest)
    return used if whole else None


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
    if layout.transfer_syntax == _RLE:
        values = _run_lengths(data, layout)
        if values.ndim == 3 and layout.photometric == "YBR_FULL":
            return np.ascontiguousarray(values[:, :, 0])
    else:
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


def _run_lengths(data: bytes, layout: PixelLayout) -> NDArray[Any]:
    """A picture of run lengths (PS3.5 annex G): a segment for each byte of a sample, the highest first.

    Segment by segment: of a broken picture the decoder of whole ones does not raise, it panics on standard error.
    """
    from rle.rle import decode_segment

    begins = _segments(data)
    sample_bytes = layout.bits_allocated // 8
    if begins is None or len(begins) != layout.samples * sample_bytes:
        raise PixelError(f"{syntax_name(_RLE)}: the head of its data is damaged")
    size = layout.rows * layout.cols
    planes = []
    for begin, end in zip(begins, [*begins[1:], len(data)], strict=True):
        segment = data[begin:end]
        try:
            plane = np.frombuffer(decode_segment(segment) if segment else b"", np.uint8)
        except _NOT_THE_DECODERS:
            raise
        except BaseException as error:
            raise PixelError(f"{syntax_name(_RLE)}: {_first_words(error)}") from error
        if plane.size < size:
            raise PixelError(f"{syntax_name(_RLE)}: its data end before the picture does")
        if plane.size > size + 1:
            raise PixelError(f"{syntax_name(_RLE)}: its data are more than a picture")
        planes.append(plane[:size].reshape(layout.rows, layout.cols))
    if sample_bytes == 2:
        return (planes[0].astype(np.uint16) << np.uint16(8)) | planes[1]
    return planes[0] if layout.samples == 1 else np.dstack(planes)


def _decompressed(data: bytes, layout: PixelLayout) -> NDArray[Any]:
    from pydicom.encaps import encapsulate
    from pydicom.pixels import get_decoder

    if layout.transfer_syntax in _NEEDS_ITS_END and b"\xff\xd9" not in data[-16:]:
        raise PixelError(f"{syntax_name(layout.transfer_syntax)}: its data end before the picture does")
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
    except (MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except (
        BaseException
    ) as error:  # Whatever a decoder raises means the same; one written in Rust panics past Exception.
        raise PixelError(f"{syntax_name(layout.transfer_syntax)}: {_first_words(error)}") from error
    if values.shape[:2] != (layout.rows, layout.cols):
        raise PixelError(f"its picture is {values.shape[1]} x {values.shape[0]}, unlike the header")
    return np.asarray(values)


def _first_words(error: BaseException) -> str:
    """The decoder's own reason, without the lines around it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[1] if len(lines) > 1 else (lines[0] if lines else type(error).__name__)
    return _DECODER_TAG.sub("", text)[:160].rstrip(" .;:")
