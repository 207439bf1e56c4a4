import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.run_folder import RunFolder
from assistant.errors import InputError
from assistant.live.messages import RecordingStatus, SourceEnded, SourceLost, SourceOpened
from assistant.live.orders import LogAnchor, Start
from assistant.live.processes import capture
from assistant.live.processes.capture import Grab
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.recording.writer import Recorder
from assistant.run_facts import RunFacts
from assistant.settings.tree import CaptureSettings, LiveSettings, Settings
from assistant.vocabulary import Frame
from tests.recorders import WRITER
from tests.waiting import HUNG_S, wait_until

WHOLE = replace(Settings(), capture=CaptureSettings(layout="whole"), live=LiveSettings(grab_hangs_after_s=0.5))


class Scripted:
    """A source that does what its script says: a picture, a number of seconds to hang, or an error."""

    facts = RunFacts(source="scripted", width_px=80, height_px=64, fps=25.0, frame_count=None)

    def __init__(self, script: list[object]) -> None:
        self.script = script
        self.gate = threading.Event()
        self.closed = 0

    def frames(self) -> Iterator[Frame]:
        for k, each in enumerate(self.script):
            if isinstance(each, str):
                self.gate.wait(HUNG_S)
                return
            if isinstance(each, Exception):
                raise each
            assert isinstance(each, np.ndarray)
            yield Frame(index=k, t_s=k * 0.04, grey=each)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def big_deck() -> Iterator[SessionMemory]:
    session_memory = SessionMemory.make(slots=4, slot_bytes=80 * 64 * 2)
    session_memory.beat(Register.WINDOW_BEAT)
    yield session_memory
    session_memory.put(Register.CLOSING, 1)
    session_memory.remove()


@pytest.fixture
def grab(big_deck: SessionMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Grab]]:
    made: list[tuple[Grab, Recorder, list[Scripted]]] = []

    def make(*scripts: list[object], settings: Settings = WHOLE) -> Grab:
        sources = [Scripted(script) for script in scripts]
        waiting = list(sources)
        monkeypatch.setattr(capture, "_open", lambda address: waiting.pop(0) if len(waiting) > 1 else waiting[0])
        recorder = Recorder(tmp_path, WRITER)
        one = Grab(big_deck, "scripted", settings, recorder)
        made.append((one, recorder, sources))
        one.start()
        return one

    yield make
    for one, recorder, sources in made:
        one.ask_to_end()
        for source in sources:
            source.gate.set()
        one.wait(HUNG_S)
        recorder.close()


def said(session_memory: SessionMemory, kind: type) -> list[object]:
    heard: list[object] = []
    taken = session_memory.capture_says.take
    wait_until(lambda: any(isinstance(each, kind) for each in heard), lambda: heard.extend(taken()), lambda: heard)
    return heard


def grain(value: int) -> np.ndarray:
    rng = np.random.default_rng(value)
    return rng.normal(120, 6, (64, 80)).clip(0, 255).astype(np.uint8)


def test_frames_are_stamped_numbered_published_and_recorded(
    big_deck: SessionMemory, grab: Callable[..., Grab], tmp_path: Path
) -> None:
    one = grab([grain(1), grain(1), grain(2)])
    heard = said(big_deck, SourceEnded)
    assert isinstance(heard[0], SourceOpened)
    assert big_deck.get(Register.NEXT_INDEX) == 3
    frames = [big_deck.ring.read(k) for k in range(3)]
    assert [frame.picture for frame in frames if frame is not None] == [0, 0, 1]
    assert frames[0] is not None
    assert frames[0].t_s == 0.0
    one.ask_to_end()
    one.wait(HUNG_S)


def test_a_source_that_fails_is_told_and_opened_again(big_deck: SessionMemory, grab: Callable[..., Grab]) -> None:
    grab([grain(1), InputError("the cable is out")], [grain(2), grain(3)])
    heard = said(big_deck, SourceEnded)
    assert [type(each) for each in heard] == [SourceOpened, SourceLost, SourceOpened, SourceEnded]
    assert heard[1] == SourceLost(reason="the cable is out")
    assert big_deck.ring.newest_index == 2


def test_a_grab_that_never_returns_is_noticed(big_deck: SessionMemory, grab: Callable[..., Grab]) -> None:
    """F-03: the call into the driver does not come back."""
    one = grab([grain(1), "hang"])
    said(big_deck, SourceOpened)
    wait_until(one.hangs)


def test_a_picture_that_is_too_large_is_told(big_deck: SessionMemory, grab: Callable[..., Grab]) -> None:
    grab([np.zeros((200, 200), np.uint8)])
    heard = said(big_deck, SourceLost)
    assert "too large" in str(heard[-1])


def test_an_unknown_layout_is_told_and_the_field_is_still_found(
    big_deck: SessionMemory, grab: Callable[..., Grab]
) -> None:
    grab([grain(1)], settings=replace(Settings(), capture=CaptureSettings(layout="no such console")))
    assert "no layout profile" in str(said(big_deck, SourceLost)[0])


def test_names_never_reach_the_ring_or_the_disk(
    big_deck: SessionMemory, grab: Callable[..., Grab], tmp_path: Path
) -> None:
    """F-74 for pixels: what stands outside the field is black before anything is written."""
    ys, xs = np.mgrid[0:64, 0:80]
    field = (xs - 40) ** 2 + (ys - 32) ** 2 < 24**2
    grey = np.where(field, grain(4), 0).astype(np.uint8)
    grey[2:6, 2:20] = 255
    one = grab([grey, grey.copy()], settings=Settings())
    said(big_deck, SourceEnded)
    frame = big_deck.ring.newest()
    assert frame is not None
    assert frame.grey[:8].max() == 0
    assert frame.grey[32, 40] == grey[32, 40]
    one.ask_to_end()
    one.wait(HUNG_S)


def test_the_whole_process_records_witnesses_and_ends_in_order(
    big_deck: SessionMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Scripted([grain(k) for k in range(5)])
    monkeypatch.setattr(capture, "_open", lambda address: source)
    big_deck.to_capture.put(LogAnchor(head="abc", count=7))
    start = Start(session_memory=str(big_deck.path), source="scripted", folder=str(tmp_path), settings=WHOLE, epoch=1)
    body = threading.Thread(target=capture.run, args=(start,))
    body.start()
    said(big_deck, SourceEnded)
    told = said(big_deck, RecordingStatus)
    assert told
    big_deck.put(Register.CLOSING, 1)
    body.join(HUNG_S)
    recorded = RunFolder(tmp_path, "run")
    assert len(recorded.recorded.lines) == 5
    assert recorded.recorded.anchor is not None
    assert recorded.recorded.anchor.events_head == "abc"
    recorded.close()


def test_without_a_window_it_ends_in_order_and_gives_the_memory_back(
    big_deck: SessionMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "_open", lambda address: Scripted([grain(k) for k in range(5)]))
    big_deck.put(Register.WINDOW_BEAT, big_deck.get(Register.WINDOW_BEAT) - 400_000_000_000)
    start = Start(session_memory=str(big_deck.path), source="scripted", folder=str(tmp_path), settings=WHOLE, epoch=1)
    body = threading.Thread(target=capture.run, args=(start,))
    body.start()
    body.join(HUNG_S)
    assert not body.is_alive()
    assert not big_deck.path.exists()


def test_a_frame_that_was_published_and_not_yet_counted_keeps_its_number(
    big_deck: SessionMemory, grab: Callable[..., Grab]
) -> None:
    big_deck.ring.publish(6, 0, 0, 4, grain(9))
    big_deck.put(Register.NEXT_INDEX, 6)
    big_deck.put(Register.LAST_PICTURE, 3)
    grab([grain(1)])
    said(big_deck, SourceEnded)
    frame = big_deck.ring.newest()
    assert frame is not None
    assert (frame.index, frame.picture) == (7, 5)
