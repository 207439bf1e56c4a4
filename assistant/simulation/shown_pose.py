"""Where the vertebra stands in the picture that is *shown*: lag and recursive filter lay the last pictures over it.

A recursive filter that weighs the new picture by k shows a moving vertebra (1 - k) / k pictures behind. Truth (motion,
masks, the plan's marks) is of what is shown: the mean of the poses that are in the picture, each with its weight there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from assistant.simulation.pedal import Pulses
from assistant.simulation.scenario import Case
from assistant.simulation.theatre import SceneMotion, ScenePose, Stand

TOGETHER_MM = 3.0
"""Pictures in which the vertebra stood farther from where it stands now are ghosts beside it, no part of its blur."""
_LEAST_WEIGHT = 1e-4


@dataclass(slots=True, eq=False)
class ShownPose:
    """Carries the weights of past poses as the camera carries past pictures (`Camera._filtered`).

    Attributes
    ----------
    lag : float
        Share of the last picture that stays in the detector.
    recursion : float
        Weight of the new picture in the console's filter.
    """

    lag: float
    recursion: float
    _past: list[tuple[ScenePose, float, float]] = field(default_factory=list)

    def restart(self) -> None:
        """X-ray was off: the next picture is shown as it is."""
        self._past = []

    def take(self, pose: ScenePose) -> ScenePose:
        """The next pulse, at this pose; what comes back has the spine's shift and turns as they are shown."""
        lag, new = self.lag, self.recursion
        if not self._past:
            self._past = [(pose, 1.0, 1.0)]
            return pose
        past = []
        for earlier, in_detector, in_filter in self._past:
            kept = lag * in_detector
            past.append((earlier, kept, new * kept + (1.0 - new) * in_filter))
        past.append((pose, 1.0 - lag, new * (1.0 - lag)))
        self._past = [one for one in past if max(one[1:]) > _LEAST_WEIGHT]
        near = [
            (earlier, weight)
            for earlier, _, weight in self._past
            if np.linalg.norm(earlier.spine_mm - pose.spine_mm) <= TOGETHER_MM
        ]
        total = sum(weight for _, weight in near)
        if total <= 0.0:
            return pose
        return replace(
            pose,
            spine_mm=sum((weight / total * earlier.spine_mm for earlier, weight in near), np.zeros(3)),
            rotation_deg=sum(weight / total * earlier.rotation_deg for earlier, weight in near),
            turn_deg=sum((weight / total * earlier.turn_deg for earlier, weight in near), np.zeros(2)),
        )


def shown_poses(case: Case, theatre: SceneMotion, pulses: Pulses) -> list[ScenePose]:
    """Of each pulse, where the picture shows the vertebra."""
    shown = ShownPose(lag=case.exposure.lag, recursion=case.exposure.recursion)
    poses: list[ScenePose] = []
    last: tuple[float, Stand] | None = None
    for t_s in pulses.times_s.tolist():
        stand = theatre.stand(t_s)
        if last is None or pulses.starts_anew(t_s, last[0]) or stand != last[1]:
            shown.restart()
        poses.append(shown.take(theatre.pose(t_s)))
        last = t_s, stand
    return poses
