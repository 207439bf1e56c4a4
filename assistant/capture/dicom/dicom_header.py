"""What a DICOM file's header says of the run: size, times, scale. The pixel data are not touched."""

from __future__ import annotations

import contextlib
import logging
import math
import warnings
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from assistant.capture.dicom.dicom_pixels import PixelError, PixelLayout
from assistant.capture.stamps import DEFAULT_FPS, MAX_FPS, clock_of
from assistant.language import sentence
from assistant.run_facts import RunClock
from assistant.vocabulary import NO_DATE, Unknown

MAX_SIDE_PX: Final = 8192
_MAX_FRAMES: Final = 1_000_000
_PHOTOMETRIC: Final = {
    1: ("MONOCHROME1", "MONOCHROME2"),
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
    """

    dataset: Any = field(repr=False)
    transfer_syntax: str
    pixel_tag_at: int

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


def read_header(file: BinaryIO) -> DicomHeader:
    """Read all up to the pixel data.

    Raises
    ------
    PixelError
        With the reason as a part of a sentence.
    """
    import pydicom

    # Complaints about an untidy file are not for a person at the C-arm.
    logging.getLogger("pydicom").addHandler(logging.NullHandler())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(file, stop_before_pixels=True, force=True)
            syntax = _transfer_syntax(dataset)
            place = file.tell()
    except MemoryError:
        raise
    except Exception as error:  # A broken header makes pydicom raise almost anything.
        raise PixelError(f"its header cannot be read ({type(error).__name__})") from error
    return DicomHeader(dataset=dataset, transfer_syntax=syntax, pixel_tag_at=place)


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
    frames = whole("NumberOfFrames", 1)
    if not 0 < frames <= _MAX_FRAMES:
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameTimes:
    """Time of each frame.

    Attributes
    ----------
    t_s : array (n,) of float64
        Seconds from frame 0, never falling.
    fps : float or None
        Nominal rate; None where the file states no time.
    note : str
        Where the times come from.
    clock : RunClock
        The same, as the contract names it.
    """

    t_s: NDArray[np.float64] = field(repr=False)
    fps: float | None
    note: str
    clock: RunClock = RunClock.FILE


def frame_times(header: DicomHeader, frame_count: int, fps: float | None) -> FrameTimes:
    """Times from the frame time vector, the frame time or a rate, in this order; else ``fps`` or the default."""
    steps_ms = numbers(header.value("FrameTimeVector"))
    if len(steps_ms) == frame_count > 1 and min(steps_ms) >= 0 and sum(steps_ms[1:]) > 0:
        # The first entry is the time before the first frame, by definition 0 (PS3.3 C.7.6.5).
        t_s: NDArray[np.float64] = np.cumsum([0.0, *steps_ms[1:]], dtype=np.float64) / 1000.0
        usual_ms = max(float(np.median(steps_ms[1:])), 1e-6)
        return FrameTimes(t_s=t_s, fps=_sane(1000.0 / usual_ms), note="FrameTimeVector")
    step_ms = number(header.value("FrameTime"))
    if step_ms is not None and (rate := _sane(1000.0 / step_ms if step_ms > 0 else 0.0)):
        return FrameTimes(t_s=np.arange(frame_count, dtype=np.float64) * (step_ms / 1000.0), fps=rate, note="FrameTime")
    for keyword in ("CineRate", "RecommendedDisplayFrameRate"):
        if rate := _sane(number(header.value(keyword)) or 0.0):
            return FrameTimes(t_s=np.arange(frame_count) / rate, fps=rate, note=keyword)
    rate = fps or DEFAULT_FPS
    clock = clock_of(stated=False, fps=fps)
    note = sentence(f"{rate:g} frames/s, {clock.value}: the file states no time")
    return FrameTimes(t_s=np.arange(frame_count) / rate, fps=fps, note=note, clock=clock)


def _sane(fps: float) -> float | None:
    return fps if 0.01 <= fps <= MAX_FPS else None


def scale_hint(header: DicomHeader) -> tuple[float | None, str]:
    """Millimetres a pixel in the plane of the patient, as far as the file says; and in words how it is known.

    ``PixelSpacing`` counts where it was calibrated. ``ImagerPixelSpacing`` is in the plane of the detector and is
    divided by the magnification: the estimated factor, or source-detector by source-patient distance.
    """
    calibrated = numbers(header.value("PixelSpacing"))
    if len(calibrated) == 2 and str(header.value("PixelSpacingCalibrationType") or "") in ("GEOMETRY", "FIDUCIAL"):
        return _square(calibrated, sentence("PixelSpacing, calibrated"))
    at_detector = numbers(header.value("ImagerPixelSpacing"))
    if len(at_detector) != 2:
        return None, sentence("the file states none")
    magnification = number(header.value("EstimatedRadiographicMagnificationFactor"))
    how = sentence("estimated magnification")
    if magnification is None:
        detector, patient = (
            number(header.value(keyword)) for keyword in ("DistanceSourceToDetector", "DistanceSourceToPatient")
        )
        if detector and patient:
            magnification, how = (
                detector / patient,
                sentence(f"source to detector {detector:g}, to patient {patient:g} mm"),
            )
    if magnification is None or not 1.0 <= magnification <= 5.0:
        return None, sentence(f"{at_detector[0]:g} mm at the detector; the magnification is not known")
    spacing = [value / magnification for value in at_detector]
    return _square(spacing, sentence(f"{at_detector[0]:g} mm at the detector / {magnification:.3g} ({how})"))


def _square(spacing: list[float], how: str) -> tuple[float | None, str]:
    rows, cols = spacing
    if not (0.01 <= rows <= 5.0 and abs(rows - cols) <= 0.01 * rows):
        return None, sentence(f"not usable: {rows:g} x {cols:g} mm")
    return (rows + cols) / 2.0, how


def recorded_on(header: DicomHeader) -> date | Unknown:
    """The day of the acquisition as the header says it, else of the study, else of the content."""
    for keyword in ("AcquisitionDateTime", "AcquisitionDate", "StudyDate", "ContentDate"):
        text = str(header.value(keyword) or "").strip().replace(".", "")[:8]
        with contextlib.suppress(ValueError):
            return datetime.strptime(text, "%Y%m%d").date()
    return NO_DATE
