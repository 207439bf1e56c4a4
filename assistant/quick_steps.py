"""From where cement is seen to distances, speed and leaks: quick steps, on the way of a run and again.

What the slow steps found can be kept (`assistant.review.whatif_cache`); these are then taken anew, with one memory. A
leak's shape is none of them: it is typed after the alarms have gone out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from assistant.acquisition import Acquisition
from assistant.line_maps import LineMaps
from assistant.lines import Line
from assistant.plan import PlannedView
from assistant.run_facts import RunClock
from assistant.settings.tree import LeakSettings
from assistant.steps.approach import ApproachMemory, follow_approach
from assistant.steps.distances import measure_distances
from assistant.steps.fronts import FrontMemory, doubtful_fronts
from assistant.steps.leaks import LeakMemory, find_leaks, settle_leaks
from assistant.vocabulary import Approach, CementMask, Distances, Leak, Unknown

_NO_CLOCK: Final = Unknown("the run has no clock: its rate is assumed")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuickSteps:
    """The quick steps of one view.

    Attributes
    ----------
    planned : PlannedView
    maps : LineMaps
        On the crop of the view's masks.
    clock : RunClock
        Of the run: by an assumed one nobody knows how fast anything is.
    leak_settings : LeakSettings
    approach : ApproachMemory
        Grows with each picture taken.
    fronts : FrontMemory
    leaks : LeakMemory
        The same.
    """

    planned: PlannedView
    maps: LineMaps
    clock: RunClock
    leak_settings: LeakSettings
    approach: ApproachMemory = field(default_factory=ApproachMemory)
    fronts: FrontMemory = field(default_factory=FrontMemory)
    leaks: LeakMemory = field(default_factory=LeakMemory)

    def take(
        self, cement: CementMask, frame_index: int, acquisition: Acquisition
    ) -> tuple[Distances, Approach, tuple[Leak, ...]]:
        """Take one new picture that was measured; one that is not believed must not come here.

        Parameters
        ----------
        cement : CementMask
        frame_index : int
        acquisition : Acquisition
            The beam at this picture.

        Returns
        -------
        Distances, Approach, tuple of Leak
            The leaks that stand, their shapes not yet typed.
        """
        doubtful = doubtful_fronts(self.fronts, cement, self.maps, acquisition)
        distances = replace(measure_distances(cement, self.maps), doubtful=doubtful)
        approach = Approach(approach_mm_per_s=_NO_CLOCK, time_to_line_s=_NO_CLOCK)
        if self.clock is not RunClock.ASSUMED:
            approach = follow_approach(self.approach, acquisition, distances.mm[Line.WARNING_LINE])
        leaks = find_leaks(
            self.leaks, frame_index, acquisition, cement, self.maps, self.planned, self.leak_settings, doubtful
        )
        return distances, approach, leaks

    def hold(self, t_s: float) -> tuple[Leak, ...]:
        """Take a frame that repeats or holds the last picture: leaks that count from now on."""
        return settle_leaks(self.leaks, t_s, self.leak_settings)
