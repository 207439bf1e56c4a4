"""A toy patient: ellipsoids and boxes that build in milliseconds. Only for tests."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.simulation.anatomy.anatomy import procedural
from assistant.simulation.scene import Anatomy, CementFlow, Region, SimulatedCannula, Volume


def _grid(size_mm: tuple[float, float, float], spacing_mm: float):
    nx, ny, nz = (round(s / spacing_mm) for s in size_mm)
    origin = tuple(-(n - 1) / 2.0 * spacing_mm for n in (nx, ny, nz))
    z, y, x = np.meshgrid(
        *(np.arange(n) * spacing_mm + o for n, o in ((nz, origin[2]), (ny, origin[1]), (nx, origin[0]))), indexing="ij"
    )
    return x, y, z, origin


def _toy_anatomy(level: str = "L1") -> Anatomy:
    spacing = 0.8
    x, y, z, origin = _grid((70.0, 60.0, 120.0), spacing)
    bone = np.zeros(x.shape, dtype=np.float32)
    for k in (-1, 0, 1):
        inside = (np.abs(x) < 16) & (np.abs(y) < 20) & (np.abs(z - 34.0 * k) < 12.5)
        core = (np.abs(x) < 15) & (np.abs(y) < 19) & (np.abs(z - 34.0 * k) < 11.5)
        bone[inside] = 0.6
        bone[core] = 0.12
        for side in (-11.0, 11.0):
            pedicle = ((y - side) ** 2 + (z - 34.0 * k - 3.0) ** 2 < 16.0) & (x < -15) & (x > -28)
            bone[pedicle] = 0.4
    rx, ry, rz, rorigin = _grid((70.0, 70.0, 70.0), 0.5)
    region = np.zeros(rx.shape, dtype=np.uint8)
    region[rz > 12] = Region.SUPERIOR_DISC
    region[rz < -12] = Region.INFERIOR_DISC
    region[(np.abs(rz) <= 12) & (rx < -15.5)] = Region.CANAL
    region[(np.abs(rz) <= 12) & (rx > 15.5)] = Region.ANTERIOR
    region[(np.abs(rz) <= 12) & (np.abs(rx) <= 15.5) & (ry > 19.5)] = Region.LEFT
    region[(np.abs(rz) <= 12) & (np.abs(rx) <= 15.5) & (ry < -19.5)] = Region.RIGHT
    region[(np.abs(rz) <= 12) & (np.abs(rx) <= 15.5) & (np.abs(ry) <= 19.5)] = Region.BODY
    sx, sy, sz, sorigin = _grid((220.0, 300.0, 330.0), 4.0)
    soft = np.where((sx / 105) ** 2 + (sy / 145) ** 2 < 1, 1.0, 0.0).astype(np.float32)
    soft[((sx - 60) ** 2 + (sy - 30) ** 2 + (sz + 20) ** 2) < 18**2] = 0.0
    ribs = np.zeros((2, 2, 2), dtype=np.float32)
    at = np.linspace(16.0, -16.0, 5)
    return Anatomy(
        identity="toy:1",
        level=level,
        bone=Volume(values=bone, spacing_mm=spacing, origin_mm=origin),
        ribs=Volume(values=ribs, spacing_mm=4.0, origin_mm=(0.0, 0.0, 0.0)),
        soft=Volume(values=soft, spacing_mm=4.0, origin_mm=sorigin),
        region=Volume(values=region, spacing_mm=0.5, origin_mm=rorigin),
        resistance=Volume(values=np.ones(rx.shape, dtype=np.float32), spacing_mm=0.5, origin_mm=rorigin),
        landmarks_mm={
            "superior": np.stack([at, 0 * at, 0 * at + 12.0], axis=1),
            "inferior": np.stack([at, 0 * at, 0 * at - 12.0], axis=1),
            "left": np.array([[0.0, 20, 12], [0.0, 20, 0], [0.0, 20, -12]]),
            "right": np.array([[0.0, -20, 12], [0.0, -20, 0], [0.0, -20, -12]]),
            "pedicle_left": np.array([[-20.0, 11, 3]]),
            "pedicle_right": np.array([[-20.0, -11, 3]]),
        },
    )


def _toy_flow(anatomy: Anatomy) -> CementFlow:
    """A ball that grows from near the front; the last of it runs up into the disc as a thin column."""
    volume = anatomy.region
    nz, ny, nx = volume.values.shape
    z, y, x = np.meshgrid(
        *(np.arange(n) * 0.5 + o for n, o in zip((nz, ny, nx), volume.origin_mm[::-1], strict=True)), indexing="ij"
    )
    radius = np.sqrt((x + 1.0) ** 2 + (y / 1.2) ** 2 + (z - 1.0) ** 2)
    arrival = np.where(radius < 10.5, 4.0 / 3.0 * np.pi * 1.2 * radius**3 / 1000.0, np.inf)
    column = (np.abs(x) < 1.5) & (np.abs(y) < 4) & (z > 0) & (z < 18)
    arrival = np.minimum(arrival, np.where(column, 1.0 + 0.2 * np.maximum(z, 0), np.inf)).astype(np.float32)
    return CementFlow(
        arrival_ml=Volume(values=arrival, spacing_mm=0.5, origin_mm=volume.origin_mm),
        schedule_s=np.array([0.0, 6.0]),
        schedule_ml=np.array([0.0, 5.8]),
        barium_g_per_cm3=0.25,
        cannulas=(
            SimulatedCannula(
                tip_mm=(2.0, 6.0, 2.0),
                towards_handle=(-0.954, 0.29, 0.077),
                outer_diameter_mm=3.05,
                inner_diameter_mm=2.4,
            ),
        ),
        leak="superior_disc_spike",
    )


@pytest.fixture(scope="session")
def toy_anatomy() -> Anatomy:
    return _toy_anatomy()


@pytest.fixture(scope="session")
def toy_flow(toy_anatomy: Anatomy) -> CementFlow:
    return _toy_flow(toy_anatomy)


@pytest.fixture(scope="session")
def wedged_patient() -> Anatomy:
    """A procedural patient with a wedge fracture of L1, bone sampled coarsely (seconds instead of many)."""
    return procedural("L1", 9, fracture="wedge2", bone_spacing_mm=1.2)
