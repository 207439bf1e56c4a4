"""Screens of a console with two pictures: the small run's film beside, above or in a corner of a held one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.small_run import INFERIOR, SUPERIOR, pictures, plan_document, write_video

Picture = NDArray[np.uint8]
SIZE: Final = (720, 640)
"""Width and height of the screen."""
LEFT, RIGHT = (40, 160), (340, 160)
"""Where the pictures (300 x 300) stand so that they touch."""
_FIRST_COLUMN, _LAST_COLUMN = 10, 310


def film(count: int) -> list[Picture]:
    """The small run without its black sides: 300 x 300."""
    return [np.ascontiguousarray(each[:, _FIRST_COLUMN:_LAST_COLUMN]) for each in pictures(count)]


def screen(*placed: tuple[Picture, tuple[int, int]], ground: int = 0, words: bool = False) -> Picture:
    """A screen with pictures at (x, y), the last one on top; words of the console between and beside them."""
    made = np.full(SIZE[::-1], ground, np.uint8)
    if words:
        for k in range(6):
            for x in (4, SIZE[0] // 2 - 20):
                cv2.putText(made, "kV 78", (x, 60 + 110 * k), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 210, 1, cv2.LINE_AA)
    for picture, (x, y) in placed:
        made[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
    return made


def plan_at(x: int, y: int) -> dict[str, Any]:
    """The small run's plan where its film stands at (x, y)."""

    def moved(points: list[list[float]]) -> list[list[float]]:
        return [[px - _FIRST_COLUMN + x, py + y] for px, py in points]

    return plan_document(landmarks={"superior": moved(SUPERIOR), "inferior": moved(INFERIOR)})


def write_screens(folder: Path, count: int, drawn: Callable[[int], Picture], plan: dict[str, Any]) -> Path:
    """A run folder whose frames are drawn one by one, and its plan."""
    folder.mkdir(parents=True)
    write_video(folder / "run.mkv", [drawn(k) for k in range(count)])
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return folder
