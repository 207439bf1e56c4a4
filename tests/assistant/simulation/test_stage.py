import numpy as np
import pytest

from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.imaging_chain import display
from assistant.simulation.scenario import Case, Cement, Run, Screen, Theatre, Turn
from assistant.simulation.scene import Region
from assistant.simulation.stage import LEAK_SITES, patient
from assistant.vocabulary import LeakSite


def fluoroscope(toy_anatomy, toy_flow, **theatre):
    case = Case(
        run=Run(duration_s=3.0, fps=10.0, pulses_per_s=10.0, width_px=256, height_px=256),
        cement=Cement(start_s=1.5),
        theatre=Theatre(**theatre),
    )
    return Fluoroscope(case, 1, toy_anatomy, toy_flow)


def test_soft_tissue_is_taken_apart_and_adds_up(toy_anatomy, toy_flow):
    one = patient(toy_anatomy, toy_flow)
    whole = one.trunk.values - one.gas.values
    assert np.allclose(whole, toy_anatomy.soft.values, atol=1e-6)
    assert one.gas.values.min() >= 0.0
    # The gas bubble of the toy is inside, the air round the trunk is not gas.
    assert one.gas.values.sum() * 64 / 1000 == pytest.approx(0.97 * 4 / 3 * np.pi * 1.8**3, rel=0.15)


def test_sites_follow_the_regions(toy_anatomy, toy_flow):
    sites = patient(toy_anatomy, toy_flow).sites
    region = np.asarray(toy_anatomy.region.values)
    assert (sites[region == Region.BODY] == 0).all()
    assert (sites[region == Region.SUPERIOR_DISC] == LEAK_SITES.index(LeakSite.SUPERIOR_DISC) + 1).all()
    assert (sites[region == Region.CANAL] == LEAK_SITES.index(LeakSite.POSTERIOR) + 1).all()
    assert (sites[region == Region.LEFT] == LEAK_SITES.index(LeakSite.LATERAL) + 1).all()


def test_bone_moves_by_the_spines_shift_and_the_part_holds_all_cement(toy_anatomy, toy_flow):
    run = fluoroscope(toy_anatomy, toy_flow, breathing_spine_mm=2.5, rotation_deg=0.0)
    stage = run.stage_of("lateral")
    stage.projector.advance(10.0)
    for t_s in (0.2, 1.1, 2.3):
        pose = run.theatre.pose(t_s)
        paths = stage.paths(pose, t_s, run.injection_end_s, cannula_in=False)
        assert paths.cement_mm is not None
        inside = np.zeros(paths.cement_mm.shape, bool)
        inside[stage.part.rows, stage.part.cols] = True
        assert paths.cement_mm[~inside].max() < 1e-3
        cut, _ = stage.cement_paths(pose)
        assert np.allclose(cut, paths.cement_mm[stage.part.rows, stage.part.cols], atol=1e-3)
        ys, xs = np.mgrid[0:256, 0:256]
        weight = np.clip(paths.cement_mm, 0, None)
        centre = np.array([(weight * xs).sum(), (weight * ys).sum()]) / weight.sum()
        shift = stage.view.px_per_mm @ pose.spine_mm
        if t_s == 0.2:
            first = centre - shift
        assert centre - shift == pytest.approx(first, abs=0.03)


def test_old_cement_screws_and_balloon_darken_the_picture(toy_anatomy, toy_flow):
    plain = fluoroscope(toy_anatomy, toy_flow)
    extra = fluoroscope(toy_anatomy, toy_flow, old_cement=True, screws=True, balloon_from_s=0.2, balloon_to_s=1.2)
    pose = plain.theatre.pose(0.7)
    without = plain.stage_of("lateral").paths(pose, 0.7, 9.0, cannula_in=False)
    with_them = extra.stage_of("lateral").paths(pose, 0.7, 9.0, cannula_in=False)
    assert without.steel_mm is None
    assert without.iodine_g_cm2 is None
    assert with_them.steel_mm is not None
    assert with_them.steel_mm.max() > 5.0
    assert with_them.iodine_g_cm2 is not None
    centre = extra.stage_of("lateral").view.project(np.array([[3.0, 0.0, 0.0]]))[0].round().astype(int)
    # Balloon: 14 mm across the beam at 0.15 g/cm³ of iodine.
    assert with_them.iodine_g_cm2[centre[1], centre[0]] == pytest.approx(0.21, abs=0.02)
    # Told alone as well, without what old cement adds.
    balloon = extra.stage_of("lateral").balloon_g_per_cm2(pose, 0.7)
    assert balloon is not None
    assert balloon[centre[1], centre[0]] == pytest.approx(0.21, abs=0.02)
    assert np.count_nonzero(balloon > 0.002) < np.count_nonzero(with_them.iodine_g_cm2 > 0.002)
    assert extra.stage_of("lateral").balloon_g_per_cm2(pose, 1.3) is None


def test_picture_box_is_the_stages_box(toy_anatomy, toy_flow):
    run = fluoroscope(toy_anatomy, toy_flow)
    assert run.stage_of("lateral").box == display.picture_box(run.case.run, Screen())


def test_a_turned_patient_shows_parallax_and_only_there_and_only_from_then_on(toy_anatomy, toy_flow):
    """Roll moves the pedicles (behind the axis) against the middle of the body; tilt opens the endplates."""
    still = {"breathing_spine_mm": 0.0, "rotation_deg": 0.0, "drift_mm_per_min": 0.0}
    for turn, deep_moves in ((Turn(at_s=0.5, takes_s=0.5, roll_deg=3.0), 0), (Turn(at_s=0.5, tilt_deg=3.0), 1)):
        run = fluoroscope(toy_anatomy, toy_flow, turns=(turn,), **still)
        as_it_was = fluoroscope(toy_anatomy, toy_flow, **still)
        stage, pose = run.stage_of("lateral"), run.theatre.pose(2.9)
        assert run.theatre.pose(0.4).turn_deg.tolist() == [0.0, 0.0]
        deep, middle = np.array([[0.0, 20.0, 0.0]]), np.zeros((1, 3))
        moved_mm = stage.view.mm_per_px * (
            stage.landmarks_px(deep, pose) - stage.landmarks_px(deep, run.theatre.pose(0.1))
        )
        assert abs(moved_mm[0, deep_moves]) == pytest.approx(20.0 * np.sin(np.deg2rad(3.0)), rel=0.05)
        assert abs(moved_mm[0, 1 - deep_moves]) < 0.05
        assert stage.landmarks_px(middle, pose) == pytest.approx(
            stage.landmarks_px(middle, run.theatre.pose(0.1)), abs=0.2
        )
        turned, usual = list(run.frames()), list(as_it_was.frames())
        before = [np.abs(a.grey.astype(int) - b.grey).mean() for a, b in zip(turned[:5], usual[:5], strict=True)]
        assert max(before) < 0.2
        last = turned[-1].truth
        assert last.similarity.scale == pytest.approx(1.0, abs=0.004)
        assert abs(last.similarity.rotation_deg) < 0.1
        assert last.cement_mm2 == pytest.approx(usual[-1].truth.cement_mm2, rel=0.1)
        gap = np.abs(turned[-1].grey.astype(int) - usual[-1].grey)[64:192, 64:192]
        assert gap.mean() > 3.0
