"""Single pictures read behind the scenes: thumbnails, the frames behind a leak, key images."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable

import cv2
import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QImage

from assistant.capture.opening import open_source
from assistant.errors import AssistantError
from assistant.vocabulary import Frame
from ui.widgets.grey_image import image_of_pixels

log = logging.getLogger(__name__)
_STOP_WAIT_S = 10.0


class StillReader:
    """Reads frames one after the other in its own thread and hands each on once.

    Parameters
    ----------
    run : str
    notify : callable
        Given each frame, from the thread.
    """

    def __init__(self, run: str, notify: Callable[[Frame], None]) -> None:
        self._run, self._notify = run, notify
        self._queue: deque[int] = deque()
        self._asked: set[int] = set()
        self._stopping = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._guarded, name="pictures", daemon=True)
        self._thread.start()

    def want(self, frames: Iterable[int]) -> None:
        """Ask for frames; each is read once."""
        with self._wake:
            new = [index for index in frames if index not in self._asked]
            if new:
                self._asked.update(new)
                self._queue.extend(sorted(new))
                self._wake.notify()

    def stop(self) -> bool:
        """Ask the thread to end and wait for it."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(_STOP_WAIT_S)
        return not self._thread.is_alive()

    def _next(self) -> int | None:
        with self._wake:
            while not self._queue and not self._stopping:
                self._wake.wait()
            return None if self._stopping else self._queue.popleft()

    def _guarded(self) -> None:
        source = None
        try:
            while (index := self._next()) is not None:
                if source is None:
                    source = open_source(self._run)
                try:
                    frame = source.frame_at(index)
                except AssistantError as error:
                    log.warning("frame %d cannot be shown: %s", index, error)
                    continue
                self._notify(frame)
        except AssistantError as error:
            log.warning("thumbnails cannot be read: %s", error)
        except Exception:
            # Without thumbnails the page still works; the log says why there are none.
            log.exception("reading thumbnails stopped")
        finally:
            if source is not None:
                source.close()


def image_of(frame: Frame, longest_px: int | None = None) -> QImage:
    """A frame as a picture of its own memory, made smaller where asked."""
    grey = _eight_bits(frame)
    if longest_px is not None and max(grey.shape) > longest_px:
        factor = longest_px / max(grey.shape)
        grey = np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return image_of_pixels(np.ascontiguousarray(grey), QImage.Format.Format_Grayscale8)


def cut_out(frame: Frame, left_px: int, top_px: int, side_px: int) -> QImage:
    """A square of a frame as a picture; black where the frame ends."""
    grey = _eight_bits(frame)
    square = np.zeros((side_px, side_px), np.uint8)
    rows, cols = grey.shape
    y0, y1 = max(0, top_px), min(rows, top_px + side_px)
    x0, x1 = max(0, left_px), min(cols, left_px + side_px)
    if y1 > y0 and x1 > x0:
        square[y0 - top_px : y1 - top_px, x0 - left_px : x1 - left_px] = grey[y0:y1, x0:x1]
    return image_of_pixels(square, QImage.Format.Format_Grayscale8)


def _eight_bits(frame: Frame) -> NDArray[np.uint8]:
    grey = frame.grey if frame.white == 255 else np.right_shift(frame.grey, 8)
    return np.asarray(grey, dtype=np.uint8)
