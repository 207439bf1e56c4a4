"""The limit of sureness: what is given must lie within the bar, what is not stays silent."""

import numpy as np
import pytest

from assistant.evaluation.landmarks_command import HELD_OUT, HELD_OUT_REAL
from assistant.landmarks.finding import FoundLandmarks
from models.training.landmarks.calibrating import PATIENTS, ScoredLandmarks, fit, limit, sureness_of


def asked(doubt_px: float, error_mm: float, view: str) -> ScoredLandmarks:
    found = FoundLandmarks(
        points_px=np.zeros((6, 2)),
        doubt_px=np.full(6, doubt_px),
        spread_px=np.full(6, 0.5),
        parted_px=np.full(6, 0.5),
        upright=5.0,
        px_per_crop_px=2.0,
        rival=9.0,
    )
    return ScoredLandmarks(view=view, mm_per_crop_px=1.0, found=found, errors_mm=np.full(6, error_mm))


def test_calibration_shares_no_patient_with_the_figures() -> None:
    whose = {identity.split("@")[0] for identity in PATIENTS}
    assert not whose & set(HELD_OUT + HELD_OUT_REAL)
    assert not any(identity.startswith(("ct-lumbar", "mesh-ssm")) for identity in PATIENTS)


def test_the_limit_leaves_out_what_is_not_near_often_enough() -> None:
    sure = np.array([0.9, 0.2, 0.8, 0.5])
    near = np.array([[True] * 6, [False] * 6, [True] * 6, [True] * 5 + [False]])
    assert limit(sure, near) == pytest.approx(0.8)
    assert limit(sure, np.zeros((4, 6), dtype=bool)) == 1.0


def test_the_logistic_function_finds_the_weights_that_made_the_answers() -> None:
    rng = np.random.default_rng(4)
    rows = np.column_stack([np.ones(4000), rng.standard_normal(4000)])
    near = (rng.random(4000) < 1.0 / (1.0 + np.exp(-(1.0 - 2.0 * rows[:, 1])))).astype(float)
    assert fit(rows, near) == pytest.approx([1.0, -2.0], abs=0.25)


def test_doubt_lowers_the_sureness_and_each_view_has_its_own_limit() -> None:
    rng = np.random.default_rng(5)
    held = []
    for view, worse in (("lateral", 1.0), ("ap", 1.6)):
        for _ in range(60):
            doubt = float(rng.uniform(0.3, 3.0))
            held.append(asked(doubt, worse * doubt * rng.uniform(0.5, 1.2), view))
    told = sureness_of(held)
    assert told["doubt"] < 0
    assert told["least_ap"] > told["least"]
    assert told["error"] > 0
