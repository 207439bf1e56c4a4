"""The thread that analyses: source -> pipeline -> moments, up to the frame that the window asks for. No Qt here.

It knows only a small sink. Pictures go into a short ring, so nothing grows when the window is slow; alarm changes go
their own way and are never skipped.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import Protocol

from assistant.analysis import reference_frames
from assistant.capture.opening import open_source
from assistant.errors import AssistantError
from assistant.guard import GuardedPipeline, nothing_known
from assistant.pipeline import Pipeline, Summary
from assistant.plan import Plan
from assistant.settings import Settings
from assistant.vocabulary import Alarm, Frame
from ui.moments import MomentStore

log = logging.getLogger(__name__)
_PICTURES = 48
_STOP_WAIT_S = 10.0
_NOTHING = "nothing was analysed"


class Sink(Protocol):
    """Who listens. Called from the worker's thread."""

    def look_now(self) -> None:
        """Something new stands in the store."""

    def alarm_changed(self, alarm: Alarm) -> None:
        """An alarm was raised or has ended."""

    def ended(self, summary: Summary, failure: str) -> None:
        """The run is through, or broke off with a sentence that says why."""


class PictureRing:
    """The last pictures by frame number; the oldest goes first."""

    def __init__(self, size: int = _PICTURES) -> None:
        self._frames: OrderedDict[int, Frame] = OrderedDict()
        self._size = size
        self._lock = threading.Lock()

    def put(self, frame: Frame) -> None:
        """Keep a frame."""
        with self._lock:
            self._frames[frame.index] = frame
            self._frames.move_to_end(frame.index)
            while len(self._frames) > self._size:
                self._frames.popitem(last=False)

    def get(self, index: int) -> Frame | None:
        """A kept frame, or None."""
        with self._lock:
            return self._frames.get(index)


class AnalysisWorker:
    """Analyses a run in its own thread, never past the wanted frame.

    Parameters
    ----------
    run : str
    plan : Plan
    settings : Settings
    sink : Sink
    """

    def __init__(self, run: str, plan: Plan, settings: Settings, sink: Sink) -> None:
        self.moments = MomentStore()
        self.pictures = PictureRing()
        self._run = run
        self._plan = plan
        self._settings = settings
        self._sink = sink
        self._wanted = 0
        self._stopping = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._guarded, name="analysis", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def want(self, index: int) -> None:
        """Analyse up to this frame (never takes an earlier wish back)."""
        with self._wake:
            if index > self._wanted:
                self._wanted = index
                self._wake.notify()

    def stop(self) -> bool:
        """Ask the thread to end and wait for it; False if it did not within ten seconds."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join(_STOP_WAIT_S)
        return not self._thread.is_alive()

    def _guarded(self) -> None:
        try:
            self._analyse()
        except Exception:
            # The window must learn of any end: a thread that dies in silence would look like a quiet picture.
            log.exception("the analysis stopped")
            self._sink.ended(
                nothing_known(_NOTHING), "the analysis stopped by an error of the program; the pictures go on"
            )

    def _analyse(self) -> None:
        failure = ""
        pipeline: GuardedPipeline | None = None
        try:
            source = open_source(self._run)
            try:
                pipeline = GuardedPipeline(Pipeline(self._plan, reference_frames(source, self._plan), self._settings))
                for frame in source.frames():
                    if not self._wait_for(frame.index):
                        return
                    self.pictures.put(frame)
                    self.moments.add(pipeline.process(frame, self._sink.alarm_changed))
                    self._sink.look_now()
            finally:
                source.close()
        except AssistantError as error:
            failure = str(error)
        if pipeline is not None and pipeline.failed_frames and not failure:
            failure = f"{pipeline.failed_frames} frames could not be analysed: {pipeline.fault}"
        self._sink.ended(pipeline.finish() if pipeline is not None else nothing_known(_NOTHING), failure)

    def _wait_for(self, index: int) -> bool:
        with self._wake:
            while index > self._wanted and not self._stopping:
                self._wake.wait()
            return not self._stopping


class PictureFetcher:
    """Reads single frames for seeking, in its own thread; of several wishes only the newest counts."""

    def __init__(self, run: str, pictures: PictureRing, sink: Sink) -> None:
        self._run = run
        self._pictures = pictures
        self._sink = sink
        self._wish: int | None = None
        self._stopping = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._guarded, name="pictures", daemon=True)
        self._thread.start()

    def want(self, index: int) -> None:
        """Ask for one frame; it will stand in the ring."""
        with self._wake:
            self._wish = index
            self._wake.notify()

    def stop(self) -> bool:
        """Ask the thread to end and wait for it."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(_STOP_WAIT_S)
        return not self._thread.is_alive()

    def _guarded(self) -> None:
        try:
            self._fetch()
        except Exception:
            # The window says by itself that it waits for the picture; the log says why it never comes.
            log.exception("reading single pictures stopped")

    def _fetch(self) -> None:
        try:
            source = open_source(self._run)
        except AssistantError:
            log.warning("pictures for seeking cannot be read from %s", self._run)
            return
        try:
            while True:
                with self._wake:
                    while self._wish is None and not self._stopping:
                        self._wake.wait()
                    if self._stopping:
                        return
                    index, self._wish = self._wish, None
                assert index is not None
                try:
                    self._pictures.put(source.frame_at(index))
                except AssistantError as error:
                    log.warning("frame %d cannot be shown: %s", index, error)
                    continue
                self._sink.look_now()
        finally:
            source.close()
