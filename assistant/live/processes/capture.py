"""The process that grabs: device -> stamp -> mask -> ring and recording. No Qt, no model, no step of the analysis.

One thread grabs and does what each frame needs; the main thread keeps the heart beating, tells how the recording is,
and ends the process in order when a grab never returns: then only a new process helps, and the files are whole.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path
from typing import Final

import numpy as np

from assistant.capture.camera.colour import STEP_PX
from assistant.capture.camera.interlace import Deinterlacer
from assistant.capture.masking.layout import ConsoleLayout, layouts
from assistant.capture.masking.masking import Masker
from assistant.capture.opening import open_source
from assistant.capture.play import PlayedSource, is_played
from assistant.capture.source import Source
from assistant.errors import AssistantError, UsageError
from assistant.language import sentence
from assistant.live.messages import RecordingStatus, SourceEnded, SourceLost, SourceOpened
from assistant.live.orders import LogAnchor, Start
from assistant.live.processes.recovery import record_what_is_left
from assistant.live.shared.shared_memory import Register, SessionMemory, is_orphan
from assistant.recording.writer import Recorder, WriterSettings
from assistant.settings.tree import Settings
from assistant.system.places import data_home
from assistant.vocabulary import Frame, Grey

log = logging.getLogger(__name__)
_TRY_AGAIN_S: Final = 0.5
_TICK_S: Final = 0.05
_TELL_EVERY_TICKS: Final = 5
_LOOK_EVERY_FRAMES: Final = 10
HANGS_STATUS: Final = 75
"""Exit status of a capture that ended itself because its device does not answer."""


def run(start: Start) -> None:
    """Body of the process."""
    session_memory = SessionMemory.open(Path(start.session_memory))
    session_memory.put(Register.CAPTURE_PID, os.getpid())
    session_memory.beat(Register.CAPTURE_BEAT)
    settings = start.settings
    recorder = Recorder(Path(start.folder), WriterSettings.of(settings.recording))
    record_what_is_left(session_memory, Path(start.folder), recorder)
    grab = Grab(session_memory, start.source, settings, recorder)
    grab.start()
    hangs = False
    ticks = 0
    while not session_memory.get(Register.CLOSING) and not is_orphan(session_memory, settings) and not hangs:
        session_memory.beat(Register.CAPTURE_BEAT)
        for order in session_memory.to_capture.take():
            if isinstance(order, LogAnchor):
                recorder.anchor(order.head, order.count)
        if ticks % _TELL_EVERY_TICKS == 0:
            session_memory.capture_says.put(RecordingStatus(state=recorder.state))
        ticks += 1
        hangs = grab.hangs()
        if not grab.is_alive():
            raise RuntimeError("the thread that grabs has ended")
        time.sleep(_TICK_S)
    grab.ask_to_end()
    if hangs:
        session_memory.capture_says.put(
            SourceLost(reason=sentence(f"{start.source}: the video input does not answer; check its cable"))
        )
    else:
        grab.wait(1.0)
    recorder.close()
    session_memory.capture_says.put(RecordingStatus(state=recorder.state))
    if is_orphan(session_memory, settings):
        session_memory.remove()  # no window will: the memory would stay taken until the machine is started anew
    if hangs:
        # The thread hangs in the driver: Python would wait for it for ever.
        os._exit(HANGS_STATUS)


class Grab:
    """The thread that grabs.

    Parameters
    ----------
    session_memory : SessionMemory
    address : str
    settings : Settings
    recorder : Recorder
    """

    def __init__(self, session_memory: SessionMemory, address: str, settings: Settings, recorder: Recorder) -> None:
        self._session_memory, self._address, self._settings, self._recorder = (
            session_memory,
            address,
            settings,
            recorder,
        )
        self._layout, whole = _layout(settings, session_memory)
        self._masker = Masker(self._layout, whole=whole)
        woven = self._layout is not None and self._layout.interlaced and settings.capture.deinterlace == "auto"
        self._deinterlacer = Deinterlacer("on" if woven else settings.capture.deinterlace)
        self._ending = False
        self._opening = True
        self._answered_ns = time.monotonic_ns()
        # A process that was killed may have published a frame and not yet counted it.
        newest = session_memory.ring.newest_index
        stamp = session_memory.ring.stamp(newest)
        self._picture = max(session_memory.get(Register.LAST_PICTURE), -1 if stamp is None else stamp[1])
        self._index = max(session_memory.get(Register.NEXT_INDEX), newest + 1)
        self._last: Grey | None = None
        self._source: Source | None = None
        self._coloured = -1.0
        self._thread = threading.Thread(target=self._go_on, name="grab", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def ask_to_end(self) -> None:
        """End after the frame at hand."""
        self._ending = True

    def wait(self, seconds: float) -> None:
        """Wait for the end."""
        self._thread.join(seconds)

    def hangs(self) -> bool:
        """Whether the device has not answered for too long. A played file may pause as it likes."""
        live = self._settings.live
        limit_s = live.open_hangs_after_s if self._opening else live.grab_hangs_after_s
        if is_played(self._address) and not self._opening:
            return False
        return time.monotonic_ns() - self._answered_ns > limit_s * 1e9

    def _go_on(self) -> None:
        while not self._ending:
            self._opening, self._answered_ns = True, time.monotonic_ns()
            try:
                self._source = _open(self._address)
                self._run(self._source)
            except AssistantError as error:
                self._session_memory.capture_says.put(SourceLost(reason=str(error)))
                self._pause(_TRY_AGAIN_S)
            finally:
                if self._source is not None:
                    self._source.close()
                    self._source = None

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._ending:
            self._answered_ns = time.monotonic_ns()
            time.sleep(_TICK_S)

    def _run(self, source: Source) -> None:
        self._session_memory.capture_says.put(SourceOpened(facts=source.facts, rehearsal=is_played(self._address)))
        self._opening, self._answered_ns = False, time.monotonic_ns()
        for frame in source.frames():
            self._take(frame, getattr(source, "stamp_ns", 0) or time.monotonic_ns())
            self._answered_ns = time.monotonic_ns()
            if self._ending:
                return
        self._session_memory.capture_says.put(SourceEnded())
        while not self._ending:
            self._pause(1.0)

    def _take(self, frame: Frame, stamp_ns: int) -> None:
        session_memory = self._session_memory
        if session_memory.get(Register.ORIGIN_NS) < 0:
            session_memory.put(Register.ORIGIN_NS, stamp_ns)
        t_ns = stamp_ns - session_memory.get(Register.ORIGIN_NS)
        if self._layout is not None:
            lit = self._layout.mark_is_lit(frame.grey)
            session_memory.put(Register.MARK_LIT, -1 if lit is None else int(lit))
        grey = self._masker.apply(self._deinterlacer.apply(frame.grey), t_ns / 1e9)
        if grey.nbytes > session_memory.ring.slot_bytes:
            raise UsageError(
                f"{self._address}: pictures of {grey.shape[1]} x {grey.shape[0]} are too large; set the video output "
                f"to 3840 x 2160 or less"
            )
        if self._index % _LOOK_EVERY_FRAMES == 0:
            session_memory.put(Register.LET_THROUGH, round(1000 * self._masker.share))
            self._look_at_colour()
        is_new = self._last is None or grey.dtype != self._last.dtype or not np.array_equal(self._last, grey)
        self._picture += is_new
        session_memory.ring.publish(self._index, t_ns, stamp_ns, self._picture, grey)
        self._recorder.offer(self._index, t_ns, stamp_ns, grey if is_new else None)
        self._index += 1
        self._last = grey
        session_memory.put(Register.NEXT_INDEX, self._index)
        session_memory.put(Register.LAST_PICTURE, self._picture)

    def _look_at_colour(self) -> None:
        look = getattr(self._source, "coloured", None)
        marked = look() if look is not None else None
        before, self._coloured = self._coloured, -1.0
        if marked is not None:
            self._coloured = self._masker.share_of(marked, STEP_PX)
        # Of two looks the lesser one: a flash of colour (a menu that opens) is no other input.
        self._session_memory.put(Register.COLOURED, round(1000 * min(before, self._coloured)))


def _open(address: str) -> Source:
    return PlayedSource(address) if is_played(address) else open_source(address)


def _layout(settings: Settings, session_memory: SessionMemory) -> tuple[ConsoleLayout | None, bool]:
    """The layout that the settings name, and whether nothing is masked; an unknown name is told and masks by field."""
    name = settings.capture.layout
    if name in ("auto", "whole"):
        return None, name == "whole"
    try:
        found = layouts(data_home() / "layouts")
    except AssistantError as error:
        session_memory.capture_says.put(
            SourceLost(reason=sentence(f"{error}; the field is found in the picture instead"))
        )
        return None, False
    if name not in found:
        reason = sentence(f"there is no layout profile {name!r}; the field is found in the picture instead")
        session_memory.capture_says.put(SourceLost(reason=reason))
    return found.get(name), False
