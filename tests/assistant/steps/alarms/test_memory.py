"""What the alarms remember of how quickly pictures come and are worked on."""

from __future__ import annotations

import pytest

from assistant.steps.alarms import AlarmMemory
from assistant.steps.alarms.memory import interval_ms, slow_ms
from tests.assistant.steps.alarms.test_alarms import FrameFeed, distances


def test_nothing_is_slow_before_enough_pictures_have_been_timed() -> None:
    memory = AlarmMemory()
    memory.times_ms.extend([400.0] * 59)
    assert slow_ms(memory) == 0.0
    memory.times_ms.append(400.0)
    assert slow_ms(memory) == 400.0


def test_the_interval_is_that_of_the_pulses_and_unknown_before_some_have_come() -> None:
    source = FrameFeed(rate_hz=7.5)
    source.picture(distances())
    assert interval_ms(source.memory) == 0.0
    source.pictures(distances(), 1)
    assert interval_ms(source.memory) == pytest.approx(1000 / 7.5)
