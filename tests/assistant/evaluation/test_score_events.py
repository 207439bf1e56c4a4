from typing import Any

import numpy as np
import pytest

from assistant.evaluation.outcome import read_outcome
from assistant.evaluation.score_events import score_crossings, score_leaks
from assistant.evaluation.tally import Tally


def crossings(made) -> Tally:
    tally = Tally()
    truth = made.truth()
    score_crossings(tally, truth, read_outcome(made.results, truth.frames))
    return tally


def leaks(made) -> Tally:
    tally = Tally()
    truth = made.truth()
    score_leaks(tally, truth, read_outcome(made.results, truth.frames))
    return tally


def event(first: int, last: int | None = None, kind: str = "warning_line", site: str = "posterior") -> dict[str, Any]:
    return {"kind": kind, "site": site, "first_frame": first, "last_frame": last}


# The warning line is crossed in frame 22 (front at 94 px); the truth comes within 1 mm of it in frame 20 (90 px).


def test_an_alarm_in_the_right_picture(made) -> None:
    tally = crossings(made)
    assert made.crossings[0]["first_frame"] == 22
    assert tally.counts["missed.warning_line"] == (0, 1)
    assert tally.counts["standing.warning_line"] == (0, 1)
    assert tally.samples["delay_pictures.warning_line"] == [0]
    assert tally.counts["false_alarms.warning_line"] == (0, pytest.approx(22 / 20 / 60))
    assert tally.counts["false_alarms.endplate"] == (0, pytest.approx(2 * 40 / 20 / 60))


def test_no_alarm_is_missed(made) -> None:
    made.events = []
    tally = crossings(made)
    assert tally.counts["missed.warning_line"] == (1, 1)
    assert "delay_ms.warning_line" not in tally.samples
    assert any("missed warning_line" in note for note in tally.notes)


def test_delay_in_pictures_and_ms(made) -> None:
    made.events[0]["first_frame"] = 26
    tally = crossings(made)
    assert tally.samples["delay_pictures.warning_line"] == [2]
    assert tally.samples["delay_ms.warning_line"] == pytest.approx([200.0])


def test_early_but_near_is_seen_with_a_negative_delay(made) -> None:
    made.events[0]["first_frame"] = 20
    tally = crossings(made)
    assert tally.samples["delay_pictures.warning_line"] == [-1]
    assert tally.counts["false_alarms.warning_line"][0] == 0


def test_raised_far_away_is_false_and_standing_not_seen(made) -> None:
    made.events[0] = event(12)
    tally = crossings(made)
    assert tally.counts["false_alarms.warning_line"][0] == 1
    assert tally.counts["standing.warning_line"] == (1, 1)
    assert tally.counts["missed.warning_line"] == (0, 1)
    assert "delay_ms.warning_line" not in tally.samples


def test_raised_before_any_cement_is_false(made) -> None:
    made.events[0] = event(3, last=5)
    tally = crossings(made)
    assert tally.counts["false_alarms.warning_line"][0] == 1
    assert tally.counts["missed.warning_line"] == (1, 1)


def test_a_false_one_that_ended_does_not_hide_the_right_one(made) -> None:
    made.events.insert(0, event(12, last=14))
    tally = crossings(made)
    assert tally.counts["false_alarms.warning_line"][0] == 1
    assert tally.samples["delay_pictures.warning_line"] == [0]


def test_another_site_or_kind_does_not_count(made) -> None:
    made.events = [event(22, kind="posterior_wall"), event(22, site="superior_endplate")]
    assert crossings(made).counts["missed.warning_line"] == (1, 1)


def test_later_than_3_s_is_missed(made) -> None:
    for rows in (made.truth_rows, made.rows):
        for row in rows[24:]:
            row["t_s"] += 3.0
    made.events[0]["first_frame"] = 26
    assert crossings(made).counts["missed.warning_line"] == (1, 1)


def test_a_crossing_that_no_picture_shows_cannot_be_missed(made) -> None:
    made.crossings[0]["visible_first_frame"] = None
    tally = crossings(made)
    assert "missed.warning_line" not in tally.counts
    assert tally.counts["unseen_crossing_alarmed.warning_line"] == (1, 1)


def leak(site: str, volume: float = 5.0, onset: int | None = 30, shape: str | None = None) -> dict[str, Any]:
    return {"site": site, "onset_3d_frame": 26, "volume_mm3": volume, "onset_2d_frame": onset, "area_mm2": 3.0,
            "shape": None if shape is None else {"label": shape, "height_mm": 3.0}}  # fmt: skip


def said(site: str, first: int = 30, label: str | None = None, p: float | None = None) -> dict[str, Any]:
    shape = None if label is None else {"label": label, "p_spike": p, "model": "m"}
    return {"site": site, "first_frame": first, "area_mm2": 3.0, "shape": shape}


def test_leaks_by_site_against_both_truths(made) -> None:
    made.leaks = [
        leak("posterior"),
        leak("superior_disc", onset=None),
        leak("inferior_disc"),
        leak("lateral", volume=0.2),
    ]
    made.said_leaks = [said("posterior", first=34)]
    tally = leaks(made)
    assert tally.counts["leaks_visible.posterior"] == (1, 1)
    assert tally.counts["leaks_visible.inferior_disc"] == (0, 1)
    assert tally.counts["leaks_3d.superior_disc"] == (0, 1)
    assert "leaks_visible.superior_disc" not in tally.counts
    assert "leaks_3d.lateral" not in tally.counts
    np.testing.assert_array_equal(tally.samples["leak_delay_pictures"], [2])
    assert tally.counts["false_leaks"] == (0, 1)


def test_false_and_contestable_leaks(made) -> None:
    # The cement ends 9 mm past the posterior wall in truth: contestable. It never reaches the disc: false.
    made.said_leaks = [said("posterior"), said("superior_disc")]
    tally = leaks(made)
    assert tally.counts["false_leaks"] == (1, 1)
    assert tally.counts["contestable_leaks"] == (1, 2)


def test_shapes(made) -> None:
    made.leaks = [leak("superior_disc", shape="spike"), leak("inferior_disc", shape="round")]
    made.said_leaks = [said("superior_disc", label="spike", p=0.9), said("inferior_disc", label="undetermined", p=0.4)]
    tally = leaks(made)
    assert tally.counts["shape.labelled"] == (2, 2)
    assert tally.counts["shape.decided"] == tally.counts["shape.decided_large"] == (1, 2)
    assert tally.counts["shape.right_of_all"] == (1, 2)
    assert tally.counts["shape.right_of_decided"] == (1, 1)
    assert tally.samples["shape.p_of_spikes"] == [0.9]
    assert tally.samples["shape.p_of_rounds"] == [0.4]


def test_a_small_leaks_shape_may_be_left_open(made) -> None:
    made.leaks = [leak("superior_disc", shape="spike")]
    made.leaks[0]["shape"]["height_mm"] = 1.5
    made.said_leaks = [said("superior_disc")]
    tally = leaks(made)
    assert tally.counts["shape.decided"] == (0, 1)
    assert "shape.decided_large" not in tally.counts


def test_a_shape_in_between_should_be_left_open(made) -> None:
    made.leaks = [leak("superior_disc", shape="undetermined")]
    made.said_leaks = [said("superior_disc", label="round", p=0.1)]
    tally = leaks(made)
    assert tally.counts["shape.in_between_left_open"] == (0, 1)
    assert "shape.decided" not in tally.counts


def test_an_outside_alarm_where_nothing_is_outside_is_a_false_geometric_one(made) -> None:
    made.events.append({"kind": "leak", "site": "anterior", "first_frame": 30, "last_frame": None})
    tally = crossings(made)
    assert tally.counts["false_geometric"][0] == 0
    tally = Tally()
    truth = made.truth()
    score_leaks(tally, truth, read_outcome(made.results, truth.frames))
    assert tally.counts["false_geometric"] == (1, 0)
    assert tally.counts["false_outside"][0] == 1


def test_a_minute_of_single_shots_is_thirty_of_them(made) -> None:
    for k, row in enumerate(made.truth_rows):
        row["t_s"] = 6.0 * (k // 2) + 0.1 * (k % 2)
    made.facts = {"pulses_per_s": 10.0}
    assert crossings(made).counts["false_alarms.warning_line"][1] == pytest.approx(11 / 30)
    assert crossings(made).samples["delay_exposures.warning_line"] == [0]
