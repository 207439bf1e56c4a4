"""Poses of a lattice and of its source."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assistant.geometry import Similarity, apply
from assistant.imaging.lattice import lattice_from_source, source_from_lattice

CENTRE_PX = (125.0, 121.0)
angles = st.floats(-20, 20)
shifts = st.floats(-50, 50)


def pose(dx: float, dy: float, turn_deg: float, scale: float) -> np.ndarray:
    return Similarity(
        dx_px=dx, dy_px=dy, rotation_deg=turn_deg, scale=scale, centre_px=CENTRE_PX
    ).current_from_reference()


@given(dx=shifts, dy=shifts, turn_deg=angles, scale=st.floats(0.8, 1.25), decimation=st.integers(1, 9))
def test_lattice_and_source_are_inverse(dx, dy, turn_deg, scale, decimation):
    there = pose(dx, dy, turn_deg, scale)
    assert np.allclose(source_from_lattice(lattice_from_source(there, decimation), decimation), there, atol=1e-9)


@given(dx=shifts, dy=shifts, turn_deg=angles, decimation=st.integers(1, 9))
def test_a_lattice_pose_moves_the_same_point(dx, dy, turn_deg, decimation):
    there = pose(dx, dy, turn_deg, 1.0)
    lattice_point = np.array([[7.0, 11.0]])
    offset = 0.5 * decimation - 0.5
    source_point = lattice_point * decimation + offset
    moved = apply(lattice_from_source(there, decimation), lattice_point) * decimation + offset
    assert np.allclose(moved, apply(there, source_point), atol=1e-8)
