"""How like a real run the pictures are: grain, its reach, what stays from picture to picture, an edge's width.

``python -m assistant.simulation.likeness [REAL.dcm]`` prints the table of this room's README.
"""

from __future__ import annotations

import itertools
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.simulation.building import build_anatomy, build_flow
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.scenario import Case, Cement, Exposure, Patient, Run, Screen, Theatre

F32 = NDArray[np.float32]
_BLOCK_PX = 32
_COARSE_PX = 6.0
_APART = 3
"""Pictures so far apart share no grain but by a strong filter, and little has moved."""
_QUIET_SHARE = 0.2
_BESIDE_PX = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Grain:
    """Noise of a run.

    Attributes
    ----------
    dark_grey, bright_grey : float
        Standard deviation in the darker and the brighter half of the quiet blocks, grey values of 255.
    reach : tuple of float
        Correlation at 1, 2 and 3 px.
    stays : float
        Correlation with the picture before.
    """

    dark_grey: float
    bright_grey: float
    reach: tuple[float, float, float]
    stays: float


def _fine(difference: F32) -> F32:
    """Without what is coarse: motion and brightness steps."""
    return np.asarray(difference - cv2.GaussianBlur(difference, (0, 0), _COARSE_PX), dtype=np.float32)


def _blocks(picture: F32) -> F32:
    """(n, 32, 32) blocks that tile a picture."""
    rows, cols = (n // _BLOCK_PX for n in picture.shape)
    cut = picture[: rows * _BLOCK_PX, : cols * _BLOCK_PX].reshape(rows, _BLOCK_PX, cols, _BLOCK_PX)
    return np.asarray(cut.transpose(0, 2, 1, 3).reshape(-1, _BLOCK_PX, _BLOCK_PX), dtype=np.float32)


def grain(pictures: NDArray[np.uint8]) -> Grain:
    """Noise from differences of pictures, in the quietest fifth of the blocks that carry a picture.

    Parameters
    ----------
    pictures : array (n, rows, cols) of uint8
        X-ray pictures in order, n of 5 or more.
    """
    values = pictures.astype(np.float32)
    mean = _blocks(values.mean(axis=0))
    level = mean.mean(axis=(1, 2))
    usable = (_blocks(values.min(axis=0)).min(axis=(1, 2)) > 4) & (_blocks(values.max(axis=0)).max(axis=(1, 2)) < 250)
    # Where nothing stands nothing can move: the quiet blocks are those of the least contrast in space.
    contrast = _blocks(_fine(values.mean(axis=0))).std(axis=(1, 2))
    order = np.flatnonzero(usable)[np.argsort(contrast[usable])]
    quiet = order[: max(4, round(_QUIET_SHARE * len(order)))]
    near = np.stack([_blocks(_fine(b - a))[quiet] for a, b in itertools.pairwise(values)])
    far = np.stack([_blocks(_fine(b - a))[quiet] for a, b in zip(values[:-_APART], values[_APART:], strict=True)])
    variance = far.var(axis=(0, 2, 3)) / 2.0
    half = np.median(level[quiet])
    whole = float((far**2).mean())
    reach = [
        0.5 * float((far[..., :, k:] * far[..., :, :-k]).mean() + (far[..., k:, :] * far[..., :-k, :]).mean()) / whole
        for k in (1, 2, 3)
    ]
    return Grain(
        dark_grey=float(np.sqrt(variance[level[quiet] <= half].mean())),
        bright_grey=float(np.sqrt(variance[level[quiet] >= half].mean())),
        reach=(reach[0], reach[1], reach[2]),
        stays=1.0 - float((near**2).mean()) / whole,
    )


def edge_px(pictures: NDArray[np.uint8], rows: slice, cols: slice) -> float:
    """Width from 10 to 90 % of an upright edge (dark at its left), in px.

    Parameters
    ----------
    pictures : array (n, rows, cols) of uint8
        Averaged.
    rows, cols : slice
        A part of the picture with the edge; each row is measured `_BESIDE_PX` to both sides of its steepest place.

    Returns
    -------
    float
        Median of the rows; nan where there is no such edge.
    """
    band = cv2.blur(pictures[:, rows, cols].mean(axis=0).astype(np.float32), (1, 9))
    widths = []
    for line in band[:: max(1, band.shape[0] // 24)]:
        steepest = int(np.argmax(np.diff(line)))
        near = line[max(steepest - _BESIDE_PX, 0) : steepest + _BESIDE_PX + 2]
        low, high = np.median(near[:4]), np.median(near[-4:])
        if high - low < 5.0:
            continue
        at = []
        for share in (0.1, 0.9):
            level = low + share * (high - low)
            k = int(np.argmax(near >= level))
            at.append(k - 1 + (level - near[k - 1]) / max(near[k] - near[k - 1], 1e-6) if k else 0.0)
        widths.append(at[1] - at[0])
    return float(np.median(widths)) if widths else float("nan")


def simulated(exposure: Exposure, *, distortion: float = 0.0, side_px: int = 512) -> NDArray[np.uint8]:
    """Two seconds of a thoracic level before the cement, X-ray pictures alone, a blade standing in at the left."""
    case = Case(
        patient=Patient(level="T8"),
        cement=Cement(start_s=2.5),
        exposure=exposure,
        screen=Screen(
            layout="plain",
            field="full",
            blades=(0.1, 0.0, 0.0, 0.0),
            distortion=distortion,
            local_contrast=0.0,
            edge=0.0,
        ),
        run=Run(duration_s=2.4, fps=15.0, pulses_per_s=15.0, width_px=side_px, height_px=side_px),
        theatre=Theatre(breathing_spine_mm=0.3, breathing_ribs_mm=1.0),
    )
    anatomy = build_anatomy(case, 3)
    made = Fluoroscope(case, 3, anatomy, build_flow(Case(cement=Cement(duration_s=3.0)), 3, anatomy))
    return np.stack([frame.grey for frame in made.frames() if frame.stored.new][6:])


CHAINS = {
    "default": (Exposure(), 0.0),
    "good": (Exposure(dose_ngy=110.0, scatter_to_primary=0.6, tube_kv=72.0), 0.0),
    "poor": (
        Exposure(dose_ngy=15.0, scatter_to_primary=2.2, tube_kv=95.0, glare=0.14, detector_blur_mm=0.3, recursion=0.6),
        0.0,
    ),
    "like cine": (
        Exposure(
            dose_ngy=400.0, recursion=1.0, lag=0.03, detector_blur_mm=0.34, scaler_px=0.7, focal_mm=0.9, glare=0.12
        ),
        0.02,
    ),
}
"""Imaging chains of the README's table: exposure, intensifier's distortion."""


def main(argv: list[str]) -> int:
    """Print the table."""
    rows: list[tuple[str, Grain, float]] = []
    if argv:
        from pydicom import dcmread

        real = np.asarray(dcmread(Path(argv[0])).pixel_array)
        rows.append(("real run", grain(real[:24]), edge_px(real[:24], slice(150, 360), slice(26, 66))))
    for name, (exposure, distortion) in CHAINS.items():
        made = simulated(exposure, distortion=distortion)
        rows.append((name, grain(made), edge_px(made, slice(60, 450), slice(30, 74))))
    for name, found, width_px in rows:
        reach = ", ".join(f"{value:.2f}" for value in found.reach)
        sys.stdout.write(
            f"{name:10} noise {found.dark_grey:.1f} dark, {found.bright_grey:.1f} bright; reach {reach}; "
            f"stays {found.stays:.2f}; edge {width_px:.1f} px\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
