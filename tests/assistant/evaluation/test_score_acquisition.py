import json

import numpy as np
import pytest

from assistant.evaluation.outcome import read_outcome
from assistant.evaluation.score_acquisition import score_acquisition
from assistant.evaluation.tally import Tally

PAUSE_FROM = 20
"""Frame: ten pictures at 10 a second, a pause of 8 s, ten more."""
NOTHING = {
    **dict.fromkeys(("posterior_wall_mm", "warning_line_mm", "superior_endplate_mm"), ""),
    **dict.fromkeys(("inferior_endplate_mm", "anterior_wall_mm", "side_wall_mm"), ""),
}


@pytest.fixture
def filmed(made):
    for rows in (made.truth_rows, made.rows):
        for k, row in enumerate(rows):
            row["t_s"] = k / 20.0 + (8.0 if k >= PAUSE_FROM else 0.0)
    for row in made.rows:
        row |= {"alarm": "none", "reason": ""}
    made.said_run |= {"exposures": 2, "xray_s": 2.0}
    made.facts |= {"pulses_per_s": 10.0, "exposures": 2, "xray_s": 2.0, "case": "short exposures"}
    return made


def scored(made) -> Tally:
    tally = Tally()
    truth = made.truth()
    score_acquisition(tally, truth, read_outcome(made.results, truth.frames))
    return tally


def test_what_is_right_costs_nothing(filmed) -> None:
    tally = scored(filmed)
    assert tally.counts["coverage.first"] == (2, 2)
    assert tally.counts["blind_silent"] == (0, 15)
    assert tally.counts["coverage.figure"] == (15, 15)
    assert tally.counts["false_technical"] == (0, pytest.approx(2.0 / 1800))
    assert tally.counts["reference_identity"] == (1, 1)
    assert tally.samples["xray.exposures_off"] == [0.0]
    assert tally.samples["xray.time_off"] == [0.0]
    assert tally.samples["spread.scale_pct"] == [0.0]
    assert tally.samples["spread.rotation_deg"] == [0.0]
    assert tally.notes == []


def test_the_first_picture_after_a_pause_is_counted_by_itself(filmed) -> None:
    filmed.rows[PAUSE_FROM]["registration_ok"] = 0
    assert scored(filmed).counts["coverage.first"] == (1, 2)


@pytest.mark.parametrize(("said", "silent"), [({}, 1), ({"reason": "lost"}, 0), ({"alarm": "medium"}, 0)])
def test_blind_is_silent_only_without_a_reason_and_an_alarm(filmed, said, silent) -> None:
    filmed.rows[24] |= NOTHING | said
    tally = scored(filmed)
    assert tally.counts["blind_silent"] == (silent, 15)
    assert tally.counts["coverage.figure"] == (14, 15)
    assert tally.notes == ["blind without saying so: frame 24"] * silent


def test_a_technical_alarm_needs_a_cause(filmed) -> None:
    filmed.events.append({"kind": "registration_lost", "first_frame": PAUSE_FROM, "last_frame": None})
    filmed.events.append({"kind": "view_changed", "first_frame": 30, "last_frame": 31})
    assert scored(filmed).counts["false_technical"][0] == 2
    for k in (28, 29):
        filmed.truth_rows[k]["view"] = ""
    tally = scored(filmed)
    assert tally.counts["false_technical"][0] == 1
    assert tally.notes == [f"registration_lost without cause in frame {PAUSE_FROM}"]


def test_x_ray_time_and_exposures_are_those_that_the_program_tells(filmed) -> None:
    filmed.said_run |= {"exposures": 1, "xray_s": 1.0}
    tally = scored(filmed)
    assert tally.samples["xray.exposures_off"] == [-0.5]
    assert tally.samples["xray.time_off"] == [-0.5]
    filmed.said_run.clear()  # an older result, or a run without times
    assert "xray.time_off" not in scored(filmed).samples


def test_single_shots_say_nothing_about_seconds(filmed) -> None:
    filmed.facts["exposures"] = 20
    assert "xray.time_off" not in scored(filmed).samples


def test_the_pose_on_the_reference_frame_is_the_identity(filmed) -> None:
    filmed.rows[0]["scale"] = 1.0006
    tally = scored(filmed)
    assert tally.counts["reference_identity"] == (0, 1)
    assert "scale 0.0006" in tally.notes[0]


def test_spread_is_scored_where_truth_is_constant(filmed) -> None:
    for k, row in enumerate(filmed.rows):
        row |= {"scale": 1.0 + 0.01 * (k % 4 == 0), "rotation_deg": 0.2 * (k % 4 == 0)}
    tally = scored(filmed)
    assert tally.samples["spread.scale_pct"] == pytest.approx([0.5])
    assert tally.samples["spread.rotation_deg"] == pytest.approx([0.1])
    for k, row in enumerate(filmed.truth_rows):
        row["rotation_deg"] = 0.5 * np.sin(k)
    assert "spread.rotation_deg" not in scored(filmed).samples


def test_stills_count_the_last_picture_and_the_leaks_in_it(filmed) -> None:
    filmed.facts["case"] = "stills"
    leak = {"site": "posterior", "onset_3d_frame": 30, "volume_mm3": 20.0, "onset_2d_frame": 32}
    filmed.leaks.append(leak)
    tally = scored(filmed)
    assert tally.counts["stills.found"] == (1, 1)
    assert tally.counts["stills.leaks"] == (0, 1)
    filmed.said_leaks.append({"site": "posterior", "first_frame": 34, "area_mm2": 8.0})
    filmed.rows[38] |= {"dx_px": 9.0}
    tally = scored(filmed)
    assert tally.counts["stills.found"] == (0, 1)
    assert tally.counts["stills.leaks"] == (1, 1)


@pytest.mark.parametrize(("reason", "named"), [("the picture is mirrored against the plan", 1), ("lost", 0)])
def test_what_a_console_did_is_named(filmed, reason, named) -> None:
    filmed.facts["case"] = "mirrored"
    for k in range(24, 30):
        filmed.truth_rows[k]["view"] = ""
        filmed.rows[k] |= NOTHING | {"registration_ok": 0, "reason": reason}
    assert scored(filmed).counts["display_named"] == (named, 1)


def test_another_planned_view_is_a_cause_of_view_changed(filmed) -> None:
    filmed.events.append({"kind": "view_changed", "site": None, "first_frame": 24, "last_frame": 25})
    assert scored(filmed).counts["false_technical"][0] == 1
    (lateral,) = json.loads((filmed.run / "plan.json").read_text())["views"]
    both = {"schema": "fluoro-assistant/plan/1", "views": [lateral, {**lateral, "view": "ap"}]}
    (filmed.run / "plan.json").write_text(json.dumps(both))
    for row in filmed.truth_rows[24:]:
        row["view"] = "ap"
    assert scored(filmed).counts["false_technical"][0] == 0


@pytest.mark.parametrize("asked", [True, False])
def test_cement_in_the_reference_frame_must_be_asked_about_and_no_other(filmed, asked) -> None:
    filmed.said_run["notes"] = ["Cement before the start? The reference frame looks so."] if asked else []
    tally = scored(filmed)
    assert tally.counts["before.false"] == (asked, 1)
    assert "before.asked" not in tally.counts
    filmed.truth_rows[0]["visible_area_mm2"] = 30.0
    tally = scored(filmed)
    assert tally.counts["before.asked"] == (asked, 1)
    assert "before.false" not in tally.counts


def test_pictures_with_cement_in_sight_and_those_of_them_with_a_figure_are_kept(filmed) -> None:
    filmed.rows[24] |= NOTHING
    tally = scored(filmed)
    seen = tally.samples["frames.seen"]
    assert len(seen) == 15
    assert set(seen) - set(tally.samples["frames.figure"]) == {24.0}
