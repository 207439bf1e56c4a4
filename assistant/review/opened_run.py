"""One opened run: its source, plan, analysis, and where the playhead stands."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from assistant.capture.opening import open_source
from assistant.capture.source import Source
from assistant.errors import InputError, UsageError
from assistant.identity import Identity
from assistant.language import sentence
from assistant.pipeline import Summary
from assistant.plan import Plan, check_against_run
from assistant.readings.moments import Moment, MomentStore
from assistant.review import previews
from assistant.review.cached_result import CachedAnalysis, CachedResult, find_cached, places_of
from assistant.review.playhead import Playhead
from assistant.review.replay import ReplayAnalysis, ReplayListener
from assistant.review.run_pictures import RunPictures
from assistant.review.session_day import SessionDay
from assistant.review.session_reading import holds_day, read_session_day
from assistant.review.stored import holds_figures, holds_leaks, read_as_seen
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings
from assistant.system.places import data_home, plan_place
from assistant.vocabulary import Frame, ScreenChange, Unknown

log = logging.getLogger(__name__)
_STOP_WAIT_S = 10.0
LEVELS_IN_ONE: Final = sentence(
    "This recording holds several levels, and all of it is measured with the lines of the last one: its figures and "
    "alarms at the other levels are not theirs. Import it again: then each level becomes a run with its own lines."
)
Identify = Callable[[str, Plan | None, date | Unknown], Identity]
"""Who a run is, by its path, its plan and when it was recorded."""


class OpenedRun:
    """A run, and its analysis once there is a plan.

    Parameters
    ----------
    run : str
        Path of the recording.
    plan : Plan or None
    settings : Settings
        Of an analysis.
    sink : ReplayListener
        Hears what the threads and processes find.
    identify : callable
        Who it is; asked again with another plan.

    Raises
    ------
    InputError, UsageError
        If the run or the plan cannot be used; nothing is left open then.
    """

    def __init__(
        self, run: str, plan: Plan | None, settings: Settings, sink: ReplayListener, identify: Identify
    ) -> None:
        self.run = run
        self.plan: Plan | None = None
        self._plan_now: Plan | None = None
        self._settings = settings
        self._sink = sink
        self._identify = identify
        source = open_source(run)
        try:
            self.facts: RunFacts = source.facts
            if plan is not None:
                check_against_run(plan, self.facts.width_px, self.facts.height_px, self.facts.end_frame)
            self.first = _first(source)
            small_ones = previews.is_needed(source)
        finally:
            source.close()
        self.identity: Identity = identify(run, plan, self.facts.recorded)
        self.pictures = RunPictures(run, self.facts, self.first, sink.look_now, small_ones=small_ones)
        self.analysis: ReplayAnalysis | CachedAnalysis | None = None
        self.result: CachedResult | None = None
        """The result that is shown in place of an analysis of now; None where it is analysed."""
        self.as_seen: MomentStore | None = None
        """What was told live, where the run holds it."""
        self.day: SessionDay | None = None
        """What was done and told on the day, where the run is a live session's."""
        self.shows_as_seen = False
        self.keeps_leaks = holds_leaks(Path(run))
        """Whether leaks and outlines of the day were kept."""
        self.summary: Summary | None = None
        """What the analysis came to; None while it goes on."""
        self.plan_path: str | None = None
        self.ended = False
        self.failure = ""
        self.playhead = Playhead(self)
        self._closing = False
        self._recollection: threading.Thread | None = None
        self._day_fault = self._result_fault = ""
        if plan is not None:
            self._begin(plan)
        if holds_figures(Path(run)) or holds_day(Path(run)):
            self._recollection = threading.Thread(target=self._recollect, args=(plan,), name="analysis", daemon=True)
            self._recollection.start()

    def _recollect(self, plan: Plan | None) -> None:
        """Read what was told and done on the day; in a thread, for an hour's table takes seconds."""
        try:
            self.day = read_session_day(Path(self.run))
            if holds_figures(Path(self.run)):
                store = MomentStore()
                store.extend(read_as_seen(Path(self.run), plan))
                self.as_seen = store
        except InputError as error:
            self._day_fault = f"{error}."
            log.warning("%s", error)
        if not self._closing:
            self._sink.look_now()

    @property
    def moments(self) -> MomentStore | None:
        """What is shown: as seen live, or as analysed so far."""
        if self.shows_as_seen and self.as_seen is not None:
            return self.as_seen
        return None if self.analysis is None else self.analysis.moments

    @property
    def first_frame(self) -> int:
        """The run's first frame: 0, but for a part of a recording."""
        return self.facts.first_frame

    @property
    def begins_s(self) -> float:
        """Its time in s; 0, but for a part of a recording."""
        return self.first.t_s if self.first_frame else 0.0

    @property
    def not_whole(self) -> str:
        """What is missing of the recording itself; empty for a whole one."""
        details = self.facts.details
        return details.get("not_whole", "") or details.get("cut", "")

    @property
    def notes(self) -> tuple[str, ...]:
        """What the source and the analysis assumed or mended, and why the day cannot be read, in sentences."""
        found = self.summary.notes if self.summary is not None else ()
        in_one = self.plan is not None and self.day is not None and len(self.day.levels) > 1
        own = (LEVELS_IN_ONE if in_one else "", self._day_fault, self._result_fault)
        return tuple(dict.fromkeys(note for note in (*own, *self.facts.notes, *found) if note))

    @property
    def screen_changes(self) -> tuple[ScreenChange, ...]:
        """From which frames on the screen showed other pictures, as the analysis found it."""
        return () if self.summary is None or self.shows_as_seen else self.summary.screen_changes

    @property
    def fps(self) -> float:
        """Frames a second, for where no time stamp is known yet."""
        return self.facts.fps or 15.0

    @property
    def last_frame(self) -> int | None:
        """The run's last frame where it is known."""
        if self.ended and self.analysis is not None and not self.failure:
            return max(self.first_frame, self.analysis.moments.end - 1)
        return None if self.facts.end_frame is None else self.facts.end_frame - 1

    @property
    def frame_count(self) -> int:
        """Frames as far as is known, at least 1."""
        last = self.last_frame
        if last is None:
            last = max(self.playhead.frame, -1 if self.moments is None else self.moments.end - 1)
        return 1 + last - self.first_frame

    def default_plan_path(self) -> Path:
        """Where a plan for this run is kept."""
        place = plan_place(Path(self.run))
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _begin(self, plan: Plan) -> None:
        """Open the result that lies with the run, else analyse it."""
        places = places_of(Path(self.run), data_home(), self.identity.run_id)
        kept = find_cached(places, plan, self._settings, self.facts)
        made_with = None if kept is None else self._plan_of(kept)
        if kept is None or made_with is None:
            self.analyse(plan)
            return
        # Its lines belong to the plan that it was made with.
        self._start(made_with, CachedAnalysis(kept, made_with, self._sink))
        self.result, self._plan_now = kept, plan

    def _plan_of(self, kept: CachedResult) -> Plan | None:
        """The plan that a result was made with; None where it cannot be used, which is told."""
        try:
            return kept.plan()
        except UsageError as error:
            log.warning("%s: its plan cannot be used (%s)", kept.folder, error)
            self._result_fault = sentence(
                f"the result that lies with the run cannot be shown ({error}): these figures are analysed anew"
            )
            return None

    def analyse(self, plan: Plan) -> None:
        """Begin the analysis with a plan."""
        self._plan_now = plan
        self._start(plan, ReplayAnalysis(self.run, plan, self._settings, self._sink))

    def _start(self, plan: Plan, analysis: ReplayAnalysis | CachedAnalysis) -> None:
        check_against_run(plan, self.facts.width_px, self.facts.height_px, self.facts.end_frame)
        self.plan, self.result = plan, None
        self.identity = self._identify(self.run, plan, self.facts.recorded)
        if self.analysis is not None:
            self.analysis.stop()
        self.ended = False
        self.failure, self.summary = "", None
        self.shows_as_seen = False
        self.analysis = analysis
        self.analysis.start()

    def analyse_anew(self) -> bool:
        """Analyse in place of the result that is shown, with the run's own plan; False where there is none."""
        if self._plan_now is None:
            return False
        self.analyse(self._plan_now)
        return True

    @property
    def made_by(self) -> str:
        """What made the figures, where it was not this program as it is set now."""
        return "" if self.result is None or self.shows_as_seen else self.result.made_by

    def time_of(self, index: int) -> float:
        """Time of a frame in s: as analysed, else by the run's rate."""
        moment = self.moments.at(index) if self.moments is not None else None
        return moment.t_s if moment is not None else self.begins_s + (index - self.first_frame) / self.fps

    def index_at(self, t_s: float) -> int:
        """The frame at a time, by the run's rate where it is not analysed: before the run or past its end too."""
        moments = self.moments
        if moments is not None and len(moments):
            newest = moments.at(moments.end - 1)
            if newest is not None and t_s <= newest.t_s:
                return max(self.first_frame, moments.index_at(t_s))
        return self.first_frame + int((t_s - self.begins_s) * self.fps + 1e-6)

    def step(self, frames: int) -> None:
        """Play every frame: the next one as soon as its picture is there."""
        if self.pictures.holds(self.playhead.frame):
            self.playhead.go(self.playhead.frame + frames)

    def moment(self) -> Moment | None:
        """What is known of the frame at the playhead."""
        return None if self.moments is None else self.moments.at(self.playhead.frame)

    def picture(self, *, playing: bool = False) -> Frame | None:
        """The frame at the playhead, or None while it is fetched."""
        return self.pictures.at(self.playhead.frame, playing=playing)

    def at_end(self) -> bool:
        """Whether the playhead stands on the last frame."""
        last = self.last_frame
        if last is None:
            # Not analysed, and the source does not say how many frames it has: where no picture comes is the end.
            return self.analysis is None and bool(self.pictures.trouble)
        return self.playhead.frame >= last

    def close(self) -> None:
        """End threads and processes."""
        self._closing = True
        if self.analysis is not None:
            self.analysis.stop()
        self.pictures.close()
        if self._recollection is not None:
            self._recollection.join(_STOP_WAIT_S)


def _first(source: Source) -> Frame:
    frames = source.frames()
    try:
        return next(iter(frames))
    except StopIteration:
        raise InputError(f"{source.facts.source}: holds no frame; choose another recording") from None
    finally:
        close = getattr(frames, "close", None)
        if close is not None:
            close()
