"""Pictures of a run for the window: the exact one from the film, a small one from the scrub file meanwhile. No Qt here.

One thread reads the film. Of several wishes only the newest counts. Stepping back reads a stretch before the wanted
picture at once, playing reads a little ahead: both are cheap where single jumps are not.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from assistant.capture.opening import open_source
from assistant.capture.source import Source
from assistant.errors import AssistantError
from assistant.language import sentence
from assistant.review import previews
from assistant.system.processes import ChildProcess, module_command, module_environment
from assistant.vocabulary import Frame

log = logging.getLogger(__name__)
_PICTURES = 64
_BACK = 12
"""Pictures before the wanted one that are read with it when stepping back."""
_AHEAD = 6
_STOP_WAIT_S = 10.0


class PictureRing:
    """The last pictures by frame number; the oldest goes first."""

    def __init__(self, size: int = _PICTURES) -> None:
        self._frames: OrderedDict[int, Frame] = OrderedDict()
        self._size = size
        self._lock = threading.Lock()

    def put(self, frame: Frame) -> None:
        """Keep a frame."""
        with self._lock:
            self._frames[frame.index] = frame
            self._frames.move_to_end(frame.index)
            while len(self._frames) > self._size:
                self._frames.popitem(last=False)

    def get(self, index: int) -> Frame | None:
        """A kept frame, or None."""
        with self._lock:
            return self._frames.get(index)


class PictureReader:
    """Reads pictures in its own thread.

    Parameters
    ----------
    run : str
    look_now : callable
        Told, from the thread, when a wanted picture stands in the ring.
    """

    def __init__(self, run: str, look_now: Callable[[], None]) -> None:
        self.ring = PictureRing()
        self.trouble = ""
        """Why the newest wish could not be fulfilled; empty when it could."""
        self._run = run
        self._look_now = look_now
        self._wish: int | None = None
        self._goes_on = False
        self._last = -1
        self._stopping = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._guarded, name="pictures", daemon=True)
        self._thread.start()

    def want(self, index: int, *, goes_on: bool = False) -> None:
        """Ask for a picture; with ``goes_on`` those after it will be asked for next."""
        with self._wake:
            if index != self._wish:
                self._wish, self._goes_on = index, goes_on
                self._wake.notify()

    def stop(self) -> bool:
        """Ask the thread to end and wait for it."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(_STOP_WAIT_S)
        return not self._thread.is_alive()

    def _guarded(self) -> None:
        try:
            source = open_source(self._run)
        except AssistantError as error:
            self.trouble = str(error)
            log.warning("pictures cannot be read: %s", error)
            return
        try:
            while (wish := self._next()) is not None:
                self._fulfil(source, *wish)
        except Exception:
            # The window says by itself that it waits for the picture; the log says why it never comes.
            self.trouble = sentence("an error of the program")
            log.exception("reading single pictures stopped")
        finally:
            source.close()

    def _next(self) -> tuple[int, bool] | None:
        with self._wake:
            while self._wish is None and not self._stopping:
                self._wake.wait()
            if self._stopping or self._wish is None:
                return None
            wish, self._wish = self._wish, None
            return wish, self._goes_on

    def _fulfil(self, source: Source, wanted: int, goes_on: bool) -> None:
        back = wanted < self._last <= wanted + 2 * _BACK and not goes_on
        # What lies before a part of a recording is not its own, and in a case pack it is not there.
        begin = min(wanted, max(source.facts.first_frame, wanted - _BACK)) if back else wanted
        for index in range(begin, wanted + 1 + (_AHEAD if goes_on else 0)):
            if (self._wish is not None and not back) or self._stopping:
                return
            if self.ring.get(index) is None:
                try:
                    self.ring.put(source.frame_at(index))
                except AssistantError as error:
                    if index <= wanted:
                        self.trouble = str(error)
                        log.warning("frame %d cannot be shown: %s", index, error)
                    return
            if index == wanted:
                self.trouble = ""
                self._last = wanted
                self._look_now()


class ScrubMaker:
    """Has the scrub file of a run made in a process of its own, and gives small pictures from it.

    Parameters
    ----------
    run : str
    folder : Path
        The cache.
    most_bytes : int
        Room that the cache may take.
    """

    def __init__(self, run: str, folder: Path, most_bytes: int = 4 << 30) -> None:
        self._process: ChildProcess | None = None
        self.file: previews.ScrubFile | None = None
        self._keys: previews.ScrubFile | None = None
        try:
            path = previews.place_for(folder, Path(run))
        except (OSError, ValueError):
            return  # a run that is no file has no scrub file; its pictures come the slow way
        self.file = previews.ScrubFile(path)
        self.file.refresh()
        if self.file.is_whole:
            with contextlib.suppress(OSError):
                path.touch()
            return
        previews.keep_within(folder, most_bytes, keep=path)
        keys = path.with_suffix(".keys.scrub")
        # Half a file, left by a window that was closed early, is made anew: nothing of it may be shown meanwhile.
        for old in (path, keys):
            with contextlib.suppress(OSError):
                old.unlink()
        self.file = previews.ScrubFile(path)
        self._keys = previews.ScrubFile(keys)
        command = module_command("assistant.review.previews", run, str(path), str(keys))
        self._process = ChildProcess(command, environment=module_environment())

    def frame(self, index: int, width_px: int, height_px: int, fps: float) -> tuple[Frame, bool] | None:
        """A small picture at the run's size, and whether it is of this very moment or of the key picture before it.

        None where there is none yet.
        """
        if self.file is None:
            return None
        if index >= self.file.frames_known:
            self.file.refresh()
        frame = self.file.frame(index, width_px, height_px, fps)
        if frame is not None:
            return frame, True
        if self._keys is None:
            return None
        self._keys.refresh()
        near = min(index, self._keys.frames_known - 1)
        if not self._keys.is_whole and near < index:
            return None
        frame = self._keys.frame(near, width_px, height_px, fps)
        return None if frame is None else (frame, False)

    def stop(self) -> None:
        """End the process; half a file is made anew next time."""
        if self._process is not None:
            self._process.end()
