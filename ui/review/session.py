"""One opened run in the window: its source, plan, worker, and where the playhead stands. No widgets here."""

from __future__ import annotations

from pathlib import Path

from assistant.capture.opening import open_source
from assistant.plan import Plan, check_against_run
from assistant.settings import Settings
from assistant.vocabulary import Frame, RunFacts
from ui.moments import Moment, MomentStore
from ui.review.worker import AnalysisWorker, PictureFetcher, PictureRing, Sink

_AHEAD = 6
"""Frames analysed ahead of the playhead: hides the time of a slow picture, and is not shown."""


class Session:
    """A run, and its analysis once there is a plan.

    Raises
    ------
    InputError, UsageError
        If the run or the plan cannot be used; nothing is left open then.
    """

    def __init__(self, run: str, plan: Plan | None, settings: Settings, sink: Sink) -> None:
        self.run = run
        self.plan = plan
        self._settings = settings
        self._sink = sink
        source = open_source(run)
        try:
            self.facts: RunFacts = source.facts
            if plan is not None:
                check_against_run(plan, self.facts.width_px, self.facts.height_px, self.facts.frame_count)
            self.first = source.frame_at(0)
        finally:
            source.close()
        self._pictures = PictureRing(16)
        self._pictures.put(self.first)
        self._fetcher = PictureFetcher(run, self._pictures, sink)
        self.worker: AnalysisWorker | None = None
        self.playhead = 0
        self.time_s = 0.0
        self.ended = False
        self.failure = ""
        self.waiting = False
        """The picture waits for the analysis."""
        if plan is not None:
            self.analyse(plan)

    @property
    def moments(self) -> MomentStore | None:
        """What the analysis has found so far."""
        return None if self.worker is None else self.worker.moments

    @property
    def last_frame(self) -> int | None:
        """The run's last frame where it is known."""
        if self.ended and self.moments is not None:
            return len(self.moments) - 1
        return None if self.facts.frame_count is None else self.facts.frame_count - 1

    def default_plan_path(self) -> Path:
        """Where a plan for this run is kept."""
        path = Path(self.run)
        return path / "plan.json" if path.is_dir() else path.with_suffix(".plan.json")

    def analyse(self, plan: Plan) -> None:
        """Begin the analysis with a plan."""
        check_against_run(plan, self.facts.width_px, self.facts.height_px, self.facts.frame_count)
        self.plan = plan
        if self.worker is not None:
            self.worker.stop()
        self.ended = False
        self.failure = ""
        self.worker = AnalysisWorker(self.run, plan, self._settings, self._sink)
        self.worker.want(_AHEAD)
        self.worker.start()

    def advance(self, seconds: float) -> None:
        """Play: move the time on, never past what is analysed."""
        target_s = self.time_s + seconds
        moments = self.moments
        if moments is None:
            fps = self.facts.fps or 15.0
            self.time_s = target_s
            self._place(int(target_s * fps))
            return
        self.waiting = self.playhead >= len(moments) and not self.ended
        if self.waiting:
            self.want(self.playhead)
            return
        index = moments.index_at(target_s)
        newest = moments.at(len(moments) - 1)
        if newest is not None and newest.t_s < target_s and not self.ended:
            # The analysis is behind: the picture waits for it instead of running away without its lines.
            target_s = newest.t_s
            self.waiting = True
        self.time_s = target_s
        self._place(max(index, 0))
        self.want(self.playhead)

    def go(self, index: int) -> None:
        """Jump to a frame; a frame not analysed yet is reached as soon as it is."""
        self._place(index)
        self.want(self.playhead)
        moment = self.moment()
        self.time_s = moment.t_s if moment is not None else self.playhead / (self.facts.fps or 15.0)

    def want(self, index: int) -> None:
        """Have the analysis go on to this frame and a few more."""
        if self.worker is not None:
            self.worker.want(index + _AHEAD)

    def _place(self, index: int) -> None:
        last = self.last_frame
        self.playhead = max(0, index if last is None else min(index, last))

    def moment(self) -> Moment | None:
        """What is known of the frame at the playhead."""
        return None if self.moments is None else self.moments.at(self.playhead)

    def picture(self) -> Frame | None:
        """The frame at the playhead, or None while it is fetched."""
        frame = self.worker.pictures.get(self.playhead) if self.worker is not None else None
        frame = frame or self._pictures.get(self.playhead)
        if frame is None:
            self._fetcher.want(self.playhead)
        return frame

    def at_end(self) -> bool:
        """Whether the playhead stands on the last frame."""
        last = self.last_frame
        return last is not None and self.playhead >= last

    def close(self) -> None:
        """End the threads."""
        if self.worker is not None:
            self.worker.stop()
        self._fetcher.stop()
