"""Ways out of the body: each lies at its site, hangs together and begins at the body."""

import numpy as np
import pytest
from scipy import ndimage

from assistant.errors import UsageError
from assistant.simulation.cement.leak_paths import NAMES, REGIONS, draw_volume_ml, open_path
from assistant.simulation.scene import Region, SimulatedCannula

STEEL = SimulatedCannula(
    tip_mm=(6.0, 3.0, 0.0),
    towards_handle=(-0.947, 0.3, 0.12),
    outer_diameter_mm=3.05,
    inner_diameter_mm=2.4,
)


def opened(patient, name, *, seed=0, leak_ml=0.1):
    left = patient.landmarks_mm["pedicle_left"][0]
    towards = left - np.array(STEEL.tip_mm)
    towards = towards / np.linalg.norm(towards)
    steel = SimulatedCannula(
        tip_mm=STEEL.tip_mm,
        towards_handle=tuple(float(v) for v in towards),
        outer_diameter_mm=3.05,
        inner_diameter_mm=2.4,
    )
    return open_path(name, patient, np.random.default_rng(seed), leak_ml=leak_ml, cannula=steel)


@pytest.mark.parametrize("name", NAMES)
def test_a_leak_lies_at_its_site_hangs_together_and_begins_at_the_body(wedged_patient, name: str):
    path = opened(wedged_patient, name)
    region = wedged_patient.region.values
    places = {Region(int(v)) for v in np.unique(region.ravel()[path.order])}
    assert places <= set(REGIONS[name])
    assert len(np.unique(path.order)) == len(path.order)
    assert len(path.order) * 0.125 == pytest.approx(100.0, abs=0.2)  # 0.1 ml in mm³
    mask = np.zeros(region.shape, dtype=bool)
    mask.flat[path.order] = True
    assert ndimage.label(mask, structure=np.ones((3, 3, 3)))[1] == 1
    assert (region.ravel()[path.breach] == Region.BODY).all()
    assert (region.ravel()[path.corridor] == Region.BODY).all()
    first = np.array(np.unravel_index(path.order[0], region.shape))
    breach = np.stack(np.unravel_index(path.breach, region.shape), axis=1)
    apart_mm = np.linalg.norm(breach - first, axis=1).min() * 0.5
    assert apart_mm <= 2.5


def test_a_larger_leak_holds_the_smaller_one(wedged_patient):
    small = opened(wedged_patient, "posterior_cortical", leak_ml=0.05)
    large = opened(wedged_patient, "posterior_cortical", leak_ml=0.8)
    assert set(small.order.tolist()) <= set(large.order.tolist())


@pytest.mark.parametrize(("kind", "low", "high"), [("spike", 1.0, 5.0), ("round", 0.3, 0.95)])
def test_height_over_width_of_disc_leaks(wedged_patient, kind: str, low: float, high: float):
    region = wedged_patient.region
    line = wedged_patient.landmarks_mm["superior"][::-1]
    ratios = []
    for seed in range(6):
        path = opened(wedged_patient, f"superior_disc_{kind}", seed=seed, leak_ml=0.08)
        z, _, x = np.unravel_index(path.order, region.values.shape)
        at_x = region.origin_mm[0] + 0.5 * x
        above = region.origin_mm[2] + 0.5 * z - np.interp(at_x, line[:, 0], line[:, 2])
        base = (above > 0) & (above < 0.5)
        ratios.append(above.max() / (np.ptp(at_x[base]) + 0.5))
    assert low < np.median(ratios) < high


def test_veins_are_thin_tubes(wedged_patient):
    path = opened(wedged_patient, "vein_left", leak_ml=0.06)
    mask = np.zeros(wedged_patient.region.values.shape, dtype=bool)
    mask.flat[path.order] = True
    thickest_mm = 2 * ndimage.distance_transform_edt(mask).max() * 0.5
    points = np.argwhere(mask) * 0.5
    length_mm = np.linalg.norm(np.ptp(points, axis=0))
    assert thickest_mm <= 3.5
    assert length_mm > 8.0


def test_volumes_differ_by_kind():
    rng = np.random.default_rng(0)
    spikes = [draw_volume_ml("superior_disc_spike", rng) for _ in range(200)]
    lumps = [draw_volume_ml("inferior_disc_round", rng) for _ in range(200)]
    assert 0.03 <= min(spikes) < max(spikes) <= 0.15 <= min(lumps) < max(lumps) <= 0.7


def test_no_room_is_an_error(toy_anatomy):
    with pytest.raises(UsageError, match="no room"):
        open_path("foramen", toy_anatomy, np.random.default_rng(0), leak_ml=0.1, cannula=STEEL)
