"""Starts, asks, stops and replaces the process in which a model runs; nothing here waits longer than it says.

A model that is too late, dies or answers what no probability can be is stopped and its process replaced; after
`MOST_FAILURES` in one session it stays off.
"""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.language import sentence
from assistant.model_packs import worker
from assistant.model_packs.pack import Pack
from assistant.system.error_log import LastWords, exit_words
from assistant.system.processes import ChildProcess, Stream
from assistant.vocabulary import Unknown

F32 = NDArray[np.float32]
Message = tuple[dict[str, Any], bytes]
Replies = queue.SimpleQueue[Message | None]
ToSay = queue.SimpleQueue[Message | None]

START_LIMIT_S = 20.0
"""A cold start reads 70 MB of runtime from disk; on a busy machine that takes seconds."""
MOST_FAILURES = 3
_STOP_LIMIT_S = 2.0
WORKER = Path(worker.__file__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelOutput:
    """What a model said of n patches: probabilities (n, 3), strangeness (n,)."""

    p: F32 = field(repr=False)
    strangeness: F32 = field(repr=False)


class ModelFailure(Exception):
    """A model gave no usable answer; the text says why."""


class ModelProcess:
    """One pack, run in a process of its own.

    Parameters
    ----------
    pack : Pack
    threads : int
        Of the runtime.

    Attributes
    ----------
    off : str
        Why the model is no longer asked; empty while it is.
    failures : int
    """

    def __init__(self, pack: Pack, threads: int = 1, worker: Path = WORKER) -> None:
        self._pack = pack
        self._threads = threads
        self._worker = worker
        self._process: ChildProcess | None = None
        self._replies: Replies = queue.SimpleQueue()
        self._to_say: ToSay = queue.SimpleQueue()
        self._token = 0
        self._sent_s: dict[int, float] = {}
        self._ready = False
        self._started_s = 0.0
        self._golden_token = -1
        self.off = ""
        self.failures = 0

    def start(self) -> None:
        """Begin: the process loads the model and answers the golden patches while the caller goes on."""
        if self._process is not None or self.off:
            return
        self._words = LastWords("model")
        try:
            self._process = ChildProcess(self._command(), given=Stream.PIPE, out=Stream.PIPE, words=self._words)
        except OSError as error:
            self.off = sentence(f"the model's process cannot be started ({error.strerror})")
            self._words.over()
            return
        self._replies, self._to_say = queue.SimpleQueue(), queue.SimpleQueue()
        self._ready = False
        self._started_s = time.monotonic()
        self._sent_s.clear()
        # A pipe holds less than one patch: whoever writes to a process that does not read waits for ever, so neither
        # writing nor reading is done by the caller.
        for work, queued in ((_listen, self._replies), (_send, self._to_say)):
            threading.Thread(
                target=work, args=(self._process, queued), name=f"shape model{work.__name__}", daemon=True
            ).start()
        self._send({"do": "load", "threads": self._threads}, self._pack.model)
        self._golden_token = self._send_patches(self._pack.golden)

    def make_ready(self, limit_s: float = START_LIMIT_S) -> str:
        """Start, if need be, and wait until the golden patches are answered as the pack says.

        Returns
        -------
        str
            Empty when the model is ready, else why it is not.
        """
        try:
            self.start()
            self._await_golden(limit_s)
        except ModelFailure as failure:
            self._failed(str(failure))
            return str(failure)
        return self.off

    def ask(self, values: F32, limit_s: float) -> ModelOutput | Unknown:
        """Ask and wait for the answer.

        Parameters
        ----------
        values : array (n, channels, rows, cols)
        limit_s : float
            For the answer, once the model is ready.
        """
        if self.off:
            return Unknown(self.off)
        try:
            self.start()
            self._await_golden(START_LIMIT_S)
            return self._await(self._send_patches(values), len(values), limit_s)
        except ModelFailure as failure:
            self._failed(str(failure))
            return Unknown(str(failure))

    def send(self, values: F32) -> int:
        """Ask without waiting; gives the token by which `take` tells the answer. Starts the process if need be.

        Raises
        ------
        ModelFailure
            If the model is switched off.
        """
        self.start()
        if self.off:
            raise ModelFailure(self.off)
        return self._send_patches(values)

    def take(self, limit_s: float) -> dict[int, ModelOutput]:
        """Everything answered by now, by token.

        Parameters
        ----------
        limit_s : float
            A question older than this has failed.

        Raises
        ------
        ModelFailure
            If the process died, is too late or answered nonsense; what it was asked is lost.
        """
        done: dict[int, ModelOutput] = {}
        try:
            while True:
                try:
                    token, output = self._next(0.0)
                except queue.Empty:
                    break
                if output is not None:
                    done[token] = output
            now_s = time.monotonic()
            allowed_s = limit_s if self._ready else START_LIMIT_S
            if any(now_s - sent_s > allowed_s for sent_s in self._sent_s.values()):
                raise ModelFailure(f"the model did not answer within {allowed_s:g} s")
        except ModelFailure as failure:
            self._failed(str(failure))
            raise
        return done

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        self._ready = False
        if process is None:
            return
        crashed = exit_words(process.poll())
        process.kill()
        self._to_say.put(None)
        process.ended_within(_STOP_LIMIT_S)
        self._words.over_aside(crashed)

    def _command(self) -> list[str]:
        # Where the program is one file there is no Python beside it.
        frozen = getattr(sys, "frozen", False)
        return [sys.executable, "model-worker"] if frozen else [sys.executable, "-P", str(self._worker)]

    def _failed(self, reason: str) -> None:
        self.stop()
        self.failures += 1
        if self.failures >= MOST_FAILURES:
            self.off = sentence(f"switched off after {self.failures} failures: {reason}")

    def _send_patches(self, values: F32) -> int:
        values = np.ascontiguousarray(values, dtype=np.float32)
        return self._send({"do": "run", "shape": list(values.shape)}, values.tobytes())

    def _send(self, head: dict[str, Any], body: bytes) -> int:
        self._token += 1
        self._sent_s[self._token] = time.monotonic()
        self._to_say.put(({"token": self._token, **head}, body))
        return self._token

    def _await_golden(self, limit_s: float) -> None:
        until_s = self._started_s + limit_s
        while not self._ready:
            if self.off:
                raise ModelFailure(self.off)
            try:
                self._next(max(0.0, until_s - time.monotonic()))
            except queue.Empty as error:
                raise ModelFailure(f"the model was not ready within {limit_s:g} s") from error

    def _await(self, token: int, count: int, limit_s: float) -> ModelOutput:
        until_s = time.monotonic() + limit_s
        while True:
            try:
                came, output = self._next(max(0.0, until_s - time.monotonic()))
            except queue.Empty as error:
                raise ModelFailure(f"the model did not answer within {limit_s:g} s") from error
            if came == token and output is not None:
                if len(output.p) != count:
                    raise ModelFailure("the model answered another number of patches than it was given")
                return output

    def _next(self, wait_s: float) -> tuple[int, ModelOutput | None]:
        """The next answer; None for one that only tells that the model was loaded or is ready."""
        reply = self._replies.get(block=wait_s > 0, timeout=wait_s if wait_s > 0 else None)
        if reply is None:
            raise ModelFailure("the model's process has died")
        head, body = reply
        token = int(head.get("token") or 0)
        self._sent_s.pop(token, None)
        if not head.get("ok"):
            raise ModelFailure(f"the model cannot be run ({head.get('reason', 'no reason given')})")
        if "shapes" not in head:
            return token, None
        output = _output(head, body)
        if token != self._golden_token:
            return token, output
        self._check_golden(output)
        self._ready = True
        return token, None

    def _check_golden(self, output: ModelOutput) -> None:
        golden = self._pack.manifest.golden
        p, strangeness = np.array(golden.p), np.array(golden.strangeness)
        off = float("inf")
        if output.p.shape == p.shape:
            # Strangeness is a distance: far away it is compared by its share.
            apart = np.abs(output.strangeness - strangeness) / np.maximum(strangeness, 1.0)
            off = max(float(np.abs(output.p - p).max()), float(apart.max()))
        if not off <= golden.tolerance:
            raise ModelFailure(
                f"the model does not answer its golden patches as its pack says (off by {off:.1g}, allowed "
                f"{golden.tolerance:g}); it or the runtime has changed"
            )


def _output(head: dict[str, Any], body: bytes) -> ModelOutput:
    """Read an answer and refuse what no probability can be."""
    (n, classes), (m, one) = head["shapes"]
    numbers = np.frombuffer(body, np.float32)
    if (classes, one, m) != (3, 1, n) or len(numbers) != 4 * n:
        raise ModelFailure("the model answered in another form than its pack says")
    p, strangeness = numbers[: 3 * n].reshape(n, 3), numbers[3 * n :]
    if not np.isfinite(numbers).all():
        raise ModelFailure("the model answered with what is no number")
    if p.min() < -1e-6 or np.abs(p.sum(axis=1) - 1.0).max() > 1e-3 or strangeness.min() < 0:
        raise ModelFailure("the model answered with what is no probability")
    return ModelOutput(p=p, strangeness=strangeness)


def _listen(process: ChildProcess, replies: Replies) -> None:
    """Carry what a process says into a queue until it ends."""
    with process.output as stream, contextlib.suppress(OSError, ValueError):
        while (message := worker.receive(stream)) is not None:
            replies.put(message)
    replies.put(None)


def _send(process: ChildProcess, to_say: ToSay) -> None:
    """Carry a queue to a process until it ends; a process that died is noticed by the listener."""
    assert process.stdin is not None
    with contextlib.suppress(OSError, ValueError), process.stdin as stream:
        while (message := to_say.get()) is not None:
            worker.send(stream, *message)
