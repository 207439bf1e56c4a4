"""Injections: volumes, order, margins, leaks, determinism."""

import numpy as np
import pytest
from scipy import ndimage

from assistant.errors import UsageError
from assistant.simulation.cement import leak_paths
from assistant.simulation.cement.cement_flow import GAUGES, STYLES, Injection, capacity_ml, inject
from assistant.simulation.scene import Region

VOXEL_ML = 0.5**3 / 1000.0


def inside_points(flow, until_ml=np.inf):
    volume = flow.arrival_ml
    z, y, x = np.nonzero(volume.values <= min(until_ml, 1e6))
    return np.array(volume.origin_mm) + volume.spacing_mm * np.stack([x, y, z], axis=1)


@pytest.mark.parametrize("style", STYLES)
def test_as_many_voxels_are_full_as_millilitres_were_pressed_in(toy_anatomy, style: str):
    flow = inject(toy_anatomy, 1, Injection(total_ml=3.0, style=style, access="left"))
    for volume_ml in (0.2, 1.0, 2.5, 3.0):
        full = (flow.arrival_ml.values <= volume_ml + 1e-6).sum() * VOXEL_ML
        assert full == pytest.approx(volume_ml, abs=3 * VOXEL_ML)
    assert np.isfinite(flow.arrival_ml.values).sum() * VOXEL_ML == pytest.approx(3.0, abs=3 * VOXEL_ML)


def test_with_a_leak_the_volumes_still_add_up(wedged_patient):
    flow = inject(wedged_patient, 1, Injection(leak="superior_disc_round", total_ml=3.0, leak_ml=0.4))
    for volume_ml in (1.0, 2.0, 3.0):
        full = (flow.arrival_ml.values <= volume_ml + 1e-5).sum() * VOXEL_ML
        assert full == pytest.approx(volume_ml, abs=0.002)
    outside = np.isfinite(flow.arrival_ml.values) & (wedged_patient.region.values != Region.BODY)
    assert outside.sum() * VOXEL_ML == pytest.approx(0.4, abs=VOXEL_ML)


@pytest.mark.parametrize("access", ["left", "right"])
def test_cement_grows_from_the_tip_and_hangs_together(toy_anatomy, access: str):
    flow = inject(toy_anatomy, 2, Injection(total_ml=3.0, style="lobulated", access=access))
    tip = np.array(flow.cannulas[0].tip_mm)
    assert (tip[1] > 0) == (access == "left")
    first = inside_points(flow, 0.01)
    assert np.linalg.norm(first - tip, axis=1).max() < 4.0
    for volume_ml in (0.3, 1.5, 3.0):
        full = flow.arrival_ml.values <= volume_ml
        assert ndimage.label(full, structure=np.ones((3, 3, 3)))[1] == 1


def test_two_cannulas_fill_one_after_the_other(toy_anatomy):
    flow = inject(toy_anatomy, 2, Injection(total_ml=3.0, style="compact", access="bilateral"))
    assert len(flow.cannulas) == 2
    early, all_of_it = inside_points(flow, 1.2), inside_points(flow)
    assert early[:, 1].mean() > 1.0  # the left one begins
    assert all_of_it[:, 1].min() < -8.0


def test_a_cannula_comes_through_the_pedicle_to_the_front_third(wedged_patient):
    for gauge, (outer, inner) in GAUGES.items():
        cannula = inject(wedged_patient, 3, Injection(total_ml=1.0, access="left", gauge=gauge)).cannulas[0]
        assert (cannula.outer_diameter_mm, cannula.inner_diameter_mm) == (outer, inner)
    tip, towards = np.array(cannula.tip_mm), np.array(cannula.towards_handle)
    assert np.linalg.norm(towards) == pytest.approx(1.0)
    pedicle = wedged_patient.landmarks_mm["pedicle_left"][0]
    assert np.linalg.norm(np.cross(pedicle - tip, towards)) < 0.01
    marks = wedged_patient.landmarks_mm
    front, back = (0.5 * (marks["superior"][end, 0] + marks["inferior"][end, 0]) for end in (0, -1))
    assert 0.6 < (tip[0] - back) / (front - back) < 0.8


@pytest.mark.parametrize("seed", range(3))
def test_a_safe_run_stays_inside_as_projected(wedged_patient, seed: int):
    flow = inject(wedged_patient, seed, Injection(total_ml=0.55 * capacity_ml(wedged_patient)))
    region = wedged_patient.region.values
    assert (region[np.isfinite(flow.arrival_ml.values)] == Region.BODY).all()
    points, marks = inside_points(flow), wedged_patient.landmarks_mm
    for name, sign in (("superior", 1.0), ("inferior", -1.0)):
        line = marks[name][::-1]
        assert (sign * (np.interp(points[:, 0], line[:, 0], line[:, 2]) - points[:, 2])).min() >= 1.4
    for name, sign in (("left", 1.0), ("right", -1.0)):
        line = marks[name][::-1]
        assert (sign * (np.interp(points[:, 2], line[:, 2], line[:, 1]) - points[:, 1])).min() >= 1.4


@pytest.mark.parametrize("reach", [0.12, 0.18, 0.25, 0.35])
def test_reach_says_how_near_the_posterior_wall_the_cement_comes(wedged_patient, reach: float):
    flow = inject(wedged_patient, 5, Injection(total_ml=3.5, reach=reach, access="left", style="lobulated"))
    marks = wedged_patient.landmarks_mm
    points = inside_points(flow)

    def wall(end: int):
        line = np.stack([marks["inferior"][end], marks["superior"][end]])
        return np.interp(points[:, 2], line[:, 2], line[:, 0])

    free = (points[:, 0] - wall(-1)) / (wall(0) - wall(-1))
    assert free.min() == pytest.approx(reach, abs=0.035)


@pytest.mark.parametrize("leak", leak_paths.NAMES)
def test_a_leak_leaves_at_its_site_after_the_front_has_reached_it(wedged_patient, leak: str):
    flow = inject(wedged_patient, 7, Injection(leak=leak, total_ml=4.0, leak_ml=0.12))
    arrival = flow.arrival_ml.values
    outside = np.isfinite(arrival) & (wedged_patient.region.values != Region.BODY)
    assert outside.sum() * VOXEL_ML == pytest.approx(0.12, abs=VOXEL_ML)
    first = np.argmin(np.where(outside, arrival, np.inf))
    assert Region(int(wedged_patient.region.values.flat[first])) in leak_paths.REGIONS[leak]
    onset_ml = float(arrival.flat[first])
    assert 0.02 < onset_ml < 3.9
    filled = np.argwhere(arrival <= onset_ml)
    at = np.array(np.unravel_index(first, arrival.shape))
    near = np.sort(np.linalg.norm(filled - at, axis=1))
    assert near[1] * 0.5 <= 3.0  # cement stands at the breach when it opens
    assert flow.leak == leak


def test_a_leak_can_be_held_back(wedged_patient):
    flow = inject(wedged_patient, 7, Injection(leak="anterior", total_ml=4.0, leak_ml=0.1, onset_ml=3.0))
    outside = np.isfinite(flow.arrival_ml.values) & (wedged_patient.region.values != Region.BODY)
    assert flow.arrival_ml.values[outside].min() >= 3.0


def test_massive_leaks_are_possible(wedged_patient):
    flow = inject(wedged_patient, 7, Injection(leak="posterior_cortical", total_ml=5.0, leak_ml=1.5))
    outside = np.isfinite(flow.arrival_ml.values) & (wedged_patient.region.values != Region.BODY)
    assert outside.sum() * VOXEL_ML == pytest.approx(1.5, abs=0.01)


def test_the_same_arguments_give_the_same_bits(wedged_patient):
    first, second = (inject(wedged_patient, 11, Injection(leak="vein_right", total_ml=3.0)) for _ in range(2))
    assert first.arrival_ml.values.tobytes() == second.arrival_ml.values.tobytes()
    assert first.cannulas == second.cannulas
    assert np.array_equal(first.schedule_s, second.schedule_s)
    third = inject(wedged_patient, 12, Injection(leak="vein_right", total_ml=3.0))
    assert third.arrival_ml.values.tobytes() != first.arrival_ml.values.tobytes()


def test_the_schedule_ends_at_the_injected_volume(toy_anatomy):
    flow = inject(toy_anatomy, 1, Injection(total_ml=2.0, duration_s=30.0, start_s=4.0, pauses=((1.0, 5.0),)))
    assert flow.schedule_s == pytest.approx([4.0, 19.0, 24.0, 39.0])
    assert flow.schedule_ml == pytest.approx([0.0, 1.0, 1.0, 2.0])
    assert 0.15 <= flow.barium_g_per_cm3 <= 0.30


def test_a_volume_that_is_left_out_fits_into_the_body(wedged_patient):
    flow = inject(wedged_patient, 4, Injection(total_ml=None))
    assert 0.3 * capacity_ml(wedged_patient) < flow.schedule_ml[-1] < 0.65 * capacity_ml(wedged_patient)


@pytest.mark.parametrize(
    "words",
    [
        {"leak": "sideways"},
        {"style": "fluffy"},
        {"access": "oblique"},
        {"gauge": "1G"},
        {"total_ml": 0.0},
        {"total_ml": 11.9, "reach": 0.6},  # more than the body holds
        {"reach": 2.0},
        {"leak": "anterior", "total_ml": 1.0, "leak_ml": 0.9},
    ],
)
def test_impossible_injections_are_refused(toy_anatomy, words: dict):
    with pytest.raises(UsageError):
        inject(toy_anatomy, 1, Injection(**words))


def test_cement_that_thickens_ends_with_a_more_even_front(wedged_patient):
    words = {"total_ml": 4.0, "style": "lobulated", "access": "left"}
    thin, thick = (inject(wedged_patient, 4, Injection(**words, thickens=share)) for share in (0.0, 1.0))
    early = [np.asarray(flow.arrival_ml.values) <= 0.9 for flow in (thin, thick)]
    assert np.array_equal(*early)

    def surface(flow):
        full = np.isfinite(flow.arrival_ml.values)
        return sum(int(np.count_nonzero(np.diff(full.astype(np.int8), axis=axis))) for axis in range(3))

    volumes = [int(np.isfinite(flow.arrival_ml.values).sum()) for flow in (thin, thick)]
    assert abs(volumes[0] - volumes[1]) <= 4
    assert surface(thick) < surface(thin)


def test_zirconia_stands_in_place_of_barium_and_bad_shares_are_refused(toy_anatomy):
    flow = inject(toy_anatomy, 1, Injection(total_ml=1.0, zirconia_g_per_cm3=0.3))
    assert (flow.barium_g_per_cm3, flow.zirconia_g_per_cm3) == (0.0, 0.3)
    for words in ({"thickens": 1.5}, {"slows": 0.95}):
        with pytest.raises(UsageError, match="thickens"):
            inject(toy_anatomy, 1, Injection(total_ml=1.0, **words))
