"""How well pictures of a planned view match, and whether this one does: a view that turns away matches less.

Physics: turned out of the picture's plane, what lies deep moves against what lies in front, and no shift, turn or scale
lays the picture onto the plan's any more. In the match this is a part that noise does not explain. It is held against
what the pictures before had, and those that have fallen teach nothing: what to expect of the grain and of the match
must not follow a view that turns. A tilt of a few degrees opens the endplates into ellipses and leaves the walls as
they are, and the lines still lie right; a turn that moves the walls is another view, however long it stands.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from assistant.steps.motion.limits import LIMITS

_NORMAL = 1.48
"""Standard deviation of a normal distribution over its median absolute deviation."""


@dataclass(slots=True)
class UsualMatch:
    """Correlations over what this picture's noise lets them be, of the last pictures that matched as usual."""

    recent: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=LIMITS.usual_pictures))
    """Of the whole template, and of the walls alone."""
    began_s: float = np.inf
    last_s: float = -np.inf
    """Times of the first and the newest that were taken in."""
    fell: int = 0
    """So many pictures running match clearly less."""
    lowest: float = np.inf
    lowest_s: float = -np.inf
    """Of those, and when: until then it was still falling."""

    @property
    def fallen(self) -> bool:
        """The last picture matches clearly less than those before."""
        return self.fell > 0

    @property
    def turned(self) -> bool:
        """So have enough pictures running: the view is not the planned one."""
        return self.fell >= LIMITS.fell_pictures

    def take(self, match: float, walls: float, t_s: float, *, paused: bool) -> None:
        """Take the next picture's match in.

        Parameters
        ----------
        match : float
            Of the whole template.
        walls : float
        t_s : float
        paused : bool
            It is the first after a pause: brightness and breath may be others, and so may the match.
        """
        if paused and not self.turned:
            self._forget()
        if match < self._least():
            self.fell += 1
            if match < self.lowest:
                self.lowest, self.lowest_s = match, t_s
            if t_s - self.lowest_s <= LIMITS.usual_after_s or walls < self._walls():
                return
            self._forget()
        self.fell, self.lowest = 0, np.inf
        # As many as lie in a breath, however quick the pulses are.
        if t_s - self.last_s > LIMITS.usual_s / (LIMITS.usual_pictures + 1):
            self.recent.append((match, walls))
            self.last_s, self.began_s = t_s, min(self.began_s, t_s)

    def _forget(self) -> None:
        self.recent.clear()
        self.fell, self.lowest, self.began_s = 0, np.inf, np.inf

    def _seen_s(self) -> float:
        """How much of a breath the usual was learned from."""
        return self.last_s - self.began_s if self.recent else 0.0

    def _least(self) -> float:
        """What a picture of the planned view matches at least."""
        breath = self._seen_s() > 0.9 * LIMITS.usual_s
        if not breath and len(self.recent) < LIMITS.usual_pictures // 2:
            return -np.inf
        usual = median(each for each, _ in self.recent)
        if not breath:
            return usual - LIMITS.fell_early * usual
        spread = _NORMAL * median(abs(each - usual) for each, _ in self.recent)
        return usual - max(LIMITS.fell * usual, LIMITS.fell_spreads * spread)

    def _walls(self) -> float:
        """And its walls; before a breath has been seen nothing is asked of them."""
        if self._seen_s() < 0.9 * LIMITS.usual_s:
            return -np.inf
        return LIMITS.stands * median(each for _, each in self.recent)
