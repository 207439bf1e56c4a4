import pytest

from assistant.recording.recording_state import Gauge, RecordingState
from assistant.vocabulary import Unknown

SECOND = 1_000_000_000


def test_rec_only_while_the_file_grew_within_two_seconds() -> None:
    state = RecordingState(grew_ns=10 * SECOND)
    assert state.advancing(12 * SECOND)
    assert not state.advancing(12 * SECOND + 1)
    assert not RecordingState().advancing(0)
    assert not RecordingState(grew_ns=10 * SECOND, fault="the disk is full").advancing(10 * SECOND)


def test_the_gauge_sees_growth_and_tells_the_time_left() -> None:
    gauge = Gauge()
    assert isinstance(gauge.minutes_left(1 << 30), Unknown)
    for k in range(10):
        assert gauge.look(k * SECOND, 1_000_000 * (k + 1))
    assert not gauge.look(10 * SECOND, 10_000_000)
    assert gauge.grew_ns == 9 * SECOND
    assert gauge.minutes_left(54_000_000) == pytest.approx(1.0)
    assert isinstance(gauge.minutes_left(None), Unknown)
