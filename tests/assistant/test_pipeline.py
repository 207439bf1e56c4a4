from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from assistant import pipeline as pipeline_module
from assistant.geometry import Similarity
from assistant.pipeline import Pipeline
from assistant.plan import plan_from_document
from assistant.run_facts import RunClock
from assistant.settings.tree import Settings
from assistant.simulation.tabletop import COLS, MM_PER_PX, ROWS, Tabletop
from assistant.steps.cement import polarity_watch
from assistant.vocabulary import Alarm, CementMask, Distances, EventKind, Frame, FrameState, Motion, Priority, Unknown
from tests.journeys.no_sign import nothing_tells
from tests.small_run import INFERIOR, SUPERIOR, plan_document

MM = MM_PER_PX
PLAN = plan_document(reference_frame=0)
TIP_PX = (150, 153)
"""Below the cannula, whose shaft is bridged with some caution: the rearmost cement is met beside it."""


class Patient:
    """The simulator's small patient; cement is a disc that grows from the middle towards the posterior wall."""

    def __init__(self, seed: int = 0) -> None:
        self._tabletop = Tabletop(seed=seed, dose_ngy=150.0)

    def frame(self, index: int, t_s: float, radius_px: float = 0.0, dx_px: float = 0.0) -> Frame:
        mask = np.zeros((ROWS, COLS), np.uint8)
        if radius_px > 0:
            cv2.circle(mask, TIP_PX, round(radius_px), 1, -1)
        moved = Similarity(dx_px=dx_px, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=TIP_PX)
        return self._tabletop.frame(index, t_s, moved, mask.astype(bool) if radius_px > 0 else None)


def pipeline(patient: Patient) -> Pipeline:
    ticks = iter(range(0, 10**12, 1_000_000))
    return Pipeline(plan_from_document(PLAN, 0.25), [patient.frame(0, 0.0)], Settings(), clock_ns=lambda: next(ticks))


def grow(line: Pipeline, patient: Patient, until_px: float):
    told = []
    readings = []
    for k in range(90):
        radius = 0.0 if k < 30 else min(until_px, 3 + (k - 30) * 0.9)
        readings.append(line.process(patient.frame(k, k / 15, radius, 2 * np.sin(k / 8)), told.append))
    return readings, told


def test_cement_that_stays_inside_raises_no_crossing():
    patient = Patient()
    readings, _ = grow(pipeline(patient), patient, 14.0)
    assert all(isinstance(r.motion, Motion) for r in readings)
    assert readings[20].distances.cement_area_mm2 == 0.0
    last = readings[-1].distances
    assert isinstance(last, Distances)
    assert last.cement_area_mm2 == pytest.approx(np.pi * (14 * MM) ** 2, rel=0.15)
    assert readings[-1].alarm < Priority.HIGH


def test_cement_at_the_line_alarms_at_once_and_stands():
    patient = Patient()
    line = pipeline(patient)
    readings, told = grow(line, patient, 42.0)
    back_px, front_px = (0.5 * (SUPERIOR[k][0] + INFERIOR[k][0]) for k in (-1, 0))
    crossing_px = back_px - 0.25 * (back_px - front_px) - TIP_PX[0]
    true_frame = 30 + int((crossing_px - 3) / 0.9) + 1
    raised = [alarm for alarm in told if alarm.kind is EventKind.WARNING_LINE]
    assert len(raised) == 1
    # Early by the caution over the shaft (2 mm are 6 frames), never late.
    assert -6 <= raised[0].first_frame - true_frame <= 2
    assert readings[-1].alarm is Priority.HIGH
    summary = line.finish()
    assert any(e.kind is EventKind.WARNING_LINE and e.last_frame is None for e in summary.events)
    assert summary.measures.posterior_height_mm == pytest.approx((INFERIOR[-1][1] - SUPERIOR[-1][1]) * MM, abs=0.5)


def test_a_repeated_frame_carries_the_figures_and_a_blank_one_none():
    patient = Patient()
    line = pipeline(patient)
    first = patient.frame(0, 0.0)
    new = line.process(first)
    again = line.process(Frame(index=1, t_s=1 / 30, grey=first.grey))
    assert again.liveness.state is FrameState.REPEAT
    assert again.motion is new.motion
    assert again.cement is new.cement
    blank = line.process(Frame(index=2, t_s=2 / 30, grey=np.zeros((ROWS, COLS), np.uint8)))
    assert blank.liveness.state is FrameState.NO_SIGNAL
    assert isinstance(blank.distances, Unknown)
    assert isinstance(blank.motion, Unknown)


def test_lines_are_withdrawn_when_the_vertebra_is_not_there():
    patient = Patient()
    line = pipeline(patient)
    for k in range(6):
        line.process(patient.frame(k, k / 15))
    stripes = 150 + 30 * np.sin(np.mgrid[0:ROWS, 0:COLS][1] / 3.0)
    rng = np.random.default_rng(9)
    greys = [np.clip(stripes + 5 * rng.standard_normal(stripes.shape), 0, 255).astype(np.uint8) for _ in range(6)]
    lost = [line.process(Frame(index=6 + k, t_s=(6 + k) / 15, grey=grey)) for k, grey in enumerate(greys)]
    assert isinstance(lost[-1].motion, Unknown)
    assert lost[-1].motion.reason
    kinds = {alarm.kind for alarm in lost[-1].standing}
    assert kinds & {EventKind.REGISTRATION_LOST, EventKind.UNUSABLE_IMAGE}


def test_a_picture_that_suddenly_matches_badly_tells_nothing_of_cement():
    """Behind a recursive filter half of it shows where the vertebra was; a picture that is merely grainy tells."""
    patient, rng = Patient(), np.random.default_rng(9)
    line = pipeline(patient)

    def half(k: int) -> Frame:
        clear = patient.frame(k, k / 15, 10.0).grey.astype(np.float32)
        return Frame(index=k, t_s=k / 15, grey=(0.5 * clear + 0.5 * np.roll(clear, 9, axis=0)).astype(np.uint8))

    def grainy(k: int) -> Frame:
        clear = patient.frame(k, k / 15, 10.0).grey.astype(np.float32)
        grain = 0.08 * clear * rng.standard_normal(clear.shape).astype(np.float32)
        return Frame(index=k, t_s=k / 15, grey=np.clip(clear + grain, 0, 255).astype(np.uint8))

    for k in range(30):
        line.process(patient.frame(k, k / 15, max(0.0, min(10.0, k - 10))))
    before = line.process(patient.frame(30, 2.0, 10.0))
    doubted = line.process(half(31))
    after = line.process(patient.frame(32, 32 / 15, 10.0))
    first = line.process(grainy(182))  # of the next exposure: unfiltered
    assert isinstance(doubted.cement, Unknown)
    assert isinstance(doubted.distances, Unknown)
    assert "does not match" in doubted.cement.reason or "moves" in doubted.cement.reason
    for reading in (before, after, first):
        assert isinstance(reading.distances, Distances)
        assert reading.distances.cement_area_mm2 == pytest.approx(np.pi * (10 * MM) ** 2, rel=0.2)


def test_before_the_reference_frame_cement_is_not_looked_for():
    """What stands there then is the ground of what is looked for later: unknown with a reason, no area of 0."""
    document = {**PLAN, "views": [{**PLAN["views"][0], "reference_frame": 60}]}
    patient = Patient()
    ticks = iter(range(0, 10**12, 1_000_000))
    reference = patient.frame(60, 4.0, 12.0)
    line = Pipeline(plan_from_document(document, 0.25), [reference], Settings(), clock_ns=lambda: next(ticks))
    readings = [line.process(patient.frame(k, k / 15, 12.0 if k > 20 else 0.0)) for k in range(64)]
    for reading in readings[:60]:
        assert isinstance(reading.motion, Motion), "the vertebra is followed all the same"
        assert isinstance(reading.distances, Unknown)
        assert isinstance(reading.cement, Unknown)
        assert "before the reference frame" in reading.cement.reason
    assert all(isinstance(reading.cement, CementMask) for reading in readings[60:])


def test_a_flipped_picture_shows_no_figures_and_is_named() -> None:
    patient = Patient(seed=3)
    running = pipeline(patient)
    for k in range(12):
        running.process(patient.frame(k, k / 15))
    for k in (12, 13):
        flipped = np.ascontiguousarray(patient.frame(k, k / 15).grey[:, ::-1])
        reading = running.process(Frame(index=k, t_s=k / 15, grey=flipped))
        assert isinstance(reading.distances, Unknown)
    assert isinstance(reading.motion, Unknown)
    assert "mirrored" in reading.motion.reason
    for k in (14, 15):
        again = running.process(patient.frame(k, k / 15))
    assert isinstance(again.motion, Motion)


def test_no_alarm_waits_for_the_sign_to_be_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes as long as some pictures: judged when the alarms of its picture have gone out."""
    made = nothing_tells(14, 99, dark=True)
    line = Pipeline(plan_from_document(plan_document(), 0.25), [Frame(index=2, t_s=2 / 15, grey=made[2])], Settings())
    done = []
    update, judged = pipeline_module.update_alarms, polarity_watch.log_odds_of
    monkeypatch.setattr(pipeline_module, "update_alarms", lambda *of: (done.append("alarms"), update(*of))[1])
    monkeypatch.setattr(polarity_watch, "log_odds_of", lambda *of: (done.append("judged"), judged(*of))[1])
    for k, grey in enumerate(made):
        done.append(f"picture {k + 1}")
        line.process(Frame(index=k, t_s=k / 15, grey=grey))
    assert done.count("judged") == 3
    assert all(done[at - 1] == "alarms" for at, what in enumerate(done) if what == "judged")


def test_a_leak_in_the_last_picture_counts_whatever_is_on_the_screen_after_it():
    """The beam ends on the first picture that shows it, and the console shows black: nobody comes to confirm it."""
    tabletop = Tabletop(seed=1, dose_ngy=300.0)

    def forward(k: int) -> Frame:
        mask = np.zeros((ROWS, COLS), np.uint8)
        if k >= 18:
            cv2.ellipse(mask, (160, 148), (9, 8 + min(k - 18, 46)), 0, 180, 360, 1, -1)
        return tabletop.frame(k, k / 15, cement=mask.astype(bool) if k >= 18 else None)

    film = [forward(k) for k in range(80)]

    def run(frames: list[Frame]) -> list[Alarm]:
        line = Pipeline(plan_from_document(PLAN, 0.25), [film[0]], Settings())
        for frame in frames:
            line.process(frame)
        return [alarm for alarm in line.finish().events if alarm.kind is EventKind.LEAK]

    (told,) = run(film)
    last = told.first_frame - 1  # shown, and not confirmed yet
    black = [Frame(index=k, t_s=k / 15, grey=np.full((ROWS, COLS), 5, np.uint8)) for k in range(last + 1, last + 12)]
    held = [replace(film[last], index=k, t_s=k / 15) for k in range(last + 1, last + 12)]
    for after in (held, black):
        assert told.site in [alarm.site for alarm in run([*film[: last + 1], *after])]


def test_without_times_a_held_picture_turns_no_clock_back():
    """A run written out as pictures, with those that the console held: what has stayed stays, and is let go in time."""
    patient = Patient()
    line = Pipeline(plan_from_document(PLAN, 0.25), [patient.frame(0, 0.0)], Settings(), clock=RunClock.ASSUMED)
    shown = [patient.frame(k, k / 15, 0.0 if k < 10 else 3 + (k - 10) * 0.4) for k in range(40)]
    passed_s, kept = [], []
    for k, frame in enumerate([*shown[:30], *[shown[29]] * 12, *shown[30:]]):
        if line.process(replace(frame, index=k, t_s=k / 15)).liveness.state is FrameState.LIVE:
            assert line.acquisition is not None
            passed_s.append(line.acquisition.passed_s)
            kept.append(len(line._views[0].mask.recent_masks.masks))
    assert passed_s == [float(k) for k in range(40)]
    assert line.acquisition is not None
    assert line.acquisition.exposure == 0
    assert max(kept[30:]) <= max(kept[:30])
