from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.pipeline import Pipeline
from assistant.plan import plan_from_document
from assistant.settings import Settings
from assistant.vocabulary import CementMask, Distances, EventKind, Frame, FrameState, Motion, Priority, Unknown

MM = 0.4
PLAN = {
    "schema": "fluoro-assistant/plan/1",
    "views": [
        {
            "view": "lateral",
            "level": "L1",
            "reference_frame": 0,
            "mm_per_px": MM,
            "landmarks": {
                "superior": [[120, 110], [160, 113], [205, 108]],
                "inferior": [[118, 182], [160, 176], [207, 180]],
            },
        }
    ],
}


class Fluoroscope:
    """A grey vertebra with neighbours; cement is a disc that grows from the middle towards the posterior wall."""

    def __init__(self, seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)
        mottle = cv2.GaussianBlur(self._rng.standard_normal((300, 320)).astype(np.float32), (0, 0), 6)
        self._still = 150 + 60 * mottle / np.abs(mottle).max()
        ring = np.array([[120, 110], [160, 113], [205, 108], [207, 180], [160, 176], [118, 182]])
        for shift in (-92, 0, 92):
            body = np.zeros((300, 320), np.float32)
            cv2.fillPoly(body, [ring + np.array([0, shift])], 1.0)
            cv2.polylines(body, [ring + np.array([0, shift])], True, 1.8, 2)
            self._still -= 45 * cv2.GaussianBlur(body, (0, 0), 1.0)

    def frame(self, index: int, t_s: float, radius_px: float = 0.0, dx_px: float = 0.0) -> Frame:
        picture = self._still.copy()
        if radius_px > 0:
            mask = np.zeros((300, 320), np.uint8)
            cv2.circle(mask, (150, 145), round(radius_px), 1, -1)
            inwards = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
            picture *= np.exp(-cv2.GaussianBlur(0.12 * np.sqrt(inwards), (0, 0), 0.8))
        moved = cv2.warpAffine(
            picture, np.array([[1, 0, dx_px], [0, 1, 0.0]]), (320, 300), borderMode=cv2.BORDER_REPLICATE
        )
        grain = cv2.GaussianBlur(self._rng.standard_normal((300, 320)).astype(np.float32), (0, 0), 0.7) * 5
        return Frame(index=index, t_s=t_s, grey=np.clip(moved + grain, 0, 255).astype(np.uint8))


def pipeline(fluoroscope: Fluoroscope) -> Pipeline:
    ticks = iter(range(0, 10**12, 1_000_000))
    return Pipeline(
        plan_from_document(PLAN, 0.25), [fluoroscope.frame(0, 0.0)], Settings(), clock_ns=lambda: next(ticks)
    )


def grow(line: Pipeline, fluoroscope: Fluoroscope, until_px: float):
    told = []
    readings = []
    for k in range(90):
        radius = 0.0 if k < 30 else min(until_px, 3 + (k - 30) * 0.9)
        readings.append(line.process(fluoroscope.frame(k, k / 15, radius, 2 * np.sin(k / 8)), told.append))
    return readings, told


def test_cement_that_stays_inside_raises_no_crossing():
    fluoroscope = Fluoroscope()
    readings, _ = grow(pipeline(fluoroscope), fluoroscope, 14.0)
    assert all(isinstance(r.motion, Motion) for r in readings)
    assert readings[20].distances.cement_area_mm2 == 0.0
    last = readings[-1].distances
    assert isinstance(last, Distances)
    assert last.cement_area_mm2 == pytest.approx(np.pi * (14 * MM) ** 2, rel=0.15)
    assert readings[-1].alarm < Priority.HIGH


def test_cement_at_the_line_alarms_at_once_and_stands():
    fluoroscope = Fluoroscope()
    line = pipeline(fluoroscope)
    readings, told = grow(line, fluoroscope, 42.0)
    crossing_px = 206 - 0.25 * 87 - 150
    true_frame = 30 + int((crossing_px - 3) / 0.9) + 1
    raised = [alarm for alarm in told if alarm.kind is EventKind.WARNING_LINE]
    assert len(raised) == 1
    assert abs(raised[0].first_frame - true_frame) <= 4
    assert readings[-1].alarm is Priority.HIGH
    summary = line.finish()
    assert any(e.kind is EventKind.WARNING_LINE and e.last_frame is None for e in summary.events)
    assert summary.measures.posterior_height_mm == pytest.approx(72 * MM, abs=0.5)


def test_a_repeated_frame_carries_the_figures_and_a_blank_one_none():
    fluoroscope = Fluoroscope()
    line = pipeline(fluoroscope)
    first = fluoroscope.frame(0, 0.0)
    new = line.process(first)
    again = line.process(Frame(index=1, t_s=1 / 30, grey=first.grey))
    assert again.liveness.state is FrameState.REPEAT
    assert again.motion is new.motion
    assert again.cement is new.cement
    blank = line.process(Frame(index=2, t_s=2 / 30, grey=np.zeros((300, 320), np.uint8)))
    assert blank.liveness.state is FrameState.NO_SIGNAL
    assert isinstance(blank.distances, Unknown)
    assert isinstance(blank.motion, Unknown)


def test_lines_are_withdrawn_when_the_vertebra_is_not_there():
    fluoroscope = Fluoroscope()
    line = pipeline(fluoroscope)
    for k in range(6):
        line.process(fluoroscope.frame(k, k / 15))
    other = Fluoroscope(seed=9)
    other._still = 150 + 0 * other._still + 30 * np.sin(np.mgrid[0:300, 0:320][1] / 3.0)
    lost = [line.process(other.frame(k, k / 15)) for k in range(6, 12)]
    assert isinstance(lost[-1].motion, Unknown)
    assert lost[-1].motion.reason
    kinds = {alarm.kind for alarm in lost[-1].standing}
    assert kinds & {EventKind.REGISTRATION_LOST, EventKind.UNUSABLE_IMAGE}


def test_no_cement_before_the_reference_frame():
    document = {**PLAN, "views": [{**PLAN["views"][0], "reference_frame": 60}]}
    fluoroscope = Fluoroscope()
    ticks = iter(range(0, 10**12, 1_000_000))
    reference = fluoroscope.frame(60, 4.0, 12.0)
    line = Pipeline(plan_from_document(document, 0.25), [reference], Settings(), clock_ns=lambda: next(ticks))
    for k in range(60):
        cement = line.process(fluoroscope.frame(k, k / 15, 12.0 if k > 20 else 0.0)).cement
        assert isinstance(cement, CementMask)
        assert not cement.mask.any()


def test_a_flipped_picture_shows_no_figures_and_is_named() -> None:
    fluoroscope = Fluoroscope(seed=3)
    running = pipeline(fluoroscope)
    for k in range(12):
        running.process(fluoroscope.frame(k, k / 15))
    for k in (12, 13):
        flipped = np.ascontiguousarray(fluoroscope.frame(k, k / 15).grey[:, ::-1])
        reading = running.process(Frame(index=k, t_s=k / 15, grey=flipped))
        assert isinstance(reading.distances, Unknown)
    assert isinstance(reading.motion, Unknown)
    assert "mirrored" in reading.motion.reason
    for k in (14, 15):
        again = running.process(fluoroscope.frame(k, k / 15))
    assert isinstance(again.motion, Motion)
