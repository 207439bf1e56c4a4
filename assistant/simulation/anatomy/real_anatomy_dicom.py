"""Reads a CT as the scanner stores it: a folder of DICOM files, one slice each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.errors import InvalidDicomError

from assistant.errors import InputError
from assistant.simulation.anatomy.real_anatomy_nifti import ScanVolume, upright

_CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
_LEAST_SLICES = 8
_RAS_FROM_LPS = np.diag([-1.0, -1.0, 1.0])
_NEEDED = ("SeriesInstanceUID", "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "Rows", "Columns")


def read_series(folder: Path) -> ScanVolume:
    """Read the CT series of a folder; of several, the one with the most slices.

    Parameters
    ----------
    folder : Path
        Files of any name; what is no CT slice is left out.

    Returns
    -------
    ScanVolume
        Hounsfield units, float32.

    Raises
    ------
    InputError
        When there is no series, one of its slices is missing or cannot be decoded, or it was taken with the gantry
        tilted.
    """
    slices = _slices(folder)
    first = slices[0]
    along_row, along_column = np.asarray(first.ImageOrientationPatient, dtype=np.float64).reshape(2, 3)
    normal = np.cross(along_row, along_column)
    slices.sort(key=lambda own: float(np.dot(normal, np.asarray(own.ImagePositionPatient, dtype=np.float64))))
    places = np.array([np.asarray(own.ImagePositionPatient, dtype=np.float64) for own in slices])
    steps = np.diff(places @ normal)
    step = (places[-1] - places[0]) / (len(places) - 1)
    if steps.min() <= 0 or np.ptp(steps) > 0.05 * float(np.median(steps)):
        raise InputError(
            f"{folder}: the slices lie {steps.min():.2f} to {steps.max():.2f} mm apart: one is missing or there twice."
        )
    row_mm, column_mm = (float(v) for v in first.PixelSpacing)
    lps = np.column_stack([along_row * column_mm, along_column * row_mm, step, places[0]])
    values = np.stack([_hounsfield(folder, own) for own in slices])
    return upright(folder, values, _RAS_FROM_LPS @ lps)


def _slices(folder: Path) -> list[Any]:
    """The headers and pixels of the largest series."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_file():
            try:
                head = pydicom.dcmread(path)
            except (InvalidDicomError, OSError, EOFError):
                continue
            if head.get("SOPClassUID") == _CT_IMAGE and all(name in head for name in _NEEDED):
                found.append(head)
    if len(found) < _LEAST_SLICES:
        raise InputError(f"{folder} holds no CT series: {len(found)} slices were found, {_LEAST_SLICES} are needed.")

    def kind(own: Any) -> tuple[Any, ...]:
        turn = tuple(round(float(v), 3) for v in own.ImageOrientationPatient)
        return str(own.SeriesInstanceUID), turn, tuple(map(float, own.PixelSpacing)), own.Rows, own.Columns

    largest = Counter(kind(own) for own in found).most_common(1)[0][0]
    return [own for own in found if kind(own) == largest]


def _hounsfield(folder: Path, own: Any) -> NDArray[np.float32]:
    try:
        stored = np.asarray(own.pixel_array, dtype=np.float32)
    except (AttributeError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InputError(f"{folder}: a slice of the CT cannot be decoded: {error}.") from error
    slope, intercept = float(own.get("RescaleSlope", 1.0)), float(own.get("RescaleIntercept", 0.0))
    return np.asarray(stored * np.float32(slope) + np.float32(intercept), dtype=np.float32)
