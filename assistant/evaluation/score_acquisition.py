"""Scores of what the beam does: poses by exposure, silence, technical alarms, X-ray time, the laws of the pose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.film import changes, exposure_starts, film_s
from assistant.evaluation.outcome import MethodAnswers
from assistant.evaluation.score_lock import SETTLING_S
from assistant.evaluation.tally import Tally
from assistant.evaluation.truth import LINE_OF_LEAK, LINES, Truth

SEEN_MM2 = 5.0
"""From so much visible cement on a picture must have a figure or say why not."""
TECHNICAL = ("registration_lost", "view_changed")
IDENTITY = {"scale": 5e-4, "rotation_deg": 0.02, "shift_mm": 0.02}
"""So near the identity the pose on the reference frame itself must be."""
LEAK_MM = 2.0
"""Stills: leaks that are seen to reach this far past their line must be found."""
STILLS = "stills"
BEFORE, BEFORE_MM2 = "before the start?", 20.0
"""Words of the note that asks, and how much visible cement in the reference frame must be asked about."""
NAMED = {
    "mirrored": "mirrored",
    "zoomed": "zoomed",
    "zoomed out": "zoomed",
    "inverted": "inverted",
    "turned by the console": "turned",
    "roadmap": "roadmap",
}
"""By group, what the reason says of a picture that the console shows otherwise than planned."""
_FOUND_MM = 2.0
_CONSTANT = {"scale": 2e-4, "rotation_deg": 0.02}
_LEAST_PICTURES = 8
_HALF_HOUR_S = 1800.0


def score_acquisition(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """All of them; a run that has no exposure of more than one picture says nothing about X-ray time."""
    pictures = np.flatnonzero(truth.new_picture)
    if not len(pictures):
        return
    planned = {view.view for view in truth.plan.views}
    there = truth.live[pictures] & np.array([truth.view[k] in planned for k in pictures], dtype=bool)
    first = pictures[there & exposure_starts(truth)]
    tally.count("coverage.first", outcome.registered[first].sum(), len(first))
    _score_silence(tally, truth, outcome, pictures[there])
    changed = sorted(changes(truth, pictures, there))
    _score_technical(tally, truth, outcome, np.union1d(pictures[~there], pictures[changed]))
    _score_before(tally, truth, outcome)
    _score_xray(tally, truth, outcome)
    _score_identity(tally, truth, outcome)
    _score_spread(tally, truth, outcome, pictures[there])
    group = str(truth.facts.get("case", ""))
    if group in NAMED:
        named = any(NAMED[group] in _of(outcome.reason, int(k)) for k in pictures[~there])
        tally.count("display_named", named, 1)
    if group.startswith(STILLS):
        _score_stills(tally, truth, outcome, int(pictures[-1]))


def _score_silence(tally: Tally, truth: Truth, outcome: MethodAnswers, there: NDArray[np.intp]) -> None:
    """Pictures with cement in plain sight: with a figure, or without one, a reason or an alarm."""
    seen = there[truth.visible_area_mm2[there] >= SEEN_MM2]
    figure = np.any([np.isfinite(outcome.distance_mm[line][seen]) for line in LINES], axis=0)
    tally.count("coverage.figure", figure.sum(), len(seen))
    silent = [
        int(k)
        for k, has_one in zip(seen, figure, strict=True)
        if not has_one and not _of(outcome.reason, int(k)) and _of(outcome.alarm, int(k)) in ("", "none")
    ]
    tally.count("blind_silent", len(silent), len(seen))
    tally.add("frames.seen", seen.astype(np.float64))
    tally.add("frames.figure", seen[figure].astype(np.float64))
    tally.notes.extend(f"blind without saying so: frame {k}" for k in silent)


def _of(words: list[str], k: int) -> str:
    return words[k] if words else ""


def _score_before(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """Whether a run that begins with cement asks about it, and one without does not."""
    asked = any(BEFORE in note for note in outcome.notes)
    there_mm2 = max(float(truth.visible_area_mm2[view.reference_frame]) for view in truth.plan.views)
    if all(view.cement_before is not None for view in truth.plan.views):
        return
    if there_mm2 >= BEFORE_MM2:
        tally.count("before.asked", asked, 1)
    elif there_mm2 == 0.0:
        tally.count("before.false", asked, 1)
    if asked and there_mm2 == 0.0:
        tally.notes.append("asked about cement before the start without cause")


def _score_technical(tally: Tally, truth: Truth, outcome: MethodAnswers, causes: NDArray[np.intp]) -> None:
    """Alarms "lines not valid" and "view changed" that begin without cause in the pictures shortly before."""
    caused_s = truth.t_s[causes]
    false = [
        event
        for event in outcome.events
        if event.kind in TECHNICAL and not _soon_after(caused_s, truth.t_s[min(event.first_frame, truth.frames - 1)])
    ]
    tally.count("false_technical", len(false), film_s(truth) / _HALF_HOUR_S)
    tally.notes.extend(f"{event.kind} without cause in frame {event.first_frame}" for event in false)


def _soon_after(caused_s: NDArray[np.float64], t_s: float) -> bool:
    return bool(np.any((caused_s <= t_s + 1e-6) & (caused_s >= t_s - SETTLING_S)))


def _score_xray(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """How far the X-ray time and the exposures that the program tells are off, as shares of the true ones."""
    exposures, xray_s = truth.facts.get("exposures"), truth.facts.get("xray_s")
    if not exposures or not xray_s or outcome.exposures is None or outcome.xray_s is None:
        return
    tally.add("xray.exposures_off", outcome.exposures / exposures - 1.0)
    if truth.new_picture.sum() > exposures:
        tally.add("xray.time_off", outcome.xray_s / xray_s - 1.0)


def _score_identity(tally: Tally, truth: Truth, outcome: MethodAnswers) -> None:
    """The reference frame laid on itself."""
    for view in truth.plan.views:
        k = view.reference_frame
        off = {
            "scale": outcome.motion["scale"][k] - 1.0,
            "rotation_deg": outcome.motion["rotation_deg"][k],
            "shift_mm": float(np.hypot(outcome.motion["dx_px"][k], outcome.motion["dy_px"][k])) * view.mm_per_px,
        }
        same = all(abs(off[name]) <= limit for name, limit in IDENTITY.items())
        tally.count("reference_identity", same, 1)
        if not same:
            deviations = ", ".join(f"{name} {value:.4f}" for name, value in off.items())
            tally.notes.append(f"reference frame {k}: the pose is not the identity ({deviations})")


def _score_spread(tally: Tally, truth: Truth, outcome: MethodAnswers, there: NDArray[np.intp]) -> None:
    """Standard deviation of scale and rotation over a run in which both are constant, view by view."""
    for view in {view.view for view in truth.plan.views}:
        shown = [k for k in there if truth.view[k] == view and outcome.registered[k] and outcome.view[k] == view]
        if len(shown) < _LEAST_PICTURES:
            continue
        for name, key, unit in (("scale", "scale_pct", 100.0), ("rotation_deg", "rotation_deg", 1.0)):
            if np.std(truth.motion[name][shown]) <= _CONSTANT[name]:
                tally.add(f"spread.{key}", unit * np.nanstd(outcome.motion[name][shown]))


def _score_stills(tally: Tally, truth: Truth, outcome: MethodAnswers, last: int) -> None:
    """Whether the last picture's vertebra was found where it is, and the leaks that are seen in it."""
    mm_per_px = truth.plan.views[0].mm_per_px
    gap_px = [outcome.motion[name][last] - truth.motion[name][last] for name in ("dx_px", "dy_px")]
    found = bool(outcome.registered[last]) and float(np.hypot(*gap_px)) * mm_per_px <= _FOUND_MM
    tally.count("stills.found", found, 1)
    for leak in truth.leaks:
        past_mm = truth.visible_mm[LINE_OF_LEAK[leak.site]][last]
        if leak.onset_2d_frame is not None and past_mm <= -LEAK_MM:
            is_found = any(answer.site == leak.site for answer in outcome.leaks)
            tally.count("stills.leaks", is_found, 1)
            if not is_found:
                tally.notes.append(f"stills: leak at {leak.site} not found")
