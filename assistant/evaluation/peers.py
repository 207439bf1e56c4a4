"""Other methods on the same frames: what a competent programmer would try first.

They are treated kindly: each is told which frames carry a new X-ray picture and which view it shows, looks only at the
surroundings of the vertebra, has its brightness matched to the reference, and has its specks dropped. They share one
piece of code for distances and alarms (`peer_run.py`). None of them is tuned to the simulator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
"""Grey values 0..255 of the surroundings of the vertebra."""
Mask = NDArray[np.bool_]

NOISE_FLOOR = 4.0
"""Otsu's threshold splits any picture in two, even pure noise: differences under so many deviations stay out."""
LEARNING_PICTURES = 30
"""Background models learn freely from so many pictures, then slowly, so that cement that stands is not forgotten."""
SLOW_LEARNING = 0.0005


class Peer(Protocol):
    """A method that finds what is new in a picture."""

    name: str

    def find(self, picture: Picture) -> tuple[Mask, tuple[float, float]]:
        """Mask of the cement in the current picture, and the displacement (dx_px, dy_px) since the reference."""
        ...


def _difference_mask(reference: Picture, picture: Picture) -> Mask:
    """Blurred absolute difference over Otsu's threshold."""
    matched = picture * (np.median(reference) / max(float(np.median(picture)), 1.0))
    difference = np.abs(cv2.GaussianBlur(reference - matched.astype(np.float32), (0, 0), 1.5))
    deviation = 1.4826 * float(np.median(difference))
    scaled = np.clip(difference, 0, 255).astype(np.uint8)
    otsu, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    mask: Mask = difference > max(float(otsu), NOISE_FLOOR * deviation)
    return mask


class FixedReference:
    """Subtraction of the reference frame, nothing moved; Otsu's threshold."""

    name = "fixed reference"

    def __init__(self, reference: Picture) -> None:
        self._reference = reference

    def find(self, picture: Picture) -> tuple[Mask, tuple[float, float]]:
        """See `Peer.find`."""
        return _difference_mask(self._reference, picture), (0.0, 0.0)


class PhaseCorrelation:
    """The same after the displacement of the whole surroundings was found by phase correlation."""

    name = "phase correlation"

    def __init__(self, reference: Picture) -> None:
        self._reference = reference
        self._window = cv2.createHanningWindow((reference.shape[1], reference.shape[0]), cv2.CV_32F)

    def find(self, picture: Picture) -> tuple[Mask, tuple[float, float]]:
        """See `Peer.find`."""
        (dx, dy), _ = cv2.phaseCorrelate(self._reference, picture, self._window)
        matrix = np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])
        size = (picture.shape[1], picture.shape[0])
        moved = cv2.warpAffine(self._reference, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        return _difference_mask(np.asarray(moved, dtype=np.float32), picture), (float(dx), float(dy))


class Background:
    """A background model of OpenCV's: what does not fit it is new."""

    def __init__(self, name: str, model: cv2.BackgroundSubtractor) -> None:
        self.name = name
        self._model = model
        self._seen = 0

    def find(self, picture: Picture) -> tuple[Mask, tuple[float, float]]:
        """See `Peer.find`."""
        smooth = np.clip(cv2.GaussianBlur(picture, (0, 0), 1.0), 0, 255).astype(np.uint8)
        self._seen += 1
        rate = -1.0 if self._seen <= LEARNING_PICTURES else SLOW_LEARNING
        foreground = np.asarray(self._model.apply(smooth, learningRate=rate))
        mask: Mask = (foreground > 0) & (self._seen > LEARNING_PICTURES // 2)
        return mask, (0.0, 0.0)


def mog2(_reference: Picture) -> Peer:
    """Mixture of Gaussians (MOG2)."""
    return Background("MOG2", cv2.createBackgroundSubtractorMOG2(detectShadows=False))


def knn(_reference: Picture) -> Peer:
    """Nearest neighbours (KNN)."""
    return Background("KNN", cv2.createBackgroundSubtractorKNN(detectShadows=False))


PEERS: tuple[Callable[[Picture], Peer], ...] = (FixedReference, mog2, knn, PhaseCorrelation)
