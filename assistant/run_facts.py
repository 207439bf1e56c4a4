"""What is known of a run before it is read to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from assistant.vocabulary import NO_DATE, Unknown


class RunClock(StrEnum):
    """Where the times of a run come from (contract, ``run.clock``)."""

    FILE = "file"
    OPTION = "option"
    """The person stated a rate (``--fps``)."""
    ASSUMED = "assumed"
    """Nobody states a rate: pictures are counted, and no speed is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What is known of a source before it is read to its end.

    Attributes
    ----------
    source : str
        Path or address as given.
    width_px, height_px : int
    fps : float or None
        Nominal rate of the stored frames; None where the source does not know.
    frame_count : int or None
        None for a live source or a file that does not say.
    first_frame : int
        The number of its first frame: 0, but for a part of a recording (`assistant.part`).
    mm_per_px_hint : float or None
        Scale in the plane of the vertebra if the file states it; never used without the plan.
    clock : RunClock
        Where the times of its frames come from.
    details : mapping of str to str
        Codec, transfer syntax and the like, by name.
    notes : tuple of str
        What the source assumed or mended, in sentences for people (contract, ``run.notes``).
    recorded : date or Unknown
        The study's or the session's own date, as the source itself says it; never the time stamp of a file.
    """

    source: str
    width_px: int
    height_px: int
    fps: float | None
    frame_count: int | None
    mm_per_px_hint: float | None = None
    clock: RunClock = RunClock.FILE
    details: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    recorded: date | Unknown = NO_DATE
    first_frame: int = 0

    @property
    def end_frame(self) -> int | None:
        """One past the number of the last frame; None where that is not known."""
        return None if self.frame_count is None else self.first_frame + self.frame_count
