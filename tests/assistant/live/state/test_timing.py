from collections.abc import Callable

import pytest

from assistant.live.messages import LiveMoment
from assistant.live.state.timing import FrameTiming
from assistant.vocabulary import FrameState, Unknown

MS = 1_000_000


def test_rates_as_they_are(moment: Callable[..., LiveMoment]) -> None:
    frame_timing = FrameTiming()
    for k in range(100):
        at = k * 40 * MS
        frame_timing.see_frame(k, at)
        state = FrameState.LIVE if k % 4 == 0 else FrameState.REPEAT
        age_s = (k % 4) * 0.04
        frame_timing.see_moment(moment(state, age_s, captured_ns=at, finished_ns=at + 20 * MS))
    now = 99 * 40 * MS
    assert frame_timing.frame_period_ms() == pytest.approx(40.0)
    assert frame_timing.pulse_period_s() == pytest.approx(0.16)
    assert frame_timing.pictures_per_s(now) == pytest.approx(6.25)
    assert frame_timing.lags_ms(now) == (20.0, 20.0)
    assert frame_timing.push_s(now) == pytest.approx(25 * 0.16)


def test_a_window_that_looks_seldom_still_sees_the_rate() -> None:
    frame_timing = FrameTiming()
    for k in range(0, 100, 7):
        frame_timing.see_frame(k, k * 40 * MS)
    assert frame_timing.frame_period_ms() == pytest.approx(40.0)


def test_x_ray_off_has_no_rate_and_no_push(moment: Callable[..., LiveMoment]) -> None:
    frame_timing = FrameTiming()
    for k in range(20):
        frame_timing.see_moment(moment(captured_ns=k * 100 * MS))
    assert isinstance(frame_timing.pictures_per_s(5_000 * MS), Unknown)
    assert isinstance(frame_timing.push_s(5_000 * MS), Unknown)
    frame_timing.see_moment(moment(captured_ns=6_000 * MS))
    assert frame_timing.push_s(6_500 * MS) == pytest.approx(0.1), "one picture, as long as a pulse"
    assert frame_timing.xray_s == pytest.approx((2.0, 0.1))


def test_what_was_passed_over(moment: Callable[..., LiveMoment]) -> None:
    frame_timing = FrameTiming()
    for k in range(50):
        frame_timing.see_moment(moment(finished_ns=k * 40 * MS, skipped=k))
    assert frame_timing.dropped_share(2000 * MS) == pytest.approx(49 / 99)
    frame_timing.forget_analysis()
    assert frame_timing.dropped_share(2000 * MS) == 0.0


def test_nothing_yet_is_unknown() -> None:
    frame_timing = FrameTiming()
    assert isinstance(frame_timing.frame_period_ms(), Unknown)
    assert isinstance(frame_timing.pulse_period_s(), Unknown)
    assert isinstance(frame_timing.lags_ms(0)[0], Unknown)


@pytest.mark.parametrize(
    ("pause_ms", "analysed_ms", "since_ms"),
    [
        (450, 80, 530),  # the source paused and the analysis had seen all: it has had nothing to do
        (450, 40, 40),  # it had not: its delay counts from the last picture it saw
        (120, 80, 80),
        (1500, 80, 80),  # the signal was lost: nothing is known before the next result
    ],
)
def test_a_pause_of_the_source_is_no_delay_of_the_analysis(pause_ms: int, analysed_ms: int, since_ms: int) -> None:
    frame_timing = FrameTiming()
    for k in range(3):
        frame_timing.see_frame(k, k * 40 * MS, (k - 1) * 40 * MS)
    frame_timing.see_frame(3, (80 + pause_ms) * MS, analysed_ms * MS)
    assert frame_timing.waited_since_ns(analysed_ms * MS) == since_ms * MS
    frame_timing.see_frame(4, (120 + pause_ms) * MS, analysed_ms * MS)
    assert frame_timing.waited_since_ns(analysed_ms * MS) == since_ms * MS


def test_a_source_that_pauses_again_and_again_does_not_hide_that_the_analysis_stands() -> None:
    frame_timing = FrameTiming()
    for k in range(10):
        frame_timing.see_frame(k, k * 400 * MS, 0)
    assert frame_timing.waited_since_ns(0) == 400 * MS
