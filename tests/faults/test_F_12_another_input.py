"""F-12: the grabber's wrong input (endoscope, camera of the room, desktop): NOT FLUOROSCOPY, and nothing is measured.

Fifty made pictures of other inputs, and the runs that must never be called so.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, permutations
from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.capture.camera.camera import CameraSource
from assistant.capture.masking.masking import Masker
from assistant.capture.opening import open_source
from assistant.live.messages import Lines, LiveState
from assistant.live.processes import capture
from assistant.live.processes.capture import Grab
from assistant.live.shared.shared_memory import Register, SessionMemory, read_signs
from assistant.live.state.picture_state import Known, judge
from assistant.recording.writer import Recorder
from assistant.settings.tree import Settings
from assistant.steps.liveness import LivenessMemory, judge_liveness, start_liveness
from assistant.system.places import demo_run
from assistant.vocabulary import Frame, FrameState, Liveness, Unknown
from tests.assistant.capture.camera.test_camera import FakeGrabber
from tests.recorders import WRITER
from tests.waiting import HUNG_S

ROWS, COLS = 480, 640


def endoscope(rng: np.random.Generator, k: int) -> np.ndarray:
    """A red circle that moves, with glints."""
    ys, xs = np.mgrid[0:ROWS, 0:COLS]
    texture = cv2.GaussianBlur(rng.standard_normal((ROWS, COLS)).astype(np.float32), (0, 0), 9 + k % 5)
    light = np.clip(0.6 + 1.5 * texture / np.abs(texture).max(), 0.1, 1.0)
    inside = (ys - ROWS / 2) ** 2 + (xs - COLS / 2 - 4 * k) ** 2 < (200 + k) ** 2
    colour = np.array([60 + 2 * k, 80 + k, 200]) * light[..., None] * inside[..., None]
    return np.asarray((colour + rng.normal(0, 3, colour.shape)).clip(0, 255).astype(np.uint8))


def room(rng: np.random.Generator, k: int) -> np.ndarray:
    """Green drapes and skin, seen by a camera."""
    base = np.zeros((ROWS, COLS, 3), np.float32)
    base[:] = (70, 130 + k, 40)
    cv2.circle(base, (320 + 9 * k, 240), 120, (120, 150, 225), -1)
    return np.asarray((cv2.GaussianBlur(base, (0, 0), 5) + rng.normal(0, 5, base.shape)).clip(0, 255).astype(np.uint8))


def desktop(rng: np.random.Generator, k: int) -> np.ndarray:
    """Windows with words, on a coloured or a grey ground."""
    ground = (150, 110, 40) if k % 2 else (90, 90, 90)
    made = np.full((ROWS, COLS, 3), ground, np.uint8)
    for n in range(3):
        x, y = int(rng.integers(0, 300)), int(rng.integers(0, 200))
        cv2.rectangle(made, (x, y), (x + 300, y + 240), (235, 235, 235), -1)
        cv2.rectangle(made, (x, y), (x + 300, y + 24), (120, 60, 20) if k % 2 else (70, 70, 70), -1)
        for line in range(6):
            cv2.putText(made, f"report {n} {line} {k}", (x + 10, y + 60 + 28 * line), 0, 0.6, (20, 20, 20), 1)
    return made


CLIPS = [(make, k) for make in (endoscope, room, desktop) for k in range(20 if make is not desktop else 10)]


@pytest.fixture
def session_memory() -> Iterator[SessionMemory]:
    made = SessionMemory.make(4, ROWS * COLS)
    yield made
    made.remove()


def state_of(liveness: Liveness, *, in_colour: bool) -> LiveState:
    now_ns = 10**12
    return judge(
        Known(
            now_ns=now_ns,
            capture_well=True,
            analysis_well=True,
            frame_ns=now_ns,
            frame_period_ms=40.0,
            waited_since_ns=now_ns,
            frame_state=liveness.state,
            frame_reason=liveness.reason,
            noise_grey=liveness.noise_grey,
            frozen_after_s=1.0,
            xray_age_s=liveness.xray_age_s,
            pulse_period_s=Unknown("x"),
            mark_lit=None,
            in_colour=in_colour,
            frozen=False,
            lines=Lines.CONFIRMED,
            moved=False,
        )
    ).state


@pytest.mark.parametrize(("make", "k"), CLIPS, ids=[f"{make.__name__}-{k}" for make, k in CLIPS])
def test_F_12(make, k: int, session_memory: SessionMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the capture as from a grabber, in the middle of a case: the source's X-ray is known by its reference."""
    rng = np.random.default_rng(k)
    pictures = [make(rng, k) for _ in range(3)]

    def script(number: int) -> object:
        return pictures[number % 3] if number < 60 else False

    grabber = FakeGrabber(script)
    source = CameraSource(grabber, "camera:0", clock=grabber.clock)
    monkeypatch.setattr(capture, "_open", lambda _address: source)
    recorder = Recorder(tmp_path, WRITER)
    grab = Grab(session_memory, "camera:0", Settings(), recorder)
    grab.start()
    grab.wait(0.0)
    while session_memory.ring.newest_index < 40:
        grab.wait(0.005)
        assert grab.is_alive()
    grab.ask_to_end()
    grab.wait(HUNG_S)
    recorder.close()

    memory = start_liveness(next(open_source(str(demo_run())).frames()))
    told = [
        judge_liveness(memory, Frame(index=n, t_s=n / 25, grey=frame.grey), Settings().liveness)
        for n in range(1, 4)
        if (frame := session_memory.ring.read(session_memory.ring.newest_index - 4 + n)) is not None
    ]
    state = state_of(told[-1], in_colour=read_signs(session_memory).in_colour)
    # A desktop of nearly one colour may be called an empty picture instead: nothing is measured either way.
    assert state is LiveState.NOT_FLUOROSCOPY or (make is desktop and state is LiveState.NO_SIGNAL), told[-1]


@pytest.mark.parametrize("k", range(0, 10, 2))
def test_a_grey_desktop_is_none_whichever_of_its_pictures_are_met(k: int) -> None:
    """Of another size than the plan's picture, so that what grain is usual in it is not known."""
    rng = np.random.default_rng(k)
    pictures = [cv2.cvtColor(desktop(rng, k), cv2.COLOR_BGR2GRAY) for _ in range(3)]
    reference = next(open_source(str(demo_run())).frames())
    for order in permutations(range(3)):
        memory = start_liveness(reference)
        for n, which in enumerate(order):
            found = judge_liveness(memory, Frame(index=n, t_s=n / 25, grey=pictures[which]), Settings().liveness)
            assert found.state in (FrameState.UNUSABLE, FrameState.NO_SIGNAL), (order, n, found)


def test_runs_are_never_called_another_input() -> None:
    """The demo in a console of coloured menus, over a cable with colour noise."""
    rng = np.random.default_rng(3)
    memory, masker = LivenessMemory(), Masker()
    source = open_source(str(demo_run()))
    shares, states = [], set()
    for frame in islice(source.frames(), 0, 400, 4):
        picture = np.repeat(np.asarray(frame.grey)[..., None], 3, axis=2).astype(np.int16)
        picture = (picture + rng.normal(0, 3, picture.shape)).clip(0, 255).astype(np.uint8)
        picture[:40] = (200, 120, 20)
        grabber = FakeGrabber(lambda _number, picture=picture: picture)
        camera = CameraSource(grabber, "camera:0", clock=grabber.clock)
        marked = camera.coloured()
        assert marked is not None
        masker.apply(frame.grey, frame.t_s)
        shares.append(masker.share_of(marked, 8))
        states.add(judge_liveness(memory, frame, Settings().liveness).state)
    source.close()
    assert max(shares) < 0.1
    assert FrameState.UNUSABLE not in states


def test_colour_is_told_within_a_second_and_taken_back(session_memory: SessionMemory) -> None:
    assert not read_signs(session_memory).in_colour
    session_memory.put(Register.COLOURED, 700)
    assert read_signs(session_memory).in_colour
    session_memory.put(Register.COLOURED, 20)
    assert not read_signs(session_memory).in_colour
