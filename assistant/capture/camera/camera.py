"""A live camera or frame grabber by OpenCV.

What `cv2.VideoCapture` says is not trusted (open OpenCV issues 14044, 6107, 10927, 22677): it reports success with the
old picture after the plug was pulled and after a time-out, and may block for ever. So the stamp is taken here, at the
grab; a failure or a picture of another size ends the source with a reason; that the *content* is new is judged by the
liveness step; and a call that never returns is the business of a watchdog in another process.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.capture.camera.colour import coloured
from assistant.capture.camera.devices import modes_of, modes_to_choose, rate_to_ask
from assistant.capture.camera.interlace import COMBED, comb_ratio
from assistant.capture.stamps import MAX_FPS
from assistant.errors import InputError
from assistant.language import sentence
from assistant.run_facts import RunFacts
from assistant.vocabulary import Frame, Grey

_PROBE_GRABS: Final = 12
_FAILURES_IN_A_ROW: Final = 10
_NO_PICTURE_NS: Final = 2_000_000_000
_USUAL_PX: Final = (1920, 1080)
_OPEN_TIMEOUT_MS, _READ_TIMEOUT_MS = 5000, 2000
_PASSWORD: Final = re.compile(r"//[^/@]*@")
_NOTES: Final = {
    "other_size": sentence("The camera gives another size"),
    "repeated": sentence("The camera repeats pictures"),
    "interlaced": sentence("The camera mixes half pictures"),
}
"""Details that a person must know, and how their sentence begins."""
_MODE: Final = re.compile(
    r"(?P<device>[^@]+)@(?P<width>[0-9]{2,5})x(?P<height>[0-9]{2,5})(?:@(?P<fps>[0-9]{1,3}(?:\.[0-9]{1,3})?))?"
)


class Grabber(Protocol):
    """The part of `cv2.VideoCapture` that is used."""

    def isOpened(self) -> bool:
        """Whether the device answers."""
        ...

    def grab(self) -> bool:
        """Wait for the next picture."""
        ...

    def retrieve(self) -> tuple[bool, Any]:
        """The picture of the last grab."""
        ...

    def get(self, prop: int, /) -> float:
        """A property such as the rate."""
        ...

    def set(self, prop: int, value: float, /) -> bool:
        """Ask for a property."""
        ...

    def release(self) -> None:
        """Give the device back."""
        ...


def open_camera(run: str) -> CameraSource:
    """Open a camera by number ("0"), device ("/dev/video0"), "camera:0" or network address (RTSP, HTTP).

    A device may be followed by the mode to ask for: "/dev/video0@1280x1024" or "/dev/video0@1280x1024@30". Without one
    the best of what its driver offers is asked for (`assistant.capture.camera.devices.modes_to_choose`).

    Raises
    ------
    InputError
        If there is no such camera or it gives no picture.
    """
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    address = run.removeprefix("camera:")
    named = None if "://" in address else _MODE.fullmatch(address)
    if named:
        address = named["device"]
    if not address:
        raise InputError(f"{run}: a camera's number or address must follow, such as camera:0")
    number = re.fullmatch(r"(?:/dev/video)?([0-9]{1,4})", address) if not os.path.islink(address) else None
    label = _PASSWORD.sub("//***@", run)
    is_local = "://" not in address
    asked = _wanted(f"/dev/video{number[1]}" if number else address, named) if is_local else None
    try:
        if asked is not None:
            asked.at_opening()
        grabber = _open_number(int(number[1])) if number else _open_address(address)
        opened = grabber.isOpened()
        if opened and asked is not None:
            asked.ask(grabber)
    except cv2.error as error:
        raise InputError(f"{label}: OpenCV cannot open this camera; check its address") from error
    if not opened:
        grabber.release()
        raise InputError(_not_found(label, is_local=is_local))
    return CameraSource(grabber, label, asked=None if asked is None else (asked.width_px, asked.height_px))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A mode to ask for. What comes is measured all the same: a driver may give another one."""

    width_px: int
    height_px: int
    fps: float | None
    pixel_format: str

    def at_opening(self) -> None:
        """OpenCV opens a V4L device at 640 x 480 and gives up on one without that size (its pull request 25500)."""
        os.environ["OPENCV_VIDEOIO_V4L_DEFAULT_WIDTH"] = str(self.width_px)
        os.environ["OPENCV_VIDEOIO_V4L_DEFAULT_HEIGHT"] = str(self.height_px)

    def ask(self, grabber: Grabber) -> None:
        """Before the first picture."""
        if self.pixel_format:
            code = int.from_bytes(f"{self.pixel_format:4}".encode("ascii"), "little")
            grabber.set(cv2.CAP_PROP_FOURCC, float(code))
        grabber.set(cv2.CAP_PROP_FRAME_WIDTH, self.width_px)
        grabber.set(cv2.CAP_PROP_FRAME_HEIGHT, self.height_px)
        if self.fps:
            grabber.set(cv2.CAP_PROP_FPS, self.fps)


def _wanted(device: str, named: re.Match[str] | None) -> _Wanted | None:
    """The mode that the address names, or the best that the driver offers; None: the driver's own."""
    offered = modes_to_choose(modes_of(device))
    size, fps = None, None
    if named:
        size, fps = (int(named["width"]), int(named["height"])), float(named["fps"] or 0) or None
    elif offered:
        size = (offered[0].width_px, offered[0].height_px)
    elif sys.platform != "linux":
        size = _USUAL_PX  # no list of modes there: the drivers give the nearest that they have
    if size is None:
        return None
    same = next((mode for mode in offered if (mode.width_px, mode.height_px) == size), None)
    if same is not None:
        fps = fps or rate_to_ask(same)
    return _Wanted(width_px=size[0], height_px=size[1], fps=fps, pixel_format=same.pixel_format if same else "")


def _open_number(number: int) -> Grabber:
    backends = {"linux": (cv2.CAP_V4L2,), "win32": (cv2.CAP_MSMF, cv2.CAP_DSHOW)}.get(sys.platform, (cv2.CAP_ANY,))
    for backend in backends:
        grabber = cv2.VideoCapture(number, backend)
        if grabber.isOpened():
            break
    return grabber


def _open_address(address: str) -> Grabber:
    if "://" not in address:
        return cv2.VideoCapture(address, cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY)
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _READ_TIMEOUT_MS]
    return cv2.VideoCapture(address, cv2.CAP_FFMPEG, limits)


def _not_found(label: str, *, is_local: bool) -> str:
    if not is_local:
        return sentence(f"{label}: no video comes from this address; check the address, the network and the camera")
    devices = sorted(str(path) for path in Path("/dev").glob("video[0-9]*"))
    found = sentence(f"found here: {', '.join(devices)}") if devices else sentence("no camera was found here")
    return sentence(f"{label}: no such camera, or another program holds it ({found}); plug it in or free it")


class CameraSource:
    """A live source. Its frames cannot be sought, and `frames` ends when the source is closed.

    Parameters
    ----------
    grabber : Grabber
        Open; belongs to this object from now on.
    label : str
        The camera's name for texts.
    asked : tuple of int, optional
        Width and height in px that the device was asked for.
    clock : callable
        Nanoseconds of a clock that never falls; read right after each grab.

    Raises
    ------
    InputError
        If no picture comes.
    """

    def __init__(
        self,
        grabber: Grabber,
        label: str,
        *,
        asked: tuple[int, int] | None = None,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._grabber, self._label, self._asked, self._clock = grabber, label, asked, clock
        self._closed = False
        self._next_index = 0
        self._origin_ns: int | None = None
        self._last_ns = clock()
        self._shape: tuple[int, int] | None = None
        self._dtype: np.dtype[Any] | None = None
        self._picture: NDArray[Any] | None = None
        try:
            # Without effect on some drivers; where it works, a grab gives the newest picture and not an old one.
            grabber.set(cv2.CAP_PROP_BUFFERSIZE, 1)
            self._facts = self._probe()
        except BaseException:
            self.close()
            raise

    def _probe(self) -> RunFacts:
        stamps: list[int] = []
        repeated = woven = 0
        last: Grey | None = None
        for _ in range(_PROBE_GRABS):
            got = self._grab()
            if got is None:
                break
            stamps.append(got[0])
            repeated += last is not None and np.array_equal(last, got[1])
            last = got[1]
            woven += comb_ratio(last) > COMBED
        if last is None:
            raise InputError(f"{self._label}: the camera gives no picture; check its cable and its input signal")
        height, width = last.shape
        self._shape, self._dtype = (height, width), last.dtype
        stated = float(self._grabber.get(cv2.CAP_PROP_FPS))
        # The first pictures may come out of a buffer at once: the later ones tell the rate.
        steps_ns = np.diff(stamps)[len(stamps) // 2 - 1 :]
        step_s = float(np.median(steps_ns)) / 1e9 if len(steps_ns) else 0.0
        measured = 1.0 / step_s if step_s > 1.0 / MAX_FPS else None
        details = {
            "kind": "camera",
            "rate": sentence(f"measured {measured:.1f} frames/s") if measured else sentence("not measured"),
            "rate_stated": f"{stated:g} frames/s" if 0 < stated <= MAX_FPS else "none",
        }
        if self._asked is not None and self._asked != (width, height):
            details["other_size"] = sentence(
                f"asked for {self._asked[0]} x {self._asked[1]}, comes as {width} x {height}"
            )
        if repeated:
            details["repeated"] = sentence(
                f"{repeated} of {len(stamps)} pictures at the start were the one before again"
            )
        if woven:
            details["interlaced"] = sentence(
                f"{woven} of {len(stamps)} pictures at the start are two half pictures in one"
            )
        return RunFacts(
            source=self._label,
            width_px=width,
            height_px=height,
            fps=measured or (stated if 0 < stated <= MAX_FPS else None),
            frame_count=None,
            details=details,
            notes=tuple(f"{words}: {details[name]}." for name, words in _NOTES.items() if name in details),
        )

    @property
    def facts(self) -> RunFacts:
        """Size and rate as measured at the start; no frame count."""
        return self._facts

    @property
    def stamp_ns(self) -> int:
        """The clock at the grab of the newest picture: before it was fetched from the driver and turned to grey."""
        return self._last_ns

    def coloured(self) -> NDArray[np.bool_] | None:
        """Where the newest picture is in colour (`assistant.capture.camera.colour`); None for a grey input."""
        return None if self._picture is None else coloured(self._picture)

    def frames(self) -> Iterator[Frame]:
        """Pictures as they come, until `close`. A second call goes on with the numbers of the first.

        Raises
        ------
        InputError
            If the camera stops giving pictures or changes their size.
        """
        while (got := self._grab()) is not None:
            stamp_ns, grey = got
            if grey.shape != self._shape or grey.dtype != self._dtype:
                height, width = self._shape or (0, 0)
                raise InputError(
                    f"{self._label}: the camera's picture changed from {width} x {height} to {grey.shape[1]} x "
                    f"{grey.shape[0]}; set its output to one size and start again"
                )
            if self._origin_ns is None:
                self._origin_ns = stamp_ns
            index, self._next_index = self._next_index, self._next_index + 1
            yield Frame(
                index=index,
                t_s=(stamp_ns - self._origin_ns) / 1e9,
                grey=grey,
                white=255 if grey.dtype == np.uint8 else 65535,
            )

    def _grab(self) -> tuple[int, Grey] | None:
        """Stamp and grey of the next picture; None once closed."""
        failures, since_ns = 0, self._clock()
        while not self._closed:
            try:
                grabbed = self._grabber.grab()
                stamp_ns = max(self._clock(), self._last_ns)
                good, picture = self._grabber.retrieve() if grabbed else (False, None)
            except cv2.error as error:
                raise InputError(f"{self._label}: the camera failed; check its cable and start again") from error
            if self._closed:
                break
            if good and isinstance(picture, np.ndarray) and picture.size:
                self._last_ns, self._picture = stamp_ns, picture
                return stamp_ns, _grey(picture, self._label)
            failures += 1
            if failures >= _FAILURES_IN_A_ROW or stamp_ns - since_ns > _NO_PICTURE_NS:
                raise InputError(
                    f"{self._label}: no picture comes from the camera any more; check its cable and its input signal"
                )
        return None

    def frame_at(self, index: int) -> Frame:
        """Not possible: a live picture is gone once it was shown.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError(f"{self._label}: frame {index} cannot be shown again, the source is live; record it first")

    def close(self) -> None:
        """Give the device back. May be called twice."""
        self._closed = True
        self._grabber.release()


def _grey(picture: NDArray[Any], label: str) -> Grey:
    if picture.dtype not in (np.uint8, np.uint16) or picture.ndim not in (2, 3):
        raise InputError(f"{label}: the camera gives {picture.dtype} samples; choose an 8 or 16 bit picture format")
    if picture.ndim == 3:
        channels = picture.shape[2]
        if channels == 1:
            picture = picture[:, :, 0]
        elif channels in (3, 4):
            picture = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY if channels == 3 else cv2.COLOR_BGRA2GRAY)
        else:
            raise InputError(f"{label}: the camera gives {channels} channels; choose a grey or colour picture format")
    # A copy: some drivers write the next picture into the same memory.
    grey: Grey = np.array(picture, order="C", copy=True)
    return grey
