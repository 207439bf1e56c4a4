"""How large a vertebra is at each level, and how one person differs from the next.

The means stand in one table. Where a published figure could be read (mean ± SD: L5 and disc heights of the lumbar
spine, T5, T11, T12 and L5 pedicles, T9 and T12 heights, ratios of anterior to posterior height) the table holds it or
lies within its spread; the levels between are *plausible interpolation*, never to be used to calibrate a patient.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from assistant.errors import UsageError

LEVELS = ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1")
TREATABLE = LEVELS[4:17]


@dataclass(frozen=True, slots=True, kw_only=True)
class VertebraSize:
    """Dimensions of one vertebra and of the disc below it.

    Attributes
    ----------
    level : str
    anterior_height_mm, posterior_height_mm : float
        Of the unbroken body, at its rims.
    depth_mm, width_mm : float
        Sagittal and transverse diameter at the endplates.
    pedicle_width_mm, pedicle_height_mm : float
    pedicle_angle_deg : float
        How much the pedicles converge to the front, seen from above.
    canal_width_mm : float
        Between the pedicles.
    disc_height_mm : float
        Of the disc below, in its middle.
    disc_wedge_deg : float
        Of the disc below, positive when it is higher in front (lordosis).
    spinous_length_mm, spinous_slope_deg : float
        Process behind the lamina; slope downwards.
    transverse_reach_mm : float
        Tip of a transverse process from the mid-line.
    wall_concavity_mm : float
        How far the mid-line of the posterior wall lies in front of its rims.
    waist : float
        Narrowing of the body at half height, as a fraction.
    """

    level: str
    anterior_height_mm: float
    posterior_height_mm: float
    depth_mm: float
    width_mm: float
    pedicle_width_mm: float
    pedicle_height_mm: float
    pedicle_angle_deg: float
    canal_width_mm: float
    disc_height_mm: float
    disc_wedge_deg: float
    spinous_length_mm: float
    spinous_slope_deg: float
    transverse_reach_mm: float
    wall_concavity_mm: float
    waist: float

    @property
    def lumbar(self) -> bool:
        """True for L1 to S1."""
        return self.level[0] in "LS"

    @property
    def middle_height_mm(self) -> float:
        """Mean of the two rim heights."""
        return 0.5 * (self.anterior_height_mm + self.posterior_height_mm)


# Rows: level, then the fields of `VertebraSize` in order.
_MEANS: tuple[tuple[str | float, ...], ...] = (
    ("T1", 15.0, 15.5, 17.5, 27.0, 8.0, 9.5, 28.0, 20.5, 3.2, 0.0, 30.0, 25.0, 36.0, 1.5, 0.05),
    ("T2", 15.4, 16.2, 18.5, 26.5, 6.6, 10.5, 20.0, 17.5, 3.0, 0.0, 32.0, 40.0, 34.0, 1.6, 0.05),
    ("T3", 15.8, 16.6, 19.5, 26.0, 5.4, 11.0, 15.0, 16.8, 2.9, -0.5, 33.0, 48.0, 32.0, 1.8, 0.05),
    ("T4", 16.2, 17.1, 21.0, 26.0, 4.8, 11.3, 12.0, 16.5, 3.0, -0.5, 34.0, 54.0, 31.0, 2.0, 0.06),
    ("T5", 16.7, 17.6, 22.5, 26.8, 5.1, 11.6, 10.0, 16.4, 3.3, -1.0, 35.0, 57.0, 31.0, 2.2, 0.06),
    ("T6", 17.3, 18.4, 24.0, 27.8, 5.2, 12.0, 9.0, 16.4, 3.5, -1.0, 36.0, 58.0, 31.0, 2.4, 0.06),
    ("T7", 17.8, 19.1, 25.5, 29.0, 5.4, 12.2, 8.0, 16.5, 3.8, -1.0, 37.0, 58.0, 31.0, 2.6, 0.06),
    ("T8", 18.3, 19.7, 27.0, 30.3, 5.8, 12.6, 7.0, 16.8, 4.2, -1.0, 36.0, 55.0, 30.0, 2.7, 0.06),
    ("T9", 19.0, 20.5, 28.3, 31.8, 6.3, 13.6, 6.0, 17.2, 4.6, -0.5, 34.0, 48.0, 29.0, 2.8, 0.07),
    ("T10", 20.2, 21.5, 29.3, 33.8, 6.9, 15.0, 5.0, 17.8, 5.1, 0.0, 31.0, 38.0, 28.0, 2.9, 0.07),
    ("T11", 21.2, 22.8, 30.0, 36.2, 8.0, 16.6, 3.0, 19.2, 5.9, 0.5, 28.0, 25.0, 25.0, 3.0, 0.08),
    ("T12", 22.8, 24.3, 30.6, 39.0, 8.3, 16.3, 3.0, 21.4, 7.0, 1.5, 27.0, 15.0, 24.0, 3.1, 0.08),
    ("L1", 25.4, 26.2, 31.6, 41.5, 8.1, 15.8, 8.0, 22.4, 8.4, 4.0, 29.0, 9.0, 36.0, 3.2, 0.09),
    ("L2", 26.9, 27.0, 32.6, 43.2, 8.6, 15.4, 10.0, 22.8, 9.6, 6.0, 31.0, 8.0, 41.0, 3.0, 0.09),
    ("L3", 27.7, 27.1, 33.4, 45.0, 10.2, 15.0, 13.0, 23.4, 10.4, 8.0, 31.0, 8.0, 46.0, 2.6, 0.09),
    ("L4", 28.2, 26.9, 34.0, 47.2, 12.6, 14.4, 17.0, 24.6, 11.2, 11.0, 27.0, 10.0, 44.0, 2.0, 0.09),
    ("L5", 29.6, 26.2, 34.6, 49.8, 16.1, 13.0, 26.0, 26.6, 10.4, 13.0, 20.0, 16.0, 46.0, 1.0, 0.08),
    ("S1", 25.0, 18.0, 33.0, 50.0, 17.0, 14.0, 30.0, 30.0, 2.0, 0.0, 12.0, 30.0, 40.0, 0.5, 0.06),
)
_TABLE = {str(row[0]): row for row in _MEANS}


def mean_size(level: str) -> VertebraSize:
    """The table's row for a level.

    Raises
    ------
    UsageError
        For an unknown level.
    """
    if level not in _TABLE:
        raise UsageError(f"Level {level!r} is not known: use one of {', '.join(TREATABLE)}.")
    row = _TABLE[level]
    return VertebraSize(level=level, **dict(zip(VertebraSize.__slots__[1:], map(float, row[1:]), strict=True)))


def draw_sizes(levels: tuple[str, ...], rng: np.random.Generator, *, discs: float = 1.0) -> tuple[VertebraSize, ...]:
    """Sizes of one person's vertebrae; of the height that is drawn for the discs the share ``discs``.

    One factor for the whole person (SD 6 %), small independent ones for each dimension and level (SD 2 to 3 %, angles
    1 to 4 degrees): neighbours resemble each other, as in people. Elderly discs: 55 to 100 % of the table's height.
    """
    person = float(np.clip(rng.normal(1.0, 0.06), 0.85, 1.15))
    slender = float(np.clip(rng.normal(1.0, 0.03), 0.92, 1.08))
    discs *= float(rng.uniform(0.62, 0.98))
    lordosis = float(np.clip(rng.normal(1.0, 0.25), 0.4, 1.5))
    waist = float(rng.uniform(0.8, 1.4))
    concavity = float(rng.uniform(0.7, 1.3))
    sizes = []
    for level in levels:
        mean = mean_size(level)
        jitter = np.clip(rng.normal(1.0, 0.025, 10), 0.93, 1.07)
        sizes.append(
            replace(
                mean,
                anterior_height_mm=mean.anterior_height_mm * person * slender * jitter[0],
                posterior_height_mm=mean.posterior_height_mm * person * slender * jitter[0] * (0.5 + 0.5 * jitter[1]),
                depth_mm=mean.depth_mm * person / slender * jitter[2],
                width_mm=mean.width_mm * person / slender * jitter[3],
                pedicle_width_mm=mean.pedicle_width_mm * person * jitter[4] ** 3,
                pedicle_height_mm=mean.pedicle_height_mm * person * jitter[5],
                canal_width_mm=mean.canal_width_mm * (0.5 + 0.5 * person) * jitter[6],
                disc_height_mm=mean.disc_height_mm * person * discs * jitter[7] ** 4,
                disc_wedge_deg=mean.disc_wedge_deg * lordosis + float(rng.normal(0.0, 0.7)),
                spinous_length_mm=mean.spinous_length_mm * person * jitter[8] ** 2,
                spinous_slope_deg=mean.spinous_slope_deg + float(rng.normal(0.0, 4.0)),
                transverse_reach_mm=mean.transverse_reach_mm * person * jitter[9] ** 2,
                wall_concavity_mm=mean.wall_concavity_mm * concavity,
                waist=mean.waist * waist,
            )
        )
    return tuple(sizes)
