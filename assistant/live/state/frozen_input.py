"""Whether a driver repeats its last picture bit by bit, as some do after the plug was pulled while they say "success".

A cable with noise never gives two identical pictures, not even of a held image. Where that was seen of this source,
identical frames are a fault and no hold. A digital source gives identical frames whenever X-ray is off: of it, nothing
can be told this way, and it is never called stuck.
"""

from __future__ import annotations

from typing import Final

from assistant.live.messages import LiveMoment
from assistant.vocabulary import FrameState

_NOISY_HELD_FRAMES: Final = 25
_STUCK_NS: Final = 300_000_000
_FRAMES: Final = 5
_HELD: Final = (FrameState.REPEAT, FrameState.FROZEN)


class FrozenInputDetector:
    """Remembers what held pictures of this source looked like."""

    def __init__(self) -> None:
        self._picture: int | None = None
        self._same_since_ns = 0
        self._same_frames = 0
        self._last_ns = 0
        self._noisy_held = 0
        self._identical = 0

    def see(self, moment: LiveMoment) -> None:
        """Take in a moment."""
        same = moment.picture == self._picture
        self._picture, self._last_ns = moment.picture, moment.captured_ns
        if not same:
            self._same_since_ns, self._same_frames = moment.captured_ns, 0
            # What moves in another picture of the screen is no noise of the held one.
            self._noisy_held += moment.liveness.state in _HELD and not moment.same_field
            return
        self._same_frames += 1
        if self._noisy_held < _NOISY_HELD_FRAMES:
            self._identical += 1

    @property
    def is_frozen(self) -> bool:
        """Whether frames come that are identical, of a source that never gave any. No frames at all are no proof."""
        noisy = self._noisy_held >= _NOISY_HELD_FRAMES and self._identical == 0
        return noisy and self._same_frames >= _FRAMES and self._last_ns - self._same_since_ns > _STUCK_NS
