"""The last minute of moments, for the curve."""

from assistant.live.trace import Trace
from tests.ui.theatre.fake_session import moment


def test_the_trace_is_bounded_and_time_never_runs_back() -> None:
    trace = Trace()
    for k in range(5000):
        trace.add(moment(k))
    trace.add(moment(10))
    assert len(trace) == 3600
    assert trace.between(0, 2000) == trace.between(1400, 2000)
    assert trace.index_at(4999 / 15) == 4999
    assert trace.index_at(0.0) == -1
    trace.clear()
    assert len(trace) == 0
