"""Frames whose picture could not be decoded: unusable, counted, and told once in the end."""

from __future__ import annotations

from assistant.language import sentence
from assistant.vocabulary import Frame, FrameState, Liveness, Unknown


class LostPictures:
    """How many frames of a run have no picture."""

    def __init__(self) -> None:
        self._frames = 0
        self._lost = 0
        self._first = ""

    def judge(self, frame: Frame) -> Liveness | None:
        """What a frame without a picture is; None where it has one, which the next step judges."""
        self._frames += 1
        if not frame.lost:
            return None
        self._lost += 1
        self._first = self._first or sentence(f"first in frame {frame.index}: {frame.lost}")
        unknown = Unknown(frame.lost)
        return Liveness(state=FrameState.UNUSABLE, xray_age_s=unknown, noise_grey=unknown, reason=frame.lost)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said of them in the end; nothing where there are none."""
        if not self._lost:
            return ()
        return (sentence(f"{self._lost} of {self._frames} pictures could not be decoded ({self._first})."),)
