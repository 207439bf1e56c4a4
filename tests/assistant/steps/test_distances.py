"""Distances of drawn cement in closed form: a box vertebra of 40 x 30 mm at 0.5 mm/px."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from assistant.geometry import Crop
from assistant.line_maps import LineMaps, make_line_maps
from assistant.lines import Line
from assistant.plan import plan_from_document
from assistant.steps.distances import measure_distances
from assistant.vocabulary import CementMask, Unknown

MM_PER_PX = 0.5
CROP = Crop(x0_px=10, y0_px=20, width_px=150, height_px=140)
# x 40..120 and y 60..120 in px of the reference frame; anterior on the left.
MARKS = {
    "superior": [[40.0, 60.0], [80.0, 60.0], [120.0, 60.0]],
    "inferior": [[40.0, 120.0], [80.0, 120.0], [120.0, 120.0]],
}


def line_maps(view: str) -> LineMaps:
    entry = {"view": view, "level": "L1", "reference_frame": 0, "mm_per_px": MM_PER_PX, "landmarks": MARKS}
    plan = plan_from_document({"schema": "fluoro-assistant/plan/1", "views": [entry]}, 0.25)
    return make_line_maps(plan.views[0], CROP)


@pytest.fixture(scope="module")
def lateral() -> LineMaps:
    return line_maps("lateral")


@pytest.fixture(scope="module")
def ap() -> LineMaps:
    return line_maps("ap")


def cement(*boxes: tuple[int, int, int, int]) -> CementMask:
    """Boxes (x0, y0, x1, y1), both ends included, in px of the reference frame."""
    mask = np.zeros((CROP.height_px, CROP.width_px), dtype=np.bool_)
    for x0, y0, x1, y1 in boxes:
        mask[y0 - CROP.y0_px : y1 + 1 - CROP.y0_px, x0 - CROP.x0_px : x1 + 1 - CROP.x0_px] = True
    return CementMask(crop=CROP, mask=mask, evidence=np.where(mask, 1, -1).astype(np.float32), outline_sigma_mm=0.1)


def approx(value: float) -> Any:
    return pytest.approx(value, abs=1e-5)


def test_cement_within_the_body(lateral: LineMaps) -> None:
    found = measure_distances(cement((60, 70, 90, 99)), lateral)
    assert found.cement_area_mm2 == approx(31 * 30 * 0.25)
    assert found.mm[Line.POSTERIOR_WALL] == approx(15.0)
    assert found.mm[Line.WARNING_LINE] == approx(5.0)
    assert found.mm[Line.SUPERIOR_ENDPLATE] == approx(5.0)
    assert found.mm[Line.INFERIOR_ENDPLATE] == approx(10.5)
    assert found.mm[Line.ANTERIOR_WALL] == approx(10.0)
    assert found.mm[Line.SIDE_WALL] == Unknown("measured in the AP view only")
    assert found.nearest_warning_px is not None
    assert found.nearest_warning_px[0] == 90


def test_cement_past_each_line_is_negative(lateral: LineMaps) -> None:
    found = measure_distances(cement((36, 56, 124, 126)), lateral)
    assert found.mm[Line.POSTERIOR_WALL] == approx(-2.0)
    assert found.mm[Line.WARNING_LINE] == approx(-12.0)
    assert found.mm[Line.SUPERIOR_ENDPLATE] == approx(-2.0)
    assert found.mm[Line.INFERIOR_ENDPLATE] == approx(-3.0)
    assert found.mm[Line.ANTERIOR_WALL] == approx(-2.0)


def test_touching_is_nought(lateral: LineMaps) -> None:
    found = measure_distances(cement((80, 80, 100, 90)), lateral)
    assert found.mm[Line.WARNING_LINE] == approx(0.0)


def test_thirds_are_told_apart(lateral: LineMaps) -> None:
    # Upper third y < 80, middle y < 100, lower the rest; nothing stands in the lower one.
    found = measure_distances(cement((60, 70, 90, 79), (60, 80, 110, 95)), lateral)
    assert found.mm[Line.POSTERIOR_UPPER] == approx(15.0)
    assert found.mm[Line.POSTERIOR_MIDDLE] == approx(5.0)
    assert found.mm[Line.POSTERIOR_LOWER] == Unknown("no cement in this third")
    assert found.mm[Line.WARNING_UPPER] == approx(5.0)
    assert found.mm[Line.WARNING_MIDDLE] == approx(-5.0)


def test_the_posterior_wall_runs_on_and_the_others_end(lateral: LineMaps) -> None:
    # Behind the disc, 10 mm above the endplate's level and 3 mm behind the wall.
    found = measure_distances(cement((126, 40, 126, 40)), lateral)
    assert found.mm[Line.POSTERIOR_WALL] == approx(-3.0)
    assert found.mm[Line.SUPERIOR_ENDPLATE] == Unknown("no cement beside this line")
    assert found.mm[Line.ANTERIOR_WALL] == Unknown("no cement beside this line")


def test_no_cement_is_a_reason_and_no_area(lateral: LineMaps) -> None:
    found = measure_distances(cement(), lateral)
    assert found.cement_area_mm2 == 0.0
    reasons = set(found.mm.values())
    assert reasons == {Unknown("no cement seen")}
    assert found.nearest_warning_px is None


def test_ap_has_the_nearer_side(ap: LineMaps) -> None:
    found = measure_distances(cement((50, 70, 118, 80)), ap)
    assert found.mm[Line.SIDE_WALL] == approx(1.0)
    assert found.mm[Line.SUPERIOR_ENDPLATE] == approx(5.0)
    for line in (Line.POSTERIOR_WALL, Line.WARNING_LINE, Line.ANTERIOR_WALL, Line.POSTERIOR_UPPER):
        assert found.mm[line] == Unknown("measured in the lateral view only")
    assert found.nearest_warning_px is None
    assert measure_distances(cement((50, 70, 126, 80)), ap).mm[Line.SIDE_WALL] == approx(-3.0)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_flip_of_maps_and_mask_changes_no_distance(lateral: LineMaps, axis: int) -> None:
    seen = cement((60, 70, 112, 99), (70, 100, 75, 123))

    def flip(values: Any) -> Any:
        if isinstance(values, dict):
            return {key: flip(each) for key, each in values.items()}
        return np.flip(values, axis) if isinstance(values, np.ndarray) else values

    names = [f.name for f in fields(LineMaps)]
    flipped = replace(lateral, **{name: flip(getattr(lateral, name)) for name in names})
    straight = measure_distances(seen, lateral)
    mirrored = measure_distances(replace(seen, mask=flip(seen.mask)), flipped)
    assert straight.cement_area_mm2 == mirrored.cement_area_mm2
    assert straight.mm == mirrored.mm


def test_the_outline_counts_where_the_evidence_crosses_zero(lateral: LineMaps) -> None:
    """Evidence that falls evenly: moved by a tenth of a px, the distance is another by a tenth of a px."""
    x = CROP.x0_px + np.arange(CROP.width_px, dtype=np.float32)
    far = np.abs(CROP.y0_px + np.arange(CROP.height_px, dtype=np.float32)[:, None] - 90) - 10
    told = []
    for right in np.arange(90.0, 91.05, 0.1):
        evidence = np.minimum(-far, np.minimum(right - x, x - 60)[None, :]).astype(np.float32)
        seen = CementMask(crop=CROP, mask=evidence > 0, evidence=evidence, outline_sigma_mm=0.1)
        told.append(measure_distances(seen, lateral).mm[Line.WARNING_LINE])
    assert told == pytest.approx([(100.0 + 0.5 - right) * MM_PER_PX for right in np.arange(90.0, 91.05, 0.1)], abs=1e-4)
