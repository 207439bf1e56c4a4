"""Writing that has to fit into its place: as large as it can be, and what is too long for it on several pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QFont, QFontMetrics, QPainter

from ui import theme

_WRAPPED: Final = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
_GOES_ON: Final = " …"


def fits(text: str, font: QFont, place: QRectF) -> bool:
    """Whether a text stands in a place, on as many lines as there is height for."""
    needed = QFontMetrics(font).boundingRect(QRect(0, 0, int(place.width()), 10_000), _WRAPPED, text)
    return needed.height() <= place.height() and needed.width() <= place.width()


def fitting_font(text: str, place: QRectF, sizes: Sequence[int], weight: int) -> QFont:
    """The first of the sizes (px) in which a text stands in a place, else the last one."""
    fonts = [theme.font(size, weight) for size in sizes]
    return next((font for font in fonts if fits(text, font, place)), fonts[-1])


def write_fitting(painter: QPainter, place: QRectF, text: str, sizes: Sequence[int], weight: int) -> None:
    """Write a text, wrapped, in the first of the sizes (px) in which it stands in its place."""
    painter.setFont(fitting_font(text, place, sizes, weight))
    painter.drawText(place, _WRAPPED, text)


def pages(text: str, place: QRectF, font: QFont) -> list[str]:
    """A text cut between words into as many pages as it needs; each but the last ends in an ellipsis."""
    words, found = text.split(), [""]
    for number, word in enumerate(words):
        longer = f"{found[-1]} {word}".strip()
        ending = _GOES_ON if number + 1 < len(words) else ""
        if found[-1] and not fits(longer + ending, font, place):
            found[-1] += _GOES_ON
            longer = word
            found.append("")
        found[-1] = longer
    return found
