"""A recorded session of several levels: pictures, event log and head, written as a live session writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.recording.event_log import EventLog
from assistant.recording.keeping import begin_head, write_head
from assistant.recording.writer import Recorder
from assistant.settings.tree import Settings
from tests.recorders import WRITER
from tests.small_run import FPS, INFERIOR, SUPERIOR, pictures, plan_document

STEP_NS: Final = 1_000_000_000 // FPS
_MOVED_PX: Final = (14, 9)
"""How far the second level lies to the right of the first one in the picture, and below it."""


def moved(times: int) -> dict[str, Any]:
    """The six points of a level that was brought into the picture by moving the table so many times."""
    shift = np.multiply(_MOVED_PX, times)
    return {
        "superior": (np.asarray(SUPERIOR) + shift).round(1).tolist(),
        "inferior": (np.asarray(INFERIOR) + shift).round(1).tolist(),
    }


def level_pictures(count: int, times: int) -> list[NDArray[np.uint8]]:
    """Cement runs into a level that lies elsewhere in the picture."""
    cols, rows = np.multiply(_MOVED_PX, times)
    return [np.roll(grey, (rows, cols), (0, 1)) for grey in pictures(count)]


@dataclass
class Session:
    """A session while it is made; ``end`` gives its folder."""

    folder: Path
    index: int = 0
    plans: int = 0
    level: str = ""
    made: list[NDArray[np.uint8]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self._log = EventLog(self.folder, clock_ns=lambda: 10**12 + self.index * STEP_NS)
        self._log.append("session_started", source="camera:0")
        self._log.append("source_opened", source="camera:0", rehearsal=False)
        self._ml: dict[str, float] = {}
        self._exposures = 0

    def say(self, kind: str, **data: Any) -> None:
        """An event, at the newest frame."""
        self._log.append(kind, **data)

    def film(self, shown: list[NDArray[np.uint8]]) -> None:
        """Frames come."""
        self.made += shown
        self.index = len(self.made) - 1

    def set_plan(self, level: str, times: int, back: int = 2, **changes: Any) -> dict[str, Any]:
        """Lines placed on a picture of some frames ago; gives the plan."""
        self.plans += 1
        self.level = level
        reference = max(0, self.index - back)
        document = plan_document(level=level, reference_frame=reference, landmarks=moved(times), **changes)
        (self.folder / "plan.json").write_text(json.dumps(document))
        self.say("plan_set", plan_number=self.plans, plan=document, references=[])
        self.say("lines_confirmed", plan_number=self.plans)
        self.say("armed")
        return document

    def inject(self, millilitres: int, *codes: tuple[str, str, str]) -> None:
        """Steps of 0.2 ml, one exposure, and alarms: code, priority, kind; the first one is acknowledged."""
        for _ in range(millilitres):
            self._ml[self.level] = round(self._ml.get(self.level, 0.0) + 0.2, 1)
            self.say("ml", total_ml=self._ml[self.level], level=self.level)
        self._exposures += 1
        self.say("xray", number=self._exposures, seconds=1.5, level=self.level)
        for code, priority, kind in codes:
            told = {"code": code, "priority": priority, "event": kind, "site": "posterior", "headline": kind}
            self.say("alarm", **told, frame=self.index)
        if codes:
            self.say("acknowledged", alarms=[codes[0][0]])
        for code, _, _ in codes:
            self.say("alarm_ended", code=code, site="posterior", view="")

    def next_level(self) -> None:
        """`N`."""
        self.say("disarmed")
        self.level = ""
        self.say("next_level", done=[], level="")

    def end(self, recorded: int | None = None) -> Path:
        """In order; the disk took only so many of the pictures."""
        self.say("session_ended")
        self._log.close()
        begun = begin_head(self.folder)
        recorder = Recorder(self.folder, WRITER)
        before: NDArray[np.uint8] | None = None
        for at, grey in enumerate(self.made[:recorded]):
            repeats = before is not None and np.array_equal(before, grey)
            ns = at * STEP_NS
            while not recorder.offer(at, ns, 10**12 + ns, None if repeats else grey):
                pass
            before = grey
        recorder.close()
        write_head(self.folder, "camera:0", Settings(), self._log.head, begun)
        return self.folder


FIRST, SECOND = 46, 40
"""Frames of the two levels."""


def two_levels(folder: Path, recorded: int | None = None) -> Path:
    """L1, its lines mended once; then L2, which lies elsewhere in the picture; the disk took so many of them."""
    session = Session(folder)
    first = level_pictures(FIRST, 0)
    session.film(first[:3])
    session.set_plan("L1", 0, mm_per_px=0.5)
    session.film(first[3:5])
    session.set_plan("L1", 0)
    session.film(first[5:])
    session.inject(3, ("A4", "medium", "approaching_posterior"), ("A1", "high", "warning_line"))
    session.next_level()
    second = level_pictures(SECOND, 1)
    session.film(second[:4])
    session.set_plan("L2", 1)
    session.film(second[4:])
    session.inject(2, ("A1", "high", "warning_line"))
    return session.end(recorded)
