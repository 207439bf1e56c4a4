"""Single shots and short exposures: when X-ray is on, and what the pauses change."""

import itertools

import msgspec
import numpy as np
import pytest

from assistant.simulation import pedal, scenario
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.scenario import Case, Cement, Exposure, Pedal, Run, Screen, Theatre
from assistant.vocabulary import FrameState

RUN = Run(duration_s=60.0, fps=12.5, pulses_per_s=7.5, width_px=256, height_px=256)
SHORT = Pedal(on_s=(0.2, 2.0), off_s=(5.0, 15.0), rest_mm=0.8, push_share=0.3, push_mm=10.0, start_off=0.15)
SHOTS = msgspec.structs.replace(SHORT, on_s=(0.0, 0.0))
LONG = msgspec.structs.replace(RUN, duration_s=2000.0)


def down(case: Case, seed: int = 0) -> tuple[pedal.Exposure, ...]:
    return pedal.exposures(case, np.random.default_rng(seed))


def test_a_pedal_without_pauses_leaves_x_ray_on() -> None:
    assert down(Case()) == ()


@pytest.mark.parametrize("knobs", [SHOTS, SHORT], ids=["single shots", "short exposures"])
def test_exposures_and_pauses_are_as_long_as_the_case_says(knobs: Pedal) -> None:
    found = down(Case(run=LONG, pedal=knobs))
    on_s = np.array([one.to_s - one.from_s for one in found])
    off_s = np.array([b.from_s - a.to_s for a, b in itertools.pairwise(found)])
    assert found[0].from_s == 0.0
    assert len(found) > 100
    assert np.all((on_s >= knobs.on_s[0] - 1e-3) & (on_s <= knobs.on_s[1] + 1e-3))
    assert np.all((off_s >= 5.0 - 2e-3) & (off_s <= 15.0 + 2e-3))
    pulses_s = pedal.pulse_times_s(found, 7.5, 2000.0)
    first = np.diff(pulses_s, prepend=-10.0) > 1.0
    assert np.allclose(pulses_s[first], [one.from_s for one in found])
    assert (len(pulses_s) == len(found)) == (knobs is SHOTS)


def test_the_first_look_can_be_longer_and_leaves_the_others_as_they_were() -> None:
    usual, looked = (down(Case(run=LONG, pedal=msgspec.structs.replace(SHOTS, first_s=first))) for first in (0.0, 4.0))
    assert looked[0].to_s - looked[0].from_s == 4.0
    assert all(one.to_s == one.from_s for one in looked[1:])
    assert [round(b.from_s - a.from_s, 2) for a, b in zip(usual[1:90], looked[1:90], strict=True)] == [4.0] * 89


def test_x_ray_can_stay_on_from_the_middle_of_a_run_of_single_shots() -> None:
    found = down(Case(run=RUN, pedal=msgspec.structs.replace(SHOTS, stays_on_from_s=30.0)))
    assert all(one.to_s == one.from_s < 30.0 for one in found[:-1])
    assert len(found) >= 3
    assert 30.0 <= found[-1].from_s < 32.0
    assert found[-1].to_s == 60.0
    assert found[-1].from_s - found[-2].to_s >= 1.5


def test_the_table_stands_a_little_elsewhere_in_each_exposure_and_now_and_then_far_off() -> None:
    found = down(Case(run=LONG, pedal=SHORT))
    stands = np.array([one.table_mm for one in found])
    moved = np.linalg.norm(np.diff(stands, axis=0), axis=1)
    assert 0.3 < np.median(moved) < 4.0
    assert 5.0 < np.linalg.norm(stands, axis=1).max() <= 13.0
    pushes = pedal.pushes(found)
    assert np.allclose(np.cumsum([push.shift_mm for push in pushes], axis=0), stands[1:] - stands[0])
    for push, before, after in zip(pushes, found[:-1], found[1:], strict=True):
        assert before.to_s < push.at_s < push.at_s + push.takes_s < after.from_s


def test_a_run_in_exposures_holds_its_picture_between_and_is_marked_in_a_held_one(toy_anatomy, toy_flow) -> None:
    case = Case(run=RUN, pedal=SHORT, cement=Cement(start_s=40.0), screen=Screen(layout="plain"))
    run = Fluoroscope(case, 3, toy_anatomy, toy_flow)
    new = [frame.new for frame in run.stored]
    states = [frame.state for frame in run.frames()]
    assert states.count(FrameState.LIVE) == sum(new)
    assert FrameState.FROZEN in states
    gaps_s = np.diff([frame.t_s for frame in run.stored if frame.new])
    assert run.pulses.exposures == 1 + (gaps_s > 1.0).sum() > 3
    assert run.pulses.xray_s == pytest.approx(sum(new) / 7.5, abs=0.14)
    reference = run.plan.views[0].reference_frame
    assert new[reference]
    assert not any(new[reference + 1 : reference + 30])


def test_the_first_picture_of_an_exposure_is_unfiltered_and_its_brightness_settles(toy_anatomy, toy_flow) -> None:
    case = Case(
        run=RUN,
        pedal=msgspec.structs.replace(SHORT, on_s=(1.5, 1.5), start_off=0.3, rest_mm=0.0, push_share=0.0),
        cement=Cement(start_s=59.0),
        exposure=Exposure(recursion=0.3, lag=0.0, control_s=0.3),
        screen=Screen(layout="plain", edge=0.0, local_contrast=0.0, field="full", curve="log"),
        theatre=Theatre(breathing_spine_mm=0.0, breathing_ribs_mm=0.0, rotation_deg=0.0, drift_mm_per_min=0.0),
    )
    frames = [frame for frame in Fluoroscope(case, 5, toy_anatomy, toy_flow).frames() if frame.stored.new]
    times = np.array([frame.stored.t_s for frame in frames])
    starts = [0, *(np.flatnonzero(np.diff(times) > 1.0) + 1)]
    whole = np.mean([frame.grey[80:176, 80:176].astype(float) for frame in frames], axis=0)
    edges = whole - np.roll(whole, 1, axis=1)  # the patient's own
    grain, light = [], []
    for a, b in zip(starts, [*starts[1:], len(frames)], strict=True):
        middle = [frame.grey[80:176, 80:176].astype(float) for frame in frames[a:b]]
        light.append([picture.mean() for picture in middle])
        fine = [picture - np.roll(picture, 1, axis=1) for picture in middle]
        grain.append([(picture - edges).std() for picture in fine])
    # Weighed by 0.3 a picture keeps sqrt(0.3 / 1.7) = 0.42 of the grain; the first one's output is off as well.
    assert all(1.5 < one[0] / one[-1] < 2.7 for one in grain), [one[0] / one[-1] for one in grain]
    settles, settled = (max(abs(one[k] - one[-1]) for one in light) for k in (0, -2))
    assert settles > max(4.0, 3.0 * settled), (settles, settled)


def test_the_cases_are_shots_and_exposures_with_cement_that_comes_in_jumps() -> None:
    shots, short = scenario.load("single_shots"), scenario.load("short_exposures")
    assert shots.pedal.on_s == (0.0, 0.0)
    assert short.pedal.on_s == (0.2, 2.0)
    for case in (shots, short):
        assert case.pedal.off_s == (5.0, 15.0)
        assert len(down(case)) > 10
        assert sum(one.from_s < case.cement.start_s for one in down(case)) >= 3
