"""What the theatre shows of the demo run: its own pictures and readings, judged by the session's own logic.

No processes: frames come at the demo's rate by a clock of our own that ends now, so that every state can be held still.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.capture.opening import open_source
from assistant.lines import Line
from assistant.live.messages import Child, Condition, Lines, LiveMoment, StampedFrame, live_moment
from assistant.live.shared.shared_memory import Signs
from assistant.live.state.session_state import SessionState
from assistant.live.status import ChildState, LiveStatus
from assistant.model_packs.starting import recorded_shape_model
from assistant.pipeline import Pipeline
from assistant.plan import read_plan
from assistant.readings.moments import cement_outline
from assistant.recording.recording_state import RecordingState
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings
from assistant.steps.liveness import ScreenWatch
from assistant.system.places import demo_run
from assistant.vocabulary import Distances, Frame, FrameState, Priority, Reading, Unknown
from tests.ui.theatre.fake_session import FakeSession

MS = 1_000_000
PERIOD_MS = 40
LEAD = 250
CALM_MM = 5.0
WELL = {child: ChildState(condition=Condition.RUNNING) for child in Child}


@dataclass(slots=True)
class Demo:
    """The demo run, analysed once."""

    frames: list[Frame]
    readings: list[Reading]
    outlines: list[Any]

    def stamped(self, k: int, at_ns: int) -> StampedFrame:
        """A frame as the capture gives it."""
        frame = self.frames[min(k, len(self.frames) - 1)]
        return StampedFrame(index=k, t_s=frame.t_s, captured_ns=at_ns, picture=k, grey=frame.grey, white=frame.white)

    def first(self, least: Priority, most: Priority | None = None, after: int = 0) -> int:
        """A frame in which alarms of this priority stand for the first time, and have for half a second."""
        for k in range(after, len(self.readings) - 12):
            tops = [max((a.priority for a in r.standing), default=Priority.NONE) for r in self.readings[k : k + 12]]
            if all(least <= top <= (most or least) for top in tops):
                return k + 11
        raise LookupError(f"no {least} in the demo")

    def last_calm(self) -> int:
        """The last frame in which cement is seen and well before the line."""
        begin = next(k for k, r in enumerate(self.readings) if r.standing)
        return max(k for k in range(begin) if _is_calm(self.readings[k]))

    def with_leak(self) -> int:
        """A late frame in which a leak into the disc stands whose shape was told."""
        told = [k for k, r in enumerate(self.readings) if any(leak.shape is not None for leak in r.leaks)]
        return told[len(told) * 3 // 4] if told else len(self.readings) - 30


def _is_calm(reading: Reading) -> bool:
    known = reading.distances
    if not isinstance(known, Distances) or isinstance(known.mm[Line.WARNING_LINE], Unknown):
        return False
    return known.mm[Line.WARNING_LINE] > CALM_MM and reading.liveness.state is FrameState.LIVE


def analyse_demo() -> Demo:
    """Take the demo through the pipeline."""
    run = demo_run()
    plan = read_plan(run / "plan.json", Settings().alarms.warning_lines)
    source = open_source(str(run))
    frames = list(source.frames())
    source.close()
    with recorded_shape_model() as shapes:
        pipeline = Pipeline(plan, [frames[view.reference_frame] for view in plan.views], Settings(), shapes=shapes)
        readings = [pipeline.process(frame) for frame in frames]
    outlines = [cement_outline(r.cement) for r in readings]
    return Demo(frames=frames, readings=readings, outlines=outlines)


class Scene:
    """The last seconds before a frame of the demo, as the session would have judged them.

    Parameters
    ----------
    demo : Demo
    upto : int
        The last frame that came.
    armed : bool
    """

    def __init__(self, demo: Demo, upto: int, *, armed: bool = True) -> None:
        self._demo, self.upto = demo, upto
        plan = read_plan(demo_run() / "plan.json", 0.25)
        self._now_ns = time.monotonic_ns() - (LEAD + 2) * PERIOD_MS * MS
        self.session_state = SessionState(since_ns=self._now_ns, settings=Settings())
        self.session_state.plan_number, self.session_state.views = 1, tuple(view.view for view in plan.views)
        self.session_state.lines, self.session_state.armed = Lines.CONFIRMED, armed
        self.session_state.faults["sound"] = ""
        self.session_state.signs = Signs(mark_lit=None, let_through=0.71)
        grey = demo.frames[0].grey
        self.session_state.facts = RunFacts(
            source="camera:0", width_px=grey.shape[1], height_px=grey.shape[0], fps=25.0, frame_count=None
        )
        self.children = dict(WELL)
        self.screen = ScreenWatch(Settings().liveness)
        self.moments: list[LiveMoment] = []
        self.status: LiveStatus
        self.frame = demo.stamped(upto, self._now_ns)
        for k in range(max(0, upto - LEAD), upto + 1):
            self._come(k)

    def _come(self, k: int, shown: int | None = None, **changes: Any) -> None:
        self._now_ns += PERIOD_MS * MS
        at = min(k if shown is None else shown, len(self._demo.readings) - 1)
        self.frame = replace(self._demo.stamped(at, self._now_ns), index=k, picture=k)
        reading, outline = self._demo.readings[at], self._demo.outlines[at]
        finished_ns = self._now_ns + 21 * MS
        moment = live_moment(
            reading, outline, self.frame, self.screen, finished_ns=finished_ns, plan_number=1, skipped=0
        )
        moment = replace(moment, frame_index=k, **changes)
        self.session_state.recording = RecordingState(
            folder="live", bytes_written=1_840_000_000, grew_ns=self._now_ns, minutes_left=236.0
        )
        self.session_state.add_moment(moment)
        self.moments.append(moment)
        self.look()

    def look(self) -> None:
        """Judge anew."""
        self.status, _, _ = self.session_state.look(
            self._now_ns, (self.frame.index, self.frame.captured_ns), self.children
        )

    def hold(self, seconds: float) -> Scene:
        """X-ray is off: the last picture is repeated."""
        for k in range(round(seconds * 1000 / PERIOD_MS)):
            age_s = (k + 1) * PERIOD_MS / 1000
            state = FrameState.FROZEN if age_s > 1.0 else FrameState.REPEAT
            liveness = replace(self._demo.readings[self.upto].liveness, state=state, xray_age_s=age_s)
            self._come(self.upto + 1 + k, self.upto, liveness=liveness)
        return self

    def silence(self, ms: int) -> Scene:
        """No frame comes."""
        for _ in range(-(-ms // PERIOD_MS)):
            self._now_ns += PERIOD_MS * MS
            self.look()
        return self

    def again(self, frames: int = 30, **changes: Any) -> Scene:
        """Some more frames with the same picture, told otherwise."""
        for k in range(frames):
            self._come(self.upto + 1 + k, self.upto, **changes)
        return self

    def but(self, **changes: Any) -> Scene:
        """With other values of what the session knows."""
        for name, value in changes.items():
            setattr(self.session_state, name, value)
        return self.again(3)


class SceneSession(FakeSession):
    """Shows a scene."""

    scene: Scene | None = None

    @property
    def status(self) -> LiveStatus:
        """As judged; until there is a scene the picture is live without lines."""
        if self.scene is None:
            base = super().status
            return replace(base, armed=False, moment=None, drawable=False, quiet=replace(base.quiet, seen_none=False))
        return self.scene.status

    @property
    def newest_index(self) -> int:
        """Of the scene's newest frame."""
        return super().newest_index if self.scene is None else self.scene.frame.index

    def newest_frame(self) -> StampedFrame | None:
        """The scene's newest frame."""
        return super().newest_frame() if self.scene is None else self.scene.frame


def desktop_picture(frame: StampedFrame) -> StampedFrame:
    """What a grabber shows when another input was chosen: windows and text, no X-ray."""
    grey = np.full(frame.grey.shape, 200, np.uint8)
    rows, cols = grey.shape
    for k in range(6):
        grey[rows // 8 + 40 * k : rows // 8 + 40 * k + 12, cols // 6 : cols // 2 + 30 * k] = 60
    grey[: rows // 14] = 90
    return replace(frame, grey=grey)


def plan_references(demo: Demo, folder: Path) -> tuple[Frame, ...]:
    """The reference pictures of the demo's plan."""
    plan = read_plan(folder / "plan.json", 0.25)
    return tuple(demo.frames[view.reference_frame] for view in plan.views)
