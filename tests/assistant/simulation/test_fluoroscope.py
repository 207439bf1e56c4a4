import itertools

import cv2
import msgspec
import numpy as np
import pytest

from assistant.errors import UsageError
from assistant.geometry import apply
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.scenario import (
    Case,
    Cement,
    Exposure,
    Geometry,
    Jump,
    Run,
    Screen,
    Shot,
    SourceFault,
    Theatre,
)
from assistant.simulation.stage import lateral_landmarks
from assistant.simulation.truth import PATH_MM

SMALL = Run(duration_s=5.0, fps=15.0, pulses_per_s=7.5, width_px=256, height_px=256)


def case(**parts):
    return Case(**({"run": SMALL, "cement": Cement(start_s=1.6), "screen": Screen(layout="plain")} | parts))


def test_same_seed_same_bits_and_another_seed_another_run(toy_anatomy, toy_flow):
    def pictures(seed):
        run = Fluoroscope(case(), seed, toy_anatomy, toy_flow)
        return [frame.grey for frame in itertools.islice(run.frames(), 12)]

    one, two, other = pictures(1), pictures(1), pictures(2)
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[5], other[5])


def test_the_bits_do_not_hang_on_how_many_cores_work(toy_anatomy, toy_flow):
    """A data set's processes keep to one core each, a single run uses all: both have to be the same run."""

    def pictures(threads):
        usual = cv2.getNumThreads()
        cv2.setNumThreads(threads)
        try:
            run = Fluoroscope(case(), 1, toy_anatomy, toy_flow)
            return [(frame.grey, frame.truth) for frame in itertools.islice(run.frames(), 60)]
        finally:
            cv2.setNumThreads(usual)

    for (grey, light), (same, other) in zip(pictures(1), pictures(4), strict=True):
        assert np.array_equal(grey, same)
        assert np.array_equal(light.cement, other.cement)
        assert np.array_equal(light.contrast_to_noise, other.contrast_to_noise)
        assert light.visible_mm == other.visible_mm


def test_repeats_are_identical_and_new_pictures_are_not(toy_anatomy, toy_flow):
    frames = list(itertools.islice(Fluoroscope(case(), 1, toy_anatomy, toy_flow).frames(), 20))
    for before, now in itertools.pairwise(frames):
        assert np.array_equal(before.grey, now.grey) != now.stored.new


def test_rows_of_truth_hang_together(toy_anatomy, toy_flow):
    run = Fluoroscope(case(), 3, toy_anatomy, toy_flow)
    areas, volumes = [], []
    for frame in run.frames():
        light = frame.truth
        assert light is not None
        assert light.visible.sum() <= light.cement.sum()
        assert (light.visible_mm2 == 0) or light.visible_mm["warning_line"] >= light.distances_mm["warning_line"]
        assert (light.cement_mm2 == 0) == (light.distances_mm == {})
        areas.append(light.cement_mm2)
        volumes.append(light.volume_ml)
        assert run.volume_ml(float(frame.stored.t_s)) >= light.volume_ml - 1e-3
    assert volumes[0] == 0.0
    assert volumes[-1] > 2.0
    assert areas[-1] > 100.0
    assert np.diff(volumes).min() >= 0.0
    reference = run.planned(0).reference_frame
    assert volumes[reference] == 0.0


def test_truth_of_motion_carries_the_landmarks(toy_anatomy, toy_flow):
    jumpy = case(theatre=Theatre(breathing_spine_mm=2.0, rotation_deg=0.6, jumps=(Jump(at_s=2.0, shift_mm=(4, 0, 6)),)))
    run = Fluoroscope(jumpy, 4, toy_anatomy, toy_flow)
    planned, stage = run.planned(0), run.stage_of("lateral")
    marks = np.vstack([planned.superior, planned.inferior])
    points_mm = np.vstack(list(lateral_landmarks(run.anatomy, run.case.plan.points).values()))
    for t_s in (0.3, 2.2, 4.4):
        pose = run.theatre.pose(t_s)
        carried = apply(run.similarity(0, pose).current_from_reference(), marks)
        assert np.abs(carried - stage.landmarks_px(points_mm, pose)).max() < 1e-6


@pytest.mark.parametrize(
    ("rotation", "mirrored", "view"), [(0.0, False, "lateral"), (90.0, True, "lateral"), (200.0, False, "ap")]
)
def test_the_picture_shows_the_vertebra_where_the_plan_says(toy_anatomy, toy_flow, rotation, mirrored, view):
    """Cortex is dark: along the marked endplates the picture is darker than 3 mm outside the body."""
    quiet = case(
        geometry=Geometry(
            shots=(Shot(view=view, from_s=0.0),), rotation_deg=rotation, mirrored=mirrored, offset_mm=(8.0, -5.0)
        ),
        exposure=Exposure(dose_ngy=2000.0),
        screen=Screen(layout="plain", field="full"),
    )
    run = Fluoroscope(quiet, 1, toy_anatomy, toy_flow)
    planned = run.planned(0)
    frames = itertools.islice(run.frames(), planned.reference_frame + 1)
    grey = list(frames)[-1].grey.astype(float)
    centre = np.asarray(planned.centre_px)
    for line in (planned.superior, planned.inferior):
        inner = line[0] + (line[-1] - line[0]) * np.linspace(0.35, 0.65, 7)[:, None]
        out = inner - centre
        out -= np.outer(out @ (line[-1] - line[0]), line[-1] - line[0]) / ((line[-1] - line[0]) ** 2).sum()
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        at = [
            np.mean([grey[round(y), round(x)] for x, y in inner + out * mm / planned.mm_per_px]) for mm in (-0.4, 3.0)
        ]
        assert at[0] < at[1] - 8.0


def test_truth_tells_the_path_that_its_masks_rest_on_also_where_a_lens_bends_it(toy_anatomy, toy_flow):
    bent = case(screen=Screen(layout="plain", distortion=0.04))
    light = list(Fluoroscope(bent, 1, toy_anatomy, toy_flow).frames())[-1].truth
    assert light.path_mm.shape == (light.part.height_px, light.part.width_px)
    assert light.path_mm[light.cement].min() >= PATH_MM
    # What else is so thick is a speck.
    assert (light.path_mm >= PATH_MM).sum() == pytest.approx(light.cement.sum(), rel=0.02)


def test_swing_has_no_view_and_the_lines_of_both_views_are_planned(toy_anatomy, toy_flow):
    shots = (Shot(view="lateral", from_s=0.0), Shot(view="ap", from_s=1.2), Shot(view="lateral", from_s=2.8))
    swinging = case(
        geometry=Geometry(shots=shots, swing_s=0.6), cement=Cement(start_s=3.6), run=msgspec.structs.replace(SMALL)
    )
    run = Fluoroscope(swinging, 1, toy_anatomy, toy_flow)
    assert [view.view for view in run.plan.views] == ["lateral", "ap"]
    for frame in run.frames():
        inside_swing = run.theatre.stand(frame.stored.t_s).swinging
        if frame.stored.new:
            assert (frame.state.value == "moving") == inside_swing
            assert (frame.truth is None) == inside_swing
            assert (frame.view == "") == inside_swing


def test_an_oblique_look_is_live_and_carries_no_line_of_the_plan(toy_anatomy, toy_flow):
    shots = (Shot(view="lateral", from_s=0.0), Shot(view="oblique", from_s=2.6))
    run = Fluoroscope(case(geometry=Geometry(shots=shots, swing_s=0.6)), 1, toy_anatomy, toy_flow)
    looks = [frame for frame in run.frames() if frame.view == "oblique" and frame.stored.new]
    assert looks
    for frame in looks:
        assert frame.state.value == "live"
        assert (frame.truth.view_index, frame.truth.similarity, frame.truth.distances_mm) == (-1, None, {})
        assert frame.truth.cement_mm2 > 0


def test_spoiled_frames_have_no_truth(toy_anatomy, toy_flow):
    broken = case(
        faults=(SourceFault(kind="no_signal", from_s=2.0, to_s=3.0), SourceFault(kind="flipped", from_s=4.0, to_s=4.5))
    )
    run = Fluoroscope(broken, 1, toy_anatomy, toy_flow)
    for frame in run.frames():
        hidden = 2.0 <= frame.stored.t_s < 3.0 or 4.0 <= frame.stored.t_s < 4.5
        assert (frame.truth is None) == hidden


def test_intensifier_bends_mask_and_landmarks_with_the_picture(toy_anatomy, toy_flow):
    bent = case(screen=Screen(layout="plain", distortion=0.04), geometry=Geometry(offset_mm=(40.0, 25.0)))
    straight = case(geometry=Geometry(offset_mm=(40.0, 25.0)))
    last = []
    for one in (bent, straight):
        run = Fluoroscope(one, 1, toy_anatomy, toy_flow)
        final = list(run.frames())[-1].truth
        ys, xs = np.nonzero(final.cement)
        last.append((xs.mean() + final.part.x0_px, ys.mean() + final.part.y0_px, final, run))
    middle = 127.5
    assert np.hypot(last[0][0] - middle, last[0][1] - middle) > np.hypot(last[1][0] - middle, last[1][1] - middle) + 0.5
    for line in ("warning_line", "superior_endplate"):
        assert last[0][2].distances_mm[line] == pytest.approx(last[1][2].distances_mm[line], abs=0.8)


def test_a_case_without_a_picture_before_the_cement_is_refused(toy_anatomy, toy_flow):
    with pytest.raises(UsageError, match="start the cement later"):
        Fluoroscope(case(cement=Cement(start_s=0.0)), 1, toy_anatomy, toy_flow)


def test_marking_errors_stay_out_of_the_truth(toy_anatomy, toy_flow):
    from assistant.simulation.scenario import PlanKnobs

    run = Fluoroscope(case(plan=PlanKnobs(error_mm=1.0)), 1, toy_anatomy, toy_flow)
    exact = Fluoroscope(case(), 1, toy_anatomy, toy_flow)
    assert np.allclose(run.planned(0).superior, exact.planned(0).superior)
    marked = np.array(run.marked_document["views"][0]["landmarks"]["superior"])
    assert 0.3 < np.abs(marked - run.planned(0).superior).max() * run.planned(0).mm_per_px < 4.0


def test_a_replayed_frame_is_the_one_of_then_to_the_bit_and_has_no_truth(toy_anatomy, toy_flow):
    faults = (SourceFault(kind="replay", from_s=2.0, to_s=4.0, loop_s=1.2),)
    run = Fluoroscope(case(faults=faults), 1, toy_anatomy, toy_flow)
    seen = list(run.frames())
    loop = [frame for frame in seen if frame.stored.content == "replay"]
    assert len(loop) == 30
    assert all(frame.truth is None for frame in loop)
    for frame, then in zip(loop, 2 * seen[12:30], strict=False):
        assert np.array_equal(frame.grey, then.grey)
    assert seen[60].stored.new


def test_blades_close_round_the_body_from_a_time_on(toy_anatomy, toy_flow):
    screen = Screen(layout="plain", field="full", local_contrast=0.0, blades_round_body_mm=14.0, blades_move_at_s=1.0)
    run = Fluoroscope(case(screen=screen), 1, toy_anatomy, toy_flow)
    frames = [frame.grey for frame in run.frames()]
    (left, top), (right, bottom) = run.planned(0).body_px.min(axis=0), run.planned(0).body_px.max(axis=0)
    margin = 14.0 / run.planned(0).mm_per_px
    inside = frames[-1][int(top - margin / 2) : int(bottom + margin / 2), int(left - margin / 2) : int(right)]
    beyond = frames[-1][: int(top - 1.5 * margin)]
    assert np.median(beyond) < 10 < np.median(inside)
    assert np.median(frames[0][: int(top - 1.5 * margin)]) > 10
