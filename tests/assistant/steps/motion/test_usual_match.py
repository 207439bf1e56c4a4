from __future__ import annotations

import math

import pytest

from assistant.steps.motion.limits import LIMITS
from assistant.steps.motion.usual_match import UsualMatch

PULSE_S = 0.1


def film(usual: UsualMatch, matches: list[float], since_s: float, *, walls: list[float] | None = None) -> list[bool]:
    """Whether each of these pictures, one a pulse, was said to turn away."""
    turned: list[bool] = []
    for k, match in enumerate(matches):
        usual.take(match, match if walls is None else walls[k], since_s + k * PULSE_S, paused=False)
        turned.append(usual.turned)
    return turned


@pytest.fixture
def usual() -> UsualMatch:
    """After six seconds of a film that breathes."""
    made = UsualMatch()
    assert not any(film(made, [0.97 + 0.02 * math.sin(k / 5) for k in range(60)], 0.0))
    return made


def test_the_second_picture_that_matches_clearly_less_turns_away(usual):
    assert film(usual, [0.85, 0.84, 0.97, 0.85], 6.0) == [False, True, False, False]


def test_what_stands_lower_is_the_planned_view_where_its_walls_match_and_another_one_where_they_do_not(usual):
    tilted = [0.80] * 30
    assert not film(usual, tilted, 6.0, walls=[0.9] * 30)[-1]
    again = UsualMatch()
    film(again, [0.97 + 0.02 * math.sin(k / 5) for k in range(60)], 0.0)
    assert film(again, tilted, 6.0, walls=[0.6] * 30)[-1]
    assert not film(again, [0.96, 0.96], 9.0)[-1]


def test_while_it_is_still_falling_nothing_is_the_new_usual(usual):
    falling = [0.86 - 0.01 * k for k in range(20)]
    assert all(film(usual, falling, 6.0, walls=[0.9] * 20)[1:])


def test_before_a_breath_has_been_seen_a_breath_may_be_what_it_falls_by():
    made = UsualMatch()
    assert not any(film(made, [0.97] * 20, 0.0))
    assert not any(film(made, [0.85, 0.84], 2.0))


@pytest.mark.parametrize("pulses_per_s", [3.75, 30.0])
def test_as_much_film_is_remembered_at_every_pulse_rate(pulses_per_s):
    made = UsualMatch()
    for k in range(int(20 * pulses_per_s)):
        made.take(0.97, 0.97, k / pulses_per_s, paused=False)
    held_s = len(made.recent) * max(1 / pulses_per_s, LIMITS.usual_s / LIMITS.usual_pictures)
    assert held_s >= 0.9 * LIMITS.usual_s


def test_a_pause_forgets_what_was_usual_but_not_that_another_view_stands(usual):
    film(usual, [0.6] * 20, 6.0)
    usual.take(0.6, 0.6, 30.0, paused=True)
    assert usual.turned
    usual.take(0.97, 0.97, 40.0, paused=True)
    assert not usual.fallen
    usual.take(0.8, 0.8, 50.0, paused=True)
    assert not usual.fallen
