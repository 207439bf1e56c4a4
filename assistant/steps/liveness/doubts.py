"""Frames of which it could not be told whether they carry a new picture, until that is decided after the fact.

Two things decide it: both kinds are known by now, and what changed then is of one of them; or a later frame is told to
be held, and differs from the last picture that was told to be new by the line alone: nothing has come in between.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.steps.liveness.grain import Rows
from assistant.steps.liveness.learned_kinds import SOON_S
from assistant.steps.liveness.two_kinds import TwoKinds

F32 = NDArray[np.float32]
_MOST: Final = 256
"""Older ones stay undecided."""
_FRAMES, _LEAST_FRAMES = 16, 6
"""Held frames whose mean is held against the last new picture [P]."""
_LOOK_EVERY_S: Final = 1.0


@dataclass(slots=True, eq=False)
class Doubts:
    """What is kept until it is decided."""

    blocks: F32 | None = None
    """Of the last picture that was told to be new."""
    told_s: float = -1e9
    newest_s: float = -1e9
    """When it came; and the newest that was decided to be new since."""
    beam_s: float = -1e9
    """When something came last that was new, or more than the line: the beam may have been on."""
    waiting: deque[tuple[float, NDArray[np.float64]]] = field(default_factory=lambda: deque(maxlen=_MOST))
    """Time and change of each."""
    _crept: deque[float] = field(default_factory=lambda: deque(maxlen=_FRAMES))
    _looked_s: float = -1e9

    def soon(self, t_s: float) -> bool:
        """Whether the beam may still be on."""
        return 0.0 <= t_s - self.beam_s <= SOON_S

    def told(self, t_s: float, blocks: F32) -> None:
        """A picture is new."""
        self.blocks, self.told_s, self.newest_s, self.beam_s = blocks, t_s, t_s, t_s
        self._crept.clear()

    def add(self, t_s: float, change: NDArray[np.float64], *, beyond: bool) -> None:
        """A frame that cannot be told; ``beyond``: it shows more than the line."""
        self.waiting.append((t_s, change))
        if beyond:
            self.beam_s = t_s

    def see(self, rows: Rows) -> None:
        """A frame that is not told to be new: how much it differs from the last one that was."""
        if self.blocks is None or not self.waiting or self.waiting[-1][0] <= self.told_s:
            return
        if self.blocks.shape == rows.blocks.shape:
            self._crept.append(rows.differ_beyond_line(self.blocks))

    def decide(self, kinds: TwoKinds, t_s: float, grain_grey: float, *, held: bool) -> tuple[tuple[float, bool], ...]:
        """Those that are decided now: how long ago they were, and whether they were new.

        Parameters
        ----------
        kinds : TwoKinds
        t_s, grain_grey : float
            Of the present frame.
        held : bool
            It is told to be held.
        """
        if not self.waiting:
            return ()
        nothing_came = held and len(self._crept) >= _LEAST_FRAMES and kinds.is_line(list(self._crept), grain_grey)
        look, decided = t_s - self._looked_s >= _LOOK_EVERY_S, []
        if not nothing_came and not look:
            return ()
        self._looked_s = t_s
        for at_s, change in list(self.waiting):
            is_new = False if nothing_came and at_s > self.told_s else kinds.told_again(change)
            if is_new is not None:
                decided.append((at_s, is_new))
        if decided:
            gone = {at_s for at_s, _ in decided}
            self.waiting = deque((each for each in self.waiting if each[0] not in gone), maxlen=_MOST)
            self.newest_s = max([self.newest_s, *(at_s for at_s, is_new in decided if is_new)])
        return tuple((t_s - at_s, is_new) for at_s, is_new in decided)

    @property
    def last_s(self) -> float:
        """When the last picture came that was, or may have been, new."""
        return max(self.newest_s, self.waiting[-1][0]) if self.waiting else self.newest_s
