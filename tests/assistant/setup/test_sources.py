"""What can be chosen as a source, and in which size."""

import sys

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent

from assistant.capture.camera.devices import Device, Mode
from assistant.settings.tree import Settings
from assistant.setup import sources
from tests.ui.theatre.fake_session import FakeSession
from ui.theatre.page import TheatrePage

GRABBER = Device(
    address="/dev/video2",
    name="HDMI Grabber",
    bus="usb-1",
    modes=(
        Mode(pixel_format="YUYV", width_px=640, height_px=480, fps=(30.0,)),
        Mode(pixel_format="YUYV", width_px=1280, height_px=1024, fps=(60.0, 30.0)),
    ),
)
SILENT = Device(
    address="/dev/video4", name="video4", bus="", modes=(), note="cannot be opened (Device or resource busy)"
)


@pytest.fixture(autouse=True)
def devices(monkeypatch: pytest.MonkeyPatch) -> list[Device]:
    found = [GRABBER, SILENT]
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sources, "list_devices", lambda: tuple(found))
    monkeypatch.setattr(sources, "left_session", lambda: None)
    return found


def test_a_grabber_is_asked_for_its_best_size_and_one_that_is_silent_as_it_is() -> None:
    first, second, *others = sources.choices()
    assert (first.address, first.name) == ("/dev/video2@1280x1024@60", "HDMI Grabber")
    assert first.detail == "1280 × 1024 · 60 Hz · usb-1"
    assert (second.address, second.detail) == ("/dev/video4", SILENT.note)
    assert all(choice.rehearsal for choice in others)


def test_the_sizes_follow_each_other_and_come_round() -> None:
    first, second, *_ = sources.choices()
    other = sources.with_next_mode(first)
    assert (other.address, other.detail) == ("/dev/video2@640x480@30", "640 × 480 · 30 Hz · usb-1")
    assert sources.with_next_mode(other) == first
    assert sources.with_next_mode(second) == second


def test_a_grabber_in_use_in_another_size_stands_once() -> None:
    found = sources.choices(in_use=("/dev/video2@640x480@30", "rtsp://cart/1"))
    assert [choice.address for choice in found if "video2" in choice.address] == ["/dev/video2@640x480@30"]
    assert found[0].detail == "named by hand"


def test_keys_choose_another_size_and_look_for_new_devices(qtbot, devices) -> None:
    page = TheatrePage(Settings(), FakeSession)
    qtbot.addWidget(page)
    page.controller.begin_set_up()
    state = page.setup.state

    def press(key: int) -> None:
        assert page.press(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))
        page.release(QKeyEvent(QEvent.Type.KeyRelease, key, Qt.KeyboardModifier.NoModifier))

    press(Qt.Key.Key_M)
    assert state.choices[0].address == "/dev/video2@640x480@30"
    del devices[0]
    press(Qt.Key.Key_R)
    assert state.choices[0].address == SILENT.address
