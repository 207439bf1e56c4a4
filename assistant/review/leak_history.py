"""The leaks of a run as they were seen over time, gathered from moments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.geometry import apply
from assistant.readings.moments import Moment
from assistant.review.annotations import LeakKey
from assistant.vocabulary import FrameState, Leak, LeakSite, Motion

_AROUND = 0.6
"""Room around a leak in its crop, as a share of its larger side."""
_LEAST_SIDE_PX = 48.0


@dataclass(slots=True, eq=False)
class LeakStory:
    """One leak: as it stands now, and the pictures in which it was seen.

    Attributes
    ----------
    number : int
        From 1, in the order in which the leaks were first seen.
    site : LeakSite
    first_frame : int
    leak : Leak
        As it stood in the newest picture in which it was seen.
    frames : list of int
        New X-ray pictures in which it was seen.
    """

    number: int
    site: LeakSite
    first_frame: int
    leak: Leak
    frames: list[int] = field(default_factory=list)

    @property
    def key(self) -> LeakKey:
        """By which reviewers speak of it."""
        return LeakKey(self.site.value, self.first_frame)

    def behind(self, most: int) -> tuple[int, ...]:
        """The frames that the shape rests on; where the answer names none, some in which the leak was seen."""
        shape = self.leak.shape
        named = tuple(shape.frames) if shape is not None else ()
        source = list(named) or self.frames
        at = np.unique(np.linspace(0, len(source) - 1, min(most, len(source))).round().astype(int))
        return tuple(source[k] for k in at)


class LeakHistory:
    """All leaks so far, one a site."""

    def __init__(self) -> None:
        self._by_site: dict[LeakSite, LeakStory] = {}

    def take(self, moments: Iterable[Moment]) -> None:
        """Take moments that follow on those that are known."""
        for moment in moments:
            new = moment.liveness.state is FrameState.LIVE
            for leak in moment.leaks:
                story = self._by_site.get(leak.site)
                if story is not None and not new:
                    continue
                if story is None:  # of a single shot it may be known only while the picture is held
                    number = len(self._by_site) + 1
                    story = LeakStory(number=number, site=leak.site, first_frame=leak.first_frame, leak=leak)
                    self._by_site[leak.site] = story
                story.leak = leak
                story.frames.append(moment.frame_index)

    def stories(self) -> tuple[LeakStory, ...]:
        """In the order in which they were first seen."""
        return tuple(self._by_site.values())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeakCrop:
    """Where a leak lies in a picture.

    Attributes
    ----------
    left_px, top_px, side_px : int
        A square of the frame.
    outline_px : array (n, 2)
        The leak in px of the frame.
    endplate_px : array (m, 2)
        The line that it crossed, in px of the frame; empty where there is none.
    frame_from_reference : array (2, 3)
    """

    left_px: int
    top_px: int
    side_px: int
    outline_px: NDArray[np.float64]
    endplate_px: NDArray[np.float64]
    frame_from_reference: NDArray[np.float64]


def crop_of(leak: Leak, moment: Moment, endplate_px: NDArray[np.float64] | None) -> LeakCrop | None:
    """Where to look at a leak in the picture of a moment; None where it cannot be placed there.

    Parameters
    ----------
    endplate_px : array (m, 2) or None
        The line in px of the reference frame.
    """
    if not isinstance(moment.motion, Motion) or not len(leak.outline_px):
        return None
    to_frame = moment.motion.similarity.current_from_reference()
    outline = apply(to_frame, np.asarray(leak.outline_px, dtype=np.float64))
    low, high = outline.min(axis=0), outline.max(axis=0)
    side = max(_LEAST_SIDE_PX, float((high - low).max()) * (1 + 2 * _AROUND))
    corner = (low + high - side) / 2
    line = np.empty((0, 2)) if endplate_px is None else apply(to_frame, endplate_px)
    return LeakCrop(
        left_px=round(corner[0]),
        top_px=round(corner[1]),
        side_px=round(side),
        outline_px=outline,
        endplate_px=line,
        frame_from_reference=to_frame,
    )
