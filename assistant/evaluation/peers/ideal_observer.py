"""The limit of detection: an observer that knows the noise-free pictures and the motion, and sees only the noise.

What it looks at is the cement's contrast in the noise-free picture over the noise (`PictureTruth.contrast_to_noise`, on
which the visible mask rests), plus noise of that very size: standard normal after a Gaussian of `VISIBLE_BLUR_MM`,
drawn anew for each picture. It knows how strong the rim of the cement stands out, takes what is stronger than that and
than the visible mask's 3 x noise, and keeps a piece only if some of it is beyond doubt. No background, no anatomy, no
movement can mislead it: what it gets wrong, no method that looks at one picture at a time gets right but by luck.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.simulation.fluoroscope import SimulatedFrame
from assistant.simulation.imaging_chain.camera import VISIBLE_BLUR_MM
from assistant.simulation.truth import VISIBLE_CNR, Mask, PictureTruth, without_specks

FOLDER = "ideal"
"""Of the masks, within a run's truth."""
CERTAIN = 5.0
"""A piece that nowhere stands out by so many deviations may be noise: 3e-7 a pixel."""


def ideal_mask(truth: PictureTruth, mm_per_px: float, random: np.random.Generator) -> Mask:
    """Cement as the observer sees it.

    Parameters
    ----------
    truth : PictureTruth
    mm_per_px : float
        In the plane of the vertebra.
    random : Generator
        Of the noise.

    Returns
    -------
    array (part) of bool
    """
    contrast = truth.contrast_to_noise
    seen = contrast + _noise(contrast.shape, VISIBLE_BLUR_MM / mm_per_px, random)
    found = without_specks(seen >= max(VISIBLE_CNR, _rim_strength(truth)), mm_per_px)
    _, labels = cv2.connectedComponents(found.astype(np.uint8), connectivity=8)
    certain = np.unique(labels[found & (seen >= CERTAIN)])
    mask: Mask = np.isin(labels, certain[certain > 0])
    return mask


def _noise(shape: tuple[int, ...], sigma_px: float, random: np.random.Generator) -> NDArray[np.float32]:
    """Normal noise of variance 1, correlated as after a Gaussian; the border is cut off, where its variance differs."""
    border = int(np.ceil(4.0 * sigma_px))
    white = random.standard_normal((shape[0] + 2 * border, shape[1] + 2 * border), dtype=np.float32)
    smooth = cv2.GaussianBlur(white, (0, 0), sigma_px)[border : border + shape[0], border : border + shape[1]]
    line = cv2.getGaussianKernel(2 * border + 1, sigma_px)
    return np.asarray(smooth / np.float32((line**2).sum()), dtype=np.float32)


def _rim_strength(truth: PictureTruth) -> float:
    """Contrast to noise on the rim of the cement (0.5 mm of projected path); 0 without cement.

    The rim runs between the pixels just inside and those just outside: the mean of the two medians.
    """
    if not truth.cement.any():
        return 0.0
    whole, square = truth.cement.astype(np.uint8), np.ones((3, 3), np.uint8)
    inside = truth.cement & (cv2.erode(whole, square) == 0)
    outside = ~truth.cement & (cv2.dilate(whole, square) > 0)
    sides = [np.median(truth.contrast_to_noise[side]) for side in (inside, outside) if side.any()]
    return float(np.mean(sides)) if sides else 0.0


class IdealObserver:
    """Watches a run being made and keeps its masks beside the truth (``truth/ideal/000123.png``)."""

    def __init__(self, folder: Path, seed: int, mm_per_px: float) -> None:
        """Keep where to.

        Parameters
        ----------
        folder : Path
            The run's folder.
        seed : int
        mm_per_px : float
        """
        self._folder = folder / "truth" / FOLDER
        self._seed, self._mm_per_px = seed, mm_per_px

    def see(self, frame: SimulatedFrame) -> None:
        """One frame of the run.

        Raises
        ------
        OSError
            If the mask cannot be written.
        """
        if frame.truth is None or not frame.stored.new:
            return
        random = np.random.default_rng([self._seed, frame.stored.index])
        whole = np.zeros(frame.grey.shape, dtype=np.uint8)
        part = frame.truth.part
        whole[part.rows, part.cols] = ideal_mask(frame.truth, self._mm_per_px, random) * np.uint8(255)
        self._folder.mkdir(exist_ok=True)
        path = self._folder / f"{frame.stored.index:06d}.png"
        if not cv2.imwrite(str(path), whole):
            raise OSError(0, f"{path}: the mask could not be written")
