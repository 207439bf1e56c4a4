"""What can be said of a recording while it is made, and how it is found out: by asking the disk."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from assistant.vocabulary import Measure, Unknown

_RATE_WINDOW_NS: Final = 60_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingState:
    """What is on the disk. "REC" may be shown only while `advancing`.

    Attributes
    ----------
    folder : str
        The run folder; empty while nothing is recorded.
    bytes_written : int
        Size of all that was recorded of this run, as the disk says it; also by a process before this one.
    grew_ns : int or None
        Monotonic time at which the file was last seen to have grown.
    free_bytes : int or None
        Free on that disk; None where it cannot be asked.
    minutes_left : float or Unknown
        At the rate of the last minute.
    fault : str
        Why it does not record, or what was lost; empty while all is well.
    lost_frames : int
        Frames that were captured and could not be kept.
    """

    folder: str = ""
    bytes_written: int = 0
    grew_ns: int | None = None
    free_bytes: int | None = None
    minutes_left: Measure = field(default_factory=lambda: Unknown("not measured yet"))
    fault: str = ""
    lost_frames: int = 0

    def advancing(self, now_ns: int, within_s: float = 2.0) -> bool:
        """Whether the file grew on the disk within the last seconds: the only ground for showing "REC"."""
        return not self.fault and self.grew_ns is not None and now_ns - self.grew_ns <= within_s * 1e9


class Gauge:
    """How the files grow, as seen by somebody who asks the disk from time to time.

    Parameters
    ----------
    seen_bytes : int
        What lies there already and did not grow under these eyes.
    """

    def __init__(self, seen_bytes: int = 0) -> None:
        self.seen_bytes = seen_bytes
        self.grew_ns: int | None = None
        self._sizes: deque[tuple[int, int]] = deque(maxlen=512)

    def look(self, now_ns: int, size: int) -> bool:
        """Take in the size of all files together; True where they grew since the last look."""
        grew = size > self.seen_bytes
        if grew:
            self.grew_ns = now_ns
        self.seen_bytes = size
        self._sizes.append((now_ns, size))
        while now_ns - self._sizes[0][0] > _RATE_WINDOW_NS:
            self._sizes.popleft()
        return grew

    def minutes_left(self, free_bytes: int | None) -> Measure:
        """Until so many bytes are used up at the rate of the last minute."""
        if free_bytes is None:
            return Unknown("the disk does not say how much is free")
        if len(self._sizes) < 2 or self._sizes[-1][1] <= self._sizes[0][1]:
            return Unknown("nothing was written lately")
        (begun_ns, before), (now_ns, now) = self._sizes[0], self._sizes[-1]
        return max(0.0, free_bytes * (now_ns - begun_ns) / (now - before) / 60e9)
