"""Wrong lines on purpose: where, by how much, what the assistant then says, and that they are counted apart."""

import numpy as np
import pytest

from assistant.settings.tree import AlarmSettings
from assistant.training.clip import GO_ON, STOP, cut
from assistant.training.figures import progress
from assistant.training.planted import can_carry, distance_mm, is_trusted, line_readout, moved, reveal, shift_mm
from assistant.training.run_outcome import read_run_outcome
from assistant.training.scoring import score
from assistant.training.trainer import Given
from tests.assistant.training.conftest import made_clip
from tests.small_ending import write_ending


def test_a_line_too_far_back_makes_near_cement_seem_far(tmp_path):
    run_outcome = read_run_outcome(write_ending(tmp_path, crosses_at=30))
    facts = cut(run_outcome, AlarmSettings(), difficulty=1)
    assert facts.right == STOP
    mm = shift_mm(run_outcome, facts)
    assert mm == 6.0
    true = distance_mm(run_outcome, facts.stop_frame)
    assert line_readout(run_outcome, facts.stop_frame, mm) == f"≈ {true + 6:.0f} mm to the warning line"
    assert is_trusted(mm, GO_ON)
    assert not is_trusted(mm, STOP)
    assert "6 mm too far back. You followed it" in reveal(mm, GO_ON)


def test_a_line_too_far_forward_is_reached_by_cement_that_is_not_near(tmp_path):
    run_outcome = read_run_outcome(write_ending(tmp_path, crosses_at=None))
    facts = cut(run_outcome, AlarmSettings())
    mm = shift_mm(run_outcome, facts)
    true = distance_mm(run_outcome, facts.stop_frame)
    assert true is not None
    assert 0 < true <= 15
    assert mm == pytest.approx(-(true + 0.5))
    assert line_readout(run_outcome, facts.stop_frame, mm) == "WARNING LINE REACHED"
    assert is_trusted(mm, STOP)
    assert "too far forward. You did not follow it" in reveal(mm, GO_ON)


@pytest.mark.parametrize("mm", [6.0, -4.0])
def test_the_drawn_line_stands_so_many_mm_beside_the_true_one(tmp_path, mm):
    plan = read_run_outcome(write_ending(tmp_path, crosses_at=30)).plan
    view, wrong = plan.views[0], moved(plan, mm).views[0]
    step = (wrong.warning_line - view.warning_line) * view.mm_per_px
    assert np.allclose(np.linalg.norm(step, axis=1), abs(mm))
    towards_posterior = step.mean(axis=0) @ (view.last_wall.mean(axis=0) - view.first_wall.mean(axis=0))
    assert np.sign(towards_posterior) == np.sign(mm)
    assert wrong.last_wall is view.last_wall


def test_which_clips_can_carry_one():
    from dataclasses import replace

    import msgspec

    def clip(view="lateral", **kwargs):
        made = made_clip(1, **kwargs)
        return replace(made, facts=msgspec.structs.replace(made.facts, view=view))

    assert can_carry(clip())
    assert can_carry(clip(right=GO_ON, direction="stays in"))
    assert not can_carry(clip(direction="anterior"))
    assert not can_carry(clip(trap="held image"))
    assert not can_carry(clip(view="ap"))


def test_planted_answers_are_counted_apart_and_bring_no_case_back(trainer):
    person = trainer.enrol(consents=True)
    asked = trainer.next(person, asked_now=[])
    for mm, answer in ((6.0, GO_ON), (6.0, STOP), (-3.0, STOP)):
        result = score(asked.clip.facts, answer, None)
        given = Given(task="question", answer=answer, sure_percent=80, lines_shown=True, planted_mm=mm)
        trainer.lock(person, asked, given, result)
    known = progress(trainer, person)
    assert (known.trusted_wrong.right, known.trusted_wrong.total) == (2, 3)
    assert known.answered == known.lines_shown.total == 0
    assert trainer.library.rows("cards") == []
    assert trainer.next(person, asked_now=[]).clip.id == asked.clip.id  # asked again, without the wrong line


def test_lines_are_planted_only_where_lines_are_shown_and_only_sometimes(trainer):
    import msgspec

    from assistant.library.people import Permission
    from assistant.training.clip import clip_from_row, facts_as_json

    for row in trainer.library.rows("clips"):
        facts = msgspec.structs.replace(clip_from_row(row).facts, view="lateral")
        trainer.library.change(
            [("clips", row["id"], {"facts": facts_as_json(facts)})], Permission.TEACH, "x", about=row["id"]
        )
    person = trainer.enrol(consents=True)
    without = [trainer.next(person, asked_now=[]).is_planted for _ in range(40)]
    shown = [trainer.next(person, asked_now=[], lines_shown=True).is_planted for _ in range(40)]
    assert not any(without)
    assert 3 <= sum(shown) <= 20
