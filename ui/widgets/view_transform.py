"""From px of the source to px of the screen. The only place that meets Qt's corner origin.

The contract counts from the *centre* of the top-left pixel, Qt from its corner: half a pixel lies between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF

from assistant.geometry import PointsPx
from assistant.imaging.turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewTransform:
    """Zoom and place of a picture in a widget.

    Attributes
    ----------
    scale : float
        Screen px a source px.
    left, top : float
        Screen place of the picture's top-left corner.
    turn : Turn or None
        How the picture is turned for the screen; None: as stored.
    """

    scale: float
    left: float
    top: float
    turn: Turn | None = None

    def to_screen(self, points_px: PointsPx) -> NDArray[np.float64]:
        """Screen coordinates of source points (n, 2)."""
        shown = np.asarray(points_px, dtype=np.float64) if self.turn is None else self.turn.forward(points_px)
        return (shown + 0.5) * self.scale + [self.left, self.top]

    def to_source(self, at: QPointF) -> tuple[float, float]:
        """Source point under a screen point."""
        x, y = (at.x() - self.left) / self.scale - 0.5, (at.y() - self.top) / self.scale - 0.5
        return (x, y) if self.turn is None else self.turn.back(x, y)

    def rect(self, width_px: int, height_px: int) -> QRectF:
        """Where the whole picture lies on the screen."""
        return QRectF(self.left, self.top, width_px * self.scale, height_px * self.scale)


def fitted(view_w: float, view_h: float, x0: float, y0: float, width: float, height: float) -> ViewTransform:
    """Show a rectangle of the source as large as the widget allows, in its middle."""
    scale = min(view_w / max(width, 1.0), view_h / max(height, 1.0))
    return ViewTransform(
        scale=scale,
        left=(view_w - width * scale) / 2 - x0 * scale,
        top=(view_h - height * scale) / 2 - y0 * scale,
    )


def zoomed(view: ViewTransform, factor: float, at: QPointF) -> ViewTransform:
    """Zoom about a screen point, between 0.1 and 40 screen px a source px."""
    scale = float(np.clip(view.scale * factor, 0.1, 40.0))
    ratio = scale / view.scale
    return replace(
        view, scale=scale, left=at.x() - (at.x() - view.left) * ratio, top=at.y() - (at.y() - view.top) * ratio
    )


def panned(view: ViewTransform, dx: float, dy: float) -> ViewTransform:
    """Move the picture on the screen."""
    return replace(view, left=view.left + dx, top=view.top + dy)
