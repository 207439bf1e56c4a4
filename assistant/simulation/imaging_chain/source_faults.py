"""When the X-ray pulses, what the frame grabber stores, and what goes wrong between the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.simulation import pedal
from assistant.simulation.imaging_chain.xray import Map
from assistant.simulation.pedal import Exposure
from assistant.simulation.scenario import Case, SourceFault
from assistant.simulation.theatre import SceneMotion
from assistant.vocabulary import FrameState

FROZEN_AFTER_S = 1.0
"""Contract: without a new X-ray picture for more than this a frame is ``frozen``."""

_SETTLED_S = 1.0
"""The reference frame is taken this long after a view begins: filter and control have settled."""

Grey8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One frame of the file.

    Attributes
    ----------
    index : int
    t_s : float
        As the file's time stamp says (whole ms), 0 for the first.
    pulse : int
        Number of the pulse that is shown or, behind a card, was last shown; -1 before the first.
    new : bool
        The first frame that shows this pulse.
    content : str
        "picture", or the kind of fault that hides or spoils it.
    age_s : float
        Since the last frame with a new picture.
    over : tuple of str
        What lies over it and leaves its truth as it is: "flicker", "pointer".
    """

    index: int
    t_s: float
    pulse: int
    new: bool
    content: str
    age_s: float
    over: tuple[str, ...] = ()


def pulse_times_s(case: Case, theatre: SceneMotion, down: tuple[Exposure, ...] = ()) -> NDArray[np.float64]:
    """Moments at which X-ray is on and pulses; ``down``: only in these exposures."""
    duration_s, pulses_per_s = case.run.duration_s, case.run.pulses_per_s
    if down:
        times = pedal.pulse_times_s(down, pulses_per_s, duration_s)
    else:
        times = np.arange(int(np.floor(duration_s * pulses_per_s)) + 1) / pulses_per_s
    off = [fault for fault in case.faults if fault.kind in ("xray_off", "replay")]
    on = [
        t
        for t in times
        if not any(fault.from_s <= t < fault.to_s for fault in off)
        and (case.geometry.xray_while_swinging or not theatre.stand(float(t)).swinging)
    ]
    return np.array(on, dtype=np.float64)


_SPOILING = (
    *("no_signal", "blank", "wrong_input", "half_frame", "rescaled", "enlarged", "flipped"),
    *("inverted", "turned", "roadmap"),
)
_ENLARGED = 1.35
"""A console's zoom by one key, about the middle of the picture."""
_REDUCED = 0.75
_ROADMAP_GAIN = 2.0
_OVER = ("flicker", "pointer")
_FLICKER = 0.06
"""Brightness of a stored frame varies by up to this share, each frame by another."""
_POINTER = 1 / 25
"""Length of the mouse pointer, share of the frame's height."""


def pictures_kept(case: Case) -> int:
    """How many pictures back the console can show."""
    loops = [fault.loop_s for fault in case.faults if fault.kind == "replay"]
    return 2 + int(np.ceil(max(loops, default=0.0) * case.run.pulses_per_s)) + (1 if loops else 0)


def timeline(case: Case, pulses_s: NDArray[np.float64], rng: np.random.Generator) -> list[Stored]:
    """All stored frames in order."""
    stored: list[Stored] = []
    shown, last_new_s, first_s = -1, -np.inf, None
    for number in range(round(case.run.duration_s * case.run.fps)):
        t = number / case.run.fps
        faults = {fault.kind: fault for fault in case.faults if fault.from_s <= t < fault.to_s}
        standing = set(faults)
        if "drops" in standing and rng.random() < 0.3:
            continue
        first_s = t if first_s is None else first_s
        pulse = int(np.searchsorted(pulses_s, t + 1e-9, side="right")) - 1
        content = next((kind for kind in _SPOILING if kind in standing), "picture")
        if "freeze" in standing:
            pulse, content = shown, "picture"
        elif "replay" in standing and content == "picture":
            stored.append(_replayed(faults["replay"], len(stored), t, first_s, pulses_s, shown, t - last_new_s))
            continue
        visible = content not in ("no_signal", "blank", "wrong_input")
        new = visible and pulse != shown
        if visible:
            shown = pulse
        if new:
            last_new_s = t
        if content == "picture" and "overexposed" in standing:
            content = "overexposed"
        stored.append(
            Stored(
                index=len(stored),
                t_s=round(t - first_s, 3),
                pulse=shown,
                new=new,
                content=content,
                age_s=t - last_new_s,
                over=tuple(kind for kind in _OVER if kind in standing),
            )
        )
    return stored


def _replayed(
    fault: SourceFault, index: int, t: float, first_s: float, pulses_s: NDArray[np.float64], shown: int, age_s: float
) -> Stored:
    """A frame of the console's loop: what stood on the screen in its last seconds, at the pace of then."""
    loop_s = min(fault.loop_s, fault.from_s)
    then_s = fault.from_s - loop_s + (t - fault.from_s) % loop_s
    pulse = min(max(int(np.searchsorted(pulses_s, then_s + 1e-9, side="right")) - 1, 0), shown)
    return Stored(index=index, t_s=round(t - first_s, 3), pulse=pulse, new=False, content="replay", age_s=age_s)


def spoiled(frame: Grey8, content: str, rng: np.random.Generator) -> Grey8:
    """The frame as the fault leaves it (a new array; `frame` stays)."""
    height, width = frame.shape
    if content == "blank":
        return np.full_like(frame, 16)
    if content == "no_signal":
        return _card(height, width)
    if content == "wrong_input":
        return _desktop(height, width, rng)
    if content == "half_frame":
        half = frame.copy()
        half[height // 2 :] = np.roll(half[height // 2 :], width // 3, axis=1)
        half[height // 2 : height // 2 + height // 8] = 0
        return half
    if content == "rescaled":
        size = (int(width * _REDUCED), int(height * _REDUCED))
        small = np.zeros_like(frame)
        y, x = (height - size[1]) // 2, (width - size[0]) // 2
        small[y : y + size[1], x : x + size[0]] = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
        return small
    if content == "enlarged":
        middle = ((width - 1) / 2.0, (height - 1) / 2.0)
        matrix = cv2.getRotationMatrix2D(middle, 0.0, _ENLARGED)
        return np.asarray(cv2.warpAffine(frame, matrix, (width, height), flags=cv2.INTER_LINEAR), dtype=np.uint8)
    if content == "flipped":
        return np.ascontiguousarray(frame[:, ::-1])
    if content == "overexposed":
        return np.asarray(np.clip(frame.astype(np.int16) + 190, 0, 255), dtype=np.uint8)
    return frame


def by_console(shown: Grey8, content: str, field: Map, mask: Grey8 | None) -> Grey8:
    """The X-ray picture as the console shows it in its field, before text and layout (`shown` stays).

    Parameters
    ----------
    shown : array (side, side) of uint8
    content : str
        "inverted": dark and bright exchanged; "turned": by a quarter, clockwise; "roadmap": what has changed since
        ``mask``, on mid-grey.
    field : array (side, side) of float32
        1 inside the field, 0 outside.
    mask : array (side, side) of uint8 or None
        The last picture before the roadmap; None where it begins the run.
    """
    if content == "inverted":
        changed = 255.0 - shown
    elif content == "turned":
        return np.ascontiguousarray(np.rot90(shown, -1))
    elif content == "roadmap" and mask is not None:
        changed = 128.0 + _ROADMAP_GAIN * (shown.astype(np.float32) - mask)
    else:
        return shown
    return np.asarray(np.clip(np.rint(changed * field), 0, 255), dtype=np.uint8)


def display_of(content: str) -> dict[str, object] | None:
    """What a plan that takes it over says of a console that shows its pictures so; None: nothing to take over."""
    known: dict[str, dict[str, object]] = {
        "flipped": {"mirrored": True},
        "inverted": {"inverted": True},
        "enlarged": {"zoom": _ENLARGED},
        "rescaled": {"zoom": _REDUCED},
    }
    return known.get(content)


def current_from_planned(content: str, width: int, height: int) -> NDArray[np.float64]:
    """2 x 3 matrix from px of a frame shown as planned to those of one shown like this."""
    if content == "flipped":
        return np.array([[-1.0, 0.0, width - 1.0], [0.0, 1.0, 0.0]])
    if content == "enlarged":
        return np.asarray(cv2.getRotationMatrix2D(((width - 1) / 2.0, (height - 1) / 2.0), 0.0, _ENLARGED))
    if content == "rescaled":
        size = (int(width * _REDUCED), int(height * _REDUCED))
        x, y = size[0] / width, size[1] / height
        corner = ((width - size[0]) // 2, (height - size[1]) // 2)
        return np.array([[x, 0.0, corner[0] + 0.5 * x - 0.5], [0.0, y, corner[1] + 0.5 * y - 0.5]])
    return np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def laid_over(frame: Grey8, stored: Stored, rng: np.random.Generator) -> Grey8:
    """The frame with what lies over it (a new array; `frame` stays)."""
    if "flicker" in stored.over:
        gain = np.float32(1.0 + rng.uniform(-_FLICKER, _FLICKER))
        frame = np.asarray(np.clip(np.rint(frame * gain), 0, 255), dtype=np.uint8)
    if "pointer" in stored.over:
        frame = frame.copy()
        _draw_pointer(frame, stored.t_s)
    return frame


def _draw_pointer(frame: Grey8, t_s: float) -> None:
    """An arrow that somebody moves about, white with a black rim."""
    height, width = frame.shape
    tip = np.array([
        width * (0.5 + 0.3 * np.sin(2 * np.pi * t_s / 5.3)),
        height * (0.5 + 0.3 * np.sin(2 * np.pi * t_s / 3.7 + 1.0)),
    ])  # fmt: skip
    arrow = np.array([[0, 0], [0, 1], [0.24, 0.78], [0.42, 1.16], [0.56, 1.1], [0.39, 0.72], [0.71, 0.71]])
    outline = np.rint(tip + arrow * height * _POINTER).astype(np.int32)
    cv2.fillPoly(frame, [outline], 255)
    cv2.polylines(frame, [outline], isClosed=True, color=0, thickness=max(1, height // 512))


def _card(height: int, width: int) -> Grey8:
    """A vendor's card: a plain ground, a box with words."""
    card = np.full((height, width), 40, dtype=np.uint8)
    scale = height / 512.0
    cv2.rectangle(card, (width // 4, int(0.38 * height)), (3 * width // 4, int(0.62 * height)), 90, -1)
    cv2.putText(
        card, "NO SIGNAL", (int(width * 0.33), int(height * 0.53)), cv2.FONT_HERSHEY_SIMPLEX, 1.3 * scale, 240,
        max(int(2 * scale), 1), cv2.LINE_AA,
    )  # fmt: skip
    return card


def _desktop(height: int, width: int, rng: np.random.Generator) -> Grey8:
    """A workstation's desktop: windows, lines of text, a bar."""
    desktop = np.full((height, width), 96, dtype=np.uint8)
    for k in range(3):
        x, y = int(width * (0.08 + 0.26 * k)), int(height * (0.1 + 0.12 * k))
        cv2.rectangle(desktop, (x, y), (x + int(0.4 * width), y + int(0.5 * height)), 232, -1)
        cv2.rectangle(desktop, (x, y), (x + int(0.4 * width), y + int(0.05 * height)), 60, -1)
        for line in range(8):
            length = int(width * rng.uniform(0.1, 0.34))
            top = y + int(height * (0.08 + 0.05 * line))
            cv2.line(desktop, (x + 12, top), (x + 12 + length, top), 90, 2)
    cv2.rectangle(desktop, (0, height - int(0.05 * height)), (width, height), 30, -1)
    return desktop


def state_of(stored: Stored, *, moving: bool) -> FrameState:
    """The contract's word for a stored frame; ``moving`` says it of the picture that it shows."""
    if stored.content in ("no_signal", "blank"):
        return FrameState.NO_SIGNAL
    if stored.content in ("wrong_input", "half_frame", "overexposed"):
        return FrameState.UNUSABLE
    if not stored.new:
        return FrameState.FROZEN if stored.age_s > FROZEN_AFTER_S + 1e-6 else FrameState.REPEAT
    return FrameState.MOVING if moving else FrameState.LIVE


def frame_to_mark(
    case: Case, theatre: SceneMotion, stored_frames: Sequence[Stored], pulses_s: NDArray[np.float64], view: str
) -> Stored | None:
    """The frame in which a view is marked: the first settled one before cement and balloon.

    Where X-ray comes in exposures it is the last picture of one, which is held long enough to be marked, unless the
    first lasts until the cement. Lines that are marked late (``PlanKnobs.late_s``) are marked in the last picture
    before that.
    """
    balloon_s = case.theatre.balloon_from_s
    before_s = min(case.cement.start_s + case.plan.late_s, balloon_s if balloon_s >= 0 else np.inf)
    began_s: float | None = None
    held, shown = [], []
    going_on = set(np.flatnonzero(np.diff(pulses_s) < 1.5 / case.run.pulses_per_s) + 1)
    for stored in stored_frames:
        if not stored.new or stored.content != "picture" or stored.pulse < 0:
            continue
        t_s = float(pulses_s[stored.pulse])
        stand = theatre.stand(t_s)
        if stand.view != view or stand.swinging or t_s >= before_s:
            began_s = None
            continue
        began_s = t_s if began_s is None else began_s
        shown.append((t_s - began_s, stored))
        if case.pedal.off_s[1] <= 0 or stored.pulse + 1 not in going_on:
            held.append(shown[-1])
    candidates = held or shown
    if case.plan.late_s > 0 and candidates:
        return candidates[-1][1]
    settled = [stored for since, stored in candidates if since >= _SETTLED_S]
    return settled[0] if settled else (candidates[-1][1] if candidates else None)
