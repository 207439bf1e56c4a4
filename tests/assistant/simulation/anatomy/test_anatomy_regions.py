"""Regions, resistance and landmarks on a body whose form is known: a box."""

import numpy as np
import pytest

from assistant.simulation.anatomy.anatomy_pose import VoxelGrid
from assistant.simulation.anatomy.anatomy_regions import CORTEX_RESISTANCE, Surroundings, landmarks, regions, resistance
from assistant.simulation.scene import Region

DEPTH, WIDTH, HEIGHT = 30.0, 40.0, 26.0


def box(x, y, z, size):
    far = np.stack(np.broadcast_arrays(*(np.abs(v) - s / 2 for v, s in zip((x, y, z), size, strict=True))))
    outside = np.linalg.norm(np.maximum(far, 0.0), axis=0)
    return (outside + np.minimum(far.max(axis=0), 0.0)).astype(np.float32)


@pytest.fixture(scope="module")
def around() -> Surroundings:
    block = VoxelGrid(origin_mm=(-60.0, -40.0, -35.0), spacing_mm=0.8, shape=(88, 101, 123))
    grid = block.plain()
    x, y, z = grid.x_mm, grid.y_mm, grid.z_mm
    pedicles = np.minimum(
        box(x + 21.0, y - 15.0, z - 4.0, (14.0, 8.0, 14.0)), box(x + 21.0, y + 15.0, z - 4.0, (14.0, 8.0, 14.0))
    )
    neighbour = box(x, y, z - HEIGHT - 8.0, (DEPTH, WIDTH, HEIGHT))
    return Surroundings(
        block=block,
        body_mm=box(x, y, z, (DEPTH, WIDTH, HEIGHT)),
        posterior_mm=pedicles,
        others_mm=neighbour,
        open_cortex=(np.sqrt((x + 15.0) ** 2 + y**2 + z**2) < 3.0).astype(np.float32),
        soft_inside=np.ones(block.shape, dtype=np.float32),
        canal_half_mm=11.0,
        pedicle_centres_mm=np.array([[-19.0, 15.0, 4.0], [-19.0, -15.0, 4.0]]),
        pedicle_height_mm=14.0,
        pedicle_width_mm=8.0,
    )


@pytest.fixture(scope="module")
def marks(around):
    return landmarks(around)


@pytest.fixture(scope="module")
def named(around, marks):
    return regions(around, marks)


def test_corners_of_a_box(marks):
    superior, inferior = marks["superior"], marks["inferior"]
    assert superior[[0, -1]][:, [0, 2]] == pytest.approx(np.array([[15.0, 13.0], [-15.0, 13.0]]), abs=0.8)
    assert inferior[[0, -1]][:, [0, 2]] == pytest.approx(np.array([[15.0, -13.0], [-15.0, -13.0]]), abs=0.8)
    assert superior[1:-1, 2] == pytest.approx(13.0, abs=0.1)
    assert marks["left"][:, 1] == pytest.approx(20.0, abs=0.8)
    assert marks["right"][:, 1] == pytest.approx(-20.0, abs=0.8)


@pytest.mark.parametrize(
    ("point", "region"),
    [
        ((0, 0, 0), Region.BODY),
        ((0, 0, 16), Region.SUPERIOR_DISC),
        ((3, -12, -17), Region.INFERIOR_DISC),
        ((0, 0, 25), Region.FAR),  # the neighbour's body
        ((-18, 0, 0), Region.CANAL),
        ((-18, 15, 5), Region.PEDICLE),
        ((-20, 14, -8), Region.FORAMEN),
        ((20, 0, 0), Region.ANTERIOR),
        ((0, 26, 0), Region.LEFT),
        ((0, -26, 0), Region.RIGHT),
    ],
)
def test_named_places(around, named, point, region):
    index = tuple(
        round((value - origin) / around.block.spacing_mm)
        for value, origin in zip(reversed(point), reversed(around.block.origin_mm), strict=True)
    )
    assert Region(int(named[index])) is region


def test_resistance_is_one_inside_high_in_the_shell_open_at_the_hole_and_endless_in_neighbours(around, named):
    value = resistance(around, named, np.random.default_rng(0))
    core = value[around.body_mm < -2.0]
    assert np.exp(np.log(core).mean()) == pytest.approx(1.0, rel=0.1)
    assert core.std() > 0.2
    shell = (around.body_mm <= 0) & (around.body_mm > -0.8) & (around.open_cortex == 0)
    assert (value[shell] == CORTEX_RESISTANCE).all()
    hole = (around.body_mm <= 0) & (around.body_mm > -0.8) & (around.open_cortex == 1)
    assert hole.any()
    assert value[hole].max() < 1.0
    assert np.isinf(value[around.others_mm < -1.0]).all()
