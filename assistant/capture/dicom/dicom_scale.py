"""The scale in the plane of the patient, as far as a DICOM header says it (PS3.3 10.7.1)."""

from __future__ import annotations

from typing import Final

from assistant.capture.dicom.dicom_header import DicomHeader, number, numbers
from assistant.language import sentence

_SAME: Final = 0.01
"""Relative difference below which two spacings are the same."""


def scale_hint(header: DicomHeader) -> tuple[float | None, str]:
    """Millimetres a pixel in the plane of the patient, as far as the file says; and in words how it is known.

    ``PixelSpacing`` counts where it was calibrated: where the file says so, or where it differs from
    ``ImagerPixelSpacing``. That one is in the plane of the detector and is divided by the magnification: the estimated
    factor, or source-detector by source-patient distance. A factor or distance of 0 is not stated.
    """
    spacing, at_detector = numbers(header.value("PixelSpacing")), numbers(header.value("ImagerPixelSpacing"))
    if len(spacing) == 2 and str(header.value("PixelSpacingCalibrationType") or "") in ("GEOMETRY", "FIDUCIAL"):
        return _square(spacing, sentence("PixelSpacing, calibrated"))
    if len(at_detector) != 2:
        if len(spacing) == 2:
            return None, sentence(f"{spacing[0]:g} mm without saying in which plane")
        return None, sentence("the file states none")
    if len(spacing) == 2 and any(abs(a - b) > _SAME * b for a, b in zip(spacing, at_detector, strict=True)):
        return _square(
            spacing, sentence(f"PixelSpacing, which differs from {at_detector[0]:g} mm at the detector: calibrated")
        )
    magnification, how = _magnification(header)
    if magnification is None or not 1.0 <= magnification <= 5.0:
        return None, sentence(f"{at_detector[0]:g} mm at the detector; the magnification is not known")
    divided = [value / magnification for value in at_detector]
    return _square(divided, sentence(f"{at_detector[0]:g} mm at the detector / {magnification:.3g} ({how})"))


def _magnification(header: DicomHeader) -> tuple[float | None, str]:
    stated = number(header.value("EstimatedRadiographicMagnificationFactor"))
    if stated:
        return stated, sentence("estimated magnification")
    detector, patient = (
        number(header.value(keyword)) for keyword in ("DistanceSourceToDetector", "DistanceSourceToPatient")
    )
    if not detector or not patient:
        return None, ""
    return detector / patient, sentence(f"source to detector {detector:g}, to patient {patient:g} mm")


def _square(spacing: list[float], how: str) -> tuple[float | None, str]:
    rows, cols = spacing
    if not (0.01 <= rows <= 5.0 and abs(rows - cols) <= _SAME * rows):
        return None, sentence(f"not usable: {rows:g} x {cols:g} mm")
    return (rows + cols) / 2.0, how


def not_square(header: DicomHeader) -> str:
    """What the file says of pixels that are not square, as a sentence; empty where they are, or nothing is said."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "PixelAspectRatio"):
        pair = numbers(header.value(keyword))
        if len(pair) == 2 and min(pair) > 0 and abs(pair[0] - pair[1]) > _SAME * pair[0]:
            return sentence(
                f"Pixels are not square ({keyword} {pair[0]:g} by {pair[1]:g}): lengths along x and y differ."
            )
    return ""
