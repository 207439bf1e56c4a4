"""Faces, distances and unevenness on the grid round a body (toy box: depth 32, width 40, height 24 mm)."""

import numpy as np
import pytest

from assistant.simulation.cement.leak_site import BodyGrid, beside_axis, distance_to_segment_mm, middle, outside, ripple
from assistant.simulation.scene import Region, SimulatedCannula


@pytest.fixture(scope="module")
def site(toy_anatomy) -> BodyGrid:
    region = toy_anatomy.region
    nz, ny, nx = region.values.shape
    x, y, z = (
        np.float32(o) + np.float32(0.5) * np.arange(n, dtype=np.float32)
        for o, n in zip(region.origin_mm, (nx, ny, nz), strict=True)
    )
    body = region.values == Region.BODY
    return BodyGrid(anatomy=toy_anatomy, x=x[None, None, :], y=y[None, :, None], z=z[:, None, None], body=body)


def test_faces_of_a_box(site):
    assert np.nanmax(site.face(2, high=True)) == pytest.approx(15.5, abs=0.3)
    assert np.nanmin(site.face(2, high=False)) == pytest.approx(-15.5, abs=0.3)
    assert np.nanmax(site.face(1, high=True)) == pytest.approx(19.5, abs=0.3)
    assert np.isnan(site.face(2, high=True)[0, 0])
    assert outside(np.array([np.nan, -1.0, 2.0], np.float32)).tolist() == [np.inf, np.inf, 2.0]


def test_a_block_has_its_own_axes_and_none_lies_outside(site):
    cut = site.block(np.array([-1.0, 2.0, 3.0]), np.array([1.0, 4.0, 5.0]))
    assert cut is not None
    part, x, y, z = cut
    assert site.body[part].shape == (z.size, y.size, x.size)
    assert x.min() <= -1.0
    assert z.max() >= 5.0
    assert site.block(np.array([200.0, 0.0, 0.0]), np.array([210.0, 1.0, 1.0])) is None


def test_middle_and_ripple(site):
    assert middle(site) == pytest.approx([0.0, 0.0, 0.0])
    uneven = ripple(site, np.random.default_rng(0), 2.0)
    assert uneven.shape == site.body.shape
    assert uneven.std() == pytest.approx(1.0, rel=0.1)


def test_distances_of_points_to_axis_and_segment():
    steel = SimulatedCannula(
        tip_mm=(0.0, 0.0, 0.0), towards_handle=(-1.0, 0.0, 0.0), outer_diameter_mm=3.0, inner_diameter_mm=2.0
    )
    x, y, z = (np.array([v], dtype=np.float32) for v in (-3.0, 4.0, 0.0))
    along, across = beside_axis(x, y, z, steel)
    assert (float(along[0]), float(across[0])) == pytest.approx((3.0, 4.0))
    apart = distance_to_segment_mm(x, y, z, np.array([0.0, 0.0, 0.0]), np.array([10.0, 0.0, 0.0]))
    assert float(apart[0]) == pytest.approx(5.0)
