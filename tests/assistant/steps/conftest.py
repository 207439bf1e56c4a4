"""A vertebra of grey boxes whose motion and cement are known: small pictures for the tests of single steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.geometry import Similarity
from assistant.vocabulary import Frame

MM_PER_PX = 0.4
BODY_PX = np.array([[120.0, 110.0], [160.0, 113.0], [205.0, 108.0], [207.0, 180.0], [160.0, 176.0], [118.0, 182.0]])
CENTRE_PX = (160.0, 145.0)


@dataclass
class BoxVertebra:
    """Pictures of a dark body between bright discs, with neighbours, on a mottled ground."""

    seed: int = 0
    noise_grey: float = 2.0
    inverted: bool = False

    mm_per_px = MM_PER_PX
    centre_px = CENTRE_PX

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.seed)
        mottle = cv2.GaussianBlur(self._rng.standard_normal((300, 320)).astype(np.float32), (0, 0), 6)
        ground = 150 + 60 * mottle / np.abs(mottle).max()
        for shift in (-92, 0, 92):
            ring = (BODY_PX + np.array([shift * 0.05, shift])).round().astype(np.int32)
            body = np.zeros((300, 320), np.float32)
            cv2.fillPoly(body, [ring], 1.0)
            cv2.polylines(body, [ring], True, 1.8, 2)
            ground -= 45 * body
        self._still = cv2.GaussianBlur(ground, (0, 0), 1.0)

    @property
    def body_px(self) -> NDArray[np.float64]:
        return np.vstack([BODY_PX, BODY_PX[:1]])

    def frame(
        self,
        index: int = 0,
        t_s: float = 0.0,
        similarity: Similarity | None = None,
        cement: NDArray[np.bool_] | None = None,
        gain: float = 1.0,
        new_noise: bool = True,
    ) -> Frame:
        """A frame; ``cement`` is a mask in reference px, thicker inwards as a rounded body is."""
        picture = self._still.copy()
        if cement is not None:
            inwards = cv2.distanceTransform(cement.astype(np.uint8), cv2.DIST_L2, 5)
            picture *= np.exp(-cv2.GaussianBlur(0.12 * np.sqrt(inwards), (0, 0), 0.8))
        if similarity is not None:
            picture = cv2.warpAffine(
                picture,
                similarity.current_from_reference(),
                (320, 300),
                flags=cv2.INTER_CUBIC,
                borderMode=cv2.BORDER_REPLICATE,
            )
        if new_noise:
            grain = self._rng.standard_normal((300, 320)).astype(np.float32)
            self._grain = cv2.GaussianBlur(grain, (0, 0), 0.7) * 2.4 * self.noise_grey
        grey = np.clip(picture * gain + self._grain, 0, 255).astype(np.uint8)
        return Frame(index=index, t_s=t_s, grey=255 - grey if self.inverted else grey)


def disc_mask(x_px: float, y_px: float, radius_px: float) -> NDArray[np.bool_]:
    """A disc in reference px."""
    ys, xs = np.mgrid[0:300, 0:320]
    return (xs - x_px) ** 2 + (ys - y_px) ** 2 <= radius_px**2


@pytest.fixture
def box_vertebra() -> type[BoxVertebra]:
    return BoxVertebra


@pytest.fixture
def disc() -> Callable[[float, float, float], NDArray[np.bool_]]:
    return disc_mask


def shifted(dx_px: float, dy_px: float, rotation_deg: float = 0.0, scale: float = 1.0) -> Similarity:
    return Similarity(dx_px=dx_px, dy_px=dy_px, rotation_deg=rotation_deg, scale=scale, centre_px=CENTRE_PX)


@pytest.fixture
def moved_by() -> Callable[..., Similarity]:
    return shifted
