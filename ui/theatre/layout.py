"""Where everything stands in the theatre, in px of the window (design, 3 and 3.1). Pure: a size in, places out.

Nothing moves while armed: places depend on the size of the window, bare view and the second picture only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from PyQt6.QtCore import QRect

_WIDE_FROM_PX: Final = 1600
_MOST: Final = 2.0
_LEAST: Final = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Places of the parts.

    Attributes
    ----------
    small : bool
        The layout of 1280 × 1024.
    factor : float
        By which the sizes of the sheet are multiplied.
    strip, bar, picture, legend : QRect
    second : QRect
        The second picture; empty while none is wanted.
    distances, curve, clocks, keys : QRect
        Cards of the panel. In the small layout ``curve`` takes the place of ``alarms`` and ``leak`` while quiet.
    alarms, leak : QRect
        Empty in the large layout, where the bar counts and the call-out names.
    """

    small: bool
    factor: float
    strip: QRect
    bar: QRect
    picture: QRect
    second: QRect
    legend: QRect
    distances: QRect
    curve: QRect
    clocks: QRect
    keys: QRect
    alarms: QRect
    leak: QRect


def lay_out(width: int, height: int, *, bare: bool = False, second: bool = False) -> Layout:
    """Work out the places for a window."""
    small = width < _WIDE_FROM_PX
    base_w, base_h = (1280, 1024) if small else (1920, 1080)
    factor = min(max(min(height / base_h, width / base_w), _LEAST), _MOST)

    def px(number: float) -> int:
        return round(number * factor)

    strip_h, bar_h, legend_h = (52, 112, 48) if small else (64, 104, 48)
    panel_w, gap, edge = (404, 12, 12) if small else (720, 16, 20)
    strip = QRect(0, 0, width, px(strip_h))
    bar = QRect(0, strip.bottom() + 1, width, px(bar_h))
    top = bar.bottom() + 1
    left = width - px(panel_w) - px(edge) - px(gap)
    if bare:
        whole, legend, cards = QRect(0, top, width, height - top), QRect(), _Cards()
    else:
        legend = QRect(0, height - px(legend_h), left, px(legend_h))
        whole = QRect(0, top, left, legend.top() - top)
        panel = QRect(left + px(gap), top, px(panel_w), height - top)
        cards = _small_cards(panel, px) if small else _large_cards(panel, px)
    half = whole.width() // 2 if second else 0
    picture = QRect(whole.left(), whole.top(), whole.width() - half, whole.height())
    return Layout(
        small=small,
        factor=factor,
        strip=strip,
        bar=bar,
        picture=picture,
        second=QRect(picture.right() + 1, whole.top(), half, whole.height()) if second else QRect(),
        legend=legend,
        distances=cards.distances,
        curve=cards.curve,
        clocks=cards.clocks,
        keys=cards.keys,
        alarms=cards.alarms,
        leak=cards.leak,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cards:
    """Places in the panel."""

    distances: QRect = field(default_factory=QRect)
    curve: QRect = field(default_factory=QRect)
    clocks: QRect = field(default_factory=QRect)
    keys: QRect = field(default_factory=QRect)
    alarms: QRect = field(default_factory=QRect)
    leak: QRect = field(default_factory=QRect)


def _large_cards(panel: QRect, px: Callable[[float], int]) -> _Cards:
    x, w, bottom, between = panel.left(), panel.width(), panel.bottom() + 1 - px(12), px(14)
    top = panel.top() + px(16)
    keys = QRect(x, bottom - px(132), w, px(132))
    clocks = QRect(x, keys.top() - between - px(122), w, px(122))
    curve = QRect(x, clocks.top() - between - px(222), w, px(222))
    distances = QRect(x, top, w, curve.top() - between - top)
    return _Cards(distances=distances, curve=curve, clocks=clocks, keys=keys)


def _small_cards(panel: QRect, px: Callable[[float], int]) -> _Cards:
    x, w, bottom, between = panel.left(), panel.width(), panel.bottom() + 1 - px(10), px(10)
    top = panel.top() + px(12)
    keys_h, clocks_h, slot_h = px(182), px(104), px(190)
    keys = QRect(x, bottom - keys_h, w, keys_h)
    clocks = QRect(x, keys.top() - between - clocks_h, w, clocks_h)
    curve = QRect(x, top, w, slot_h)
    alarms = QRect(x, top, w, px(98))
    leak = QRect(x, alarms.bottom() + 1 + px(8), w, slot_h - px(98) - px(8))
    distances = QRect(x, curve.bottom() + 1 + between, w, clocks.top() - 2 * between - curve.bottom() - 1)
    return _Cards(distances=distances, curve=curve, clocks=clocks, keys=keys, alarms=alarms, leak=leak)
