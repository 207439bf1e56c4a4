"""Lines that came late: a second pipeline of their plan takes the pictures from before it, as a replay does.

One picture at a time, while the first watches. Where they show less cement than the reference frame, it goes on in the
place of that one.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from assistant.capture.run_folder import RunFolder
from assistant.errors import AssistantError, describe
from assistant.guarded_pipeline import GuardedPipeline
from assistant.pipeline import Pipeline
from assistant.recording.reading import is_recorded
from assistant.vocabulary import Frame

log = logging.getLogger(__name__)
_RECORDED: Final = 16
"""So many pictures of what was recorded before the session went on [P]."""


class LookingBack:
    """A pipeline that has to catch up.

    Parameters
    ----------
    make : callable
        Makes the pipeline, in a thread of its own: the maps of its lines take longer than a picture may wait.
    newer : callable
        The pictures of the session that are newer than a frame, in order: from before the plan's reference frames and
        after it, until it has caught up.
    """

    def __init__(self, make: Callable[[], Pipeline], newer: Callable[[int], Sequence[Frame]]) -> None:
        self._make, self._newer, self._last_index = make, newer, -1
        self._frames: deque[Frame] = deque()
        self._made: tuple[Pipeline, GuardedPipeline] | None = None
        self._fault = ""
        self._thread = threading.Thread(target=self._begin, name="looking back", daemon=True)
        self._thread.start()

    def _begin(self) -> None:
        try:
            pipeline = self._make()
            self._made = pipeline, GuardedPipeline(pipeline)
        except Exception as error:
            self._fault = describe(error)  # the plan itself was taken: it is watched
            log.exception("earlier pictures are not looked back at")

    @property
    def waits(self) -> bool:
        """Whether the pipeline is being made: there is nothing to do for now."""
        return self._thread.is_alive()

    def step(self) -> bool:
        """Take the next picture; False where none is left."""
        if self._made is None:
            return False
        if not self._frames:
            self._frames.extend(self._newer(self._last_index))
        if not self._frames:
            return False
        frame = self._frames.popleft()
        self._last_index = frame.index
        self._made[1].process(frame)
        return True

    @property
    def found(self) -> tuple[Pipeline, GuardedPipeline] | None:
        """The pipeline and what guards it, where earlier pictures say something of cement in the reference frame."""
        if self._made is None:
            return None
        pipeline, _ = self._made
        return self._made if pipeline.before.is_told and not self.fault else None

    @property
    def fault(self) -> str:
        """Why earlier pictures say nothing, for a person; empty where nothing went wrong."""
        return self._fault if self._made is None else self._made[1].fault


class RecordedBefore:
    """Pictures of a run folder that was recorded into before, read in a thread of their own.

    Parameters
    ----------
    folder : Path

    Attributes
    ----------
    fault : str
        Why they could not be read, for a person; empty where they could.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._frames: list[Frame] = []
        self.fault = ""
        self._thread = threading.Thread(target=self._read, name="recorded before", daemon=True)
        self._thread.start()

    def taken(self) -> list[Frame] | None:
        """The pictures; None while they are read."""
        return None if self._thread.is_alive() else self._frames

    def _read(self) -> None:
        try:
            if not is_recorded(self._folder):
                return
            run = RunFolder(self._folder, self._folder.name, threads=1)
            try:
                pictures = [line for line in run.recorded.lines if line.v >= 0]
                step = max(1, len(pictures) // _RECORDED)
                self._frames = [run.frame_at(line.i) for line in pictures[::step]]
            finally:
                run.close()
        except (AssistantError, OSError) as error:
            self.fault = str(error)
            log.warning("%s: its pictures are not looked back at: %s", self._folder, error)
