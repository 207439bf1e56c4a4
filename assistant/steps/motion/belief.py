"""What is known of the pose before a picture is looked at: a mean and a covariance that time widens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.steps.motion.limits import LIMITS

F64 = NDArray[np.float64]

_ANYWHERE_MM = 1e3


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """A Gaussian over dx, dy of the vertebra's centre (source px), rotation (rad) and the logarithm of the scale.

    Attributes
    ----------
    mean : array (4,)
    covariance : array (4, 4)
    usual : array (2,)
        Rotation and logarithm of the scale that time brings it back to: the reference frame's, unless a zoom, a table
        move or another view has been seen.
    centre_px : tuple of float
        The contract's c.
    mm_per_px : float
    """

    mean: F64
    covariance: F64
    usual: F64
    centre_px: tuple[float, float]
    mm_per_px: float

    def information(self) -> F64:
        """Inverse of the covariance."""
        return np.asarray(np.linalg.inv(self.covariance), dtype=np.float64)

    def numbers_of(self, pose: F64) -> F64:
        """The four numbers of a pose (2, 3) in source px."""
        centre = np.asarray(self.centre_px)
        shift = pose[:, :2] @ centre + pose[:, 2] - centre
        turn, scale = np.arctan2(pose[1, 0], pose[0, 0]), np.hypot(pose[0, 0], pose[1, 0])
        return np.array([shift[0], shift[1], turn, np.log(scale)])

    def pose(self) -> F64:
        """The mean as a pose (2, 3) in source px."""
        dx, dy, turn, log_scale = self.mean
        a, b = np.exp(log_scale) * np.cos(turn), np.exp(log_scale) * np.sin(turn)
        linear = np.array([[a, -b], [b, a]])
        centre = np.asarray(self.centre_px)
        return np.column_stack([linear, centre + np.array([dx, dy]) - linear @ centre])

    def later(self, waited_s: float) -> Belief:
        """The same after a time: a breath may have moved it, turn and scale go back to the usual ones."""
        kept = float(np.exp(-max(waited_s, 0.0) / LIMITS.returns_s))
        mean = self.mean.copy()
        mean[2:] = self.usual + kept * (self.mean[2:] - self.usual)
        keep = np.array([1.0, 1.0, kept, kept])
        covariance = self.covariance * np.outer(keep, keep)
        covariance[[0, 1], [0, 1]] += np.square(LIMITS.speed_mm_per_s * waited_s / self.mm_per_px) + 1e-6
        covariance[[2, 3], [2, 3]] += (1.0 - kept**2) * self._stationary() + 1e-12
        return Belief(mean, covariance, self.usual, self.centre_px, self.mm_per_px)

    def anywhere(self) -> Belief:
        """Nothing known of where it is; turn and scale as they are believed."""
        covariance = np.zeros((4, 4))
        covariance[[0, 1], [0, 1]] = (_ANYWHERE_MM / self.mm_per_px) ** 2
        covariance[2:, 2:] = self.covariance[2:, 2:]
        return Belief(self.mean, covariance, self.usual, self.centre_px, self.mm_per_px)

    def anywhere_from(self, pose: F64, waited_s: float) -> Belief:
        """Nothing known of where it is after a time, but looked for from where a pose puts the centre."""
        mean = np.array([*self.numbers_of(pose)[:2], *self.mean[2:]])
        there = Belief(mean, self.covariance, self.usual, self.centre_px, self.mm_per_px)
        return there.later(waited_s).anywhere()

    def taken(self, pose: F64, covariance: F64, *, opened: bool = False) -> Belief:
        """After a picture; ``opened``: turn and scale have changed for another reason than breathing."""
        mean = self.numbers_of(pose)
        return Belief(mean, covariance, mean[2:].copy() if opened else self.usual, self.centre_px, self.mm_per_px)

    def _stationary(self) -> F64:
        """Variances of rotation and log scale: what moves by so much along the picture may as well along the beam."""
        moved_mm = float(np.hypot(self.mean[0], self.mean[1])) * self.mm_per_px
        scale = np.hypot(LIMITS.scale_share, 0.5 * moved_mm / LIMITS.tube_mm)
        turn = np.deg2rad(np.hypot(LIMITS.turn_deg, LIMITS.turn_deg_per_mm * moved_mm))
        return np.array([turn**2, scale**2])


def as_marked(centre_px: tuple[float, float], mm_per_px: float) -> Belief:
    """The pose of the reference frame, nothing known of where the vertebra is now."""
    start = Belief(np.zeros(4), np.zeros((4, 4)), np.zeros(2), centre_px, mm_per_px)
    return start.later(np.inf).anywhere()
