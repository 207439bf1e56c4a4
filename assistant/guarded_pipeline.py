"""A pipeline that outlives its own faults: one frame that it fails on does not lose the run, and nobody is misled.

A frame that could not be analysed is said to be unusable, with the fault as its reason, and an event stands for as
long as that lasts.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import cv2

from assistant.alarm_table.row import PipelineRow
from assistant.alarm_table.table import NOT_TRACKED, row_of
from assistant.console_display import ConsoleDisplay
from assistant.errors import describe
from assistant.language import sentence
from assistant.leak_shape.patch import SeenPatch
from assistant.pipeline import AlarmListener, Pipeline, Summary
from assistant.readings.csv_row import why_unmeasured
from assistant.steps.alarms import acknowledged
from assistant.vocabulary import (
    Alarm,
    Approach,
    Distances,
    EventKind,
    Frame,
    FrameState,
    Leak,
    LeakSite,
    Liveness,
    Measures,
    Reading,
    Unknown,
)

_AlarmKey = tuple[EventKind, object, str, int]


class GuardedPipeline:
    """Takes frames as `Pipeline` does and never raises.

    Parameters
    ----------
    pipeline : Pipeline
    clock_ns : callable
        Times the frames that the pipeline failed on.

    Attributes
    ----------
    failed_frames : int
        Frames that could not be analysed.
    fault : str
        The first fault and its place in the program, empty while there is none.
    unmeasured : str
        Why not one picture so far could be measured (of the last one); empty as soon as one was.
    """

    def __init__(self, pipeline: Pipeline, clock_ns: Callable[[], int] = time.perf_counter_ns) -> None:
        self._pipeline = pipeline
        self._clock_ns = clock_ns
        self.failed_frames = 0
        self.fault = ""
        self.unmeasured = sentence("it holds no picture")
        self._seen = math.inf, 0.0, 255
        self._alarms: dict[_AlarmKey, Alarm] = {}
        self._standing: tuple[Alarm, ...] = ()
        self._leaks: tuple[Leak, ...] = ()
        self._episodes: list[Alarm] = []

    def process(self, frame: Frame, on_alarm: AlarmListener | None = None) -> Reading:
        """Take one frame through all steps; a reading without figures where a step fails."""
        started_ns = self._clock_ns()
        handed_out: list[Alarm] = []

        def hand_out(alarm: Alarm) -> None:
            handed_out.append(alarm)
            if on_alarm is not None:
                on_alarm(alarm)

        try:
            reading = self._pipeline.process(frame, hand_out)
        except Exception as error:
            return self._failed(frame, error, started_ns, on_alarm, handed_out)
        if self._episodes and self._episodes[-1].last_frame is None:
            if reading.liveness.state in (FrameState.REPEAT, FrameState.FROZEN):
                return self._goes_on(reading)
            ended = replace(self._episodes[-1], last_frame=frame.index - 1)
            self._episodes[-1] = ended
            if on_alarm is not None:
                on_alarm(ended)
            reading = replace(reading, changes=(*reading.changes, ended))
        self._keep(reading)
        if self.unmeasured:
            self.unmeasured = "" if isinstance(reading.distances, Distances) else why_unmeasured(reading)
            low, high, *_ = cv2.minMaxLoc(frame.grey)
            self._seen = min(low, self._seen[0]), max(high, self._seen[1]), frame.white
        return reading

    def _keep(self, reading: Reading) -> None:
        for alarm in reading.changes:
            if alarm not in self._episodes:
                self._alarms[_key(alarm)] = alarm
        self._standing, self._leaks = reading.standing, reading.leaks

    def _goes_on(self, reading: Reading) -> Reading:
        """A frame that shows the picture that could not be analysed once more: that goes on."""
        self._keep(reading)
        standing = (*reading.standing, self._episodes[-1])
        return replace(reading, standing=tuple(sorted(standing, key=lambda alarm: -alarm.priority)))

    @property
    def trouble(self) -> str:
        """Why what was found is not the whole run, for the end of a sentence; empty where it is."""
        if self.fault:
            return sentence(
                f"{self.failed_frames} frames could not be analysed because of a fault in the program ({self.fault}) "
                f"and are marked unusable, please report it"
            )
        if self.unmeasured:
            low, high, white = self._seen
            seen = sentence(f"; grey values {low:.0f} to {high:.0f} of {white}") if low <= high else ""
            return sentence(
                f"not one picture could be measured ({self.unmeasured}{seen}), so nothing is known of cement in it; "
                f"check that it is the run of this plan, and the plan's reference frame and points"
            )
        return ""

    def _failed(
        self, frame: Frame, error: Exception, started_ns: int, on_alarm: AlarmListener | None, handed_out: list[Alarm]
    ) -> Reading:
        """A reading without figures; what was handed out before the step failed was told, and stands or has ended."""
        for alarm in handed_out:
            self._alarms[_key(alarm)] = alarm
            others = [each for each in self._standing if _key(each) != _key(alarm)]
            self._standing = (*others, alarm) if alarm.last_frame is None else tuple(others)
        self.failed_frames += 1
        fault = describe(error)
        self.fault = self.fault or sentence(f"frame {frame.index}: {fault}")
        changes = tuple(handed_out)
        if not self._episodes or self._episodes[-1].last_frame is not None:
            raised = Alarm(
                kind=NOT_TRACKED.kind,
                site=NOT_TRACKED.site,
                priority=NOT_TRACKED.priority_injecting,
                first_frame=frame.index,
                last_frame=None,
                headline=NOT_TRACKED.headline,
                action=NOT_TRACKED.action,
            )
            self._episodes.append(raised)
            changes = (*changes, raised)
            if on_alarm is not None:
                on_alarm(raised)
        standing = (*self._standing, self._episodes[-1])
        unknown = Unknown(f"a fault in the program: {fault}")
        return Reading(
            frame_index=frame.index,
            t_s=frame.t_s,
            liveness=Liveness(state=FrameState.UNUSABLE, xray_age_s=unknown, noise_grey=unknown, reason=unknown.reason),
            motion=unknown,
            cement=unknown,
            distances=unknown,
            approach=Approach(approach_mm_per_s=unknown, time_to_line_s=unknown),
            standing=tuple(sorted(standing, key=lambda alarm: -alarm.priority)),
            changes=changes,
            leaks=(),
            processing_ms=(self._clock_ns() - started_ns) / 1e6,
        )

    def take_display(self, display: ConsoleDisplay) -> None:
        """A person has taken over how the console shows the pictures now."""
        self._pipeline.display.take(display)

    def answer_before(self, views: Sequence[int], *, is_there: bool) -> None:
        """A person has said of these views whether cement stood there before the start."""
        self._pipeline.before.answer(views, is_there=is_there)

    @property
    def standing(self) -> tuple[Alarm, ...]:
        """The alarms that stand after the last frame."""
        return self._standing

    @property
    def acknowledged(self) -> frozenset[PipelineRow]:
        """The rows of the alarm table that stand and that a person has acknowledged."""
        return acknowledged(self._pipeline.alarms)

    def acknowledge(self, only: Collection[PipelineRow] | None = None) -> None:
        """A person has seen all alarms that stand, or those of these rows: a latched one may end when it is gone."""
        try:
            self._pipeline.acknowledge(only)
        except Exception as error:
            self.fault = self.fault or sentence(f"at an acknowledgement: {describe(error)}")

    def seen_by_model(self) -> dict[LeakSite, SeenPatch]:
        """As `Pipeline.seen_by_model`; nothing where that fails."""
        try:
            return self._pipeline.seen_by_model()
        except Exception as error:
            self.fault = self.fault or sentence(f"at the end: {describe(error)}")
            return {}

    def finish(self) -> Summary:
        """Say what the run comes to; may be called at any time. Where the pipeline fails, from what was handed out."""
        try:
            summary = self._pipeline.finish()
        except Exception as error:
            self.fault = self.fault or sentence(f"at the end: {describe(error)}")
            summary = self._remembered(sentence(f"a fault in the program: {describe(error)}"))
        events = sorted((*summary.events, *self._episodes), key=lambda alarm: alarm.first_frame)
        return replace(summary, events=tuple(events))

    def _remembered(self, reason: str) -> Summary:
        return replace(nothing_known(reason), events=tuple(self._alarms.values()), leaks=self._leaks)


def _key(alarm: Alarm) -> _AlarmKey:
    """One alarm: two rows of the table can be of one kind and frame."""
    return alarm.kind, alarm.site, row_of(alarm).title, alarm.first_frame


def nothing_known(reason: str) -> Summary:
    """The summary of a run of which nothing could be worked out, with the reason."""
    unknown = Unknown(reason)
    return Summary(
        events=(),
        leaks=(),
        measures=Measures(
            cement_area_mm2=unknown,
            fill_area_ratio=unknown,
            distribution_grade=None,
            anterior_height_mm=unknown,
            middle_height_mm=unknown,
            posterior_height_mm=unknown,
            wedge_angle_deg=unknown,
        ),
        models=(),
    )
