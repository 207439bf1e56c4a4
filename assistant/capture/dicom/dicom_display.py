"""From a DICOM file's stored values to the grey of the screen: one table, worked out once (PS3.3 C.11)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from assistant.capture.dicom.dicom_header import DicomHeader, number, numbers, safe_get
from assistant.capture.dicom.dicom_pixels import PixelError, PixelLayout
from assistant.capture.grey_range import range_in_use
from assistant.language import sentence
from assistant.vocabulary import Grey

_NO_MODALITY_TABLE: Final = ("XA", "XRF", "RF")
"""In projection X-ray the modality table leads to X-ray intensity and is not for display (PS3.3 C.8.7.1.1.2)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GreyLookup:
    """Stored value to grey.

    Attributes
    ----------
    table : array (n,) of uint8 or uint16
        Grey of the stored value ``lowest + k``.
    lowest : int
        Smallest value that can be stored.
    details : dict of str to str
        What was applied, by name.
    notes : tuple of str
        What was assumed or mended, in sentences.
    """

    table: Grey = field(repr=False)
    lowest: int
    details: dict[str, str]
    notes: tuple[str, ...]

    @property
    def white(self) -> int:
        """255 or 65535."""
        return 255 if self.table.dtype == np.uint8 else 65535

    def grey(self, stored: NDArray[Any]) -> Grey:
        """Grey of a frame of stored values, same shape."""
        at = stored - self.lowest if self.lowest else stored
        return cast("Grey", np.take(self.table, at, mode="clip"))


def make_display(header: DicomHeader, layout: PixelLayout, in_use: tuple[int, int] | None = None) -> GreyLookup:
    """Rescale, window and polarity of a file as one table.

    Without a usable window the range that the run uses is shown, in 8 bits where no more are stored.

    Parameters
    ----------
    header : DicomHeader
    layout : PixelLayout
    in_use : (int, int) or None
        Smallest and largest stored value of the run, as far as it was looked at; None: not looked.
    """
    lowest = -(1 << (layout.bits_stored - 1)) if layout.signed else 0
    stored = np.arange(lowest, lowest + (1 << layout.bits_stored), dtype=np.float64)
    details: dict[str, str] = {}
    notes: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        modality = _modality(header, stored, details)
        share = _windowed(header, modality, details)
    windowed = share is not None
    if layout.photometric == "PALETTE COLOR":
        share = _coloured(header, stored, lowest)
        details["window"] = sentence("none: a table of colours")
    elif share is None:
        share = _range_shown(modality, layout, lowest, in_use, details)
        notes.append(
            sentence(f"Window of the file: none that can be used; shown are {details['range']}.")
            if "range" in details
            else sentence(f"Window of the file: {details['window']}; the picture may look flat.")
        )
    share = np.clip(share, 0.0, 1.0)
    if layout.photometric == "MONOCHROME1":
        share = 1.0 - share
        details["polarity"] = sentence("MONOCHROME1: turned, so that larger is brighter")
        notes.append(
            sentence("The file stores the picture inverted (MONOCHROME1): it was turned, so that larger is brighter.")
        )
    eight = layout.bits_stored <= 8 and (
        not windowed or bool(np.allclose(share * 255, np.rint(share * 255), atol=1e-6) and len(np.unique(share)) == 256)
    )
    grey = np.rint(share * (255 if eight else 65535))
    table: Grey = grey.astype(np.uint8) if eight else grey.astype(np.uint16)
    return GreyLookup(table=table, lowest=lowest, details=details, notes=tuple(notes))


def stated_display(header: DicomHeader) -> tuple[Any, ...]:
    """What the display is made of, as far as the header states it: equal for files that are shown alike."""
    return (
        *(numbers(header.value(keyword))[:1] for keyword in ("WindowCenter", "WindowWidth")),
        str(header.value("VOILUTFunction") or "LINEAR").upper(),
        number(header.value("RescaleSlope")) or 1.0,
        number(header.value("RescaleIntercept")) or 0.0,
        *(header.item(keyword) for keyword in ("VOILUTSequence", "ModalityLUTSequence")),
    )


def _range_shown(
    modality: NDArray[np.float64],
    layout: PixelLayout,
    lowest: int,
    in_use: tuple[int, int] | None,
    details: dict[str, str],
) -> NDArray[np.float64]:
    """Without a window: the range that the run uses, or all that can be stored, as a share of white."""
    shown = modality
    if in_use is not None and layout.bits_stored > 8:
        first, last = range_in_use(*in_use, lowest, lowest + len(modality) - 1)
        shown = modality[first - lowest : last - lowest + 1]
    if shown.size < modality.size:
        details["range"] = sentence(f"stored values {first} to {last}")
        details["window"] = sentence("none: the range in use")
    details.setdefault("window", sentence("none: the full stored range"))
    low, high = float(shown.min()), float(shown.max())
    return (modality - low) / (high - low) if high > low else np.zeros_like(modality)


def _coloured(header: DicomHeader, stored: NDArray[np.float64], lowest: int) -> NDArray[np.float64]:
    """Of a palette the brightness of each stored value's colour, as a share of white.

    Raises
    ------
    PixelError
    """
    from pydicom.pixels import apply_color_lut

    try:
        colours = apply_color_lut((stored.astype(np.int64) - lowest).astype(np.uint16)[None], header.dataset)
    except (AttributeError, ValueError, NotImplementedError, TypeError, IndexError, KeyError) as error:
        raise PixelError("its table of colours is not whole") from error
    top = float(np.iinfo(colours.dtype).max)
    weights = np.array([0.299, 0.587, 0.114])
    share: NDArray[np.float64] = np.clip(colours[0].astype(np.float64) @ weights / top, 0.0, 1.0)
    return share


def _modality(header: DicomHeader, stored: NDArray[np.float64], details: dict[str, str]) -> NDArray[np.float64]:
    lut = header.item("ModalityLUTSequence")
    if lut is not None and header.modality not in _NO_MODALITY_TABLE:
        values = _lut(lut, stored)
        if values is not None:
            details["modality"] = "table"
            return values
    slope, intercept = number(header.value("RescaleSlope")), number(header.value("RescaleIntercept"))
    if slope is None or slope == 0.0:
        return stored
    if (slope, intercept or 0.0) != (1.0, 0.0):
        details["modality"] = f"x {slope:g} + {intercept or 0.0:g}"
    return stored * slope + (intercept or 0.0)


def _windowed(
    header: DicomHeader, modality: NDArray[np.float64], details: dict[str, str]
) -> NDArray[np.float64] | None:
    centres, widths = numbers(header.value("WindowCenter")), numbers(header.value("WindowWidth"))
    share: NDArray[np.float64] | None = None
    if centres and widths:
        function = str(header.value("VOILUTFunction") or "LINEAR").upper()
        share = _window(modality, centres[0], widths[0], function)
        details["window"] = sentence(f"centre {centres[0]:g}, width {widths[0]:g} ({function.lower()})")
    else:
        lut = header.item("VOILUTSequence")
        values = None if lut is None else _lut(lut, modality)
        if values is not None:
            top = float(values.max())
            share = values / top if top > 0 else None
            details["window"] = "table"
    # A window beside all values, or of no width, would paint every frame in one grey.
    if share is not None and float(np.ptp(np.clip(share, 0.0, 1.0))) < 0.01:
        share = None
    if share is None and "window" in details:
        details["window"] += sentence(": not usable; the full stored range instead")
    return share


def _window(modality: NDArray[np.float64], centre: float, width: float, function: str) -> NDArray[np.float64] | None:
    """PS3.3 C.11.2.1.2 and C.11.2.1.3, as a share of white."""
    if function == "SIGMOID":
        return None if width <= 0 else 1.0 / (1.0 + np.exp(np.clip(-4.0 * (modality - centre) / width, -700, 700)))
    if function == "LINEAR_EXACT":
        return None if width <= 0 else (modality - centre) / width + 0.5
    if width < 1:
        return None
    if width == 1:
        return (modality > centre - 0.5).astype(np.float64)
    return (modality - (centre - 0.5)) / (width - 1.0) + 0.5


def _lut(item: Any, values: NDArray[np.float64]) -> NDArray[np.float64] | None:
    descriptor = numbers(safe_get(item, "LUTDescriptor"))
    data = safe_get(item, "LUTData")
    if len(descriptor) != 3 or data is None:
        return None
    entries = int(descriptor[0]) or 65536
    if isinstance(data, bytes):
        kind = "<u1" if len(data) == entries else "<u2"
        table = np.frombuffer(data[: len(data) // np.dtype(kind).itemsize * np.dtype(kind).itemsize], kind)
    else:
        table = np.atleast_1d(np.asarray(data))
    if table.size < 1 or table.size < entries:
        return None
    at = np.clip(np.rint(values - descriptor[1]), 0, entries - 1).astype(np.int64)
    return table[at].astype(np.float64)
