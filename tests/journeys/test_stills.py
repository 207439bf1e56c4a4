"""A folder of stills without a clock: what has come between two pictures may have come far."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.cli import main
from assistant.geometry import Similarity
from assistant.simulation.tabletop import Tabletop
from tests.small_run import INFERIOR, pictures, plan_document

_PX_MM = 0.4


def test_a_leak_that_shows_apart_from_the_cement_is_found(tmp_path: Path) -> None:
    """Nobody saw it flow there: in film so far a leap is none, in stills it is a leak into the disc."""
    made = pictures(72)
    shown = [made[k] for k in (0, 2, 4, 6)] + [_with_leak(made[k]) for k in (60, 62, 64, 66)]
    rows = _analysed(tmp_path, shown)
    result = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert "inferior_disc" in [leak["site"] for leak in result["leaks"]], rows[-1]
    assert all(not row["cement_area_mm2"] or float(row["cement_area_mm2"]) == 0 for row in rows[:4])


def test_where_the_vertebra_went_between_two_stills_is_no_speed(tmp_path: Path) -> None:
    """Another breath in each, and all of the cement at once in the fifth: each picture is live, and measured."""
    patient = Tabletop()
    x, y = patient.body_px.mean(axis=0)
    rows, cols = np.mgrid[0:300, 0:320]
    filled = ((cols - x) / 30) ** 2 + ((rows - y) / 18) ** 2 < 1
    breaths_px = (0.0, 2.0, 0.0, -1.0, 11.0, 1.0, 12.0, -4.0)
    shown = [
        patient.frame(
            similarity=Similarity(dx_px=0.3 * y, dy_px=y, rotation_deg=0.0, scale=1.0, centre_px=patient.centre_px),
            cement=filled if k >= 4 else None,
        ).grey
        for k, y in enumerate(breaths_px)
    ]
    rows = _analysed(tmp_path, shown, reference_frame=0)
    assert [row["state"] for row in rows] == ["live"] * 8, [row["reason"] for row in rows]
    assert all(row["posterior_wall_mm"] for row in rows[4:])


def _analysed(folder: Path, shown: list[NDArray[np.uint8]], **view: object) -> list[dict[str, str]]:
    """The table of measurements of a folder of pictures."""
    (folder / "run").mkdir()
    for k, grey in enumerate(shown):
        assert cv2.imwrite(str(folder / "run" / f"{k:03d}.png"), grey)
    plan = folder / "plan.json"
    plan.write_text(json.dumps(plan_document(**view)), encoding="utf-8")
    asked = ["analyze", folder / "run", "--plan", plan, "--out", folder / "out", "--defaults"]
    assert main([str(each) for each in asked]) == 0
    with (folder / "out" / "measurements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _with_leak(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cement in the disc, some mm below the endplate and beside the cement in the body."""
    x, y = np.mean(INFERIOR, axis=0)
    lump = np.zeros(grey.shape, np.float32)
    cv2.ellipse(lump, (round(x - 12), round(y + 3.5 / _PX_MM)), (9, 5), 0, 0, 360, 1.0, -1)
    return np.asarray(np.rint(grey * np.exp(-0.8 * cv2.GaussianBlur(lump, (0, 0), 1.0))), np.uint8)
