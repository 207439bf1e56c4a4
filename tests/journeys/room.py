"""A theatre with its clock turned by hand: the window's page, a whole session and the analysis, without processes.

Frames are published as the capture does, the analysis takes them from the ring and says what it finds through the same
mailboxes, the session hears it and keeps its log, the page draws and plays. Only who runs where is another.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6 import QtMultimedia

from assistant.leak_shape.model_protocol import ShapeModel
from assistant.live import session as session_module
from assistant.live.messages import Child, ChildChanged, Condition, RecordingStatus
from assistant.live.processes import analysis
from assistant.live.processes.analysis import LiveAnalysis
from assistant.live.processes.shape_watch import watched
from assistant.live.session import LiveSession
from assistant.live.shared.shared_memory import SessionMemory
from assistant.live.status import ChildState, LiveStatus
from assistant.recording.line_writer import LineWriter
from assistant.recording.recording_state import RecordingState
from assistant.recording.schema import READINGS, FrameLine
from assistant.settings.tree import Settings
from assistant.simulation.tabletop import COLS, ROWS
from assistant.vocabulary import Priority, Unknown
from tests.two_pictures import SIZE
from ui.theatre.page import TheatrePage

MS: Final = 1_000_000
FRAME_MS: Final = 1000 / 15
Grey = NDArray[np.uint8]


class Crew:
    """In the place of the processes."""

    taken_over = False

    def __init__(self, *_of_the_processes: object) -> None:
        self.session_memory = SessionMemory.make(slots=16, slot_bytes=max(ROWS * COLS, SIZE[0] * SIZE[1]))
        self.children = {child: ChildState(condition=Condition.RUNNING) for child in Child}
        self.said: list[Any] = []

    def look(self) -> list[Any]:
        said, self.said = self.said, []
        return said

    def states(self) -> dict[Child, ChildState]:
        return self.children

    def end(self, _folder: Path, _within_s: float) -> bool:
        self.session_memory.remove()
        return True


class Loudspeaker:
    """Plays a burst of one priority."""

    def __init__(self) -> None:
        self.bursts = 0

    def play(self) -> None:
        self.bursts += 1

    def stop(self) -> None:
        """A louder one takes over."""

    def isPlaying(self) -> bool:
        return True

    def status(self) -> object:
        return None

    def setAudioDevice(self, device: object) -> None:
        """Another device."""


class Room:
    """The theatre.

    Attributes
    ----------
    bar : list of tuple of str
        Headline and action of the message bar, each time that they became others.
    """

    def __init__(self, qtbot: Any, monkeypatch: pytest.MonkeyPatch, shapes: ShapeModel | Unknown | None = None) -> None:
        self.now_ns = 10**12
        self.index, self.picture, self._last = 0, 0, np.empty(0, np.uint8)
        self.bar: list[tuple[str, str]] = []
        self._stamps: list[FrameLine] = []
        self.devices = ["loudspeaker"]
        monkeypatch.setattr(session_module, "SessionProcesses", Crew)
        monkeypatch.setattr(
            analysis,
            "time",
            SimpleNamespace(monotonic_ns=lambda: self.now_ns, perf_counter_ns=lambda: self.now_ns, sleep=None),
        )
        monkeypatch.setattr(QtMultimedia.QMediaDevices, "audioOutputs", staticmethod(lambda: self.devices))
        self.page = TheatrePage(Settings(), self._session)
        qtbot.addWidget(self.page)
        self.page._timer.stop()
        self.page.resize(1920, 1080)
        self.loudspeakers = {priority: Loudspeaker() for priority in (Priority.LOW, Priority.MEDIUM, Priority.HIGH)}
        self.page.sound._effects = dict(self.loudspeakers)
        self.page.sound._look()
        assert self.page.host.start_session("play:the room")
        assert self.page.session is not None
        self.session: LiveSession = self.page.session
        self.session_memory = self.session.session_memory
        self._lines = LineWriter(self.session.folder, READINGS)
        said = watched(shapes, self.session_memory.analysis_says.put)
        self.analysis = LiveAnalysis(self.session_memory, Settings(), self._lines, said)

    def _session(self, source: str, folder: Path, settings: Settings) -> LiveSession:
        return LiveSession(source, folder, settings, clock_ns=lambda: self.now_ns)

    @property
    def status(self) -> LiveStatus:
        return self.session.status

    def set_up(self, document: dict[str, Any], references: list[Grey], *, arm: bool = True) -> None:
        """Lines placed, confirmed, and injecting on."""
        for _ in range(4):
            self.show(references[0])
        self.session.set_plan(document, references)
        self.obey()
        self.tick()
        self.session.confirm_lines()
        if arm:
            assert self.session.arm() == ""

    def start_analysis_again(self) -> None:
        """It was killed: another process opens the session's memory, and is told the plan again."""
        died = ChildChanged(child=Child.ANALYSIS, condition=Condition.DIED, reason="killed")
        processes = self.session._processes
        assert isinstance(processes, Crew)
        processes.said.append(died)
        self.tick()
        memory = SessionMemory.open(self.session_memory.path)
        self.analysis = LiveAnalysis(memory, Settings(), self._lines, watched(None, memory.analysis_says.put))
        self.obey()

    def obey(self) -> None:
        """The analysis does what the session wants."""
        for order in self.session_memory.to_analysis.take():
            self.analysis.obey(order)

    def publish(self, grey: Grey, ms: float = FRAME_MS) -> None:
        """The capture grabs a frame."""
        self.now_ns += round(ms * MS)
        new = not np.array_equal(grey, self._last)
        self.picture += new
        self._last = grey
        self.session_memory.ring.publish(self.index, self.now_ns - 10**12, self.now_ns, self.picture, grey)
        stamp_s = (self.now_ns - 10**12) / 1e9
        self._stamps.append(FrameLine(i=self.index, t=stamp_s, ns=self.now_ns, v=0, p=self.picture))
        self.index += 1

    def show(self, grey: Grey, ms: float = FRAME_MS) -> None:
        """A frame is grabbed, analysed and shown."""
        self.publish(grey, ms)
        self.obey()
        while self.analysis.step():
            pass
        self.tick()

    def wait(self, ms: float) -> None:
        """Time goes by and nothing comes."""
        self.now_ns += round(ms * MS)
        self.tick()

    def record(self, state: RecordingState) -> None:
        """The recording tells how it is."""
        self.session_memory.capture_says.put(RecordingStatus(state=state))
        self.tick()

    def tick(self) -> None:
        """The window's timer."""
        self.page._tick()
        message = self.page.display.bar.message
        if not self.bar or self.bar[-1] != (message.headline, message.action):
            self.bar.append((message.headline, message.action))

    def until(self, holds: Callable[[LiveStatus], bool], act: Callable[[], None], most: int = 400) -> None:
        """Act until something holds."""
        for _ in range(most):
            act()
            if holds(self.status):
                return
        raise AssertionError(f"never: {[alarm.headline for alarm in self.status.alarms]}")

    def end(self) -> list[dict[str, Any]]:
        """End the session in order; what its log holds."""
        folder = self.session.folder
        self._lines.close()
        # As the recorder keeps them: by these the log's events find their frames when the day is read back.
        (folder / "frames_000.jsonl").write_bytes(b"\n".join(msgspec.json.encode(each) for each in self._stamps))
        self.page.host.end_session()
        text = (folder / "events.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]
