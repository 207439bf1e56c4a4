"""A recorded or simulated run that behaves like a camera: for demos, tests and rehearsal, and always marked as such."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from assistant.capture.opening import open_source
from assistant.capture.source import Source
from assistant.errors import InputError
from assistant.language import sentence
from assistant.run_facts import RunFacts
from assistant.vocabulary import Frame

PLAY: Final = "play:"
LOOP: Final = "loop:"
_LEAST_PERIOD_S: Final = 0.001


def is_played(address: str) -> bool:
    """Whether an address means a run played as if it were a camera."""
    return address.startswith((PLAY, LOOP))


class PlayedSource:
    """Gives the frames of a run in real time, by its own stamps; with ``loop:`` again and again.

    Parameters
    ----------
    address : str
        ``play:PATH`` or ``loop:PATH``.
    clock_ns, sleep : callable
        Monotonic clock and pause; handed in by tests.

    Raises
    ------
    InputError
        If there is no such run.
    """

    def __init__(
        self,
        address: str,
        *,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._loops = address.startswith(LOOP)
        self._label = address
        self._clock_ns, self._sleep = clock_ns, sleep
        self._source: Source = open_source(address.removeprefix(PLAY).removeprefix(LOOP))
        self._closed = False
        self.stamp_ns = clock_ns()

    @property
    def facts(self) -> RunFacts:
        """Those of the run, without a length."""
        facts = self._source.facts
        details = {**facts.details, "rehearsal": sentence("a recorded run, played as if it were live")}
        return replace(facts, source=self._label, frame_count=None, first_frame=0, details=details)

    def frames(self) -> Iterator[Frame]:
        """Frames when they are due. A frame that comes late is not left out; the ones behind it catch up.

        Raises
        ------
        InputError
            Where the run cannot be read on.
        """
        index, begun_ns, offset_s, begins_s = 0, self._clock_ns(), 0.0, 0.0
        while not self._closed:
            last_s = 0.0
            for frame in self._source.frames():
                if frame.index and frame.index == self._source.facts.first_frame:
                    begins_s = frame.t_s  # one level of a session plays at once
                due_ns = begun_ns + round((offset_s + frame.t_s - begins_s) * 1e9)
                while (wait_ns := due_ns - self._clock_ns()) > 0 and not self._closed:
                    self._sleep(min(wait_ns / 1e9, 0.1))
                self.stamp_ns = self._clock_ns()
                yield replace(frame, index=index)
                index, last_s = index + 1, frame.t_s - begins_s
                if self._closed:
                    return
            if not self._loops or index == 0:
                return
            fps = self._source.facts.fps
            offset_s += last_s + max(1.0 / fps if fps else _LEAST_PERIOD_S, _LEAST_PERIOD_S)

    def frame_at(self, index: int) -> Frame:
        """Not possible, as with a camera.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError(f"{self._label}: frame {index} cannot be shown again, the source plays as if it were live")

    def close(self) -> None:
        """Close the run. May be called twice."""
        self._closed = True
        self._source.close()
