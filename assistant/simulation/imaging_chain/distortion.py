"""Pincushion of an image intensifier: its curved entrance bends straight lines, the more the nearer to the rim."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop, PointsPx
from assistant.simulation.imaging_chain.camera import Clean
from assistant.simulation.imaging_chain.xray import Map


class Distortion:
    """Where a point of the undistorted picture appears.

    A stored pixel at distance r from the picture's middle shows what a straight projection has at
    ``r · (1 - strength · (r / R)²)``, with R half the picture's width.
    """

    def __init__(self, box: Crop, strength: float) -> None:
        """Keep the picture's middle.

        Parameters
        ----------
        box : Crop
            The picture in source px.
        strength : float
            Share of the radius by which the rim is stretched.
        """
        self._box, self._strength = box, strength
        self._middle = np.array([box.x0_px + (box.width_px - 1) / 2.0, box.y0_px + (box.height_px - 1) / 2.0])
        self._radius = box.width_px / 2.0

    def straight(self, stored_px: PointsPx) -> PointsPx:
        """Undistorted source px of stored source px, (n, 2)."""
        off = stored_px - self._middle
        square = (off**2).sum(axis=1, keepdims=True) / self._radius**2
        return np.asarray(self._middle + off * (1.0 - self._strength * square), dtype=np.float64)

    def stored(self, straight_px: PointsPx) -> PointsPx:
        """Stored source px of undistorted ones (the inverse, by fixed point; exact to 1e-6 px inside the picture)."""
        found = straight_px.astype(np.float64)
        for _ in range(40):
            # Fixed point of x <- x + (y - f(x)): f is the identity and a small cubic, so that it contracts.
            found = found + (straight_px - self.straight(found))
        return found

    def bend(self, layer: Map, part: Crop) -> Map:
        """A layer of a part of the picture (picture px) as it is stored; what comes from outside repeats the rim."""
        ys, xs = np.mgrid[0 : part.height_px, 0 : part.width_px].astype(np.float64)
        corner = np.array([self._box.x0_px + part.x0_px, self._box.y0_px + part.y0_px], dtype=np.float64)
        at = self.straight(np.stack([xs.ravel(), ys.ravel()], axis=1) + corner) - corner
        x, y = (at[:, k].reshape(layer.shape).astype(np.float32) for k in (0, 1))
        bent = cv2.remap(layer, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(bent, dtype=np.float32)

    def bend_pulse(self, linear: Map, clean: Clean, part: Crop) -> tuple[Map, Clean]:
        """What the camera gives of one pulse: the whole picture, and the noise-free twin of a part of it."""
        whole = Crop(x0_px=0, y0_px=0, width_px=linear.shape[1], height_px=linear.shape[0])
        return self.bend(linear, whole), Clean(
            with_cement=self.bend(clean.with_cement, part),
            without_cement=self.bend(clean.without_cement, part),
            sigma=self.bend(clean.sigma, part),
        )


def fitted_similarity(reference_px: PointsPx, current_px: PointsPx) -> NDArray[np.float64]:
    """2 x 3 similarity matrix (current_from_reference) that fits two sets of points best (least squares)."""
    a, b = reference_px, current_px
    ones, zeros = np.ones(len(a)), np.zeros(len(a))
    # x' = p x - q y + tx, y' = q x + p y + ty is linear in (p, q, tx, ty): scale and turn are p = s cos, q = s sin.
    rows = np.vstack(
        [np.column_stack([a[:, 0], -a[:, 1], ones, zeros]), np.column_stack([a[:, 1], a[:, 0], zeros, ones])]
    )
    p, q, x, y = np.linalg.lstsq(rows, np.concatenate([b[:, 0], b[:, 1]]), rcond=None)[0]
    return np.array([[p, -q, x], [q, p, y]])
