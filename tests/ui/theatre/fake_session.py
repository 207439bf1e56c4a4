"""A session without processes: tests put into it what the screen has to show."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.console_display import AS_PLANNED
from assistant.geometry import Similarity
from assistant.identity import Identity
from assistant.lines import Line
from assistant.live.input import Kept
from assistant.live.messages import Lines, LiveMoment, LiveState, Message, PlanTaken, RecordingState, StampedFrame
from assistant.live.procedure_log import XRAY
from assistant.live.status import LiveAlarm, LiveStatus, Quiet, SoundOrder
from assistant.plan import Plan, plan_from_document
from assistant.run_facts import RunFacts
from assistant.settings.tree import AlarmSettings
from assistant.vocabulary import Approach, Distances, FrameState, Liveness, Motion, Priority, Unknown

SIZE = 512
DOCUMENT: dict[str, Any] = {
    "schema": "fluoro-assistant/plan/1",
    "views": [
        {
            "view": "lateral",
            "level": "L1",
            "reference_frame": 0,
            "mm_per_px": 0.27,
            "landmarks": {
                "superior": [[200, 220], [260, 216], [320, 212]],
                "inferior": [[200, 290], [260, 292], [320, 300]],
            },
        }
    ],
}
PLAN: Plan = plan_from_document(DOCUMENT, 0.25)
QUIET = Quiet(
    seen_none=True,
    headline="NO CROSSING SEEN in this view",
    action="Lateral only. Says nothing about the canal or the veins.",
)
_STILL = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(260.0, 255.0))


_ROWS, _COLS = np.mgrid[0:SIZE, 0:SIZE]
_FIELD = (_ROWS - 256) ** 2 + (_COLS - 256) ** 2 < 240**2
_GREY = np.where(_FIELD, 120 + 40 * np.sin(_ROWS / 30), 0).astype(np.uint8)


def picture(index: int = 0) -> StampedFrame:
    grey = _GREY.copy()
    return StampedFrame(
        index=index, t_s=index / 15, captured_ns=time.monotonic_ns(), picture=index, grey=grey, white=255
    )


def distances(line_mm: float = 8.0) -> Distances:
    return Distances(
        cement_area_mm2=120.0,
        mm=dict.fromkeys(Line, Unknown("lateral view"))
        | {
            Line.POSTERIOR_WALL: line_mm + 8,
            Line.WARNING_LINE: line_mm,
            Line.SUPERIOR_ENDPLATE: 3.0,
            Line.INFERIOR_ENDPLATE: 4.0,
            Line.ANTERIOR_WALL: 9.0,
            Line.POSTERIOR_UPPER: Unknown("no cement"),
            Line.POSTERIOR_MIDDLE: line_mm + 8,
            Line.POSTERIOR_LOWER: line_mm + 8.5,
            Line.WARNING_UPPER: Unknown("no cement"),
            Line.WARNING_MIDDLE: line_mm,
            Line.WARNING_LOWER: line_mm + 0.5,
        },
        nearest_warning_px=(270.0, 250.0),
    )


def moment(index: int = 0, line_mm: float = 8.0, **more: Any) -> LiveMoment:
    now_ns = time.monotonic_ns()
    outline = (np.array([[230, 240], [270, 240], [270, 270], [230, 270]], np.float32),)
    made = LiveMoment(
        frame_index=index,
        t_s=index / 15,
        captured_ns=now_ns,
        finished_ns=now_ns,
        picture=index,
        liveness=Liveness(state=FrameState.LIVE, xray_age_s=0.0, noise_grey=3.0),
        motion=Motion(view_index=0, similarity=_STILL, confidence=0.9),
        distances=distances(line_mm),
        approach=Approach(approach_mm_per_s=0.3, time_to_line_s=30.0),
        standing=(),
        leaks=(),
        outline=outline,
        processing_ms=12.0,
        cement_known=True,
        plan_number=1,
        skipped=0,
        shown=AS_PLANNED,
    )
    return replace(made, **more)


def alarm(code: str, priority: Priority, headline: str, action: str, **more: Any) -> LiveAlarm:
    made = LiveAlarm(
        code=code,
        kind=None,
        site=None,
        priority=priority,
        headline=headline,
        action=action,
        raised_ns=time.monotonic_ns() - 3_000_000_000,
        burst_s={Priority.HIGH: 5.0, Priority.MEDIUM: 10.0}.get(priority),
    )
    return replace(made, **more)


HIGH = alarm("A1", Priority.HIGH, "CEMENT AT POSTERIOR LINE", "Stop injecting. Check both planes.", latched=True)
MEDIUM = alarm("A4", Priority.MEDIUM, "CEMENT NEAR POSTERIOR LINE", "Slow down. Take a picture.")
BLIND = alarm("A7", Priority.HIGH, "NOT MONITORING", "Stop, or use C-arm screen.")


def status(state: LiveState = LiveState.LIVE, **more: Any) -> LiveStatus:
    now_ns = time.monotonic_ns()
    live = state is LiveState.LIVE
    made = LiveStatus(
        now_ns=now_ns,
        state=state,
        since_ns=now_ns - 4_000_000_000,
        armed=True,
        lines=Lines.CONFIRMED,
        source=RunFacts(source="play:x", width_px=SIZE, height_px=SIZE, fps=15.0, frame_count=None),
        rehearsal=False,
        reason="",
        frame_index=10,
        frame_age_ms=40.0 if live else 4000.0,
        xray_age_s=0.071 if live else 12.4,
        frames_per_s=15.0,
        pictures_per_s=7.5,
        limits=AlarmSettings(),
        lag_ms=18.0,
        lag_p95_ms=40.0,
        moment=moment(10),
        drawable=live,
        alarms=(),
        quiet=QUIET if live else Quiet(seen_none=False, headline="NOT KNOWN", action="Wait for a live picture."),
        sound=SoundOrder(priority=Priority.NONE, bursts=0),
        recording=RecordingState(folder="x", bytes_written=1_840_000_000, grew_ns=now_ns, minutes_left=240.0),
        children={},
        push_s=13.0,
        xray_s=(13.0,),
    )
    return replace(made, **more)


class FakeSession:
    """Looks like `LiveSession` to the page."""

    def __init__(self, source: str, folder: Path, settings: object) -> None:
        self.source, self.folder = source, folder
        self._frame: StampedFrame | None = picture(0)
        self.armed, self.lines = False, Lines.NONE
        self.notes: list[tuple[str, str]] = []
        self.xray: list[tuple[str, str]] = []
        self.acts: list[str] = []
        self.messages: list[Message] = []
        self.more: dict[str, Any] = {}
        self.state = LiveState.UNKNOWN_VIEW
        self.stopped = False
        self.second: Any = None
        self.offered_display = ""
        self.asks_before = self.counts_before = False
        self.said_before: tuple[bool, ...] = ()
        self.identity = Identity(case_id="K-7F3QD", run_id="B-7F3QK2MA", session_id="N-0A1B2C3D")

    def start(self) -> None:
        self.acts.append("start")

    def stop(self) -> bool:
        self.stopped = True
        return True

    def answer_before(self, *, is_there: bool) -> Kept | None:
        asked, self.asks_before = self.asks_before, False
        self.acts.append(f"cement before: {is_there}")
        return Kept(words="", unwritten="") if asked else None

    def take_display(self) -> Kept | None:
        taken, self.offered_display = self.offered_display, ""
        return Kept(words=taken, unwritten="") if taken else None

    def poll(self) -> tuple[Message, ...]:
        said, self.messages = tuple(self.messages), []
        return said

    @property
    def status(self) -> LiveStatus:
        return status(self.state, armed=self.armed, lines=self.lines, **self.more)

    @property
    def newest_index(self) -> int:
        return -1 if self._frame is None else self._frame.index

    def newest_frame(self) -> StampedFrame | None:
        return self._frame

    def next_frame(self) -> None:
        assert self._frame is not None
        self._frame = picture(self._frame.index + 1)

    def set_plan(self, document: dict[str, Any], references: object) -> int:
        self.acts.append("set_plan")
        self.document, self.references = document, references
        self.lines = Lines.UNCONFIRMED
        self.messages.append(PlanTaken(plan_number=1))
        return 1

    def confirm_lines(self) -> None:
        self.acts.append("confirm_lines")
        self.lines, self.state = Lines.CONFIRMED, LiveState.LIVE

    def confirm_second_lines(self) -> None:
        self.acts.append("confirm_second_lines")

    def open_second(self, source: str) -> list[Message]:
        self.acts.append(f"second {source}")
        return []

    def arm(self, by: str = "key") -> str:
        if self.lines is not Lines.CONFIRMED:
            return "The lines are not confirmed. Look at them and confirm: L"
        self.armed = True
        self.acts.append("arm")
        return ""

    def disarm(self) -> None:
        self.armed = False
        self.acts.append("disarm")

    def acknowledge(self) -> tuple[LiveAlarm, ...]:
        self.acts.append("acknowledge")
        return ()

    def sounded(self, priority: Priority) -> None:
        self.acts.append(f"sounded {priority.word}")

    def sound_is(self, *, available: bool, reason: str = "") -> None:
        self.sound_told = (available, reason)

    def note(self, kind: str, text: str = "", **data: Any) -> None:
        (self.xray if kind == XRAY else self.notes).append((kind, text))

    def clip(self, seconds: float) -> tuple[int, int] | None:
        self.acts.append("clip")
        return (0, 10)
