"""The pedicles and posterior elements of a vertebra, as bars in its own frame.

Proportions follow the drawings of the anatomy atlases by eye (*plausible interpolation*); the sizes that were measured
come from `anatomy_sizes`. Cortex is thin where the bone is (processes 0.3 to 0.55 mm, pedicles and facets 0.75 mm).
"""

from __future__ import annotations

import numpy as np

from assistant.simulation.anatomy.anatomy_shapes import Limb
from assistant.simulation.anatomy.anatomy_sizes import VertebraSize


def posterior_limbs(size: VertebraSize, rng: np.random.Generator) -> tuple[Limb, ...]:
    """Front halves of the pedicles (left, right), rear halves, then the posterior elements."""
    processes = _lumbar_processes(size, rng) if size.lumbar else _thoracic_processes(size, rng)
    return (*_pedicles(size), *processes)


def _pedicles(size: VertebraSize) -> tuple[Limb, Limb, Limb, Limb]:
    """Front halves of the pedicles (left, right), then the rear ones: from the body's upper back corner backwards."""
    back = -size.depth_mm / 2
    half_w, half_h = size.pedicle_width_mm / 2, size.pedicle_height_mm / 2
    y = size.canal_width_mm / 2 + half_w
    y_front = min(y, size.width_mm / 2 - 0.8 * half_w)
    z = size.posterior_height_mm / 2 - half_h - (1.8 if size.lumbar else 0.6)
    length = (8.5 if size.lumbar else 7.0) * size.depth_mm / 32.0
    turn = np.tan(np.deg2rad(size.pedicle_angle_deg))
    y_back = y + 0.5 * turn * length
    front = (back + 3.0, y_front - 0.4 * turn * length, z)
    isthmus = (back - 0.45 * length, y_front + 0.45 * (y_back - y_front), z - 0.3)
    rear = (back - length, y_back, z - 0.8)
    sideways = (0.0, 1.0, 0.0)
    narrow = (half_w, half_h)
    first = Limb(
        start_mm=front, end_mm=isthmus, across=sideways,
        start_radii_mm=(half_w * 1.25, half_h * 1.18), end_radii_mm=narrow,
    )  # fmt: skip
    second = Limb(
        start_mm=isthmus, end_mm=rear, across=sideways,
        start_radii_mm=narrow, end_radii_mm=(half_w * 1.15, half_h * 1.0),
    )  # fmt: skip
    return first, first.mirrored(), second, second.mirrored()


def _pair(limb: Limb, rng: np.random.Generator) -> tuple[Limb, Limb]:
    """A limb and its mirror image, each slightly its own."""
    pair = []
    for side in (limb, limb.mirrored()):
        shift = rng.normal(0.0, 0.5, 3)
        end = (side.end_mm[0] + shift[0], side.end_mm[1] + shift[1], side.end_mm[2] + shift[2])
        pair.append(
            Limb(
                start_mm=side.start_mm,
                end_mm=(float(end[0]), float(end[1]), float(end[2])),
                across=side.across,
                start_radii_mm=side.start_radii_mm,
                end_radii_mm=side.end_radii_mm,
                shell_mm=side.shell_mm,
                filling=side.filling,
            )
        )
    return pair[0], pair[1]


def _lumbar_processes(size: VertebraSize, rng: np.random.Generator) -> tuple[Limb, ...]:
    """Articular processes, pars, laminae, transverse and spinous processes of L1 to L5."""
    k = size.width_mm / 45.0 * 0.5 + 0.5
    back = -size.depth_mm / 2
    half_h = size.pedicle_height_mm / 2
    y = size.canal_width_mm / 2 + size.pedicle_width_mm / 2
    z = size.posterior_height_mm / 2 - half_h - 1.8
    low = -size.posterior_height_mm / 2 - size.disc_height_mm
    sideways, upright = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    x1, x2, x3 = back - 9.0 * k, back - 17.0 * k, back - 25.0 * k
    y_in = max(y - 3.0 * k, 8.0)
    superior = Limb(
        start_mm=(x1 - 1.0, y + 1.0, z), end_mm=(x1 - 3.5 * k, y + 3.5 * k, z + half_h + 8.0 * k),
        across=sideways, start_radii_mm=(4.6 * k, 4.6 * k), end_radii_mm=(3.4 * k, 3.8 * k),
    )  # fmt: skip
    pars = Limb(
        start_mm=(x1 - 1.5, y, z - 1.0), end_mm=(x2, y_in, z - half_h - 6.0 * k),
        across=sideways, start_radii_mm=(5.0 * k, 4.0 * k), end_radii_mm=(5.2 * k, 3.4 * k),
    )  # fmt: skip
    inferior = Limb(
        start_mm=(x2, y_in, z - half_h - 4.0 * k), end_mm=(x2 + 0.5, y_in + 1.0, low - 5.0 * k),
        across=sideways, start_radii_mm=(5.0 * k, 3.6 * k), end_radii_mm=(3.8 * k, 3.2 * k),
    )  # fmt: skip
    lamina = Limb(
        start_mm=(x2 + 1.0, y_in, z - half_h - 1.0), end_mm=(x3, 1.5, z - half_h - 4.0 * k),
        across=upright, start_radii_mm=(8.0 * k, 2.9 * k), end_radii_mm=(9.5 * k, 3.0 * k),
    )  # fmt: skip
    reach = size.transverse_reach_mm
    thick = 1.7 if size.level in ("L5", "S1") else 1.0
    transverse = Limb(
        start_mm=(x1, y + 2.0, z - 1.0), end_mm=(x1 - 9.0 * k, reach, z + 4.0),
        across=upright, start_radii_mm=(4.8 * k * thick, 2.9 * k * thick), end_radii_mm=(3.4 * k, 2.0 * k * thick),
        shell_mm=0.55,
    )  # fmt: skip
    slope = np.deg2rad(size.spinous_slope_deg)
    x4 = x3 - size.spinous_length_mm * float(np.cos(slope))
    root = z - half_h - 3.0 * k
    tip = root - size.spinous_length_mm * float(np.sin(slope))
    spine = Limb(
        start_mm=(x3, 0.0, root), end_mm=(x4, 0.0, tip),
        across=upright, start_radii_mm=(8.5 * k, 3.0 * k), end_radii_mm=(9.5 * k, 3.6 * k),
        shell_mm=0.42,
    )  # fmt: skip
    crest = Limb(
        start_mm=(x4 + 4.0, 0.0, tip - 4.0 * k), end_mm=(x4 + 1.0, 0.0, tip - 7.5 * k),
        across=sideways, start_radii_mm=(3.2 * k, 3.5 * k), end_radii_mm=(3.6 * k, 3.2 * k),
        shell_mm=0.4,
    )  # fmt: skip
    pairs = [_pair(limb, rng) for limb in (superior, pars, inferior, lamina, transverse)]
    return (*(limb for pair in pairs for limb in pair), spine, crest)


def _thoracic_processes(size: VertebraSize, rng: np.random.Generator) -> tuple[Limb, ...]:
    """Articular processes, laminae, transverse and spinous processes of the thoracic vertebrae."""
    k = size.depth_mm / 28.0 * 0.6 + 0.4
    back = -size.depth_mm / 2
    half_h = size.pedicle_height_mm / 2
    y = size.canal_width_mm / 2 + size.pedicle_width_mm / 2
    z = size.posterior_height_mm / 2 - half_h - 0.6
    low = -size.posterior_height_mm / 2 - size.disc_height_mm
    sideways, upright = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    x1, x2, x3 = back - 8.0 * k, back - 13.0 * k, back - 20.0 * k
    superior = Limb(
        start_mm=(x1, y, z), end_mm=(x1 - 1.5, y + 0.5, z + half_h + 5.5 * k),
        across=sideways, start_radii_mm=(4.4 * k, 3.2 * k), end_radii_mm=(4.2 * k, 2.0 * k),
    )  # fmt: skip
    pillar = Limb(
        start_mm=(x1, y, z), end_mm=(x2, y - 0.5, z - half_h - 3.0 * k),
        across=sideways, start_radii_mm=(4.4 * k, 3.6 * k), end_radii_mm=(4.4 * k, 3.0 * k),
    )  # fmt: skip
    inferior = Limb(
        start_mm=(x2, y - 0.5, z - half_h - 2.0 * k), end_mm=(x2 + 0.5, y - 0.5, low - 3.5 * k),
        across=sideways, start_radii_mm=(4.4 * k, 2.6 * k), end_radii_mm=(4.0 * k, 2.0 * k),
    )  # fmt: skip
    lamina = Limb(
        start_mm=(x2, y - 1.0, z - half_h + 0.5), end_mm=(x3, 1.5, z - half_h - 3.5 * k),
        across=upright, start_radii_mm=(8.5 * k, 2.5 * k), end_radii_mm=(9.5 * k, 2.6 * k),
    )  # fmt: skip
    reach = size.transverse_reach_mm
    club = 0.7 if size.level in ("T11", "T12") else 1.0
    transverse = Limb(
        start_mm=(x1 - 1.0, y + 1.0, z - 1.5), end_mm=(x1 - 10.0 * k, reach - 3.0, z + 2.0),
        across=upright, start_radii_mm=(4.2 * k, 3.6 * k), end_radii_mm=(4.6 * k * club, 4.0 * k * club),
        shell_mm=0.3,
    )  # fmt: skip
    slope = np.deg2rad(size.spinous_slope_deg)
    root = z - half_h - 3.0 * k
    x4 = x3 - size.spinous_length_mm * float(np.cos(slope))
    tip = root - size.spinous_length_mm * float(np.sin(slope))
    tall = 8.5 if size.level in ("T11", "T12") else 5.0
    spine = Limb(
        start_mm=(x3, 0.0, root), end_mm=(x4, 0.0, tip),
        across=(float(np.sin(slope)), 0.0, float(np.cos(slope))),
        start_radii_mm=(7.0 * k, 2.8 * k), end_radii_mm=(tall * k, 2.9 * k),
        shell_mm=0.42,
    )  # fmt: skip
    pairs = [_pair(limb, rng) for limb in (superior, pillar, inferior, lamina, transverse)]
    return (*(limb for pair in pairs for limb in pair), spine)
