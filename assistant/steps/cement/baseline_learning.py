"""Learned from the pictures before any cement: their mean, where they are restless, and what breathing does."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.resampling import coarser, finer
from assistant.imaging.robust_statistics import middle
from assistant.imaging.robust_statistics import spread as spread_of
from assistant.steps.cement.baseline import Baseline, levelled, tones_of
from assistant.steps.cement.breathing import learn_breathing
from assistant.steps.cement.display_tone import without_tone
from assistant.steps.cement.noise import spread_in

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


def _local_variance(baseline: Baseline, deviation: F32, before: F32 | None, believed: F32) -> F32:
    """The deviation's square over that of the whole picture, close by and over the pictures so far."""
    wide = max(3, round(1.5 / baseline.mm_per_px) | 1)
    # Relative to the whole picture's spread: a noisy picture is not restless everywhere. Running mean over 16
    # pictures.
    local = cv2.blur(np.square(deviation / np.float32(spread_in(baseline, deviation, None))), (wide, wide))
    known = np.float32(1.0) if before is None else before
    return np.asarray(known + believed * (local - known) / min(baseline.count + 1, 16), np.float32)


def _suspected(baseline: Baseline, change: F32) -> F32:
    """How far a picture is believed to hold no cement, 0..1: less where it is darker than noise makes it.

    Cement that comes slowly, or few pictures a second, would otherwise be learned as bone and as unrest before enough
    of it is there to be told.
    """
    limits = baseline.limits.learning
    if baseline.count < limits.suspect_from_pictures:
        return np.ones_like(change)
    small = coarser(change, 2)
    where, usable = coarser(baseline.body, 2) > 0.5, coarser(baseline.usable, 2) > 0.5
    if baseline.cannula is not None:
        reach = 2 * round(limits.suspect_mm / (4 * baseline.mm_per_px)) + 1
        where &= cv2.dilate(coarser(baseline.cannula.corridor, 2), np.ones((reach, reach), np.uint8)) > 0.5
    some = small[usable]
    usual = max(spread_of(some, middle(some)), baseline.limits.noise.least_log) if some.size else 1.0
    dark = (where & (small > np.float32(limits.suspect_sigma * usual))).astype(np.uint8)
    believed = np.where(
        cv2.dilate(dark, np.ones((3, 3), np.uint8)) > 0, np.float32(limits.suspect_share), np.float32(1.0)
    )
    return finer(believed.astype(np.float32), change)


def learn(baseline: Baseline, still: F32, change: F32, t_s: float) -> None:
    """Add pictures from before the cement to the baseline, late enough to be sure of it.

    Parameters
    ----------
    baseline : Baseline
        Changed by the call.
    still : array (rows, cols)
        The picture that has come now; it is learned `LearningLimits.hold_back_s` later.
    change : array (rows, cols)
        What has changed until now, smoothed in time.
    t_s : float
    """
    limits, tone = baseline.limits.learning, baseline.limits.tone
    least, most = limits.least_relative_noise**2, limits.most_relative_noise**2
    smooth_px = baseline.limits.baseline.smooth_mm / baseline.mm_per_px
    # The picture waits: by the time it is learned, what has been seen since has said whether there was cement in it.
    baseline.waiting.append((t_s, still))
    believed = None
    while baseline.waiting and t_s - baseline.waiting[0][0] >= limits.hold_back_s:
        then_s, old = baseline.waiting.popleft()
        believed = _suspected(baseline, change) if believed is None else believed
        # Against the mean as it is now, not as it was when the picture came; each picture is treated as
        # `change_since` would.
        fresh = -without_tone(tones_of(baseline), np.asarray(baseline.mean - old, dtype=np.float32), None, tone)
        smooth: F32 = np.asarray(cv2.GaussianBlur(fresh, (0, 0), smooth_px))
        deviation = levelled(baseline, smooth, None)
        learn_breathing(baseline.breathing, old, baseline.usable, believed, baseline.mm_per_px, then_s, baseline.limits)
        if baseline.slow is None:
            baseline.slow = deviation
        baseline.slow = np.asarray(
            baseline.slow + np.float32(limits.slow_gain) * (deviation - baseline.slow), np.float32
        )
        baseline.variance = _local_variance(baseline, deviation, baseline.variance, believed)
        baseline.relative_noise = np.sqrt(np.clip(baseline.variance, least, most))
        baseline.slow_variance = _local_variance(baseline, baseline.slow, baseline.slow_variance, believed)
        baseline.slow_relative_noise = np.sqrt(np.clip(baseline.slow_variance, least, most))
        baseline.count += 1
        rate = np.float32(1.0 / min(baseline.count, limits.most_pictures))
        baseline.mean = np.asarray(baseline.mean + rate * believed * fresh, np.float32)
        # At 2, 4, 8 ... pictures: edges, cannula and tones are read anew from a mean that has halved its variance
        # since.
        if baseline.count & (baseline.count - 1) == 0:
            baseline.edges = None
            baseline.tones = None
