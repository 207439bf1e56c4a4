"""A reading to its row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.lines import Line
from assistant.readings.csv_row import COLUMNS, csv_row
from assistant.vocabulary import (
    Approach,
    Distances,
    FrameState,
    Liveness,
    Motion,
    Unknown,
)
from tests.one_reading import NONE, STILL, VIEWS, distances, reading


def row(**changes: Any) -> dict[str, str]:
    return dict(zip(COLUMNS, csv_row(reading(**changes), VIEWS), strict=True))


def test_a_row_of_known_figures() -> None:
    cells = row()
    assert cells["frame"] == "4"
    assert float(cells["t_s"]) == 0.16
    assert (cells["state"], cells["view"], cells["registration_ok"], cells["alarm"]) == ("live", "lateral", "1", "high")
    assert [float(cells[name]) for name in ("dx_px", "dy_px", "rotation_deg", "scale")] == [1.25, 0.0, 0.0, 1.01]
    assert float(cells["cement_area_mm2"]) == 72.5
    assert float(cells["posterior_wall_mm"]) == 1.0
    assert float(cells["approach_mm_per_s"]) == 0.5
    assert cells["time_to_line_s"] == cells["side_wall_mm"] == cells["reason"] == ""
    assert float(cells["processing_ms"]) == 5.25
    assert float(cells["xray_age_ms"]) == 0
    assert float(cells["registration_confidence"]) == 0.9
    assert float(cells["front_mm"]) == 0.12


def test_the_second_view_is_named() -> None:
    assert row(motion=Motion(view_index=1, similarity=STILL, confidence=1.0))["view"] == "ap"


def test_figures_in_mm_are_empty_in_the_view_that_is_not_calibrated_and_in_that_alone() -> None:
    views = (VIEWS[0], replace(VIEWS[1], calibrated=False))
    lateral, ap = (
        dict(
            zip(
                COLUMNS,
                csv_row(reading(motion=Motion(view_index=k, similarity=STILL, confidence=1.0)), views),
                strict=True,
            )
        )
        for k in (0, 1)
    )
    assert lateral["superior_endplate_mm"] == "1.000"
    in_mm = [name for name in COLUMNS if name.endswith(("_mm", "_mm2", "_mm_per_s"))]
    assert not any(ap[name] for name in in_mm)
    assert ap["superior_endplate_share"] == lateral["superior_endplate_share"] != ""


def test_what_is_unknown_is_empty_with_its_reason_and_never_0() -> None:
    lost = Unknown("the vertebra was lost")
    cells = row(
        motion=lost,
        cement=lost,
        distances=lost,
        approach=Approach(approach_mm_per_s=lost, time_to_line_s=lost),
        liveness=Liveness(state=FrameState.LIVE, xray_age_s=lost, noise_grey=lost),
        standing=(),
    )
    given_ = {name for name, cell in cells.items() if cell}
    assert given_ == {"frame", "t_s", "state", "registration_ok", "alarm", "processing_ms", "reason", "new_picture"}
    assert (cells["registration_ok"], cells["alarm"], cells["reason"]) == ("0", "none", "the vertebra was lost")


def test_the_reason_is_the_first_one_on_the_way() -> None:
    late = Unknown("no mask")
    assert row(cement=late, distances=late)["reason"] == "no mask"
    assert row(distances=late)["reason"] == "no mask"
    blank = Liveness(state=FrameState.NO_SIGNAL, xray_age_s=NONE, noise_grey=NONE, reason="a uniform picture")
    assert row(liveness=blank, cement=late)["reason"] == "a uniform picture"


def test_without_cement_only_the_area_is_given() -> None:
    cells = row(distances=Distances(cement_area_mm2=0.0, mm=dict.fromkeys(Line, NONE)))
    assert float(cells["cement_area_mm2"]) == 0
    assert {cells[name] for name in COLUMNS if name.endswith("_wall_mm") or name.startswith("posterior_")} == {""}


def test_a_distance_that_rounds_to_nothing_has_not_crossed() -> None:
    assert row(distances=distances(warning_line=-0.0004))["warning_line_mm"] == "0.000"
    assert row(distances=distances(warning_line=-0.0006))["warning_line_mm"] == "-0.001"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_no_cell_holds_a_number_that_is_none(value: float) -> None:
    assert row(distances=distances(anterior_wall=value))["anterior_wall_mm"] == ""
