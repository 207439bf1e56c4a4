import json

import numpy as np
import pytest

from assistant.evaluation.outcome import read_outcome
from assistant.evaluation.score_lock import score_lock
from assistant.evaluation.tally import Tally

SWING = range(12, 24)  # 0.6 s at 20 frames a second, every second frame a new picture


def scored(made) -> Tally:
    tally = Tally()
    truth = made.truth()
    score_lock(tally, truth, read_outcome(made.results, truth.frames))
    return tally


def swings(made, *, noticed_from: int, back_from: int) -> None:
    for k in SWING:
        made.truth_rows[k] |= {"view": ""}
    for k in range(noticed_from, back_from):
        made.rows[k] |= {"registration_ok": 0}


def test_a_swing_that_is_noticed_at_once(made) -> None:
    swings(made, noticed_from=12, back_from=24)
    tally = scored(made)
    assert tally.counts["lock_noticed"] == (1, 1)
    assert tally.samples["lock_delay_ms"] == [0.0]
    assert tally.samples["lock_back_ms"] == [0.0]
    assert tally.counts["false_loss"][0] == 0
    assert tally.counts["false_loss"][1] == pytest.approx(1.3 / 1800, abs=0.1 / 1800)


def test_a_swing_that_is_noticed_late_or_never(made) -> None:
    swings(made, noticed_from=20, back_from=28)
    tally = scored(made)
    assert tally.counts["lock_noticed"] == (0, 1)
    assert tally.samples["lock_delay_ms"] == pytest.approx([400.0])
    assert tally.samples["lock_back_ms"] == pytest.approx([200.0])
    assert tally.counts["false_loss"][0] == 0  # coming back late is told as that
    swings(made, noticed_from=0, back_from=0)
    for row in made.rows:
        row["registration_ok"] = 1
    tally = scored(made)
    assert tally.counts["lock_noticed"] == (0, 1)
    assert tally.samples["lock_delay_ms"] == [np.inf]
    assert "no planned view from frame 12" in tally.notes[0]


def test_a_loss_without_cause_is_counted_once(made) -> None:
    for k in range(30, 34):
        made.rows[k] |= {"registration_ok": 0}
    tally = scored(made)
    assert "lock_noticed" not in tally.counts
    assert tally.counts["false_loss"][0] == 1
    assert tally.notes == ["lost without cause: frames 30 to 32"]


def test_a_picture_that_moves_too_fast_may_be_lost_and_its_lines_must_come_back(made) -> None:
    for k in (30, 31):
        made.truth_rows[k] |= {"state": "moving"}
    for k in range(30, 36):
        made.rows[k] |= {"registration_ok": 0}
    tally = scored(made)
    assert tally.counts["false_loss"][0] == 0
    assert "lock_noticed" not in tally.counts
    assert tally.samples["lock_back_ms"] == pytest.approx([200.0])


@pytest.mark.parametrize(
    ("found_from", "losses", "back_ms"), [(20, 0, 0.0), (22, 0, 100.0), (26, 0, 300.0), (30, 1, 500.0)]
)
def test_another_view_that_comes_up_without_a_picture_between_may_take_300_ms(
    made, found_from, losses, back_ms
) -> None:
    made.save()
    plan = json.loads((made.run / "plan.json").read_text())
    other = json.loads(json.dumps(plan["views"][0])) | {"view": "ap"}
    (made.run / "plan.json").write_text(json.dumps(plan | {"views": [*plan["views"], other]}))
    for k in range(20, 40):
        made.truth_rows[k] |= {"view": "ap"}
    for k in range(20, found_from):
        made.rows[k] |= {"registration_ok": 0}
    tally = scored(made)
    assert tally.counts["false_loss"][0] == losses
    assert tally.samples["lock_back_ms"] == pytest.approx([back_ms])
