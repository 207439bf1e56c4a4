"""Where the playhead goes: while a run is analysed, at its ends, from A to B."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from assistant.readings.moments import Moment, MomentStore
from assistant.review.playhead import Playhead
from assistant.vocabulary import Approach, FrameState, Liveness, Unknown

FPS = 10.0
NONE = Unknown("no plan")


@dataclass
class Run:
    """Forty frames from number 100 on, of which some are analysed."""

    moments: MomentStore | None = field(default_factory=MomentStore)
    first_frame: int = 100
    begins_s: float = 10.0
    last_frame: int | None = 139
    ended: bool = False

    def analysed(self, count: int) -> Run:
        assert self.moments is not None
        self.moments.extend(moment(100 + k, 10.0 + k / FPS) for k in range(count))
        return self

    def time_of(self, index: int) -> float:
        return self.begins_s + (index - self.first_frame) / FPS

    def index_at(self, t_s: float) -> int:
        return self.first_frame + int((t_s - self.begins_s) * FPS + 1e-6)


def moment(index: int, t_s: float) -> Moment:
    return Moment(
        frame_index=index,
        t_s=t_s,
        liveness=Liveness(state=FrameState.LIVE, xray_age_s=0.0, noise_grey=NONE),
        motion=NONE,
        distances=NONE,
        approach=Approach(approach_mm_per_s=NONE, time_to_line_s=NONE),
        standing=(),
        leaks=(),
        outline=(),
        processing_ms=1.0,
    )


def test_it_waits_for_the_analysis_and_goes_on_with_it() -> None:
    run = Run().analysed(6)
    head = Playhead(run)
    head.go(104)
    head.advance(0.3)
    assert (head.frame, head.time_s, head.waiting) == (105, 10.5, True)
    run.ended = True
    head.advance(0.3)
    assert (head.frame, head.waiting) == (108, False)


def test_it_stays_within_the_run() -> None:
    head = Playhead(Run(moments=None))
    assert (head.frame, head.time_s) == (100, 10.0)
    head.advance(-1.0)
    assert (head.frame, head.time_s) == (100, 10.0)
    head.go(500)
    assert (head.frame, head.time_s) == (139, pytest.approx(13.9))
    head.go(0)
    assert head.frame == 100


def test_from_a_to_b_over_and_over_both_ways() -> None:
    head = Playhead(Run(moments=None))
    head.range, head.loops = (110, 120), True
    assert head.is_looping
    head.go(120)
    head.advance(0.2)
    assert head.frame == 110
    head.advance(-0.2)
    assert head.frame == 120
    head.range = (110, None)
    assert not head.is_looping
