"""Moments whose cement stands at a given place, for pictures of the curves."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QImage

from assistant import lengths
from assistant.plan import PlannedView, plan_from_document
from assistant.readings.moments import Moment
from tests.one_reading import but
from tests.ui.theatre.fake_session import DOCUMENT, distances, moment

CALIBRATED: tuple[PlannedView, ...] = plan_from_document(DOCUMENT, 0.25).views
ASSUMED = plan_from_document(DOCUMENT | {"views": [DOCUMENT["views"][0] | {"calibrated": False}]}, 0.25).views
WALL_MM = 0.25 * lengths.depth_mm(CALIBRATED[0])
PLACES_MM = (2.0, -4.0, -WALL_MM, -WALL_MM - 3.0, -WALL_MM - 20.0)
"""Before line b, 4 mm past it, at the posterior wall, behind it, and far behind it."""


def standing(line_mm: float, count: int = 450, fps: float = 15.0) -> list[Moment]:
    """Moments of a run in which the cement stands still."""
    found = but(distances(), warning_line=line_mm, posterior_wall=line_mm + WALL_MM)
    return [replace(moment(k), t_s=k / fps, distances=found) for k in range(count)]


def pixels(image: QImage) -> NDArray[np.int16]:
    """A picture as (rows, cols, 3)."""
    made = image.convertToFormat(QImage.Format.Format_RGB888)
    data = made.constBits()
    assert data is not None
    rows = np.frombuffer(data.asarray(made.sizeInBytes()), np.uint8).reshape(made.height(), made.bytesPerLine())
    return rows[:, : 3 * made.width()].reshape(made.height(), made.width(), 3).astype(np.int16)


def rows_of(image: QImage, *colours: QColor) -> NDArray[np.int64]:
    """Rows in which a line of one of the colours runs over a good part of the picture (arrows do not)."""
    grey = pixels(image)
    hits = np.zeros(grey.shape[:2], bool)
    for colour in colours:
        hits |= (np.abs(grey - [colour.red(), colour.green(), colour.blue()]) < 24).all(axis=2)
    return np.flatnonzero(hits.mean(axis=1) > 0.4)


def all_differ(images: list[QImage]) -> None:
    """No picture looks like the next one: by more than a few px of noise."""
    for one, other in pairwise(images):
        changed = (np.abs(pixels(one) - pixels(other)) > 60).any(axis=2).sum()
        assert changed > 60, f"{changed} px differ"
