"""The pictures of a run: wished for, there a little later, a small one meanwhile; only an export waits for one."""

from __future__ import annotations

from collections.abc import Callable

from assistant.capture.opening import open_source
from assistant.errors import InputError
from assistant.review.picture_reader import PictureReader, ScrubMaker
from assistant.run_facts import RunFacts
from assistant.system.places import data_home
from assistant.vocabulary import Frame


class RunPictures:
    """Reads in a thread; small pictures are made in a process.

    Parameters
    ----------
    run : str
        Path of the recording.
    facts : RunFacts
    first : Frame
        Its first frame.
    look_now : callable
        Told, from the thread, when a picture that was wished for is there.
    small_ones : bool
        Whether single pictures come so slowly that small ones are of use.
    """

    def __init__(
        self, run: str, facts: RunFacts, first: Frame, look_now: Callable[[], None], *, small_ones: bool
    ) -> None:
        self._run, self._facts = run, facts
        self._scrub = ScrubMaker(run, data_home() / "cache") if small_ones else None
        self._reader = PictureReader(run, look_now)
        self._reader.ring.put(first)

    def holds(self, index: int) -> bool:
        """Whether a frame is there."""
        return self._reader.ring.get(index) is not None

    def at(self, index: int, *, playing: bool = False) -> Frame | None:
        """A frame, or None while it is fetched."""
        frame = self._reader.ring.get(index)
        if frame is None or (playing and self._reader.ring.get(index + 1) is None):
            self._reader.want(index, goes_on=playing)
        return frame

    def beside(self, index: int, main: int) -> Frame | None:
        """A frame that stands beside the main one; asked for only while that is there."""
        frame = self._reader.ring.get(index)
        if frame is None and self._reader.ring.get(main) is not None:
            self._reader.want(index)
        elif frame is not None:
            self._reader.ring.put(frame)  # stays among the newest
        return frame

    def preview(self, index: int) -> tuple[Frame, bool] | None:
        """The small picture of a frame at the run's size, to look at while the exact one is fetched.

        False beside it where it is only the key picture before that frame.
        """
        if self._scrub is None:
            return None
        return self._scrub.frame(index, self._facts.width_px, self._facts.height_px, self._facts.fps or 15.0)

    @property
    def trouble(self) -> str:
        """Why the wanted picture cannot be shown; empty when nothing is wrong."""
        return self._reader.trouble

    def still(self, index: int) -> Frame | None:
        """A frame, waited for (for an export); None where it cannot be read."""
        frame = self._reader.ring.get(index)
        if frame is not None:
            return frame
        source = open_source(self._run)
        try:
            return source.frame_at(index)
        except InputError:
            return None
        finally:
            source.close()

    def close(self) -> None:
        """End the thread and the process."""
        if self._scrub is not None:
            self._scrub.stop()
        self._reader.stop()
