"""What the tests of live use share: shared memory that goes away, and moments made in a line."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant.geometry import Similarity
from assistant.live.deck import Deck
from assistant.live.messages import Moment
from assistant.vocabulary import Approach, FrameState, Liveness, Motion, Unknown

SECOND = 1_000_000_000


@pytest.fixture
def deck() -> Iterator[Deck]:
    made = Deck.make(slots=4, slot_bytes=64 * 48)
    yield made
    made.remove()


@pytest.fixture
def moment() -> Callable[..., Moment]:
    unknown = Unknown("not looked at")
    similarity = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(0.0, 0.0))
    plain = Moment(
        frame_index=0,
        t_s=0.0,
        captured_ns=0,
        told_ns=0,
        picture=0,
        liveness=Liveness(state=FrameState.LIVE, xray_age_s=0.0, noise_grey=4.0),
        motion=Motion(view_index=0, similarity=similarity, confidence=0.9),
        distances=unknown,
        approach=Approach(approach_mm_per_s=unknown, time_to_line_s=unknown),
        standing=(),
        leaks=(),
        outline=(),
        processing_ms=5.0,
        cement_known=True,
        plan_number=1,
        skipped=0,
    )

    def make(state: FrameState = FrameState.LIVE, age_s: float = 0.0, **changes: Any) -> Moment:
        liveness = Liveness(state=state, xray_age_s=age_s, noise_grey=4.0)
        return replace(plain, liveness=liveness, **changes)

    return make
