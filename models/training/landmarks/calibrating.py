"""Fit the sureness: ``python -m models.training.landmarks.calibrating --maps DIR --pack DIR``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from assistant.landmarks import crops
from assistant.landmarks.finding import Found, find
from assistant.landmarks.model import LandmarkModel, read_model
from models.training.landmarks.pictures import STEP_MM, picture

NEAR_MM = 2.0
_FLOOR_PX = 0.1
_HOLD = 0.5
_WANTED = 0.96
"""Share of the proposed points that shall lie within `NEAR_MM`: above 0.95, since real forms stray farther."""


def gather(model: LandmarkModel, folder: Path, chains: int) -> list[tuple[Found, np.ndarray]]:
    """Answers on freshly drawn pictures with the errors of their points in mm."""
    rng = np.random.default_rng(23)
    found = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as file:
            maps = {k: file[k] for k in file.files}
        for k in range(len(maps["view"])):
            ap = bool(maps["view"][k])
            for _ in range(chains):
                shown, field, points = picture(maps, k, rng, cannula="own" if rng.random() < 0.7 else "none")
                points = crops.ordered(points, ap)
                grey = np.rint(shown * field * 255).astype(np.uint8)
                click = points.mean(axis=0) + rng.normal(0, 0.12, 2) * crops.size_px(points)
                answer = find(grey, 255, model, ap=ap, click_px=(float(click[0]), float(click[1])), mm_per_px=STEP_MM)
                if answer is not None:
                    placed = crops.ordered(answer.points_px, ap)
                    found.append((answer, np.linalg.norm(placed - points, axis=1) * STEP_MM))
    return found


def told_of(found: Found) -> np.ndarray:
    """What tells of doubt, (6, 4) with a constant."""
    logs = np.log(np.stack([found.doubt_px, found.spread_px, found.parted_px]) + _FLOOR_PX)
    return np.column_stack([np.ones(6), logs.T])


def fit(rows: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method, held lightly."""
    weights = np.zeros(rows.shape[1])
    for _ in range(30):
        chance = 1.0 / (1.0 + np.exp(-rows @ weights))
        slope = rows.T @ (near - chance) - _HOLD * weights
        curve = rows.T @ (rows * (chance * (1 - chance))[:, None]) + _HOLD * np.eye(len(weights))
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def main() -> None:
    """Fit, choose the limits, write them into the manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maps", type=Path, required=True)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--chains", type=int, default=2)
    given = parser.parse_args()
    found = gather(read_model(given.pack), given.maps, given.chains)
    rows = np.concatenate([told_of(answer) for answer, _ in found])
    errors = np.concatenate([e for _, e in found])
    weights = fit(rows, (errors <= NEAR_MM).astype(float))
    sure = np.array([(1.0 / (1.0 + np.exp(-told_of(answer) @ weights))).mean() for answer, _ in found])
    each = np.array([e for _, e in found])
    least = 1.0
    for limit in np.sort(sure):
        if (each[sure >= limit] <= NEAR_MM).mean() >= _WANTED:
            least = float(limit)
            break
    apart = np.concatenate([a.doubt_px + a.spread_px + a.parted_px for a, _ in found])
    scale = np.concatenate([np.full(6, a.px_per_crop_px * STEP_MM) for a, _ in found])
    path = given.pack / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["sureness"] = {
        "constant": round(float(weights[0]), 4),
        "doubt": round(float(weights[1]), 4),
        "spread": round(float(weights[2]), 4),
        "parted": round(float(weights[3]), 4),
        "error": round(float(np.median(errors / (apart * scale))), 4),
        "least": round(least, 4),
        "upright": 0.0,
        "rival": 1.0,
    }
    path.write_text(json.dumps(manifest, indent=1) + "\n")
    kept = sure >= least
    sys.stdout.write(
        f"{len(found)} answers, mean {each.mean():.2f} mm, within {NEAR_MM} mm {(each <= NEAR_MM).mean():.3f}; "
        f"proposed {kept.mean():.2f}: mean {each[kept].mean():.2f} mm, within {(each[kept] <= NEAR_MM).mean():.3f}; "
        f"limits {manifest['sureness']}\n"
    )


if __name__ == "__main__":
    main()
