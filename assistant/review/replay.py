"""The analysis of a recorded run in a process of its own, for a window that must never wait for it.

The parent starts ``python -m assistant.review.replay``, writes one `ReplayJob` to its standard input and reads `Batch`
values and at last an `End` from its standard output, each behind its length. The parent alone starts this child and
reads only from it, so the values travel as pickles. To stop it, it is killed: it keeps nothing.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
import threading
import time
from dataclasses import dataclass, replace
from typing import IO, Any, BinaryIO, Final, Protocol

from assistant.analysis import start_pipeline
from assistant.capture.opening import open_source
from assistant.errors import AssistantError, describe
from assistant.guarded_pipeline import GuardedPipeline, nothing_known
from assistant.language import sentence
from assistant.model_packs.shape_models import WaitingShapeModel
from assistant.model_packs.starting import recorded_shape_model
from assistant.pipeline import Summary
from assistant.plan import Plan, plan_from_document
from assistant.readings.moments import Moment, MomentMaker, MomentStore
from assistant.settings.tree import Settings
from assistant.system.error_log import LastWords, exit_words
from assistant.system.processes import ChildProcess, Stream, framed, module_command, module_environment, read_frame
from assistant.vocabulary import Alarm, Reading, Unknown

log = logging.getLogger(__name__)
_BATCH_FRAMES: Final = 64
_BATCH_S: Final = 0.05
_STOP_WAIT_S: Final = 10.0
_NICE: Final = 5
"""The window and its pictures come first."""
_NOTHING: Final = sentence("nothing was analysed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayJob:
    """What the child is to analyse: the run, the plan's document and the settings."""

    run: str
    plan: dict[str, Any]
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Moments that follow on the last ones, and the alarms raised or ended in them."""

    moments: tuple[Moment, ...]
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The run is through, or broke off with a sentence that says why."""

    summary: Summary
    failure: str


class ReplayListener(Protocol):
    """Who listens. Called from the thread that reads the child."""

    def look_now(self) -> None:
        """Something new stands in the store."""

    def alarm_changed(self, alarm: Alarm) -> None:
        """An alarm was raised or has ended."""

    def ended(self, summary: Summary, failure: str) -> None:
        """The run is through, or broke off with a sentence that says why."""


class ReplayAnalysis:
    """Analyses a run in a child process; what it finds stands in ``moments`` as it comes.

    Parameters
    ----------
    run : str
    plan : Plan
    settings : Settings
    sink : ReplayListener
    """

    def __init__(self, run: str, plan: Plan, settings: Settings, sink: ReplayListener) -> None:
        self.moments = MomentStore()
        self._job = ReplayJob(run=run, plan=plan.document, settings=settings)
        self._sink = sink
        self._stopping = False
        self._process: ChildProcess | None = None
        self._thread = threading.Thread(target=self._guarded, name="analysis", daemon=True)

    def start(self) -> None:
        """Start the child and the thread that reads it."""
        self._words = LastWords("review")
        self._process = ChildProcess(
            module_command("assistant.review.replay"),
            environment=module_environment(),
            given=pickle.dumps(self._job),
            out=Stream.PIPE,
            words=self._words,
        )
        self._thread.start()

    def stop(self) -> bool:
        """End the child and wait for the thread; False if it did not end within ten seconds."""
        self._stopping = True
        if self._process is not None:
            self._process.kill()
        if self._thread.is_alive():
            self._thread.join(_STOP_WAIT_S)
        return not self._thread.is_alive()

    def _guarded(self) -> None:
        try:
            self._listen()
        except Exception:
            # The window must learn of any end: a thread that dies in silence would look like a quiet picture.
            log.exception("reading the analysis stopped")
            self._tell_end(
                End(summary=nothing_known(_NOTHING), failure=_STOPPED.format(sentence("an error of the program")))
            )

    def _listen(self) -> None:
        process = self._process
        assert process is not None
        with process.output as pipe:
            end = self._take(pipe)
        status = process.wait()
        self._words.over("" if self._stopping else exit_words(status))
        if end is None:
            end = End(summary=nothing_known(_NOTHING), failure=_STOPPED.format(process.how_it_ended))
        self._tell_end(end)

    def _take(self, pipe: IO[bytes]) -> End | None:
        """Read until the end is told; None where the child ended without a word."""
        while True:
            message = _read(pipe)
            if message is None or isinstance(message, End):
                return message
            self.moments.extend(message.moments)
            for alarm in message.alarms:
                if not self._stopping:
                    self._sink.alarm_changed(alarm)
            if not self._stopping:
                self._sink.look_now()

    def _tell_end(self, end: End) -> None:
        if not self._stopping:
            self._sink.ended(end.summary, end.failure)


_STOPPED: Final = sentence("The analysis stopped ({0}). The pictures go on; open the run again to analyse it anew.")


def _read(pipe: IO[bytes]) -> Batch | End | None:
    body = read_frame(pipe)
    if body is None:
        return None
    message = pickle.loads(body)
    if not isinstance(message, Batch | End):
        raise TypeError(f"the analysis said {type(message).__name__}")
    return message


def _write(pipe: BinaryIO, value: Batch | End) -> None:
    pipe.write(framed(pickle.dumps(value, pickle.HIGHEST_PROTOCOL)))
    pipe.flush()


class _Teller:
    """Gathers moments and tells them on in batches."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe, self._maker = pipe, MomentMaker()
        self._moments: list[Moment] = []
        self.alarms: list[Alarm] = []
        self._sent_s = time.monotonic()

    def add(self, reading: Reading) -> None:
        self._moments.append(self._maker.make(reading))
        if len(self._moments) >= _BATCH_FRAMES or time.monotonic() - self._sent_s >= _BATCH_S:
            self.flush()

    def flush(self) -> None:
        _write(self._pipe, Batch(moments=tuple(self._moments), alarms=tuple(self.alarms)))
        self._moments.clear()
        self.alarms.clear()
        self._sent_s = time.monotonic()


def run_job(job: ReplayJob, pipe: BinaryIO) -> None:
    """Analyse a run and tell it on; every end is told."""
    failure, pipeline, summary, teller = "", None, None, _Teller(pipe)
    try:
        source = open_source(job.run)
        try:
            plan = plan_from_document(job.plan, job.settings.alarms.warning_lines)
            with recorded_shape_model() as shapes:
                pipeline = start_pipeline(source, plan, job.settings, shapes)
                for frame in source.frames():
                    teller.add(pipeline.process(frame, teller.alarms.append))
                summary = _explained(pipeline, shapes)
        finally:
            source.close()
    except AssistantError as error:
        failure = str(error)
    teller.flush()
    trouble = "" if pipeline is None else pipeline.trouble
    _write(pipe, End(summary=summary or _summary(pipeline), failure=failure or trouble))


def _explained(pipeline: GuardedPipeline, shapes: WaitingShapeModel | Unknown) -> Summary:
    """The summary, with what the model's answers hang on."""
    summary = pipeline.finish()
    if isinstance(shapes, Unknown):
        return summary
    return replace(summary, leaks=shapes.explained(summary.leaks, pipeline.seen_by_model()))


def _summary(pipeline: GuardedPipeline | None) -> Summary:
    return nothing_known(_NOTHING) if pipeline is None else pipeline.finish()


def main() -> int:
    """The child: one job from standard input."""
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    cv2.setNumThreads(1)
    job = pickle.loads(sys.stdin.buffer.read())
    if not isinstance(job, ReplayJob):
        raise TypeError(f"a job was expected, got {type(job).__name__}")
    pipe = sys.stdout.buffer
    try:
        run_job(job, pipe)
    except BrokenPipeError:
        return 0  # the window has gone
    except Exception as error:
        _write(pipe, End(summary=nothing_known(_NOTHING), failure=_STOPPED.format(describe(error))))
        return 1
    return 0


if __name__ == "__main__":
    # The same classes under the same name as the parent knows them, not `__main__.Batch`.
    from assistant.review import replay

    sys.exit(replay.main())
