"""What the message bar says: the highest alarm, the count, the way back of the sound; quiet only when all is known."""

import re
import time
from dataclasses import replace

import pytest

from assistant.live.messages import LiveState
from assistant.live.status import Quiet
from assistant.vocabulary import Priority
from tests.ui.theatre.fake_session import HIGH, MEDIUM, alarm, moment, status
from ui import words
from ui.theatre.bar import message_of
from ui.theatre.layout import lay_out
from ui.theatre.looks import LOOKS, LinesLook, age_words, second_word


def test_the_calmest_sentence_needs_the_session_s_word_for_it() -> None:
    assert message_of(status()).headline == words.NO_CROSSING
    for state in LiveState:
        if state is not LiveState.LIVE:
            assert message_of(status(state)).headline != words.NO_CROSSING
    not_known = Quiet(seen_none=False, headline="NOT KNOWN", action="Confirm the lines: L")
    assert message_of(status(quiet=not_known)).headline == "NOT KNOWN"
    assert message_of(None).known is False


def test_a_figure_past_the_line_without_an_alarm_is_not_called_quiet() -> None:
    told = message_of(status(moment=moment(10, -2.5)))
    assert told.headline == words.NOT_KNOWN
    assert "Judge by eye" in told.action


def test_the_highest_alarm_is_shown_with_count_and_key() -> None:
    told = message_of(status(alarms=(HIGH, MEDIUM)))
    assert (told.priority, told.headline, told.key) == (Priority.HIGH, HIGH.headline, "Acknowledge")
    assert re.fullmatch(r"HIGH · 2 alarms · for \d\d:\d\d", told.aside)
    assert not told.steady


def test_an_acknowledged_alarm_stands_still_and_counts_down() -> None:
    paused = replace(HIGH, paused_until_ns=time.monotonic_ns() + 43_000_000_000)
    told = message_of(status(alarms=(paused,)))
    assert told.steady
    assert told.key == ""
    assert told.under in ("Sound back in 00:43", "Sound back in 00:44")
    fresh = message_of(status(alarms=(paused, MEDIUM)))
    assert fresh.key == "Acknowledge"


def test_a_warning_from_before_x_ray_went_off_leaves_its_trace() -> None:
    before = replace(MEDIUM, before_held=True)
    held = alarm("A12", Priority.LOW, "HELD IMAGE 12 s", "Not live.")
    for alarms in ((held, before), (before,)):
        told = message_of(status(LiveState.HELD, alarms=alarms))
        assert "Before X-ray off" in told.under
        assert told.priority < Priority.MEDIUM


def test_the_thirds_that_an_alarm_is_about_are_named() -> None:
    told = message_of(status(alarms=(MEDIUM,), moment=moment(10, 1.0)))
    assert told.under == "middle and lower third"


@pytest.mark.parametrize("state", list(LiveState))
def test_no_state_but_live_draws_coloured_lines_or_figures(state: LiveState) -> None:
    look = LOOKS[state]
    assert (look.lines is LinesLook.COLOURED) == (state is LiveState.LIVE)
    assert bool(look.figure) == (state is not LiveState.LIVE)
    assert second_word(status(state)).startswith("ARMED · ")
    assert second_word(status(state, armed=False)) == "NOT ARMED"


def test_ages_are_told_as_the_state_asks() -> None:
    assert age_words(status()) == "71 ms"
    assert age_words(status(LiveState.HELD)) == "12 s"
    assert age_words(status(LiveState.NO_SIGNAL)) == "—"
    assert age_words(status(LiveState.STALE)) == "4000 ms"


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 1024), (2560, 1440), (3840, 2160), (1024, 640)])
@pytest.mark.parametrize("second", [False, True])
def test_no_two_parts_of_the_screen_overlap(size: tuple[int, int], second: bool) -> None:
    places = lay_out(*size, second=second)
    names = ["strip", "bar", "picture", "second", "legend", "distances", "clocks", "keys", "curve"]
    parts = [(name, getattr(places, name)) for name in names if not getattr(places, name).isEmpty()]
    for k, (one, a) in enumerate(parts):
        assert a.left() >= 0
        assert a.right() < size[0]
        assert a.bottom() < size[1]
        for other, b in parts[k + 1 :]:
            assert not a.intersects(b), f"{one} and {other}"


def test_the_picture_is_the_largest_thing() -> None:
    places = lay_out(1920, 1080)
    assert (places.picture.width(), places.picture.height()) == (1164, 864)
    small = lay_out(1280, 1024)
    assert (small.picture.width(), small.picture.height()) == (852, 812)
    bare = lay_out(1920, 1080, bare=True)
    assert (bare.picture.width(), bare.picture.height()) == (1920, 912)
