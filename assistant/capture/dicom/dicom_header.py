"""What a DICOM file's header says of the run: size, coding, date. The pixel data are not touched."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import tempfile
import warnings
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, Final, cast

from assistant.capture.dicom.dicom_pixels import PixelError, PixelLayout
from assistant.vocabulary import NO_DATE, Unknown

MAX_SIDE_PX: Final = 8192
_MAX_FRAMES: Final = 1_000_000
_DEFLATED: Final = b"1.2.840.10008.1.2.1.99"
_META_BYTES: Final = 2048
"""The file meta information stands in as many bytes at the beginning."""
_MAX_INFLATED_BYTES: Final = 8 << 30
_PIECE_BYTES: Final = 1 << 20
_TAG_BYTES: Final = 12
"""The head of an entry: as much is asked for where the file may have ended."""
_SLICES: Final = ("CT", "MR", "PT")
_PHOTOMETRIC: Final = {
    1: ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"),
    3: ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DicomHeader:
    """A read header.

    Attributes
    ----------
    dataset : pydicom Dataset
        Without the pixel data.
    transfer_syntax : str
        UID.
    pixel_tag_at : int
        Place of the pixel data's tag in the file, or of the file's end.
    inflated : file or None
        Of a deflated file the plain one, in which the pixel data stand; the file itself where it is None.
    """

    dataset: Any = field(repr=False)
    transfer_syntax: str
    pixel_tag_at: int
    inflated: BinaryIO | None = None

    @property
    def slices(self) -> str:
        """Modality of pictures that lie one behind the other in space and not in time; empty for all others."""
        return self.modality if self.modality in _SLICES else ""

    @property
    def modality(self) -> str:
        """Such as "XA"."""
        return str(self.value("Modality") or "")

    def value(self, keyword: str) -> Any:
        """A value by its keyword, also from the groups of an enhanced multi-frame object; None where there is none."""
        for part in (self.dataset, *self._group_items()):
            found = safe_get(part, keyword)
            if found is not None and found != "":
                return found
        return None

    def item(self, keyword: str) -> Any:
        """First item of a sequence; None where there is none."""
        sequence = self.value(keyword)
        try:
            return sequence[0]
        except (TypeError, IndexError, KeyError):
            return None

    def _group_items(self) -> list[Any]:
        """Items of the shared groups, then those of the first frame."""
        from pydicom.dataset import Dataset

        items: list[Any] = []
        for keyword in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
            sequence = safe_get(self.dataset, keyword)
            group = sequence[0] if sequence else Dataset()
            for tag in list(group.keys()):
                macro = safe_get(group, tag)
                if getattr(macro, "VR", "") == "SQ" and macro.value:
                    items.append(macro.value[0])
        return items


def safe_get(part: Any, keyword: Any) -> Any:
    """A value of a data set (an element, by its tag); None where there is none or it cannot be understood."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return part.get(keyword)
        except Exception:  # pydicom parses late, and a changed byte makes it raise almost anything.
            return None


class _Bounded:
    """A file for pydicom: a changed length asks for gigabytes, and gets what there is."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size
        self.missing_bytes = 0
        self.name = str(getattr(file, "name", ""))

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._size - self._file.tell())
        self.missing_bytes = max(self.missing_bytes, (size or 0) - left)
        return self._file.read(left if size is None or size < 0 else min(size, left))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def read_header(file: BinaryIO) -> DicomHeader:
    """Read all up to the pixel data.

    Raises
    ------
    PixelError
        With the reason as a part of a sentence.
    """
    # Complaints about an untidy file are not for a person at the C-arm.
    logging.getLogger("pydicom").addHandler(logging.NullHandler())
    packed_at = _deflated_from(file)
    inflated = None if packed_at is None else _inflated(file, packed_at)
    try:
        dataset, place = _parsed(inflated or file)
    except BaseException:
        if inflated is not None:
            inflated.close()
        raise
    return DicomHeader(
        dataset=dataset, transfer_syntax=_transfer_syntax(dataset), pixel_tag_at=place, inflated=inflated
    )


def _deflated_from(file: BinaryIO) -> int | None:
    """Where the packed data set of a deflated file begins; None where the file is not deflated (PS3.10 7.1)."""
    head = file.read(_META_BYTES)
    file.seek(0)
    syntax_at = head.find(b"\x02\x00\x10\x00UI")
    if head[128:132] != b"DICM" or head[132:140] != b"\x02\x00\x00\x00UL\x04\x00" or syntax_at < 0:
        return None
    length = int.from_bytes(head[syntax_at + 6 : syntax_at + 8], "little")
    if head[syntax_at + 8 : syntax_at + 8 + length].rstrip(b"\0 ") != _DEFLATED:
        return None
    return 144 + int.from_bytes(head[140:144], "little")


def _parsed(file: BinaryIO) -> tuple[Any, int]:
    """The data set up to the pixel data, and the place of these."""
    import pydicom

    bounded = _Bounded(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(cast("BinaryIO", bounded), stop_before_pixels=True, force=True)
        if bounded.missing_bytes > _TAG_BYTES:
            raise PixelError("it is not whole: an entry of its header is longer than the rest of the file")
        return dataset, file.tell()
    except (MemoryError, PixelError):
        raise
    except Exception as error:  # A broken header makes pydicom raise almost anything.
        raise PixelError(f"its header cannot be read ({type(error).__name__})") from error


def _inflated(file: BinaryIO, packed_at: int) -> BinaryIO:
    """The plain data set of a deflated file, on the disk; cut where the packed data are cut.

    Raises
    ------
    PixelError
    """
    file.seek(packed_at)
    plain = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - closed with the source
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while not unpacker.eof and (piece := unpacker.unconsumed_tail or file.read(_PIECE_BYTES)):
            plain.write(unpacker.decompress(piece, _PIECE_BYTES))
            if plain.tell() > _MAX_INFLATED_BYTES:
                raise PixelError(f"it unpacks to more than {_MAX_INFLATED_BYTES >> 30} GB")
    except zlib.error as error:
        if plain.tell() < 8:
            plain.close()
            raise PixelError("its deflated data are damaged") from error
    except BaseException:
        plain.close()
        raise
    plain.seek(0)
    return plain


def _transfer_syntax(dataset: Any) -> str:
    stated = getattr(dataset, "file_meta", None)
    uid = stated.get("TransferSyntaxUID") if stated is not None else None
    if uid:
        return str(uid)
    implicit, little = dataset.original_encoding
    if implicit:
        return "1.2.840.10008.1.2"
    return "1.2.840.10008.1.2.1" if little else "1.2.840.10008.1.2.2"


def number(value: Any) -> float | None:
    """One finite number from a value of any kind; None where it is none."""
    values = numbers(value)
    return values[0] if values else None


def numbers(value: Any) -> list[float]:
    """All values as finite numbers; empty where one is none."""
    if value is None or isinstance(value, bytes):
        return []
    parts = [value] if isinstance(value, (str, int, float)) or not hasattr(value, "__iter__") else list(value)
    try:
        found = [float(part) for part in parts]
    except (TypeError, ValueError, OverflowError):
        return []
    return found if all(math.isfinite(part) for part in found) else []


def pixel_layout(header: DicomHeader) -> PixelLayout:
    """Size and coding of a frame.

    Raises
    ------
    PixelError
        If something is missing, contradictory or beyond what is read.
    """

    def whole(keyword: str, default: int | None = None) -> int:
        found = number(header.value(keyword))
        if found is None:
            if default is None:
                raise PixelError(f"its header lacks {keyword}, so it holds no picture")
            return default
        return int(found)

    rows, cols = whole("Rows"), whole("Columns")
    if not (0 < rows <= MAX_SIDE_PX and 0 < cols <= MAX_SIDE_PX):
        raise PixelError(f"pictures of {cols} x {rows} cannot be right (at most {MAX_SIDE_PX} a side)")
    samples, allocated = whole("SamplesPerPixel", 1), whole("BitsAllocated")
    stored = whole("BitsStored", allocated)
    high = whole("HighBit", stored - 1)
    photometric = str(header.value("PhotometricInterpretation") or "MONOCHROME2").strip().upper()
    if photometric not in _PHOTOMETRIC.get(samples, ()):
        raise PixelError(f"its pixels ({samples} samples, {photometric}) are of a kind that is not read")
    if allocated not in (8, 16) or not 1 <= stored <= allocated or not stored - 1 <= high < allocated:
        raise PixelError(f"its samples ({stored} of {allocated} bits, high bit {high}) are of a kind that is not read")
    if samples == 3 and (allocated != 8 or (photometric == "YBR_FULL_422" and cols % 2)):
        raise PixelError("its colour samples are of a kind that is not read")
    stated = number(header.value("NumberOfFrames"))
    frames = None if stated is None else int(stated)
    if frames is not None and not 0 < frames <= _MAX_FRAMES:
        raise PixelError("it holds no frame" if frames <= 0 else f"{frames} frames cannot be right")
    return PixelLayout(
        transfer_syntax=header.transfer_syntax,
        rows=rows,
        cols=cols,
        samples=samples,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high,
        signed=whole("PixelRepresentation", 0) == 1,
        planar=whole("PlanarConfiguration", 0) == 1,
        photometric=photometric,
        frame_count=frames,
    )


def recorded_on(header: DicomHeader) -> date | Unknown:
    """The day of the acquisition as the header says it, else of the study, else of the content."""
    for keyword in ("AcquisitionDateTime", "AcquisitionDate", "StudyDate", "ContentDate"):
        text = str(header.value(keyword) or "").strip().replace(".", "")[:8]
        with contextlib.suppress(ValueError):
            return datetime.strptime(text, "%Y%m%d").date()
    return NO_DATE
