"""Takes pictures of a window in both sizes, in full for a look and small for the documentation."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QImage, QKeyEvent
from PyQt6.QtWidgets import QApplication, QWidget

SIZES = ((1920, 1080), (1280, 1024))
_SMALL_PX = {1920: 960, 1280: 640}
_QUALITY = 20
HEADS = {
    "review_1_leak_1920": "review",
    "live_quiet_1920": "theatre_quiet",
    "live_held_1920": "theatre_held",
    "live_high_1280": "theatre_high_small",
    "setup_4_points_1920": "setup_points",
}
"""Pictures that stand in a README: larger, beside the folder of the small ones."""
_HEAD_PX, _HEAD_QUALITY = 1280, 62


class Camera:
    """Keeps what it takes in two folders.

    Parameters
    ----------
    full : Path
        PNG in full size, to be looked at.
    small : Path or None
        Small pictures for the documentation; None: none.
    only : str
        Takes only names that begin so.
    """

    def __init__(self, full: Path, small: Path | None, only: str = "") -> None:
        self._full, self._small, self._only = full, small, only
        self.taken: list[str] = []
        for folder in (full, small):
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)

    def wants(self, name: str) -> bool:
        """Whether pictures of this name, or any that begin so, are to be taken."""
        return name.startswith(self._only) or self._only.startswith(name)

    def take(self, name: str, window: QWidget, before: Callable[[], object] = lambda: None) -> None:
        """A picture in each size; ``before`` is done after the window has its size."""
        if not name.startswith(self._only):
            return
        for width, height in SIZES:
            window.resize(width, height)
            settle(80)
            before()
            settle(60)
            self._keep(f"{name}_{width}", window.grab().toImage())
        window.resize(*SIZES[0])
        settle(40)
        self.taken.append(name)

    def take_alone(self, name: str, window: QWidget) -> None:
        """A picture of a window that has one size only."""
        if name.startswith(self._only):
            settle(40)
            self._keep(f"{name}_{SIZES[0][0]}", window.grab().toImage())
            self.taken.append(name)

    def _keep(self, name: str, image: QImage) -> None:
        image.save(str(self._full / f"{name}.png"))
        if self._small is None:
            return
        rgb = image.convertToFormat(QImage.Format.Format_RGB888)
        bits = rgb.constBits()
        assert bits is not None
        rows = np.frombuffer(bits.asarray(rgb.sizeInBytes()), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
        pixels = rows[:, : 3 * rgb.width()].reshape(rgb.height(), rgb.width(), 3)
        _write(self._small / f"{name}.webp", pixels, _SMALL_PX.get(rgb.width(), 640), _QUALITY)
        if name in HEADS:
            _write(self._small.parent / f"{HEADS[name]}.webp", pixels, _HEAD_PX, _HEAD_QUALITY)


def _write(path: Path, rgb: NDArray[np.uint8], wide_px: int, quality: int) -> None:
    wide = min(wide_px, rgb.shape[1])
    size = (wide, round(rgb.shape[0] * wide / rgb.shape[1]))
    small = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2BGR)
    done, coded = cv2.imencode(".webp", small, [cv2.IMWRITE_WEBP_QUALITY, quality])
    if not done:
        raise OSError(f"{path}: the picture cannot be coded")
    path.write_bytes(coded.tobytes())


def settle(ms: int) -> None:
    """Let the window work for a while."""
    wait(lambda: False, ms / 1000, must=False)


def wait(until: Callable[[], object], limit_s: float = 120.0, *, must: bool = True) -> None:
    """Let the window work until something holds.

    Raises
    ------
    TimeoutError
        If it does not in time and must.
    """
    end_s = time.monotonic() + limit_s
    while not until():
        if time.monotonic() > end_s:
            if must:
                raise TimeoutError(f"waited {limit_s:.0f} s")
            return
        QApplication.processEvents()
        time.sleep(0.002)


def key(window: QWidget, *names: str, text: str = "") -> None:
    """Press and let go keys of the window."""
    for name in names:
        modifiers = Qt.KeyboardModifier.NoModifier
        if name.startswith("Ctrl "):
            modifiers, name = Qt.KeyboardModifier.ControlModifier, name.removeprefix("Ctrl ")
        code = getattr(Qt.Key, f"Key_{name}")
        said = text or (name if len(name) == 1 else "")
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(window, QKeyEvent(kind, code, modifiers, said))
    settle(20)
