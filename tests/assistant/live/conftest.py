"""What the tests of live use share: shared memory that goes away, and moments made in a line."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import UsageError
from assistant.geometry import Similarity
from assistant.live.messages import LiveMoment, LiveState, Message
from assistant.live.session import LiveSession
from assistant.live.shared.shared_memory import SessionMemory
from assistant.live.status import LiveStatus
from assistant.settings.tree import Settings
from assistant.vocabulary import Approach, FrameState, Liveness, Motion, Unknown
from tests.small_run import pictures, plan_document, write_video
from tests.waiting import wait_until


@pytest.fixture
def session_memory() -> Iterator[SessionMemory]:
    made = SessionMemory.make(slots=4, slot_bytes=64 * 48)
    yield made
    made.remove()


@pytest.fixture
def moment() -> Callable[..., LiveMoment]:
    unknown = Unknown("not looked at")
    similarity = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(0.0, 0.0))
    plain = LiveMoment(
        frame_index=0,
        t_s=0.0,
        captured_ns=0,
        finished_ns=0,
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

    def make(state: FrameState = FrameState.LIVE, age_s: float = 0.0, **changes: Any) -> LiveMoment:
        liveness = Liveness(state=state, xray_age_s=age_s, noise_grey=4.0)
        return replace(plain, liveness=liveness, **changes)

    return make


@pytest.fixture(scope="session")
def run_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven seconds of the small run: 15 frames a second, each X-ray picture in two of them."""
    return write_video(tmp_path_factory.mktemp("source") / "run.mkv", pictures(100))


@pytest.fixture
def session(run_file: Path, tmp_path: Path) -> Iterator[LiveSession]:
    """A session on the small run, not started; whatever it started is ended."""
    made = LiveSession(f"loop:{run_file}", tmp_path / "live", Settings())
    yield made
    made.stop()


def until(session: LiveSession, holds: Callable[[LiveStatus], bool]) -> list[Message]:
    """Poll as a window does until something holds; all that was said meanwhile."""
    heard: list[Message] = []
    wait_until(lambda: holds(session.status), lambda: heard.extend(session.poll()), lambda: session.status, 0.01)
    return heard


def planned(session: LiveSession) -> LiveSession:
    """Started if need be, with lines of the small run confirmed, and live."""
    with contextlib.suppress(UsageError):
        session.start()
    session.sound_is(available=True)
    until(session, lambda status: status.frame_index is not None and status.frame_index >= 3)
    session.set_plan(plan_document(), [pictures(100)[2]])

    def stands(status: LiveStatus) -> bool:
        session.confirm_lines()  # again, where a starved machine showed nothing for so long that they were void
        return status.state is LiveState.LIVE and status.drawable

    until(session, stands)
    return session
