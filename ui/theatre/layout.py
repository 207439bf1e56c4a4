"""Where everything stands in the theatre, in px of the window (design, 3 and 3.1). Pure: a size in, places out.

Nothing moves while armed: places depend on the size of the window, bare view and the second picture only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PyQt6.QtCore import QRect

_WIDE_FROM_PX: Final = 1600
LEAST_WIDTH_PX, LEAST_HEIGHT_PX = 1280, 1024
"""Smaller windows refuse to arm."""
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


def fits(width: int, height: int) -> bool:
    """Whether the window is large enough to be armed in."""
    return width >= LEAST_WIDTH_PX and height >= LEAST_HEIGHT_PX


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
    if bare:
        whole = QRect(0, top, width, height - top)
        legend, left, panel_top = QRect(), width, top
    else:
        left = width - px(panel_w) - px(edge) - px(gap)
        legend = QRect(0, height - px(legend_h), left, px(legend_h))
        whole = QRect(0, top, left, legend.top() - top)
        panel_top = top + px(12 if small else 16)
    picture, beside = whole, QRect()
    if second:
        half = whole.width() // 2
        picture = QRect(whole.left(), whole.top(), whole.width() - half, whole.height())
        beside = QRect(picture.right() + 1, whole.top(), half, whole.height())
    x, w, bottom = left + px(gap), px(panel_w), height - px(12 if not small else 10)
    none = QRect()
    if bare:
        distances = curve = clocks = keys = alarms = leak = none
    elif small:
        between = px(10)
        keys_h, clocks_h, slot_h = px(182), px(104), px(190)
        keys = QRect(x, bottom - keys_h, w, keys_h)
        clocks = QRect(x, keys.top() - between - clocks_h, w, clocks_h)
        curve = QRect(x, panel_top, w, slot_h)
        alarms = QRect(x, panel_top, w, px(98))
        leak = QRect(x, alarms.bottom() + 1 + px(8), w, slot_h - px(98) - px(8))
        distances = QRect(x, curve.bottom() + 1 + between, w, clocks.top() - 2 * between - curve.bottom() - 1)
    else:
        between = px(14)
        keys = QRect(x, bottom - px(132), w, px(132))
        clocks = QRect(x, keys.top() - between - px(122), w, px(122))
        curve = QRect(x, clocks.top() - between - px(222), w, px(222))
        distances = QRect(x, panel_top, w, curve.top() - between - panel_top)
        alarms = leak = none
    return Layout(
        small=small,
        factor=factor,
        strip=strip,
        bar=bar,
        picture=picture,
        second=beside,
        legend=legend,
        distances=distances,
        curve=curve,
        clocks=clocks,
        keys=keys,
        alarms=alarms,
        leak=leak,
    )
