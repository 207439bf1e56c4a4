"""Whether the screen's way changes grey values: 256 steps are drawn as the picture is, and read back."""

from __future__ import annotations

import numpy as np
from PyQt6.QtGui import QImage

from assistant.language import sentence
from assistant.live.messages import StampedFrame
from ui.selftest.check import CheckOutcome, CheckStatus
from ui.theatre.picture import LivePicture

_STEP_PX = 4


def grey_steps_kept() -> int:
    """How many of 256 grey steps the live picture shows unchanged, at one screen px a picture px."""
    steps = np.arange(256, dtype=np.uint8).repeat(_STEP_PX)
    grey = np.ascontiguousarray(np.tile(steps, (256, 1)))
    picture = LivePicture()
    picture.setMinimumSize(0, 0)
    picture.resize(grey.shape[1], grey.shape[0])
    picture.show_still(StampedFrame(index=0, t_s=0.0, captured_ns=0, picture=0, grey=grey, white=255))
    shown = picture.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    if (shown.width(), shown.height()) != (grey.shape[1], grey.shape[0]):
        shown = shown.scaled(grey.shape[1], grey.shape[0])
    bits = shown.constBits()
    assert bits is not None
    read = np.frombuffer(bits.asstring(shown.sizeInBytes()), np.uint8).reshape(shown.height(), shown.bytesPerLine())
    line = read[128, _STEP_PX // 2 : 256 * _STEP_PX : _STEP_PX]
    return int((line == np.arange(256)).sum())


def fidelity() -> CheckOutcome:
    """Whether the live picture shows every grey step as it came."""
    kept = grey_steps_kept()
    text = sentence(f"{kept} of 256 grey steps unchanged on screen")
    return CheckOutcome(status=CheckStatus.PASSED if kept == 256 else CheckStatus.FAILED, text=text)
