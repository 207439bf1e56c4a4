"""A folder of stills without a clock: what has come between two pictures may have come far."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.cli import main
from tests.small_run import INFERIOR, pictures, plan_document

_PX_MM = 0.4


def test_a_leak_that_shows_apart_from_the_cement_is_found(tmp_path: Path) -> None:
    """Nobody saw it flow there: in film so far a leap is none, in stills it is a leak into the disc."""
    made = pictures(72)
    folder = tmp_path / "run"
    folder.mkdir()
    shown = [made[k] for k in (0, 2, 4, 6)] + [_with_leak(made[k]) for k in (60, 62, 64, 66)]
    for k, grey in enumerate(shown):
        assert cv2.imwrite(str(folder / f"{k:03d}.png"), grey)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(plan_document()), encoding="utf-8")
    asked = ["analyze", folder, "--plan", plan, "--out", tmp_path / "out", "--defaults"]
    assert main([str(each) for each in asked]) == 0
    result = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    with (tmp_path / "out" / "measurements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert "inferior_disc" in [leak["site"] for leak in result["leaks"]], rows[-1]
    assert all(not row["cement_area_mm2"] or float(row["cement_area_mm2"]) == 0 for row in rows[:4])


def _with_leak(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cement in the disc, some mm below the endplate and beside the cement in the body."""
    x, y = np.mean(INFERIOR, axis=0)
    lump = np.zeros(grey.shape, np.float32)
    cv2.ellipse(lump, (round(x - 12), round(y + 3.5 / _PX_MM)), (9, 5), 0, 0, 360, 1.0, -1)
    return np.asarray(np.rint(grey * np.exp(-0.8 * cv2.GaussianBlur(lump, (0, 0), 1.0))), np.uint8)
