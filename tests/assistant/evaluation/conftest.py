"""A small run with truth, made by hand: 40 frames, every second one a new picture, cement that grows to the rear."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from assistant.evaluation.truth import LINES, MOTION, Truth, read_truth

FRAMES = 40
FPS = 20.0
SIZE = (120, 160)  # rows, columns
MM_PER_PX = 0.5
# A body of 40 x 30 mm: anterior left (x 30), posterior right (x 110), endplates at y 30 and 90.
PLAN = {
    "schema": "fluoro-assistant/plan/1",
    "views": [
        {
            "view": "lateral",
            "level": "L1",
            "reference_frame": 0,
            "mm_per_px": MM_PER_PX,
            "landmarks": {
                "superior": [[30.0, 30.0], [70.0, 30.0], [110.0, 30.0]],
                "inferior": [[30.0, 90.0], [70.0, 90.0], [110.0, 90.0]],
            },
        }
    ],
}
POSTERIOR_X, WARNING_X, ANTERIOR_X, SUPERIOR_Y, INFERIOR_Y = 110, 90, 30, 30, 90


def front_x(frame: int) -> int:
    """Right edge of the cement: none before frame 10, then 2 px a frame."""
    return 70 + 2 * (frame - 10)


def mask_at(frame: int) -> np.ndarray:
    mask = np.zeros(SIZE, dtype=bool)
    picture = frame - frame % 2
    if picture >= 10:
        mask[50:71, 60 : front_x(picture) + 1] = True
    return mask


def lines_at(frame: int) -> dict[str, float | None]:
    picture = frame - frame % 2
    if picture < 10:
        return dict.fromkeys(LINES)
    x = front_x(picture)
    px = {
        "posterior_wall": POSTERIOR_X - x,
        "warning_line": WARNING_X - x,
        "superior_endplate": 50 - SUPERIOR_Y,
        "inferior_endplate": INFERIOR_Y - 70,
        "anterior_wall": 60 - ANTERIOR_X,
    }
    return {line: px[line] * MM_PER_PX if line in px else None for line in LINES}


def first_past(line: str) -> int:
    return next(k for k in range(10, FRAMES, 2) if (lines_at(k)[line] or 1.0) < 0)


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _row(frame: int) -> dict[str, Any]:
    row: dict[str, Any] = {"frame": frame, "t_s": frame / FPS, "state": "repeat" if frame % 2 else "live"}
    row |= {"view": "lateral", "dx_px": 0.0, "dy_px": 0.0, "rotation_deg": 0.0, "scale": 1.0}
    row["cement_area_mm2"] = float(mask_at(frame).sum() * MM_PER_PX**2)
    row |= {f"{line}_mm": "" if value is None else value for line, value in lines_at(frame).items()}
    return row


class MadeRun:
    """The run folder and a result folder that is right in everything; tests spoil it."""

    def __init__(self, folder: Path) -> None:
        self.run, self.results = folder / "run", folder / "results"
        for part in ("truth/cement", "truth/visible"):
            (self.run / part).mkdir(parents=True)
        (self.results / "masks").mkdir(parents=True)
        (self.run / "plan.json").write_text(json.dumps(PLAN))
        truth = []
        for k in range(FRAMES):
            row = _row(k) | {"new_picture": int(k % 2 == 0), "volume_ml": float(k >= 10)}
            row |= {f"visible_{line}_mm": row[f"{line}_mm"] for line in LINES}
            truth.append(row | {"visible_area_mm2": row["cement_area_mm2"]})
            if k % 2 == 0:
                for place in (self.run / "truth/cement", self.run / "truth/visible", self.results / "masks"):
                    cv2.imwrite(str(place / f"{k:06d}.png"), mask_at(k).astype(np.uint8) * 255)
        self.truth_rows = truth
        self.rows: list[dict[str, Any]] = [
            _row(k) | {"registration_ok": 1, "processing_ms": 4.0} for k in range(FRAMES)
        ]
        self.crossings = [
            {
                "kind": kind,
                "site": "posterior",
                "first_frame": first_past(kind),
                "visible_first_frame": first_past(kind),
            }
            for kind in ("warning_line", "posterior_wall")
        ]
        self.leaks: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = [
            {"kind": kind, "site": "posterior", "first_frame": first_past(kind), "last_frame": None}
            for kind in ("warning_line", "posterior_wall")
        ]
        self.said_leaks: list[dict[str, Any]] = []
        self.complete = True
        self.facts: dict[str, Any] = {}
        self.said_run: dict[str, Any] = {}

    def save(self) -> "MadeRun":
        _write_csv(self.run / "truth/truth.csv", self.truth_rows)
        document = {"leaks": self.leaks, "crossings": self.crossings, "seed": 7} | self.facts
        (self.run / "truth/truth.json").write_text(json.dumps(document))
        _write_csv(self.results / "measurements.csv", self.rows)
        result = {"complete": self.complete, "events": self.events, "leaks": self.said_leaks, "run": self.said_run}
        (self.results / "result.json").write_text(json.dumps(result))
        return self

    def truth(self) -> Truth:
        return read_truth(self.save().run / "truth")


@pytest.fixture
def made(tmp_path: Path) -> MadeRun:
    return MadeRun(tmp_path)


@pytest.fixture
def motion_names() -> tuple[str, ...]:
    return MOTION


@pytest.fixture
def mask_of() -> Callable[[int], np.ndarray]:
    return mask_at
