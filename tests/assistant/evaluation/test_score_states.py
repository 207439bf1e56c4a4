import numpy as np
import pytest

from assistant.evaluation.figure_list import FIGURES
from assistant.evaluation.outcome import read_outcome
from assistant.evaluation.score_states import carried, score_states, segments
from assistant.evaluation.tally import Tally


def states(made) -> Tally:
    tally = Tally()
    truth = made.truth()
    score_states(tally, truth, read_outcome(made.results, truth.frames))
    return tally


def paint(rows, first: int, last: int, state: str) -> None:
    for row in rows[first : last + 1]:
        row["state"] = state
        for name in [name for name in row if name.endswith("_mm")]:
            row[name] = ""


def test_segments_are_unbroken_stretches() -> None:
    assert segments(["a", "b", "b", "a", "b"], "b") == [(1, 2), (4, 4)]
    assert segments([], "b") == []


def test_a_repeat_is_called_after_its_picture() -> None:
    assert carried(["repeat", "live", "repeat", "moving", "repeat"]) == ["repeat", "live", "live", "moving", "moving"]


def test_pulses_do_not_cut_a_swing_into_pieces(made) -> None:
    for row in made.truth_rows[20:30:2]:
        row["state"] = "moving"
    for row in made.rows[22:30:2]:
        row["state"] = "moving"
    tally = states(made)
    assert tally.counts["state_recall.moving"] == (1, 1)
    assert tally.counts["state_precision.moving"] == (1, 1)
    assert tally.samples["state_delay_s.moving"] == pytest.approx([0.1])


def test_right_states(made) -> None:
    for rows in (made.truth_rows, made.rows):
        paint(rows, 30, 35, "no_signal")
    tally = states(made)
    assert tally.counts["state_recall.no_signal"] == (1, 1)
    assert tally.counts["state_precision.no_signal"] == (1, 1)
    np.testing.assert_array_equal(tally.samples["state_delay_s.no_signal"], [0.0])
    assert tally.counts["live_figures_while_blind"] == (0, 6)
    assert tally.counts["live_recall"] == (17, 17)


def test_late_missed_and_invented_states(made) -> None:
    paint(made.truth_rows, 20, 29, "no_signal")
    paint(made.rows, 24, 29, "no_signal")
    paint(made.truth_rows, 34, 36, "frozen")
    paint(made.rows, 2, 3, "unusable")
    tally = states(made)
    assert tally.samples["state_delay_s.no_signal"] == pytest.approx([0.2])
    assert tally.counts["state_recall.frozen"] == (0, 1)
    assert tally.counts["state_precision.unusable"] == (0, 1)
    # Frames 20 to 23 still show distances, and two of them are called live.
    assert tally.counts["live_figures_while_blind"] == (4, 10)
    assert len(tally.notes) == 2


def test_a_console_s_loop_is_not_live_and_has_no_figures(made) -> None:
    (made.run / "scenario.toml").write_text('[[faults]]\nkind = "replay"\nfrom_s = 1.0\nto_s = 1.5\n')
    for row in made.truth_rows[20:30]:
        row |= {"state": "repeat", "new_picture": 0}
    tally = states(made)
    assert tally.counts["loop_live"] == (5, 10)
    assert tally.counts["loop_figures"] == (10, 10)
    assert tally.notes == [f"loop called live: frames {k} to {k}" for k in range(20, 30, 2)]
    paint(made.rows, 20, 29, "repeat")
    tally = states(made)
    assert (tally.counts["loop_live"], tally.counts["loop_figures"]) == ((0, 10), (0, 10))


def test_figures_while_the_c_arm_is_away_are_counted_a_table_push_and_a_mirrored_picture_are_not_that(made) -> None:
    made.truth_rows[20] |= {"state": "moving", "view": ""}
    made.truth_rows[22] |= {"view": "oblique"}
    made.truth_rows[24] |= {"state": "moving"}
    made.truth_rows[26] |= {"view": ""}
    assert states(made).counts["swing_figures"] == (2, 2)
    paint(made.rows, 20, 22, "moving")
    assert states(made).counts["swing_figures"] == (0, 2)


def test_new_pictures_called_no_signal(made) -> None:
    paint(made.rows, 20, 23, "no_signal")
    assert states(made).counts["called_no_signal"] == (2, 20)


def test_frames_that_cannot_be_told_are_counted_apart(made) -> None:
    for k, row in enumerate(made.rows):
        row["new_picture"] = "" if k < 10 else str(1 - k % 2)
        row["state"] = "live" if k < 10 else row["state"]
    tally = states(made)
    assert tally.counts["live_untold"] == (10, 40)
    (untold,) = [figure for figure in FIGURES if figure.key == "live.untold"]
    assert untold.met(10 / 40) is False, "who tells nothing has not told all of it right"
    assert untold.met(1 / 40)
    assert tally.counts["live_recall"] == tally.counts["live_precision"] == (15, 15)
