"""What moves in the theatre: breathing, table, drift, the C-arm's swings, hands, balloon. All as functions of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.simulation.scenario import Case, Jump, Shot

_ORBIT_DEG = {"lateral": 0.0, "ap": 90.0}
MOVING_MM_PER_S = 25.0
"""Faster than this the picture cannot be measured (state ``moving``)."""

_DEEP_MM = 60.0
"""Nothing of the spine that a turn moves in the picture lies farther from the body's middle, along the beam."""
_LEVERED_BEFORE_S, _LEVERED_IN_S = 1.0, 0.4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScenePose:
    """Where things are at one moment, patient mm from their place in the volumes.

    Attributes
    ----------
    spine_mm, ribs_mm, gas_mm : array (3,)
        Shifts; that of the table is in all three.
    rotation_deg : float
        Turn of everything in the picture about the body's centre.
    turn_deg : array (2,)
        How far the patient is turned out of the picture's plane: roll about the long axis, tilt about its horizontal.
    speed_mm_per_s : float
        Of the table alone.
    heart : float
        How much the heart is filled: 0 at the end of systole, 1 at the end of diastole.
    """

    spine_mm: NDArray[np.float64]
    ribs_mm: NDArray[np.float64]
    gas_mm: NDArray[np.float64]
    rotation_deg: float
    turn_deg: NDArray[np.float64]
    speed_mm_per_s: float
    heart: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where the C-arm stands: the shot (index) it shows, its orbit angle, and whether it is on its way."""

    shot: int
    view: str
    orbit_deg: float
    swinging: bool


def _eased(t_s: float, at_s: float, takes_s: float) -> float:
    """How much of a movement is done, 0..1: it begins and ends softly."""
    share = float(np.clip((t_s - at_s) / max(takes_s, 1e-3), 0.0, 1.0))
    return share * share * (3.0 - 2.0 * share)


class SceneMotion:
    """All movement of one case; the seed fixes what the case leaves open (phases, irregular breaths)."""

    def __init__(self, case: Case, rng: np.random.Generator, pushes: tuple[Jump, ...] = ()) -> None:
        """Draw what the case leaves open.

        Parameters
        ----------
        case : Case
        rng : Generator
        pushes : tuple of Jump
            What moves the table in the pauses between exposures, one after the other (`pedal.pushes`).
        """
        self._case = case
        self._pushes = pushes
        stands = np.cumsum([push.shift_mm for push in pushes], axis=0) if pushes else np.zeros((1, 3))
        self._pushed_mm = float(np.linalg.norm(stands, axis=1).max())
        knobs = case.theatre
        length_s = case.run.duration_s + 5.0
        period_s = 60.0 / max(knobs.breaths_per_min, 1e-3)
        count = int(np.ceil(length_s / period_s)) + 3
        # Breaths differ in length and depth: the phase is interpolated between drawn beginnings.
        starts = np.cumsum(period_s * np.clip(rng.normal(1.0, 0.08, count), 0.7, 1.4))
        self._starts_s = starts - starts[0] - period_s * rng.uniform(0.0, 1.0)
        self._depth = np.clip(rng.normal(1.0, 0.12, count), 0.6, 1.5)
        self._drift = rng.normal(size=3)
        self._drift /= np.linalg.norm(self._drift)
        self._wobble = rng.uniform(0.0, 2.0 * np.pi, 4)
        # The spine is carried along mostly head to foot, and up and down by the abdomen under it.
        self._spine_way = np.array([rng.uniform(-0.6, 0.6), rng.uniform(-0.15, 0.15), -1.0])
        self._spine_way /= np.linalg.norm(self._spine_way)
        # Levered, held for a while, levered again.
        self._lever_s = np.cumsum(rng.uniform(0.6, 2.5, int(length_s / 0.6) + 1))
        self._lever = np.append(0.0, rng.normal(size=len(self._lever_s)))
        self.lever_axis = rng.normal(size=3)

    def breath(self, t_s: float) -> float:
        """0 = end of expiration, about 1 = end of inspiration."""
        starts = self._starts_s
        k = int(np.clip(np.searchsorted(starts, t_s, side="right") - 1, 0, len(starts) - 2))
        phase = (t_s - starts[k]) / (starts[k + 1] - starts[k])
        # Inspiration is quicker than expiration, and there is a rest before the next breath.
        bent = phase / 0.4 * 0.5 if phase < 0.4 else 0.5 + (phase - 0.4) / 0.6 * 0.5
        return float(self._depth[k] * np.sin(np.pi * bent) ** 2)

    def pose(self, t_s: float) -> ScenePose:
        """Where things are at a moment."""
        knobs = self._case.theatre
        breath = self.breath(t_s)
        table = self.table_mm(t_s) + self._drift * (knobs.drift_mm_per_min * t_s / 60.0)
        slow = np.sin(2 * np.pi * t_s / 17.0 + self._wobble[0]) + 0.5 * np.sin(2 * np.pi * t_s / 7.3 + self._wobble[1])
        gas = np.array([1.5 * np.sin(t_s / 2.1 + self._wobble[2]), 0.0, 1.0 * np.sin(t_s / 3.3 + self._wobble[3])])
        ahead = self.table_mm(t_s + 0.02) - self.table_mm(t_s - 0.02)
        return ScenePose(
            spine_mm=table + self._spine_way * (knobs.breathing_spine_mm * breath),
            ribs_mm=table + np.array([0.25, 0.0, -0.9]) * (knobs.breathing_ribs_mm * breath),
            gas_mm=table + gas + np.array([0.1, 0.0, -1.0]) * (1.3 * knobs.breathing_ribs_mm * breath),
            rotation_deg=float(knobs.rotation_deg * slow / 1.5),
            turn_deg=self.turn_deg(t_s),
            speed_mm_per_s=float(np.linalg.norm(ahead) / 0.04),
            heart=self.heart(t_s),
        )

    def heart(self, t_s: float) -> float:
        """How much the heart is filled, 0..1: a quick systole, a slow filling."""
        phase = (t_s * self._case.theatre.beats_per_min / 60.0 + self._wobble[3] / (2.0 * np.pi)) % 1.0
        bent = phase / 0.35 * 0.5 if phase < 0.35 else 0.5 + (phase - 0.35) / 0.65 * 0.5
        return float(np.cos(np.pi * bent) ** 2)

    def table_mm(self, t_s: float) -> NDArray[np.float64]:
        """Shift by all jumps of the table so far."""
        total = np.zeros(3)
        for jump in (*self._case.theatre.jumps, *self._pushes):
            total = total + np.array(jump.shift_mm) * _eased(t_s, jump.at_s, jump.takes_s)
        return total

    def turn_deg(self, t_s: float) -> NDArray[np.float64]:
        """Roll and tilt by all turns of the patient so far."""
        total = np.zeros(2)
        for turn in self._case.theatre.turns:
            total = total + np.array([turn.roll_deg, turn.tilt_deg]) * _eased(t_s, turn.at_s, turn.takes_s)
        return total

    def farthest_mm(self) -> float:
        """No point of the spine ever moves farther than this (for the padding of the path maps)."""
        knobs = self._case.theatre
        drift = knobs.drift_mm_per_min * (self._case.run.duration_s + 5.0) / 60.0
        table = sum(float(np.linalg.norm(jump.shift_mm)) for jump in knobs.jumps)
        out_of_plane = sum(abs(each.roll_deg) + abs(each.tilt_deg) for each in knobs.turns)
        turn = 90.0 * abs(np.deg2rad(1.2 * knobs.rotation_deg)) + _DEEP_MM * np.deg2rad(out_of_plane)
        return float(table + self._pushed_mm + drift + 1.6 * knobs.breathing_spine_mm + turn + 1.0)

    def stand(self, t_s: float) -> Stand:
        """Where the C-arm stands at a moment."""
        shots, geometry = self._case.geometry.shots, self._case.geometry
        index = max(k for k, shot in enumerate(shots) if shot.from_s <= max(t_s, shots[0].from_s))
        to_deg = self.orbit_deg(shots[index])
        since = t_s - shots[index].from_s
        if index == 0 or since >= geometry.swing_s:
            return Stand(shot=index, view=shots[index].view, orbit_deg=to_deg, swinging=False)
        share = since / geometry.swing_s
        from_deg = self.orbit_deg(shots[index - 1])
        eased = share * share * (3.0 - 2.0 * share)
        return Stand(
            shot=index, view=shots[index].view, orbit_deg=from_deg + (to_deg - from_deg) * eased, swinging=True
        )

    def orbit_deg(self, shot: Shot) -> float:
        """Orbit angle of a shot, with the case's error against the true view."""
        geometry = self._case.geometry
        if shot.view == "oblique":
            return geometry.oblique_deg
        return _ORBIT_DEG[shot.view] + geometry.lateral_error_deg

    def balloon_share(self, t_s: float) -> float:
        """How full the balloon is, 0..1 of its final diameter."""
        knobs = self._case.theatre
        if knobs.balloon_from_s < 0 or not knobs.balloon_from_s < t_s < knobs.balloon_to_s:
            return 0.0
        span = knobs.balloon_to_s - knobs.balloon_from_s
        share = (t_s - knobs.balloon_from_s) / span
        return float(np.clip(min(share / 0.5, (1.0 - share) / 0.12), 0.0, 1.0) ** (1.0 / 3.0))

    def pulled_back_mm(self, t_s: float, injection_end_s: float) -> float:
        """How far the cannula is pulled back; negative: it is farther in than at first."""
        knobs = self._case.cement
        moved = sum(each.back_mm * _eased(t_s, each.at_s, each.takes_s) for each in self._case.theatre.cannula_moves)
        third_s = (injection_end_s - knobs.start_s) / 3.0
        if knobs.pull_back_mm <= 0 or third_s <= 0:
            return moved
        share = np.clip((t_s - (injection_end_s - third_s)) / max(0.5 * third_s, 1e-3), 0.0, 1.0)
        return moved + float(knobs.pull_back_mm * share)

    def levered_deg(self, t_s: float) -> float:
        """How far the cannula is turned about the pedicle."""
        moved = sum(each.turn_deg * _eased(t_s, each.at_s, each.takes_s) for each in self._case.theatre.cannula_moves)
        since_s = t_s - (self._case.cement.start_s - _LEVERED_BEFORE_S)
        if self._case.theatre.levered_deg <= 0 or since_s <= 0:
            return moved
        k = int(np.clip(np.searchsorted(self._lever_s, since_s), 0, len(self._lever_s) - 1))
        held_s = since_s - (self._lever_s[k - 1] if k else 0.0)
        share = float(np.clip(held_s / _LEVERED_IN_S, 0.0, 1.0))
        eased = share * share * (3.0 - 2.0 * share)
        turn = self._lever[k] + eased * (self._lever[k + 1] - self._lever[k])
        return moved + float(self._case.theatre.levered_deg * turn)

    def blades_share(self, t_s: float) -> float:
        """How far the collimator's blades have come in, 0..1."""
        at_s = self._case.screen.blades_move_at_s
        return 1.0 if at_s < 0 else float(np.clip((t_s - at_s) / 2.0, 0.0, 1.0))
