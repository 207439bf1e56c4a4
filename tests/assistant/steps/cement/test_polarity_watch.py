"""The sign of a run: a person's word, the clearest picture, another view, and what grows."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.geometry import Similarity
from assistant.pipeline import cement_crop
from assistant.plan import Plan, plan_from_document
from assistant.steps.cement import polarity_watch
from assistant.steps.cement.memory import start_masking
from assistant.steps.cement.polarity_watch import PolarityWatch
from assistant.vocabulary import Frame, ShownPolarity
from tests.small_run import frames, plan_document

STILL = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(160.0, 146.0))


def plan(**changes: object) -> Plan:
    return plan_from_document(plan_document(**changes), 0.25)


def turned(frame: Frame) -> Frame:
    return replace(frame, grey=np.asarray(255 - frame.grey, np.uint8))


def test_the_reference_frame_tells() -> None:
    frame = frames(6)[2]
    for shown, sign in ((frame, 1.0), (turned(frame), -1.0)):
        watch = PolarityWatch(plan().views, [shown])
        assert watch.polarity(0).sign == sign
        assert watch.notes() == ()


def test_a_persons_word_stands_before_what_the_picture_says() -> None:
    watch = PolarityWatch(plan(polarity="inverted").views, [frames(6)[2]])
    assert watch.polarity(0).shown is ShownPolarity.INVERTED


def test_another_view_lends_its_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter([0.2, -4.0])
    monkeypatch.setattr(polarity_watch, "log_odds_of", lambda *_: next(said))
    view = plan().views[0]
    watch = PolarityWatch([view, view], [frames(6)[2]] * 2)
    assert [watch.polarity(k).sign for k in (0, 1)] == [-1.0, -1.0]


def test_a_later_picture_turns_a_view_round_that_was_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter([0.2, -7.0])
    monkeypatch.setattr(polarity_watch, "log_odds_of", lambda *_: next(said))
    view, frame = plan().views[0], frames(6)[2]
    watch = PolarityWatch([view], [frame])
    assert "not known" in watch.notes()[0]
    crop = cement_crop(view.body_px, view.mm_per_px, 320, 300)
    memory = start_masking(frame.grey, 255, np.ones((300, 320), bool), crop, view.body_px, view.mm_per_px, 1.0)
    for _ in range(6):
        watch.look(0, frame, STILL, memory)
        watch.judge_due()
    assert memory.baseline.sign == watch.polarity(0).sign == -1.0
    assert watch.notes() == ()


def test_a_baseline_turned_round_is_that_of_the_turned_picture() -> None:
    view, frame = plan().views[0], frames(6)[2]
    crop = cement_crop(view.body_px, view.mm_per_px, 320, 300)
    usable = np.ones((300, 320), bool)
    one, other = (
        start_masking(frame.grey, 255, usable, crop, view.body_px, view.mm_per_px, sign) for sign in (1.0, -1.0)
    )
    polarity_watch.turn_round(one)
    assert np.allclose(one.baseline.mean, other.baseline.mean, atol=2.0)
    assert np.array_equal(one.baseline.lookup, other.baseline.lookup)


def test_what_grows_in_one_view_turns_the_other_round_as_well() -> None:
    view, frame = plan().views[0], frames(6)[2]
    watch = PolarityWatch([view, view], [replace(frame, grey=np.full_like(frame.grey, 120))] * 2)
    crop = cement_crop(view.body_px, view.mm_per_px, 320, 300)
    memory = start_masking(frame.grey, 255, np.ones((300, 320), bool), crop, view.body_px, view.mm_per_px, 1.0)
    for _ in range(60):
        watch.look(1, replace(frame, grey=np.full_like(frame.grey, 120)), STILL, memory)
        watch.judge_due()
    assert memory.baseline.sign == 1.0
    watch._evidence[0].log_odds.append(-5.0)
    watch.look(1, frame, STILL, memory)
    assert memory.baseline.sign == -1.0
