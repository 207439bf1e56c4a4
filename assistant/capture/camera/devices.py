"""Which video inputs this machine has: address, name, and the modes that the driver offers (Linux, Video4Linux 2).

What a driver offers is not what comes: rate, size and repeats are measured when the input is opened (`camera.py`).
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.language import sentence

_QUERYCAP, _ENUM_FMT, _ENUM_SIZES, _ENUM_RATES = 0x80685600, 0xC0405602, 0xC02C564A, 0xC034564B
_CAPTURE, _DISCRETE, _HAS_OWN_CAPS = 1, 1, 0x80000000
_CAN_CAPTURE: Final = 0x00000001 | 0x00001000
_MOST: Final = 64
_LEAST_PX: Final = 240
_USUAL_PX: Final = (1920, 1200)
_ENOUGH_FPS, _MOST_FPS = 25.0, 60.5
_READ: Final = ("GREY", "YUYV", "UYVY", "NV12", "NV21", "YU12", "YV12", "BGR3", "RGB3", "MJPG", "JPEG")
"""Pixel formats that OpenCV turns into a picture; the first are preferred: not squeezed, then squeezed."""

Ioctl = Callable[[int, int, bytearray], Any]
QUALIFIED: Final = sentence("No grabber is qualified yet: rate, repeats and delay are measured when it is opened.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One mode that a driver offers.

    Attributes
    ----------
    pixel_format : str
        Four letters, such as "YUYV".
    width_px, height_px : int
    fps : tuple of float
        Rates, highest first; empty where the driver does not say.
    """

    pixel_format: str
    width_px: int
    height_px: int
    fps: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One video input.

    Attributes
    ----------
    address : str
        What `open_source` takes.
    name, bus : str
        As the driver says; the bus tells two equal grabbers apart.
    modes : tuple of Mode
    note : str
        Why nothing more is known of it; empty otherwise.
    """

    address: str
    name: str
    bus: str
    modes: tuple[Mode, ...]
    note: str = ""


def modes_to_choose(modes: tuple[Mode, ...]) -> tuple[Mode, ...]:
    """The modes worth choosing: for each size the quickest one that can be read, the best first.

    Best is the largest size up to 1920 x 1200 (the outputs of C-arms) at 25 frames/s or more: grabbers also offer sizes
    that they only blow up, and sizes too slow over their cable. A driver left alone gives 640 x 480.
    """
    best: dict[tuple[int, int], Mode] = {}
    for mode in modes:
        size = (mode.width_px, mode.height_px)
        if mode.pixel_format in _READ and min(size) >= _LEAST_PX:
            best[size] = max(best.get(size, mode), mode, key=_worth)
    order = sorted(best.values(), key=lambda mode: (_is_usual(mode), mode.width_px * mode.height_px), reverse=True)
    return tuple(order)


def rate_to_ask(mode: Mode) -> float | None:
    """The highest rate up to 60 frames/s; None where the driver does not say."""
    return max((fps for fps in mode.fps if fps <= _MOST_FPS), default=min(mode.fps, default=None))


def _worth(mode: Mode) -> tuple[float, int]:
    return min(rate_to_ask(mode) or 0.0, _ENOUGH_FPS), -_READ.index(mode.pixel_format)


def _is_usual(mode: Mode) -> bool:
    fits = mode.width_px <= _USUAL_PX[0] and mode.height_px <= _USUAL_PX[1]
    return fits and (rate_to_ask(mode) or _ENOUGH_FPS) >= _ENOUGH_FPS


def list_devices(folder: Path = Path("/dev"), ioctl: Ioctl | None = None) -> tuple[Device, ...]:
    """All video inputs, by address. On other systems than Linux none can be named: a number is to be typed."""
    ioctl = ioctl or _ioctl()
    if ioctl is None:
        return ()
    found = []
    for path in sorted(folder.glob("video[0-9]*"), key=lambda path: (len(path.name), path.name)):
        device = _look_at(path, ioctl)
        if device is not None:
            found.append(device)
    return tuple(found)


def modes_of(address: str, ioctl: Ioctl | None = None) -> tuple[Mode, ...]:
    """What the driver of one device offers; empty where it does not say, and on other systems than Linux."""
    ioctl = ioctl or _ioctl()
    device = _look_at(Path(address), ioctl) if ioctl is not None else None
    return () if device is None else device.modes


def _ioctl() -> Ioctl | None:
    if sys.platform != "linux":
        return None
    import fcntl

    return fcntl.ioctl


def _look_at(path: Path, ioctl: Ioctl) -> Device | None:
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        note = sentence(f"cannot be opened ({error.strerror})")
        return Device(address=str(path), name=path.name, bus="", modes=(), note=note)
    try:
        about = bytearray(104)
        ioctl(descriptor, _QUERYCAP, about)
        capabilities, own = struct.unpack_from("<II", about, 84)
        if not (own if capabilities & _HAS_OWN_CAPS else capabilities) & _CAN_CAPTURE:
            return None
        modes = tuple(_modes(descriptor, ioctl))
        return Device(address=str(path), name=_text(about[16:48]), bus=_text(about[48:80]), modes=modes)
    except OSError as error:
        note = sentence(f"does not say what it is ({error.strerror})")
        return Device(address=str(path), name=path.name, bus="", modes=(), note=note)
    finally:
        os.close(descriptor)


def _modes(descriptor: int, ioctl: Ioctl) -> list[Mode]:
    modes: list[Mode] = []
    for index in range(_MOST):
        form = bytearray(struct.pack("<II", index, _CAPTURE).ljust(64, b"\0"))
        if not _ask(ioctl, descriptor, _ENUM_FMT, form):
            break
        code = struct.unpack_from("<I", form, 44)[0]
        letters = _text(struct.pack("<I", code & 0x7FFFFFFF))
        for width_px, height_px in _sizes(descriptor, ioctl, code):
            rates = _rates(descriptor, ioctl, code, width_px, height_px)
            modes.append(Mode(pixel_format=letters, width_px=width_px, height_px=height_px, fps=rates))
    return modes


def _sizes(descriptor: int, ioctl: Ioctl, code: int) -> list[tuple[int, int]]:
    sizes: list[tuple[int, int]] = []
    for index in range(_MOST):
        size = bytearray(struct.pack("<II", index, code).ljust(44, b"\0"))
        if not _ask(ioctl, descriptor, _ENUM_SIZES, size):
            break
        kind, a, b, _, _, most_high = struct.unpack_from("<IIIIII", size, 8)
        if kind == _DISCRETE:
            sizes.append((a, b))
        else:
            sizes.append((b, most_high))  # any size up to this one
            break
    return sizes


def _rates(descriptor: int, ioctl: Ioctl, code: int, width_px: int, height_px: int) -> tuple[float, ...]:
    rates: list[float] = []
    for index in range(_MOST):
        step = bytearray(struct.pack("<IIII", index, code, width_px, height_px).ljust(52, b"\0"))
        if not _ask(ioctl, descriptor, _ENUM_RATES, step):
            break
        kind, numerator, denominator = struct.unpack_from("<III", step, 16)
        if numerator and denominator:
            rates.append(round(denominator / numerator, 3))
        if kind != _DISCRETE:
            break
    return tuple(sorted(rates, reverse=True))


def _ask(ioctl: Ioctl, descriptor: int, request: int, answer: bytearray) -> bool:
    with contextlib.suppress(OSError):
        ioctl(descriptor, request, answer)
        return True
    return False


def _text(raw: bytes | bytearray) -> str:
    words = bytes(raw).split(b"\0")[0].decode("ascii", "replace")
    return "".join(letter for letter in words if letter.isprintable()).strip()
