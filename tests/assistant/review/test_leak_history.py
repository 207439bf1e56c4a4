"""The leaks of a run over time."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.readings.moments import Moment
from assistant.review.leak_history import LeakHistory, crop_of
from tests.run_moments import run_moments

COUNT = 46


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> list[Moment]:
    return run_moments(tmp_path_factory.mktemp("moments"), COUNT)


def test_leaks_are_gathered_by_site_with_their_frames(moments: list[Moment]) -> None:
    history = LeakHistory()
    history.take(moments)
    stories = history.stories()
    assert stories
    assert [story.number for story in stories] == list(range(1, len(stories) + 1))
    story = stories[0]
    assert story.frames == sorted(set(story.frames))
    assert set(story.behind(6)) <= set(story.frames) | set(story.leak.shape.frames if story.leak.shape else ())
    assert len(story.behind(6)) <= 6
    moment = moments[story.frames[-1]]
    crop = crop_of(story.leak, moment, np.array([[120.0, 110.0], [205.0, 108.0]]))
    inside = (crop.outline_px >= [crop.left_px - 1, crop.top_px - 1]).all()
    assert inside
    assert crop.side_px >= 48
    assert len(crop.endplate_px) == 2
