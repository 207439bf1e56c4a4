"""The axis of the curves: the wall at its own place, the range that holds it, what lies below."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from assistant.plan import PlannedView, plan_from_document
from assistant.readings.curve_scale import curve_scale, endplate_values, line_value, stretches_below
from assistant.vocabulary import Unknown
from tests.one_reading import but
from tests.ui.curves import ASSUMED, CALIBRATED, WALL_MM, standing
from tests.ui.theatre.fake_session import DOCUMENT, distances, moment


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.25, 0.6])
def test_the_range_holds_the_wall_with_room_behind_it(fraction: float) -> None:
    document = DOCUMENT | {"views": [DOCUMENT["views"][0] | {"warning_line_fraction": fraction}]}
    scale = curve_scale(plan_from_document(document, 0.25).views, 14.0)
    assert scale.wall is not None
    assert scale.low < scale.wall <= 0 < scale.high
    assert scale.y(0, 100, scale.wall) < 100
    assert scale.y(0, 100, scale.low - 1) > 100, "what lies below is not drawn at the edge"


def test_without_a_scale_the_axis_is_in_percent() -> None:
    in_mm, shares = curve_scale(CALIBRATED, 14.0), curve_scale(ASSUMED, 14.0)
    assert in_mm.wall == pytest.approx(-WALL_MM)
    assert shares.wall == pytest.approx(-25.0)
    assert (in_mm.figure(-21.2), shares.figure(-62.4)) == ("21 mm past", "62 % past")
    assert (in_mm.unit, shares.unit) == ("mm", "% uncal.")
    for value in (-4.0, 6.0):
        (one,) = standing(value, 1)
        y = [scale.y(0, 1, line_value(one, scale, views)) for scale, views in ((in_mm, CALIBRATED), (shares, ASSUMED))]
        assert y[0] == pytest.approx(y[1])
    superior, _ = endplate_values(moment(), shares, ASSUMED)
    assert superior == pytest.approx(100 * 3.0 / (np.hypot(0, 88) * 0.27))


def test_the_wall_decides_on_which_side_of_it_cement_is_drawn() -> None:
    scale = curve_scale(CALIBRATED, 14.0)

    def drawn(line_mm: float, wall_mm: float | Unknown) -> float:
        found = but(distances(), warning_line=line_mm, posterior_wall=wall_mm)
        return line_value(replace(moment(), distances=found), scale, CALIBRATED)

    assert scale.wall is not None
    assert drawn(-6.0, 0.0) <= scale.wall, "a narrow third: it has reached the wall though the line is nearer"
    assert drawn(-9.5, 1.0) > scale.wall, "a wide third: the wall is not reached"
    assert drawn(-4.0, 4.1) == -4.0
    assert drawn(-9.5, Unknown("no cement")) == -9.5
    assert math.isnan(line_value(replace(moment(), distances=Unknown("lost")), scale, CALIBRATED))


def test_one_arrow_for_each_stretch_below_the_axis() -> None:
    scale = curve_scale(CALIBRATED, 14.0)
    values = np.array([1, -20, -25, np.nan, -30, -22, 3, -14], np.float32)
    found = stretches_below(np.arange(8.0), values, scale)
    assert [(each.first, each.last, each.deepest, each.value) for each in found] == [
        (1, 2, 2, -25),
        (4, 5, 4, -30),
        (7, 7, 7, -14),
    ]
    assert curve_scale((), 14.0).wall is None


@pytest.mark.parametrize("height_px", [20.0, 57.0, 100.0, 400.0])
@pytest.mark.parametrize("views", [CALIBRATED, ASSUMED], ids=["mm", "percent"])
def test_no_figure_of_the_axis_stands_over_another(views: tuple[PlannedView, ...], height_px: float) -> None:
    """The review's curve is 57 px high at 1280 x 1024: four figures stood in 35 of them."""
    scale = curve_scale(views, 15.0)
    told = scale.ticks_with_room(height_px)
    at = [scale.y(0.0, height_px, tick) for tick in told]
    assert all(above - below >= 18.0 for above, below in pairwise(at))
    assert told[0] == 0
    assert height_px < 57 or len(told) > 1
    assert height_px < 400 or told == scale.ticks
