"""The self-test's look at what is written: console screens with names are recorded as a live run is, and read back."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from assistant.capture.masking.burned_in import words_in
from assistant.capture.masking.layout import ConsoleLayout, layouts
from assistant.capture.masking.masking import Masker
from assistant.capture.opening import open_source
from assistant.recording.writer import Recorder, WriterSettings
from assistant.settings.tree import Settings
from assistant.system.places import data_home
from assistant.vocabulary import Grey

_ROWS, _COLS = 480, 640
_SCREENS: Final = 12
_NAMES: Final = ("MUELLER ANNA", "1950-03-12", "ID 4711")
_LOOK_S: Final = 0.04


def names_left(settings: Settings) -> tuple[int, int]:
    """Names that can be read in the recording outside the field, and screens that were written.

    Raises
    ------
    AssistantError
        If the site's layout profiles cannot be read.
    """
    name = settings.capture.layout
    layout = layouts(data_home() / "layouts").get(name)
    with tempfile.TemporaryDirectory(prefix="selftest_", dir=data_home()) as folder:
        run = Path(folder) / "run"
        run.mkdir()
        recorder = Recorder(run, WriterSettings.of(settings.recording))
        masker = Masker(layout, whole=name == "whole")
        now_ns = time.monotonic_ns()
        try:
            for index in range(_SCREENS):
                written = masker.apply(_screen(index, layout), index * _LOOK_S)
                recorder.offer(index, index * 40_000_000, now_ns + index * 40_000_000, written)
        finally:
            recorder.close()
        source = open_source(str(run))
        try:
            outside = ~_field(layout)
            read = [frame.grey for frame in source.frames()]
        finally:
            source.close()
    return sum(bool(words_in(grey, outside)) for grey in read), len(read)


def _field(layout: ConsoleLayout | None) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    if layout is not None:
        return layout.field_mask(_COLS, _ROWS)
    rows, cols = np.mgrid[0:_ROWS, 0:_COLS]
    return np.asarray((cols - 330) ** 2 + (rows - 240) ** 2 <= 196**2)


def _screen(index: int, layout: ConsoleLayout | None) -> Grey:
    """X-ray grain in the field, names round it, at another place each time."""
    draw = np.random.default_rng(index)
    grey = np.where(_field(layout), draw.normal(120, 8, (_ROWS, _COLS)), 0).clip(0, 255).astype(np.uint8)
    for k, name in enumerate(_NAMES):
        at = (4 if k else 470, 30 + 22 * index if k == 1 else 24 + 14 * k)
        cv2.putText(grey, name, at, 0, 0.5, 255, 1)
    return grey
