from typing import Any

import numpy as np
import pytest

from assistant.geometry import Crop
from assistant.plan import PlannedView, plan_from_document
from assistant.steps.measures import final_measures
from assistant.vocabulary import CementMask, Measures, Unknown

CROP = Crop(x0_px=10, y0_px=20, width_px=150, height_px=140)
NO_CEMENT = Unknown("no X-ray picture has been measured yet")


def planned(superior: Any, inferior: Any, view: str = "lateral") -> PlannedView:
    marks = {"superior": superior, "inferior": inferior}
    entry = {"view": view, "level": "L1", "reference_frame": 0, "mm_per_px": 0.5, "landmarks": marks}
    return plan_from_document({"schema": "fluoro-assistant/plan/1", "views": [entry]}, 0.25).views[0]


# Anterior on the left; body from x 40 to 120, y 60 to 120.
BOX = planned([[40, 60], [80, 60], [120, 60]], [[40, 120], [80, 120], [120, 120]])


def cement(mask: np.ndarray) -> CementMask:
    return CementMask(crop=CROP, mask=mask, evidence=np.zeros(mask.shape, np.float32), outline_sigma_mm=0.1)


def grid() -> tuple[np.ndarray, np.ndarray]:
    ys, xs = np.mgrid[CROP.rows, CROP.cols]
    return xs, ys


def test_heights_are_those_of_the_six_points() -> None:
    # A biconcave wedge; the middle points are not at half the arc.
    view = planned([[40, 72], [70, 80], [120, 60]], [[40, 120], [72, 112], [120, 120]])
    measures = final_measures(view, NO_CEMENT)
    assert measures.anterior_height_mm == pytest.approx(24.0)
    assert measures.middle_height_mm == pytest.approx(np.hypot(2, 32) * 0.5)
    assert measures.posterior_height_mm == pytest.approx(30.0)


def test_an_endplate_of_many_points_has_its_middle_at_half_its_length() -> None:
    view = planned([[40, 60], [50, 62], [80, 70], [110, 62], [120, 60]], [[40, 120], [80, 120], [120, 120]])
    assert final_measures(view, NO_CEMENT).middle_height_mm == pytest.approx(25.0)


@pytest.mark.parametrize("tilt_deg", [-20.0, -5.0, 0.0, 8.0, 25.0])
@pytest.mark.parametrize("mirror", [1, -1])
@pytest.mark.parametrize("turn_deg", [0.0, 30.0, 180.0])
def test_the_wedge_angle_and_its_sign(tilt_deg: float, mirror: int, turn_deg: float) -> None:
    # The lower endplate is longer than the upper one, so heights alone would mislead.
    tilt, turn = np.deg2rad(tilt_deg), np.deg2rad(turn_deg)
    x = np.array([-40.0, 0.0, 40.0])
    superior = np.stack([x, np.full(3, -30.0)], axis=1)
    inferior = np.stack([1.3 * x * np.cos(tilt), 30 + 1.3 * x * np.sin(tilt)], axis=1)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = [(line * [mirror, 1]) @ rotation.T + 90 for line in (superior, inferior)]
    view = planned(*(line.tolist() for line in moved))
    assert final_measures(view, NO_CEMENT).wedge_angle_deg == pytest.approx(tilt_deg)


def test_the_fill_counts_only_cement_inside_the_body() -> None:
    xs, ys = grid()
    mask = (xs >= 80) & (xs < 140) & (ys >= 60) & (ys < 120)
    measures = final_measures(BOX, cement(mask))
    assert measures.cement_area_mm2 == pytest.approx(60 * 60 * 0.25)
    assert measures.fill_area_ratio == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("share", "grade"), [(0.0, "below I"), (0.3, "below I"), (0.6, "I"), (0.9, "I")])
def test_a_tight_filling(share: float, grade: str) -> None:
    xs, ys = grid()
    mask = (xs >= 40) & (xs < 40 + 80 * share) & (ys >= 60) & (ys < 120)
    assert final_measures(BOX, cement(mask)).distribution_grade == grade


def test_a_spongy_filling_is_the_second_grade() -> None:
    xs, ys = grid()
    mask = (xs >= 40) & (xs < 120) & (ys >= 60) & (ys < 120) & ~((xs % 8 < 3) & (ys % 8 < 5))
    measures = final_measures(BOX, cement(mask))
    assert isinstance(measures.fill_area_ratio, float)
    assert 0.5 < measures.fill_area_ratio < 0.85
    assert measures.distribution_grade == "II"


def test_what_was_not_measured_stays_unknown() -> None:
    measures = final_measures(BOX, NO_CEMENT)
    assert (measures.cement_area_mm2, measures.fill_area_ratio) == (NO_CEMENT, NO_CEMENT)
    assert measures.distribution_grade is None


def test_ap_has_no_heights() -> None:
    view = planned([[40, 60], [80, 60], [120, 60]], [[40, 120], [80, 120], [120, 120]], "ap")
    xs, _ = grid()
    measures = final_measures(view, cement(xs < 60))
    assert isinstance(measures, Measures)
    assert measures.wedge_angle_deg == Unknown("measured in the lateral view only")
    assert measures.anterior_height_mm == Unknown("measured in the lateral view only")
    assert measures.fill_area_ratio == pytest.approx(0.25, abs=0.01)
