"""Native or inverted in the set-up: shown, asked where the picture does not say it, and kept in the plan."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.live.messages import StampedFrame
from assistant.settings.tree import AlarmSettings
from assistant.setup.model import PointStatus, SetPoint, SetUp
from assistant.vocabulary import ShownPolarity
from tests.small_run import INFERIOR, SUPERIOR, pictures
from ui.setup.polarity import AskedPolarity


def still(grey: np.ndarray) -> StampedFrame:
    return StampedFrame(index=2, t_s=0.1, captured_ns=0, picture=1, grey=grey, white=255)


def set_up(grey: np.ndarray) -> SetUp:
    made = SetUp(lines=AlarmSettings().warning_lines)
    view = made.view
    view.still, view.mm_per_px = still(grey), 0.4
    view.points = [SetPoint(at=(x, y), status=PointStatus.CONFIRMED) for x, y in [*SUPERIOR, *INFERIOR]]
    return made


def flat() -> np.ndarray:
    return np.clip(120 + np.random.default_rng(0).normal(0, 5, (300, 320)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("inverted", [False, True])
def test_what_the_still_says_is_shown_and_nothing_is_asked(inverted: bool) -> None:
    grey = pictures(46)[2]
    made, asked = set_up(np.asarray(255 - grey, np.uint8) if inverted else grey), AskedPolarity()
    row = asked.row(made)
    assert row.value.startswith("inverted: steel bright" if inverted else "native: steel dark")
    assert row.icon == "tick"
    assert not asked.must_ask(made)
    assert "polarity" not in made.document()["views"][0]


def test_where_it_is_not_known_it_is_asked_once_and_the_answer_is_kept() -> None:
    made, asked = set_up(flat()), AskedPolarity()
    assert asked.row(made).value == "not known: which?"
    assert asked.must_ask(made)
    assert not asked.must_ask(made)
    asked.change(made)
    assert asked.row(made).value == "native: steel dark (by you)"
    assert made.document()["views"][0]["polarity"] == "native"
    asked.change(made)
    assert made.document()["views"][0]["polarity"] == "inverted"
    asked.change(made)
    assert "polarity" not in made.document()["views"][0]


def test_a_person_can_say_otherwise_than_the_picture() -> None:
    made, asked = set_up(pictures(46)[2]), AskedPolarity()
    asked.change(made)
    assert made.views[0].shown is ShownPolarity.INVERTED


def test_before_there_are_points_nothing_is_said() -> None:
    assert AskedPolarity().row(SetUp(lines=AlarmSettings().warning_lines)).value == "not known: which?"
