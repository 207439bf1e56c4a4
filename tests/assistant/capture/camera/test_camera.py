import os
from collections.abc import Callable, Iterator
from itertools import count, islice
from typing import Any

import cv2
import numpy as np
import pytest

from assistant.capture.camera import camera
from assistant.capture.camera.camera import CameraSource, open_camera
from assistant.capture.camera.devices import Mode
from assistant.capture.source import Source
from assistant.errors import InputError

PERIOD_NS = 40_000_000


class FakeGrabber:
    """Behaves, and misbehaves, like `cv2.VideoCapture`; a grab takes one period of its own clock."""

    def __init__(self, script: Callable[[int], Any], *, stated_fps: float = 25.0, opened: bool = True) -> None:
        self._script, self._stated_fps, self._opened = script, stated_fps, opened
        self.now_ns, self.grabs, self.released = 1_000, -1, 0
        self.asked: dict[int, float] = {}

    def clock(self) -> int:
        return self.now_ns

    def isOpened(self) -> bool:
        return self._opened

    def grab(self) -> bool:
        self.grabs += 1
        self.now_ns += PERIOD_NS
        return self._script(self.grabs) is not False

    def retrieve(self) -> tuple[bool, Any]:
        picture = self._script(self.grabs)
        # Looks at the picture long after it was there: a stamp taken now would be late.
        self.now_ns += 3_000_000
        return picture is not None, picture

    def get(self, prop: int, /) -> float:
        return self._stated_fps if prop == cv2.CAP_PROP_FPS else 0.0

    def set(self, prop: int, value: float, /) -> bool:
        self.asked[prop] = value
        return True

    def release(self) -> None:
        self.released += 1


def colour(number: int, rows: int = 24) -> np.ndarray:
    return np.full((rows, 32, 3), number % 250, np.uint8)


def opened(script: Callable[[int], Any], **options: Any) -> tuple[CameraSource, FakeGrabber]:
    grabber = FakeGrabber(script, **options)
    return CameraSource(grabber, "camera:0", clock=grabber.clock), grabber


def test_facts_come_from_the_probe() -> None:
    source, grabber = opened(colour, stated_fps=60)
    facts = source.facts
    assert isinstance(source, Source)
    assert (facts.width_px, facts.height_px, facts.frame_count) == (32, 24, None)
    assert facts.fps == pytest.approx(1e9 / (PERIOD_NS + 3_000_000))
    assert facts.details["rate_stated"] == "60 frames/s"
    assert "repeated" not in facts.details
    assert grabber.asked[cv2.CAP_PROP_BUFFERSIZE] == 1


def test_frames_carry_the_stamp_of_the_grab() -> None:
    source, grabber = opened(colour)
    first, second, third = islice(source.frames(), 3)
    assert [first.index, second.index, third.index] == [0, 1, 2]
    assert first.t_s == 0.0
    assert third.t_s == pytest.approx(2 * 0.043)
    assert first.grey.shape == (24, 32)
    assert int(second.grey[0, 0]) == grabber.grabs - 1


def test_frames_end_when_closed_and_go_on_in_number_before() -> None:
    source, grabber = opened(colour)
    assert [frame.index for frame in islice(source.frames(), 2)] == [0, 1]
    seen = []
    for frame in source.frames():
        seen.append(frame.index)
        if len(seen) == 3:
            source.close()
    assert seen == [2, 3, 4]
    assert grabber.released == 1
    source.close()
    assert list(source.frames()) == []


def test_a_repeated_picture_at_the_start_is_noted() -> None:
    source, _ = opened(lambda number: colour(number // 2))
    assert source.facts.details["repeated"].startswith("6 of 12")


def test_a_missed_grab_is_no_end_but_silence_is() -> None:
    source, _ = opened(lambda number: False if number in (14, 15) else colour(number))
    assert [int(frame.grey[0, 0]) for frame in islice(source.frames(), 4)] == [12, 13, 16, 17]
    for silent in (False, None, np.empty((0, 0), np.uint8)):
        source, grabber = opened(lambda number, silent=silent: colour(number) if number < 14 else silent)
        frames = source.frames()
        assert [next(frames).index, next(frames).index] == [0, 1]
        with pytest.raises(InputError, match="no picture comes from the camera any more; check its cable"):
            next(frames)
        assert grabber.grabs < 40


def test_another_size_is_an_end() -> None:
    source, _ = opened(lambda number: colour(number, 24 if number < 13 else 30))
    frames = source.frames()
    next(frames)
    with pytest.raises(InputError, match="changed from 32 x 24 to 32 x 30"):
        next(frames)


def test_a_clock_that_stands_still_does_not_fall() -> None:
    grabber = FakeGrabber(colour)
    readings: Iterator[int] = (max(0, 10**9 - 10**6 * k) for k in count())
    source = CameraSource(grabber, "camera:0", clock=lambda: next(readings))
    assert [frame.t_s for frame in islice(source.frames(), 3)] == [0.0, 0.0, 0.0]


def test_deep_grey_and_odd_formats() -> None:
    source, _ = opened(lambda number: np.full((24, 32), number, np.uint16))
    assert next(source.frames()).white == 65535
    for odd in (np.zeros((4, 4, 5), np.uint8), np.zeros((4, 4), np.float32)):
        with pytest.raises(InputError, match="choose"):
            opened(lambda number, odd=odd: odd)


def test_the_picture_is_a_copy() -> None:
    buffer = np.zeros((24, 32), np.uint8)
    source, _ = opened(lambda number: buffer)
    frame = next(source.frames())
    buffer[:] = 99
    assert frame.grey.max() == 0


def test_a_camera_that_gives_nothing_is_given_back() -> None:
    grabber = FakeGrabber(lambda number: None)
    with pytest.raises(InputError, match="no picture comes"):
        CameraSource(grabber, "camera:0", clock=grabber.clock)
    assert grabber.released == 1


def test_failing_inside_opencv() -> None:
    def fail(number: int) -> Any:
        raise cv2.error("unplugged")

    with pytest.raises(InputError, match="the camera failed"):
        opened(fail)


def test_a_live_picture_cannot_be_sought() -> None:
    source, _ = opened(colour)
    with pytest.raises(InputError, match="the source is live; record it first"):
        source.frame_at(0)


@pytest.mark.parametrize(
    ("run", "number"), [("0", 0), ("camera:3", 3), ("/dev/video12", 12), ("camera:/dev/video2", 2)]
)
def test_names_of_local_cameras(run: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def capture(address: Any, backend: int, *_: Any) -> FakeGrabber:
        asked.append(address)
        return FakeGrabber(colour)

    monkeypatch.setattr(camera.cv2, "VideoCapture", capture)
    source = open_camera(run)
    assert asked == [number]
    assert source.facts.source == run
    source.close()


def test_network_cameras_have_limits_and_their_password_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def capture(address: Any, backend: int, *limits: Any) -> FakeGrabber:
        asked.append((address, limits))
        return FakeGrabber(colour, opened=False)

    monkeypatch.setattr(camera.cv2, "VideoCapture", capture)
    with pytest.raises(InputError) as caught:
        open_camera("rtsp://user:secret@host/stream")
    assert asked[0][0] == "rtsp://user:secret@host/stream"
    assert cv2.CAP_PROP_READ_TIMEOUT_MSEC in asked[0][1][0]
    assert str(caught.value).startswith("rtsp://***@host/stream: no video comes from this address")


def test_no_camera_here(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="no such camera, or another program holds it"):
        open_camera("9999")
    with pytest.raises(InputError, match="a camera's number or address must follow"):
        open_camera("camera:")
    assert capfd.readouterr().err == ""


def test_the_stamp_is_that_of_the_grab_on_the_clock_that_all_processes_share() -> None:
    source, grabber = opened(colour)
    for frame in islice(source.frames(), 5):
        assert source.stamp_ns == grabber.now_ns - 3_000_000
        assert frame.grey.size


def test_two_half_pictures_in_one_are_told_at_the_start() -> None:
    def woven(number: int) -> np.ndarray:
        first = np.full((128, 160), 60, np.uint8)
        second = first.copy()
        first[30:100, 20 + 6 * number % 60 : 70 + 6 * number % 60] = 200
        second[30:100, 40 + 6 * number % 60 : 90 + 6 * number % 60] = 200
        first[1::2] = second[1::2]
        return first

    source, _ = opened(woven)
    assert "two half pictures" in source.facts.details["interlaced"]
    assert "interlaced" not in opened(colour)[0].facts.details


OFFERED = (
    Mode(pixel_format="YUYV", width_px=640, height_px=480, fps=(30.0,)),
    Mode(pixel_format="MJPG", width_px=1280, height_px=1024, fps=(60.0, 30.0)),
)


@pytest.mark.parametrize(
    ("run", "size", "fps", "letters"),
    [
        ("/dev/video0", (1280, 1024), 60.0, "MJPG"),
        ("0", (1280, 1024), 60.0, "MJPG"),
        ("camera:/dev/video0@640x480", (640, 480), 30.0, "YUYV"),
        ("/dev/video0@1280x1024@30", (1280, 1024), 30.0, "MJPG"),
        ("/dev/video0@800x600@25", (800, 600), 25.0, ""),
    ],
)
def test_a_mode_is_asked_for_before_the_first_picture(
    run: str, size: tuple[int, int], fps: float, letters: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenCV alone opens a grabber at 640 x 480, whatever comes in."""
    for name in ("WIDTH", "HEIGHT"):
        monkeypatch.setenv(f"OPENCV_VIDEOIO_V4L_DEFAULT_{name}", "")
    looked: list[str] = []

    def offered(device: str) -> tuple[Mode, ...]:
        looked.append(device)
        return OFFERED

    grabber = FakeGrabber(colour)
    monkeypatch.setattr(camera, "modes_of", offered)
    monkeypatch.setattr(camera.cv2, "VideoCapture", lambda *_: grabber)
    source = open_camera(run)
    assert looked == ["/dev/video0"]
    assert (grabber.asked[cv2.CAP_PROP_FRAME_WIDTH], grabber.asked[cv2.CAP_PROP_FRAME_HEIGHT]) == size
    assert grabber.asked[cv2.CAP_PROP_FPS] == fps
    code = int(grabber.asked.get(cv2.CAP_PROP_FOURCC, 0))
    assert code.to_bytes(4, "little").rstrip(b"\0").decode() == letters
    assert os.environ["OPENCV_VIDEOIO_V4L_DEFAULT_WIDTH"] == str(size[0])
    assert f"asked for {size[0]} x {size[1]}, comes as 32 x 24" in source.facts.details["other_size"]
    assert source.facts.source == run
    source.close()


def test_a_driver_that_gives_what_was_asked_for_is_not_noted() -> None:
    grabber = FakeGrabber(colour)
    source = CameraSource(grabber, "camera:0", asked=(32, 24), clock=grabber.clock)
    assert "other_size" not in source.facts.details
