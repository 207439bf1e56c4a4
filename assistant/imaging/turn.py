"""A picture turned for the screen: mirrored, and by quarter turns. What is measured does not change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.geometry import PointsPx


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How the stored picture is turned for the screen: first mirrored left to right, then turned clockwise.

    Attributes
    ----------
    width_px, height_px : int
        Size of the stored picture.
    mirrored : bool
    quarters : int
        Quarter turns clockwise, 0 to 3.
    """

    width_px: int
    height_px: int
    mirrored: bool = False
    quarters: int = 0

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height on the screen."""
        upright = self.quarters % 2 == 0
        return (self.width_px, self.height_px) if upright else (self.height_px, self.width_px)

    def picture(self, grey: NDArray[Any]) -> NDArray[Any]:
        """The picture as it is shown."""
        made = grey[:, ::-1] if self.mirrored else grey
        return np.ascontiguousarray(np.rot90(made, -self.quarters))

    def forward(self, points_px: PointsPx) -> PointsPx:
        """Where source points (n, 2) stand in the picture as it is shown."""
        x, y = np.asarray(points_px, dtype=np.float64).T
        width, height = self.width_px, self.height_px
        if self.mirrored:
            x = width - 1 - x
        for _ in range(self.quarters % 4):
            x, y = height - 1 - y, x
            width, height = height, width
        return np.stack([x, y], axis=1)

    def back(self, x: float, y: float) -> tuple[float, float]:
        """The source point of a point in the picture as it is shown."""
        width, height = self.size_px
        for _ in range(self.quarters % 4):
            x, y = y, width - 1 - x
            width, height = height, width
        return (self.width_px - 1 - x if self.mirrored else x), y

    def flipped(self) -> Turn:
        """Left and right on the screen change places."""
        quarters = -self.quarters % 4
        return replace(self, mirrored=not self.mirrored, quarters=quarters)

    def turned(self, quarters: int = 1) -> Turn:
        """Turned clockwise on the screen."""
        return replace(self, quarters=(self.quarters + quarters) % 4)
