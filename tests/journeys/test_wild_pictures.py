"""What one picture alone does not prove, and what is no leak, on the way from a video to the result's events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from assistant.cli import main
from assistant.simulation.tabletop import COLS, ROWS, Tabletop
from tests.small_run import plan_document, write_video

_PICTURES = 40
_WILD = 24


def _events(folder: Path, masks: list[np.ndarray]) -> list[dict[str, Any]]:
    """The command line looks at a film of the small patient with this cement."""
    table = Tabletop(seed=1, dose_ngy=300.0)
    made = [table.frame().grey for _ in range(12)] + [table.frame(cement=mask.astype(bool)).grey for mask in masks]
    plan, out = folder / "plan.json", folder / "out"
    plan.write_text(json.dumps(plan_document(reference_frame=0)), encoding="utf-8")
    video = write_video(folder / "run.mkv", made)
    assert main(["analyze", str(video), "--plan", str(plan), "--out", str(out)]) == 0
    events: list[dict[str, Any]] = json.loads((out / "result.json").read_text(encoding="utf-8"))["events"]
    return events


def _lump(x_px: int, *, reach_px: int = 14, half_px: int = 12) -> np.ndarray:
    mask = np.zeros((ROWS, COLS), np.uint8)
    cv2.ellipse(mask, (x_px, 148), (reach_px, half_px), 0, 0, 360, 1, -1)
    return mask


def test_a_picture_in_which_the_cement_stands_elsewhere_latches_nothing(tmp_path: Path) -> None:
    """As after a cough: the cement is shown 16 mm off in one picture, and where it was in those before and after."""
    masks = [_lump(150 if k != _WILD else 190) for k in range(_PICTURES)]
    assert [event for event in _events(tmp_path, masks) if event["priority"] == "high"] == []


def test_cement_that_stays_where_it_came_to_is_told_by_the_second_picture(tmp_path: Path) -> None:
    masks = [_lump(150 if k < _WILD else 190) for k in range(_PICTURES)]
    high = [event for event in _events(tmp_path, masks) if event["priority"] == "high"]
    assert {event["kind"] for event in high} == {"warning_line", "posterior_wall"}
    assert all(12 + _WILD <= event["first_frame"] <= 12 + _WILD + 1 for event in high)


def test_a_front_that_fills_the_body_to_its_anterior_wall_is_not_outside(tmp_path: Path) -> None:
    """Its tip is drawn 0.8 mm past the wall, less than makes a leak."""
    masks = [_lump(149, reach_px=10 + min(k, 20), half_px=6) for k in range(_PICTURES)]
    events = _events(tmp_path, masks)
    assert [event for event in events if event["kind"] == "leak"] == []
