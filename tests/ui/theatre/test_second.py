"""The second picture: what it keeps is bounded, what it shows is what it says."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.vocabulary import Frame, Unknown
from tests.ui.theatre.fake_session import moment, picture
from ui.theatre.second import DELAY_S, Second, SecondPicture
from ui.widgets.view_transform import ViewTransform

VIEW = ViewTransform(scale=1.0, left=0.0, top=0.0)


@pytest.fixture
def second(qtbot) -> SecondPicture:
    made = SecondPicture()
    qtbot.addWidget(made)
    made.resize(512, 512)
    return made


def _at(t_s: float, grey: int):
    return replace(picture(round(t_s * 30)), t_s=t_s, grey=np.full((512, 512), grey, np.uint8))


def test_the_delayed_picture_is_the_one_of_five_seconds_ago(second) -> None:
    second.shows = Second.DELAYED
    for k in range(90):
        second.keep(_at(k / 10, 2 * k))
    second.show_now(_at(9.0, 200), None, VIEW)
    shown = second.grab().toImage().pixelColor(256, 256).lightness()
    assert abs(shown - 2 * round((9.0 - DELAY_S) * 10)) <= 6
    assert second.why == ""


def test_before_enough_was_seen_it_says_so(second) -> None:
    second.shows = Second.DELAYED
    second.keep(_at(1.0, 10))
    second.show_now(_at(2.0, 20), None, VIEW)
    assert "few seconds" in second.why
    second.shows = Second.BEFORE
    second.show_now(_at(2.0, 20), None, VIEW)
    assert "lines first" in second.why


def test_what_was_added_needs_the_vertebra_to_be_found(second) -> None:
    frame = picture(5)
    second.set_references((Frame(index=0, t_s=0.0, grey=frame.grey),))
    second.shows = Second.ADDED
    second.show_now(frame, moment(5), VIEW)
    assert second.why == ""
    second.show_now(frame, moment(5, motion=Unknown("lost")), VIEW)
    assert "not found" in second.why


def test_it_goes_round_through_all_kinds(second) -> None:
    assert [second.next() for _ in range(4)] == [Second.DELAYED, Second.BEFORE, Second.ADDED, Second.NONE]
