"""Fit the sureness: ``python -m models.training.landmarks.calibrating --real DATA --pack DIR``.

On stills of the simulator's whole imaging chain, which the training's pictures are not drawn from, of patients that
neither training nor the measured figures know; each is asked about with a click and with none, with the scale and not.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistant.evaluation.landmarks_cases import LandmarkCase, cases
from assistant.evaluation.landmarks_table import click_in, errors_mm
from assistant.landmarks.finding import FoundLandmarks, find
from assistant.landmarks.model import LandmarkModel, read_model

PATIENTS = (
    "procedural/L1/070001/wedge1",
    "mesh-vhp/L2@4",
    "procedural/T12/070002/whole",
    "procedural/L2/070003/biconcave1",
    "procedural/T8/070004/wedge2",
    "mesh-vhp/L2@9",
    "procedural/L3/070005/crush1",
    "procedural/T11/070006/wedge1",
    "procedural/L4/070007/whole",
    "procedural/T10/070008/whole",
)
NEAR_MM = 2.0
_OTHER_BODY_MM = 8.0
_TURNED = 0.02
"""Share of the right answers that may be taken for a body that does not stand as the points say."""
_FLOOR_PX = 0.1
_HOLD = 0.5
_WANTED = 0.97
"""Share of the proposed points that shall lie within `NEAR_MM`: above 0.95, since real forms stray farther."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoredLandmarks:
    """One answer with the errors of its six points in mm."""

    view: str
    mm_per_crop_px: float
    found: FoundLandmarks = field(repr=False)
    errors_mm: np.ndarray = field(repr=False)


def gather(model: LandmarkModel, stills: Iterable[LandmarkCase]) -> list[ScoredLandmarks]:
    """Ask about every still in both ways; answers without any body are left out."""
    rng = np.random.default_rng(23)
    asked = []
    for case in stills:
        scale = case.mm_per_px if rng.random() < 0.5 else None
        for click in (click_in(case, rng), None):
            found = find(case.grey, 255, model, ap=case.view == "ap", click_px=click, mm_per_px=scale)
            if found is not None:
                across_mm = found.px_per_crop_px * case.mm_per_px
                errors = errors_mm(found.points_px, case)
                asked.append(ScoredLandmarks(view=case.view, mm_per_crop_px=across_mm, found=found, errors_mm=errors))
    return asked


def doubt_features(found: FoundLandmarks) -> np.ndarray:
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


def limit(sure: np.ndarray, near: np.ndarray) -> float:
    """The lowest mean sureness at and above which enough of the points are near.

    Parameters
    ----------
    sure : array (n,)
        Of each answer.
    near : array (n, 6) of bool
    """
    for least in np.sort(sure):
        if near[sure >= least].mean() >= _WANTED:
            return float(least)
    return 1.0


def sureness_of(asked: list[ScoredLandmarks]) -> dict[str, float]:
    """The manifest's figures.

    An answer about the neighbour of the wanted body is no matter of its points' sureness: it is left out.
    """
    asked = [a for a in asked if float(a.errors_mm.min()) < _OTHER_BODY_MM]
    errors = np.stack([a.errors_mm for a in asked])
    near = errors <= NEAR_MM
    weights = fit(np.concatenate([doubt_features(a.found) for a in asked]), near.ravel().astype(float))
    sure = np.array([(1.0 / (1.0 + np.exp(-doubt_features(a.found) @ weights))).mean() for a in asked])
    ap = np.array([a.view == "ap" for a in asked])
    apart_mm = np.stack([(a.found.doubt_px + a.found.spread_px + a.found.parted_px) * a.mm_per_crop_px for a in asked])
    figures = {
        "constant": weights[0],
        "doubt": weights[1],
        "spread": weights[2],
        "parted": weights[3],
        "error": np.median(errors / apart_mm),
        "least": limit(sure[~ap], near[~ap]),
        "least_ap": limit(sure[ap], near[ap]),
        "upright": np.quantile([a.found.upright for a in asked], _TURNED),
        "rival": 1.0,
    }
    return {name: round(float(value), 4) for name, value in figures.items()}


def main() -> None:
    """Fit, choose the limits, write them into the manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, required=True, help="folder with the real data")
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--stills", type=int, default=9, help="for each patient")
    given = parser.parse_args()
    stills = cases(list(PATIENTS), stills=given.stills, seed=31, folder=given.real)
    sureness = sureness_of(gather(read_model(given.pack), stills))
    path = given.pack / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["sureness"] = sureness
    path.write_text(json.dumps(manifest, indent=1) + "\n")
    sys.stdout.write(f"{sureness}\n")


if __name__ == "__main__":
    main()
