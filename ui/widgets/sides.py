"""Which side of the picture is anterior: two plates at its edges, the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter

from assistant.plan import PlannedView
from ui import theme, words

_GROUND: Final = QColor(14, 18, 23, 222)
_WIDE, _HIGH, _EDGE = 110.0, 40.0, 14.0
_ASIDE: Final = 0.5
"""Left and right tell anterior from posterior up to about 60 degrees from the level."""


def anterior_left(on_screen: Callable[[NDArray[np.float64]], NDArray[Any]], planned: PlannedView) -> bool | None:
    """Whether anterior is on the left of the posterior wall; None where neither side is anterior.

    Parameters
    ----------
    on_screen : callable
        Takes points (n, 2) of the plan to the picture that is shown: a console may show it mirrored or turned.
    planned : PlannedView
        Without an anterior side where it is not lateral.
    """
    if not planned.is_lateral:
        return None
    first, last = (on_screen(wall).mean(axis=0) for wall in (planned.first_wall, planned.last_wall))
    across, down = last - first
    return bool(across > 0) if abs(across) > _ASIDE * abs(down) else None


def draw_sides(painter: QPainter, *, anterior_left: bool, middle: bool = False, asked: bool = False) -> None:
    """Draw the plates.

    Parameters
    ----------
    painter : QPainter
        Its window is the picture's widget.
    anterior_left : bool
    middle : bool
        At half height, a little inwards: where something stands at the lower edge.
    asked : bool
        Not confirmed yet: larger and with a question mark.
    """
    window = painter.window()
    left, right = (words.ANTERIOR, words.POSTERIOR) if anterior_left else (words.POSTERIOR, words.ANTERIOR)
    mark = " ?" if asked else ""
    factor = 1.2 if asked else 1.0
    wide, high = (_WIDE + 7.0 * len(mark)) * factor, _HIGH * factor
    edge = 24.0 if asked else 32.0 if middle else _EDGE
    y = window.height() / 2 - high / 2 if middle or asked else window.height() - _EDGE - high
    painter.setFont(theme.font(round(22 * factor), 800))
    for text, x in ((f"◂ {left}{mark}", edge), (f"{right}{mark} ▸", window.width() - wide - edge)):
        rect = QRectF(x, y, wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_GROUND)
        painter.drawRoundedRect(rect, 6, 6)
        painter.setPen(theme.TEXT_1)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.setBrush(Qt.BrushStyle.NoBrush)
