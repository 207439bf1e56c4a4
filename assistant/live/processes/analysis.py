"""The process that analyses: ring -> the same pipeline as in replay -> moments and alarms. No Qt."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from assistant.alarm_table.word import alarm_word
from assistant.capture.play import LOOP
from assistant.errors import AssistantError, EnvironmentError_, describe
from assistant.guarded_pipeline import GuardedPipeline
from assistant.language import sentence
from assistant.leak_shape.model_protocol import ShapeModel
from assistant.live.messages import (
    AlarmNotice,
    FaultNotice,
    Moved,
    PlanRefused,
    PlanTaken,
    StampedFrame,
    live_moment,
)
from assistant.live.orders import Acknowledge, AnswerBefore, LookAt, Order, Start, TakeDisplay, TakePlan
from assistant.live.processes.looking_back import LookingBack, RecordedBefore
from assistant.live.processes.shape_watch import watched
from assistant.live.shared.shared_memory import Register, SessionMemory, is_in_colour, is_orphan
from assistant.model_packs.starting import live_shape_model
from assistant.pipeline import Pipeline
from assistant.plan import PlannedView, check_against_run, plan_from_document
from assistant.readings.csv_row import COLUMNS, csv_row
from assistant.readings.live_line import KEEPS, serialise_reading
from assistant.readings.moments import Outline, cement_outline
from assistant.recording.line_writer import LineWriter
from assistant.recording.schema import READINGS
from assistant.settings.tree import Settings
from assistant.steps.cement import USUAL_LIMITS
from assistant.steps.liveness import ScreenWatch, SeenPictures
from assistant.vocabulary import Alarm, Approach, CementMask, Frame, FrameState, Leak, Liveness, Reading, Unknown

log = logging.getLogger(__name__)
_PAUSE_S: Final = 0.002
_NICER: Final = 3
_PLAN_TAKES_S: Final = 6.0
_MOST_BEHIND: Final = 6
"""Frames that the analysis may work off; farther behind it goes on with the newest [P]."""
_LOOK_BACK_EVERY: Final = 4
"""While lines are held against earlier pictures, at least one of them for so many frames [P]."""
_ROOM_FOR_ALARMS: Final = 1 << 19
_NO_PLAN: Final = sentence("no lines have been confirmed yet")
_IN_COLOUR: Final = sentence("not fluoroscopy: the picture is in colour")


def run(start: Start) -> None:
    """Body of the process."""
    cv2.setNumThreads(1)
    if hasattr(os, "nice"):
        os.nice(_NICER)  # picture and recording first, and the console's own software before both
    session_memory = SessionMemory.open(Path(start.session_memory))
    session_memory.put(Register.ANALYSIS_PID, os.getpid())
    lines = LineWriter(Path(start.folder), READINGS)
    lines.put({"columns": list(COLUMNS), "since_frame": session_memory.ring.newest_index + 1, KEEPS: True})
    # A session that goes on without its memory: what was recorded of it is read beside, and never waited for.
    goes_on = session_memory.ring.newest_index < 0 < session_memory.get(Register.NEXT_INDEX)
    recorded = RecordedBefore(Path(start.folder)) if goes_on else None
    with live_shape_model() as shapes:
        # A run that is played again and again shows the same pictures by intention.
        seen = SeenPictures(0) if start.source.startswith(LOOP) else None
        analysis = LiveAnalysis(
            session_memory, start.settings, lines, watched(shapes, session_memory.analysis_says.put), seen, recorded
        )
        while not session_memory.get(Register.CLOSING) and not is_orphan(session_memory, start.settings):
            session_memory.beat(Register.ANALYSIS_BEAT)
            for order in session_memory.to_analysis.take():
                analysis.obey(order)
            if not analysis.step():
                time.sleep(_PAUSE_S)
    lines.close()


class LiveAnalysis:
    """Takes frames from the ring, newest first when it is late, and says what it finds."""

    def __init__(
        self,
        session_memory: SessionMemory,
        settings: Settings,
        lines: LineWriter,
        shapes: ShapeModel | Unknown | None = None,
        seen: SeenPictures | None = None,
        recorded: RecordedBefore | None = None,
    ) -> None:
        self._session_memory, self._settings, self._lines, self._shapes = session_memory, settings, lines, shapes
        self._views: tuple[PlannedView, ...] = ()
        self._pipeline: GuardedPipeline | None = None
        self._plan_number = 0
        self._seen = SeenPictures(room=session_memory.seen) if seen is None else seen
        """Of the session, whatever plans it works with, and though its analysis was started again."""
        self._screen = self._before_plan = ScreenWatch(settings.liveness, seen=self._seen)
        self._of_plan = self._before_plan
        self._recorded = recorded
        self._to_look_back: TakePlan | None = None
        self._since_plan: list[Order] = []
        self._back: LookingBack | None = None
        self._frames_since_look = 0
        self._last_index = session_memory.ring.newest_index
        self._captured_ns = 0
        """Of the newest frame that was analysed."""
        self._skipped = 0
        self._cement: CementMask | Unknown | None = None
        self._outline: Outline = ()
        self._leaks: tuple[Leak, ...] = ()

    def obey(self, order: Order) -> None:
        """Do what the session wants."""
        if isinstance(order, TakePlan):
            self._take_plan(order)
        elif isinstance(order, LookAt):
            self._before_plan.look_at(order.place)
        elif self._pipeline is not None:
            _tell(self._pipeline, order, self._plan_number)
            self._since_plan.append(order)

    def _take_plan(self, order: TakePlan) -> None:
        # Line maps of large pictures, and the first picture after, take their time on a machine that is busy.
        self._session_memory.ask_patience(Register.ANALYSIS_BEAT, _PLAN_TAKES_S)
        self._back = self._to_look_back = None
        self._since_plan.clear()
        try:
            pipeline = self._pipeline_of(order, self._seen)
        except AssistantError as error:
            self._session_memory.analysis_says.put(PlanRefused(plan_number=order.plan_number, reason=str(error)))
            return
        except Exception as error:
            reason = sentence(f"nothing can be followed in its reference picture ({describe(error)})")
            self._session_memory.analysis_says.put(PlanRefused(plan_number=order.plan_number, reason=reason))
            return
        self._pipeline, self._of_plan = GuardedPipeline(pipeline), pipeline.screen
        self._plan_number = order.plan_number
        self._views = pipeline.plan.views
        self._to_look_back = order
        self._session_memory.analysis_says.put(PlanTaken(plan_number=order.plan_number))

    def _pipeline_of(self, order: TakePlan, seen: SeenPictures | None) -> Pipeline:
        plan = plan_from_document(order.document, self._settings.alarms.warning_lines)
        references = []
        for view, path in zip(plan.views, order.references, strict=True):
            references.append(_reference(path, view.reference_frame))
        check_against_run(plan, references[0].grey.shape[1], references[0].grey.shape[0], None)
        return Pipeline(plan, references, self._settings, shapes=self._shapes, clock=order.clock, seen=seen)

    def step(self) -> bool:
        """Analyse one frame, or where none waits one from before the lines; False where there is nothing to do.

        Where frames never leave a pause, one in so many waits for the time of one picture.
        """
        stamped = self._next_frame()
        if stamped is None:
            return self._look_back()
        self._analyse(stamped)
        self._frames_since_look += 1
        if self._frames_since_look >= _LOOK_BACK_EVERY:
            self._look_back()
        return True

    def _next_frame(self) -> StampedFrame | None:
        ring = self._session_memory.ring
        newest = ring.newest_index
        if newest <= self._last_index:
            return None
        wanted = self._last_index + 1
        if newest - wanted > _MOST_BEHIND:
            self._skipped += newest - wanted
            wanted = newest
        stamped = ring.read(wanted)
        if stamped is None:
            self._skipped += newest - wanted
            stamped = ring.newest()
            if stamped is None or stamped.index <= self._last_index:
                return None
        self._last_index = stamped.index
        return stamped

    def _look_back(self) -> bool:
        """Do one piece of it; False where nothing is left to do."""
        self._frames_since_look = 0
        if self._recorded is not None:
            recorded = self._recorded.taken()
            if recorded is None:
                return False
            self._tell_not_looked(self._recorded.fault)
            self._recorded = None
            for frame in recorded:
                self._session_memory.earlier.offer(frame)
        if self._to_look_back is not None:
            order, self._to_look_back = self._to_look_back, None
            earlier = self._session_memory.earlier
            if earlier.count_before(max(view.reference_frame for view in self._views)) > USUAL_LIMITS.earlier.pictures:
                self._back = LookingBack(lambda: self._pipeline_of(order, None), earlier.after)
        if self._back is None or self._back.waits:
            return False
        if self._back.step():
            return True
        back, self._back = self._back, None
        self._tell_not_looked(back.fault)
        if back.found is not None:
            self._go_on_with(*back.found)
        return True

    def _go_on_with(self, pipeline: Pipeline, guarded: GuardedPipeline) -> None:
        """The pipeline that has seen earlier pictures goes on; what it alone has raised is told now."""
        assert self._pipeline is not None, "there is something to look back from"
        for since in self._since_plan:
            if not isinstance(since, Acknowledge):
                _tell(guarded, since, self._plan_number)
        guarded.acknowledge(self._pipeline.acknowledged)  # nobody has seen what stands in the new one alone
        known = {(alarm.kind, alarm.site, alarm.priority) for alarm in self._pipeline.standing}
        for alarm in guarded.standing:
            if (alarm.kind, alarm.site, alarm.priority) not in known:
                self._tell_alarm(alarm, self._captured_ns)
        pipeline.go_on_with(self._seen)
        self._pipeline, self._of_plan = guarded, pipeline.screen

    def _tell_not_looked(self, fault: str) -> None:
        if fault:
            happened = sentence(f"Earlier pictures could not be looked at ({fault}).")
            do = sentence("Cement before the start? Judge by eye.")
            self._session_memory.analysis_says.put(FaultNotice(happened=happened, do=do))

    def _tell_alarm(self, alarm: Alarm, captured_ns: int) -> None:
        finished_ns, number = time.monotonic_ns(), self._plan_number
        self._session_memory.analysis_says.put(
            AlarmNotice(alarm=alarm, plan_number=number, captured_ns=captured_ns, finished_ns=finished_ns)
        )

    @property
    def looks_back(self) -> bool:
        """Whether earlier pictures have still to be looked at."""
        return self._recorded is not None or self._to_look_back is not None or self._back is not None

    def _analyse(self, stamped: StampedFrame) -> None:
        frame = Frame(index=stamped.index, t_s=stamped.t_s, grey=stamped.grey, white=stamped.white)

        self._captured_ns = stamped.captured_ns

        def hand_out(alarm: Alarm) -> None:
            self._tell_alarm(alarm, stamped.captured_ns)

        if self._pipeline is not None and not is_in_colour(self._session_memory):
            reading, self._screen = self._pipeline.process(frame, hand_out), self._of_plan
        else:
            self._screen = self._before_plan
            reading = self._only_liveness(frame, _NO_PLAN if self._pipeline is None else _IN_COLOUR)
        if reading.liveness.state is FrameState.LIVE and reading.liveness.may_be_new:
            self._session_memory.earlier.offer(frame)
        # A leak of the last picture may have come to count since: it is told with its outline once more.
        is_new = reading.cement is not self._cement or reading.leaks != self._leaks
        if is_new:
            self._cement, self._leaks = reading.cement, reading.leaks
            self._outline = cement_outline(reading.cement)
        moment = live_moment(
            reading,
            self._outline,
            stamped,
            self._screen,
            finished_ns=time.monotonic_ns(),
            plan_number=self._plan_number,
            skipped=self._skipped,
        )
        self._session_memory.analysis_says.put(Moved(moment=moment), leave_bytes=_ROOM_FOR_ALARMS)
        self._lines.put(
            {
                "row": csv_row(reading, self._views),
                "plan": self._plan_number,
                "lag_ms": round((moment.finished_ns - moment.captured_ns) / 1e6, 1),
                "standing": [alarm_word(alarm) for alarm in reading.standing],
                **serialise_reading(reading, self._outline if is_new else None, self._views),
            }
        )
        self._session_memory.put(Register.ANALYSED_INDEX, stamped.index)
        self._session_memory.put(Register.ANALYSED_CAPTURED_NS, stamped.captured_ns)

    def _judged(self, frame: Frame) -> Liveness:
        """What the picture is, of no plan; one frame that this fails on does not end the analysis."""
        try:
            return self._before_plan.judge(frame)
        except Exception as error:
            log.exception("frame %d could not be judged", frame.index)
            return _unusable(error)

    def _only_liveness(self, frame: Frame, why: str) -> Reading:
        started_ns = time.perf_counter_ns()
        unknown = Unknown(why)
        return Reading(
            frame_index=frame.index,
            t_s=frame.t_s,
            liveness=self._judged(frame),
            motion=unknown,
            cement=unknown,
            distances=unknown,
            approach=Approach(approach_mm_per_s=unknown, time_to_line_s=unknown),
            standing=(),
            changes=(),
            leaks=(),
            processing_ms=(time.perf_counter_ns() - started_ns) / 1e6,
        )


def _unusable(error: Exception) -> Liveness:
    unknown = Unknown(f"a fault in the program: {describe(error)}")
    return Liveness(state=FrameState.UNUSABLE, xray_age_s=unknown, noise_grey=unknown, reason=unknown.reason)


def _tell(pipeline: GuardedPipeline, order: Order, plan_number: int) -> None:
    if isinstance(order, Acknowledge):
        pipeline.acknowledge()
    elif isinstance(order, TakeDisplay) and order.plan_number == plan_number:
        pipeline.take_display(order.display)
    elif isinstance(order, AnswerBefore) and order.plan_number == plan_number:
        pipeline.answer_before(order.views, is_there=order.is_there)


def _reference(path: str, index: int) -> Frame:
    picture: Any = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 2 or picture.dtype not in (np.uint8, np.uint16):
        raise EnvironmentError_(f"{path}: the reference picture cannot be read; take the lines again")
    return Frame(index=index, t_s=0.0, grey=picture, white=255 if picture.itemsize == 1 else 65535)
