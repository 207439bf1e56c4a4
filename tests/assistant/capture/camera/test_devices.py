import errno
import struct
from pathlib import Path

import pytest

from assistant.capture.camera.devices import Mode, list_devices, modes_of, modes_to_choose, rate_to_ask


class Driver:
    """Answers as Video4Linux does: one format with two sizes, one with any size."""

    capabilities = 0x80000000
    own = 0x00000001

    def __call__(self, descriptor: int, request: int, answer: bytearray) -> int:
        index = struct.unpack_from("<I", answer, 0)[0]
        if request == 0x80685600:
            answer[16:32] = b"HDMI Grabber\0\0\0\0"
            answer[48:58] = b"usb-0000:1"
            struct.pack_into("<II", answer, 84, self.capabilities, self.own)
        elif request == 0xC0405602 and index < 2:
            answer[44:48] = (b"YUYV", b"GREY")[index]
        elif request == 0xC02C564A:
            self.size(index, bytes(answer[4:8]), answer)
        elif request == 0xC034564B and index < 2:
            struct.pack_into("<III", answer, 16, 1, 1, (30, 60)[index])
        else:
            raise OSError(errno.EINVAL, "Invalid argument")
        return 0

    def size(self, index: int, code: bytes, answer: bytearray) -> None:
        if code == b"YUYV" and index < 2:
            struct.pack_into("<III", answer, 8, 1, *((1280, 1024), (1920, 1080))[index])
        elif code == b"GREY" and index == 0:
            struct.pack_into("<IIIIIII", answer, 8, 3, 64, 2048, 8, 64, 1536, 8)
        else:
            raise OSError(errno.EINVAL, "Invalid argument")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("video0", "video10", "video2", "videoX", "null"):
        (tmp_path / name).touch()
    return tmp_path


def test_inputs_with_their_names_and_modes(folder: Path) -> None:
    devices = list_devices(folder, Driver())
    assert [Path(device.address).name for device in devices] == ["video0", "video2", "video10"]
    first = devices[0]
    assert (first.name, first.bus, first.note) == ("HDMI Grabber", "usb-0000:1", "")
    modes = [(mode.pixel_format, mode.width_px, mode.height_px) for mode in first.modes]
    assert modes == [("YUYV", 1280, 1024), ("YUYV", 1920, 1080), ("GREY", 2048, 1536)]
    assert first.modes[0].fps == (60.0, 30.0)


def test_what_cannot_grab_is_left_out(folder: Path) -> None:
    driver = Driver()
    driver.own = 0x00800000
    assert list_devices(folder, driver) == ()


def test_a_driver_that_says_nothing_is_listed_with_the_reason(folder: Path) -> None:
    def silent(descriptor: int, request: int, answer: bytearray) -> int:
        raise OSError(errno.EIO, "Input/output error")

    assert "Input/output" in list_devices(folder, silent)[0].note


def test_no_input_is_no_fault(tmp_path: Path) -> None:
    assert list_devices(tmp_path) == ()


def mode(pixel_format: str, width_px: int, height_px: int, *fps: float) -> Mode:
    return Mode(pixel_format=pixel_format, width_px=width_px, height_px=height_px, fps=fps)


def test_the_modes_of_one_device(folder: Path) -> None:
    assert [each.width_px for each in modes_of(str(folder / "video2"), Driver())] == [1280, 1920, 2048]
    assert modes_of(str(folder / "gone"), Driver()) == ()


def test_the_best_mode_is_what_a_c_arm_puts_out_and_quick_enough() -> None:
    offered = (
        mode("YUYV", 640, 480, 30.0),
        mode("YUYV", 1920, 1080, 5.0),
        mode("MJPG", 1920, 1080, 60.0, 30.0),
        mode("YUYV", 1280, 1024, 30.0),
        mode("MJPG", 1280, 1024, 30.0),
        mode("MJPG", 4096, 2160, 30.0),
        mode("H264", 1920, 1200, 30.0),
        mode("YUYV", 320, 200, 30.0),
    )
    chosen = modes_to_choose(offered)
    assert [(each.width_px, each.pixel_format) for each in chosen] == [
        (1920, "MJPG"),
        (1280, "YUYV"),
        (640, "YUYV"),
        (4096, "MJPG"),
    ]
    assert modes_to_choose(()) == ()


def test_the_rate_that_is_asked_for() -> None:
    assert rate_to_ask(mode("YUYV", 640, 480, 120.0, 60.0, 30.0)) == 60.0
    assert rate_to_ask(mode("YUYV", 640, 480, 120.0)) == 120.0
    assert rate_to_ask(mode("YUYV", 640, 480)) is None
