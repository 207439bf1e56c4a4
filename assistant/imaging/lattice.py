"""Poses in px of a source and of a coarser lattice on it, one told as the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def lattice_from_source(pose: F64, decimation: int) -> F64:
    """A pose in source px, told in lattice px (pixel centres at whole numbers in both)."""
    # A px of the lattice covers k px of the source: x_source = k x_lattice + o, with o the middle of the first k px,
    # (k - 1) / 2. So A (k x + o) + b = k x' + o, and x' = A x + (A o + b - o) / k.
    o = np.full(2, 0.5 * decimation - 0.5)
    return np.column_stack([pose[:, :2], (pose[:, :2] @ o + pose[:, 2] - o) / decimation])


def source_from_lattice(pose: F64, decimation: int) -> F64:
    """A pose in lattice px, told in source px."""
    # The same solved for b: b = k b' + o - A o.
    o = np.full(2, 0.5 * decimation - 0.5)
    return np.column_stack([pose[:, :2], pose[:, 2] * decimation + o - pose[:, :2] @ o])
