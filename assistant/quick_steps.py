"""From where cement is seen to distances and speed: the steps that a warning line moves, on the way of a run and again.

What the slow steps found can be kept (`assistant.whatif_kept`); these two are then taken anew, with one memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from assistant.line_maps import LineMaps
from assistant.run_facts import RunClock
from assistant.steps.approach import ApproachMemory, follow_approach
from assistant.steps.distances import measure_distances
from assistant.vocabulary import Approach, CementMask, Distances, Unknown

_NO_CLOCK: Final = Unknown("the run has no clock: its rate is assumed")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuickSteps:
    """The quick steps of one view.

    Attributes
    ----------
    maps : LineMaps
        On the crop of the view's masks.
    clock : RunClock
        Of the run: by an assumed one nobody knows how fast anything is.
    approach : ApproachMemory
        Grows with each picture taken.
    """

    maps: LineMaps
    clock: RunClock
    approach: ApproachMemory = field(default_factory=ApproachMemory)

    def take(self, cement: CementMask, t_s: float) -> tuple[Distances, Approach]:
        """Take one new picture that was measured; one that is not believed must not come here.

        Parameters
        ----------
        cement : CementMask
        t_s : float
        """
        distances = measure_distances(cement, self.maps)
        if self.clock is RunClock.ASSUMED:
            return distances, Approach(approach_mm_per_s=_NO_CLOCK, time_to_line_s=_NO_CLOCK)
        return distances, follow_approach(self.approach, t_s, distances.warning_line_mm)
