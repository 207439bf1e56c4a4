from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.analysis import start_pipeline
from assistant.capture.opening import open_source
from assistant.identity import Identity
from assistant.plan import PlannedView, read_plan
from assistant.readings.moments import Moment, MomentMaker
from assistant.reports.drawing import STRIP_PX, drawn, with_words, words_of
from assistant.settings.tree import Settings
from assistant.vocabulary import Frame, FrameState, Unknown
from tests.small_run import write_small_run

IDENTITY = Identity(case_id="K-7F3QD", level="L1", run_id="B-7F3QK2MA")

Seen = tuple[Frame, Moment, tuple[PlannedView, ...]]


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    run = write_small_run(tmp_path, 30)
    source = open_source(str(run.folder))
    plan = read_plan(run.plan, 0.25)
    pipeline, maker = start_pipeline(source, plan, Settings()), MomentMaker()
    last: tuple[Frame, Moment] | None = None
    for frame in source.frames():
        last = (frame, maker.make(pipeline.process(frame)))
    source.close()
    assert last is not None
    return (*last, plan.views)


def coloured(picture: np.ndarray) -> int:
    return int((np.ptp(picture.astype(int), axis=2) > 40).sum())


def test_lines_are_drawn_where_they_are_known(seen: Seen) -> None:
    frame, moment, views = seen
    assert coloured(drawn(frame, moment, views)) > 100
    assert coloured(drawn(frame, None, views)) == 0
    assert coloured(drawn(frame, replace(moment, motion=Unknown("lost")), views)) == 0
    held = replace(moment, liveness=replace(moment.liveness, state=FrameState.FROZEN))
    assert coloured(drawn(frame, held, views)) == 0


def test_deep_pictures_become_8_bits(seen: Seen) -> None:
    frame, _, _ = seen
    deep = Frame(index=0, t_s=0, grey=frame.grey.astype(np.uint16) * 257, white=65535)
    assert (drawn(deep, None, ()) == drawn(frame, None, ())).all()


def test_words_stand_under_the_picture_and_sides_are_even(seen: Seen) -> None:
    frame, moment, _ = seen
    odd = drawn(frame, None, ())[:299, :319]
    made = with_words(odd, words_of(frame, moment, IDENTITY))
    assert made.shape == ((299 + STRIP_PX) // 2 * 2, 318, 3)
    assert (made[:299] == odd[:, :318]).all()
    assert made[300:].max() > 200


def test_the_words_say_what_is_known(seen: Seen) -> None:
    frame, moment, _ = seen
    who, first, second = words_of(frame, moment, IDENTITY)
    assert who == "case K-7F3QD · L1 · run B-7F3QK2MA"
    assert "recorded, not live" in first
    assert second.startswith("HIGH: ")
    assert words_of(frame, None, IDENTITY)[2] == "not analysed"
    lost = replace(moment, standing=(), distances=Unknown("lost"))
    assert words_of(frame, lost, IDENTITY)[2] == "no figure: lost"
    assert "past" in words_of(frame, replace(moment, standing=()), IDENTITY)[2]


def test_letters_of_other_languages_are_drawn_and_none_is_cut_off(seen: Seen) -> None:
    picture = drawn(seen[0], None, ())
    plain, other, long = (with_words(picture, (text, "", ""))[-STRIP_PX:] for text in ("H?he", "Höhe", "Höhe " * 12))
    assert other.max() > 200
    assert np.abs(plain.astype(int) - other).max() > 100
    assert long[:, -8:].max() < 60 < long[:, -40:-8].max()


def test_without_a_scale_the_words_under_a_picture_are_shares(seen: Seen) -> None:
    frame, moment, views = seen
    quiet = replace(moment, standing=())
    assert " mm " in words_of(frame, quiet, IDENTITY, views)[2]
    told = words_of(frame, quiet, IDENTITY, tuple(replace(view, calibrated=False) for view in views))[2]
    assert "% of depth uncal." in told
    assert "mm" not in told
