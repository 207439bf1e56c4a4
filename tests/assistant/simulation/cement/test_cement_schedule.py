"""Millilitres over time."""

import numpy as np
import pytest

from assistant.errors import UsageError
from assistant.simulation.cement.cement_schedule import injected_ml


def drawn(**changes):
    words = {
        "schedule": None, "total_ml": 4.0, "rate_ml_per_min": None, "duration_s": None, "start_s": 0.0, "pauses": (),
    }  # fmt: skip
    return injected_ml(*{**words, **changes}.values(), np.random.default_rng(0))


def test_a_rate_gives_its_duration():
    seconds, millilitres = drawn(rate_ml_per_min=2.0, start_s=5.0)
    assert seconds == pytest.approx([5.0, 125.0])
    assert millilitres == pytest.approx([0.0, 4.0])


def test_a_pause_is_a_flat_piece_on_top_of_the_duration():
    seconds, millilitres = drawn(duration_s=40.0, pauses=((3.0, 7.0), (1.0, 2.0)))
    assert seconds == pytest.approx([0.0, 10.0, 12.0, 32.0, 39.0, 49.0])
    assert millilitres == pytest.approx([0.0, 1.0, 1.0, 3.0, 3.0, 4.0])


def test_a_drawn_rate_lies_between_its_limits():
    seconds, _ = drawn()
    assert 120.0 <= seconds[-1] <= 800.0


def test_bad_schedules_are_refused():
    with pytest.raises(UsageError, match="pause"):
        drawn(pauses=((5.0, 1.0),))
    with pytest.raises(UsageError, match="fall"):
        drawn(schedule=(np.array([0.0, 1.0]), np.array([1.0, 0.0])))
    seconds, millilitres = drawn(schedule=(np.array([0.0, 1.0]), np.array([0.0, 2.0])))
    assert (seconds[-1], millilitres[-1]) == (1.0, 2.0)


def test_an_injection_that_slows_loses_its_share_of_the_rate_and_takes_as_long():
    rng = np.random.default_rng(0)
    seconds, millilitres = injected_ml(None, 4.0, None, 40.0, 3.0, ((1.0, 5.0),), rng, 0.6)
    assert (seconds[0], millilitres[0]) == (3.0, 0.0)
    assert (seconds[-1], millilitres[-1]) == pytest.approx((48.0, 4.0))
    assert (np.diff(seconds) > 0).all()
    flat = np.flatnonzero(np.diff(millilitres) == 0)
    assert seconds[flat + 1] - seconds[flat] == pytest.approx([5.0])
    assert millilitres[flat] == pytest.approx([1.0])
    rate = np.diff(millilitres) / np.diff(seconds)
    flowing = rate[rate > 0]
    assert (np.diff(flowing) < 0).all()
    assert flowing[-1] / flowing[0] == pytest.approx(0.4, abs=0.03)
