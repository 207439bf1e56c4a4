"""Truth of motion is the pose that the picture shows, not that of its newest pulse."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.scenario import Case, Cement, Exposure, Run, Screen, Theatre
from assistant.simulation.shown_pose import ShownPose
from assistant.simulation.theatre import SceneMotion, ScenePose


def at(mm: float, deg: float = 0.0) -> ScenePose:
    pose = SceneMotion(Case(), np.random.default_rng(0)).pose(0.0)
    return replace(pose, spine_mm=np.array([mm, 0.0, 0.0]), rotation_deg=deg)


@pytest.mark.parametrize("k", [0.25, 0.45, 1.0])
def test_a_steady_motion_is_shown_one_minus_k_over_k_pictures_late(k: float) -> None:
    shown = ShownPose(lag=0.0, recursion=k)
    last = [shown.take(at(0.05 * n, 0.01 * n)) for n in range(60)][-1]
    late = (1.0 - k) / k
    assert last.spine_mm[0] == pytest.approx(0.05 * (59 - late), abs=1e-3)
    assert last.rotation_deg == pytest.approx(0.01 * (59 - late), abs=1e-3)


def test_after_a_pause_a_picture_is_shown_where_it_is() -> None:
    shown = ShownPose(lag=0.05, recursion=0.3)
    for n in range(10):
        shown.take(at(0.1 * n))
    shown.restart()
    assert shown.take(at(5.0)).spine_mm[0] == 5.0


def test_a_ghost_beside_a_pushed_vertebra_is_no_part_of_where_it_is() -> None:
    shown = ShownPose(lag=0.0, recursion=0.3)
    for _ in range(10):
        shown.take(at(0.0))
    assert shown.take(at(9.0)).spine_mm[0] == pytest.approx(9.0)


def test_the_bone_of_a_filtered_picture_lies_where_truth_says(toy_anatomy, toy_flow) -> None:
    """Two runs that differ in the filter alone: laid back by truth their pictures lie upon each other."""

    def pictures(k: float) -> list:
        case = Case(
            run=Run(duration_s=5.0, fps=7.5, pulses_per_s=7.5, width_px=256, height_px=256),
            exposure=Exposure(dose_ngy=4000.0, recursion=k, lag=0.0, control_s=0.0, electronic_quanta=0.0),
            cement=Cement(start_s=4.9),
            screen=Screen(layout="plain", field="full"),
            theatre=Theatre(
                breathing_spine_mm=2.5, breathing_ribs_mm=0.0, breaths_per_min=18.0, rotation_deg=0.0, jumps=()
            ),
        )
        run = Fluoroscope(case, 3, toy_anatomy, toy_flow)
        return [frame for frame in run.frames() if frame.truth is not None]

    apart, told = [], []
    for soft, sharp in list(zip(pictures(0.35), pictures(1.0), strict=True))[12:34]:
        assert soft.truth.similarity is not None
        a, b = (np.float32(frame.grey[64:192, 64:192]) for frame in (sharp, soft))
        (_, dy), _ = cv2.phaseCorrelate(a, b, cv2.createHanningWindow((128, 128), cv2.CV_32F))
        apart.append(dy)
        told.append(soft.truth.similarity.dy_px - sharp.truth.similarity.dy_px)
    apart, told = np.array(apart) - np.mean(apart), np.array(told) - np.mean(told)
    assert np.ptp(told) > 1.0
    assert np.corrcoef(apart, told)[0, 1] > 0.9
    assert np.abs(apart - told).mean() < 0.35 * np.abs(told).mean() + 0.1
