"""What a blade covers is told from cement, steel and pictures that are merely dark; in both polarities."""

import numpy as np
import pytest

from assistant.geometry import Similarity
from assistant.simulation.tabletop import Tabletop
from assistant.steps.cement.baseline import cement_crop, start_baseline, still_picture
from assistant.steps.cement.collimator_blades import covered

STILL = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(160.0, 145.0))


@pytest.fixture(params=[False, True], ids=["native", "inverted"])
def seen(request: pytest.FixtureRequest):
    vertebra = Tabletop()
    grey = vertebra.frame().grey
    if request.param:
        grey = np.asarray(255 - grey, np.uint8)
    crop = cement_crop(vertebra.body_px, vertebra.mm_per_px, grey.shape[1], grey.shape[0])
    baseline = start_baseline(grey, 255, np.ones(grey.shape, bool), crop, vertebra.body_px, vertebra.mm_per_px)
    return baseline, grey


def test_an_open_field_is_covered_nowhere(seen) -> None:
    baseline, grey = seen
    assert covered(baseline, still_picture(baseline, grey, STILL)) is None


def test_a_blade_from_above(seen) -> None:
    baseline, grey = seen
    last = baseline.crop.y0_px * baseline.step + 60
    closed = grey.copy()
    closed[:last] = 0
    found = covered(baseline, still_picture(baseline, closed, STILL))
    assert found is not None
    assert found[:50].all()
    assert not found[75:].any()


def test_black_that_does_not_come_from_the_edge_is_no_blade(seen) -> None:
    baseline, grey = seen
    cement = grey.copy()
    cement[120:170, 130:190] = 0
    assert covered(baseline, still_picture(baseline, cement, STILL)) is None


def test_a_cannula_of_black_steel_is_no_blade(seen) -> None:
    baseline, grey = seen
    steel = grey.copy()
    width = round(3.0 / baseline.mm_per_px)
    steel[140 : 140 + width, 160:] = 0
    assert covered(baseline, still_picture(baseline, steel, STILL)) is None


def test_an_inverted_console_may_show_what_a_blade_leaves_white(seen) -> None:
    _, grey = seen
    vertebra = Tabletop()
    crop = cement_crop(vertebra.body_px, vertebra.mm_per_px, grey.shape[1], grey.shape[0])
    field = np.ones(grey.shape, bool)
    baseline = start_baseline(grey, 255, field, crop, vertebra.body_px, vertebra.mm_per_px, sign=-1.0)
    closed = grey.copy()
    closed[: baseline.crop.y0_px * baseline.step + 60] = 255
    found = covered(baseline, still_picture(baseline, closed, STILL))
    assert found is not None
    assert found[:50].all()
    assert not found[75:].any()
