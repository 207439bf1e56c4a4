"""One PNG or TIFF file to grey, checked before a decoder sees it.

The decoders print their complaints to standard error, and warn there of harmless extras; so what is cut or changed is
found here, and only what makes up the picture is handed on.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from assistant.errors import InputError
from assistant.language import sentence
from assistant.vocabulary import Grey

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

PNG_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
TIFF_MAGICS: Final = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
MAX_SIDE_PX: Final = 8192
_MAX_FILE_BYTES: Final = 1 << 30
_NEEDED_CHUNKS: Final = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
_TIFF_WIDTH, _TIFF_HEIGHT, _TIFF_SUBFILE = 256, 257, 254


def page_count(path: Path) -> int:
    """How many pictures a TIFF file holds, previews left out; 1 where it is none, or not to be understood."""
    try:
        with path.open("rb") as file:
            if file.read(4) not in TIFF_MAGICS:
                return 1
            with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
                return max(1, len(_full_pages(data)))
    except (OSError, ValueError, struct.error):
        return 1


def read_grey(path: Path, label: str, page: int | None = None) -> Grey:
    """Grey of a picture file, as stored.

    Parameters
    ----------
    path : Path
    label : str
        Its name for texts.
    page : int or None
        Which picture of a TIFF stack; None: it is to hold one.

    Returns
    -------
    array (rows, cols), uint8 or uint16

    Raises
    ------
    InputError
        If it cannot be read, is damaged, is no PNG or TIFF, or its samples are neither 8 nor 16 bits.
    """
    try:
        if page is None and path.stat().st_size > _MAX_FILE_BYTES:
            raise InputError(f"{label}: too large for one picture; check the file")
        data = path.read_bytes() if page is None else b""
    except OSError as error:
        raise InputError(f"{label}: the picture cannot be read ({error.strerror}); copy it again") from error
    try:
        if page is None:
            stored = cv2.imdecode(np.frombuffer(_checked(data), np.uint8), cv2.IMREAD_UNCHANGED)
        else:
            found = cv2.imreadmulti(str(path), start=page, count=1, flags=cv2.IMREAD_UNCHANGED)[1]
            stored = found[0] if found else None
    except (ValueError, struct.error, cv2.error) as error:
        why = sentence("it cannot be decoded") if isinstance(error, (cv2.error, struct.error)) else str(error)
        raise InputError(f"{label}: the picture is damaged or no PNG or TIFF ({why}); copy it again") from error
    if stored is None:
        raise InputError(f"{label}: the picture is damaged or of an unknown kind; save it again as PNG or TIFF")
    if stored.dtype not in (np.uint8, np.uint16):
        raise InputError(f"{label}: samples are {stored.dtype}; save the pictures with 8 or 16 bits a sample")
    return _grey(stored)


def _grey(stored: np.ndarray) -> Grey:
    if stored.ndim == 3:
        channels = stored.shape[2]
        if channels == 2:
            stored = stored[:, :, 0]
        else:
            code = {1: None, 3: cv2.COLOR_BGR2GRAY, 4: cv2.COLOR_BGRA2GRAY}[channels]
            stored = stored[:, :, 0] if code is None else cv2.cvtColor(stored, code)
    grey: Grey = np.ascontiguousarray(stored)
    return grey


def _checked(data: bytes) -> bytes:
    """The file's picture, found whole; ValueError says what is wrong."""
    if data[:8] == PNG_MAGIC:
        return _checked_png(data)
    if data[:4] in TIFF_MAGICS:
        _check_tiff(data)
        return data
    raise ValueError("empty" if not data else "it begins like another kind of file")


def _checked_png(data: bytes) -> bytes:
    parts, at, seen_end = [PNG_MAGIC], 8, False
    while at + 12 <= len(data) and not seen_end:
        length = int.from_bytes(data[at : at + 4], "big")
        name, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            break
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise ValueError("its check sum is wrong")
        if name == b"IHDR":
            if length < 8:
                raise ValueError("its header is too short")
            _check_size(*struct.unpack(">II", data[at + 8 : at + 16]))
        if name in _NEEDED_CHUNKS:
            parts.append(data[at:end])
        seen_end, at = name == b"IEND", end
    if not seen_end:
        raise ValueError("it is cut off")
    return b"".join(parts)


def _check_size(width: int, height: int) -> None:
    if not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX):
        raise ValueError(f"{width} x {height} px is no size of a picture")


def _full_pages(data: bytes | mmap) -> list[dict[int, int]]:
    """Tags of each picture of a TIFF file, without the reduced copies for previews."""
    return [tags for tags in _tiff_pages(data) if not tags.get(_TIFF_SUBFILE, 0) & 1]


def _check_tiff(data: bytes) -> None:
    pages = _full_pages(data)
    if not pages:
        raise ValueError("it holds no picture")
    _check_size(pages[0].get(_TIFF_WIDTH, 0), pages[0].get(_TIFF_HEIGHT, 0))
    if len(pages) > 1:
        raise ValueError(f"it holds {len(pages)} pictures, and one a file is expected")


def _tiff_pages(data: bytes | mmap) -> Iterator[dict[int, int]]:
    """First values of the whole-number tags of each page (TIFF 6.0; BigTIFF is left to the decoder)."""
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\x00", b"\x00+")
    offset_code, head, entry, count_code = ("Q", 8, 20, "Q") if big else ("I", 4, 12, "H")
    (at,) = struct.unpack_from(order + offset_code, data, 8 if big else 4)
    visited: set[int] = set()
    while at and at not in visited and len(visited) < 10_000:
        visited.add(at)
        if at + 2 > len(data):
            raise ValueError("it is cut off")
        (count,) = struct.unpack_from(order + count_code, data, at)
        start = at + struct.calcsize(count_code)
        if start + count * entry + head > len(data):
            raise ValueError("it is cut off")
        tags: dict[int, int] = {}
        for k in range(count):
            tag, kind = struct.unpack_from(order + "HH", data, start + k * entry)
            code = {3: "H", 4: "I", 16: "Q"}.get(kind)
            if code:
                (tags[tag],) = struct.unpack_from(order + code, data, start + k * entry + (12 if big else 8))
        yield tags
        (at,) = struct.unpack_from(order + offset_code, data, start + count * entry)
