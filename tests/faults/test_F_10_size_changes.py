"""F-10: the picture changes its size or depth in the middle: lines void, a new file, numbers go on."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assistant.errors import InputError
from assistant.live.messages import SourceEnded, SourceLost, SourceOpened
from assistant.live.processes import capture
from assistant.live.processes.capture import Grab
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.recording.reading import video_files
from assistant.recording.writer import Recorder
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings
from assistant.vocabulary import Frame
from tests.recorders import WRITER
from tests.waiting import HUNG_S, wait_until


class Sized:
    def __init__(self, rows: int, cols: int, dtype: type, last: bool) -> None:
        self.facts = RunFacts(source="x", width_px=cols, height_px=rows, fps=25.0, frame_count=None)
        self._shape, self._dtype, self._last = (rows, cols), dtype, last

    def frames(self) -> Iterator[Frame]:
        rng = np.random.default_rng(1)
        for k in range(5):
            grey = rng.integers(1, np.iinfo(self._dtype).max, self._shape, self._dtype)
            yield Frame(index=k, t_s=k * 0.04, grey=grey)
        if not self._last:
            raise InputError("x: the camera's picture changed")

    def close(self) -> None:
        pass


def test_F_10(tmp_path: Path, monkeypatch) -> None:
    session_memory = SessionMemory.make(slots=4, slot_bytes=200 * 200 * 2)
    sources = [Sized(64, 80, np.uint8, False), Sized(128, 160, np.uint8, False), Sized(128, 160, np.uint16, True)]
    monkeypatch.setattr(capture, "_open", lambda address: sources.pop(0))
    recorder = Recorder(tmp_path, WRITER)
    grab = Grab(session_memory, "camera:0", Settings(), recorder)
    grab.start()
    heard: list[object] = []
    taken = session_memory.capture_says.take
    wait_until(lambda: any(isinstance(message, SourceEnded) for message in heard), lambda: heard.extend(taken()))
    grab.ask_to_end()
    grab.wait(HUNG_S)
    recorder.close()
    session_memory.remove()
    sizes = [message.facts.width_px for message in heard if isinstance(message, SourceOpened)]
    assert sizes == [80, 160, 160]
    assert sum(isinstance(message, SourceLost) for message in heard) == 2
    assert session_memory.get(Register.NEXT_INDEX) == 15
    assert sorted(video_files(tmp_path)) == [0, 1, 2]
    assert threading.active_count() < 20
