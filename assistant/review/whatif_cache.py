"""What the slow steps found in a run, kept: another line or alarm threshold needs only the quick steps anew.

Where the vertebra stood and where cement was seen depend neither on the warning line nor on the thresholds of the
alarms. So they are kept once a run (a mask comes to about a kilobyte), and distances, approach, leaks and alarms are
taken again from them by the same steps as in the pipeline. It is a cache: a file that is gone or cannot
be read costs time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant import __version__
from assistant.acquisition import Acquisition, AcquisitionMemory, take_picture
from assistant.geometry import Crop
from assistant.line_maps import make_line_maps
from assistant.lines import Line
from assistant.part import FILE as PART
from assistant.part import recording_of
from assistant.plan import Plan
from assistant.quick_steps import QuickSteps
from assistant.review.annotations import FILE
from assistant.run_facts import RunClock
from assistant.settings.tree import Settings
from assistant.steps.alarms import AlarmInput, AlarmMemory, alarms_at_end, update_alarms
from assistant.steps.leaks import LeakMemory, leaks_at_end
from assistant.system.files import whole_file
from assistant.system.plain import json_canonical, msgpack_bytes, plain
from assistant.vocabulary import (
    Alarm,
    Approach,
    CementMask,
    Distances,
    FrameState,
    Leak,
    Motion,
    Reading,
    Unknown,
    value_or_none,
)

_MOST_BYTES: Final = 2 << 30
_NEW: Final = (FrameState.LIVE, FrameState.MOVING)
"""States of a frame with a new X-ray picture: `MOVING` is said of nothing else."""
_LAYOUT: Final = 2
"""Of what is kept: another one has other files, so that none is read as what it is not."""


class CachedFrame(msgspec.Struct, frozen=True, array_like=True):
    """One frame.

    Attributes
    ----------
    t_s : float
    state : str
    view : int or None
        The planned view that was found.
    mask : int or None
        Place in ``masks``; None where no cement could be looked for.
    outline_sigma_mm : float
    reason : str
        Why no cement could be looked for.
    has_xray : bool
        It carries a new X-ray picture, usable or not, or may carry one.
    uncertain_mm2 : float
        As in `CementMask`.
    in_doubt : bool
        It cannot be told whether its picture is a new one.
    """

    t_s: float
    state: str
    view: int | None
    mask: int | None
    outline_sigma_mm: float
    reason: str
    has_xray: bool
    uncertain_mm2: float = 0.0
    in_doubt: bool = False


class CachedRun(msgspec.Struct, array_like=True):
    """A whole run; a mask is packed bits over the crop of its view (x0, y0, width, height in px).

    With it goes the evidence of the px along its edge: between them the outline passes. ``first`` is the number of the
    run's first frame: 0, but for a part of a recording.
    """

    frames: list[CachedFrame]
    masks: list[tuple[bytes, bytes]]
    crops: dict[int, tuple[int, int, int, int]]
    leaks: list[str]
    clock: RunClock
    first: int = 0


class Keeper:
    """Gathers what is kept from the readings of a whole run."""

    def __init__(self, clock: RunClock, first: int = 0) -> None:
        self._kept = CachedRun(frames=[], masks=[], crops={}, leaks=[], clock=clock, first=first)
        self._last: CementMask | Unknown | None = None

    def add(self, reading: Reading) -> None:
        """Take the next reading."""
        cement, kept = reading.cement, self._kept
        view = reading.motion.view_index if isinstance(reading.motion, Motion) else None
        if isinstance(cement, CementMask) and view is not None and cement is not self._last:
            crop = cement.crop
            kept.crops.setdefault(view, (crop.x0_px, crop.y0_px, crop.width_px, crop.height_px))
            edge = cement.evidence[_edge_of(cement.mask)].astype(np.float32)
            kept.masks.append((zlib.compress(np.packbits(cement.mask).tobytes(), 1), zlib.compress(edge.tobytes(), 1)))
        self._last = cement
        seen = isinstance(cement, CementMask) and view is not None
        kept.frames.append(
            CachedFrame(
                reading.t_s,
                reading.liveness.state.value,
                view,
                len(kept.masks) - 1 if seen else None,
                cement.outline_sigma_mm if isinstance(cement, CementMask) else 0.0,
                cement.reason if isinstance(cement, Unknown) else "",
                reading.liveness.may_be_new,
                cement.uncertain_mm2 if isinstance(cement, CementMask) else 0.0,
                bool(reading.liveness.doubt),
            )
        )

    def done(self, leaks: list[str]) -> CachedRun:
        """The run is through."""
        self._kept.leaks = leaks
        return self._kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What the quick steps came to: the events, and the smallest distance to the warning line in mm."""

    events: tuple[Alarm, ...]
    nearest_mm: float | None


def recompute(kept: CachedRun, plan: Plan, settings: Settings) -> Recomputed:
    """Take distances, approach and alarms anew.

    Parameters
    ----------
    kept : CachedRun
    plan : Plan
        The plan of the day or one with another warning line; its points must be the same.
    settings : Settings
        Those of the day or with other ``alarms``.
    """
    quick: dict[int, QuickSteps] = {}
    active: QuickSteps | None = None
    memory, exposures = AlarmMemory(), AcquisitionMemory()
    acquisition: Acquisition | None = None
    nearest: float | None = None
    nothing = Unknown("no X-ray picture has been measured yet")
    distances: Distances | Unknown = nothing
    approach = Approach(approach_mm_per_s=nothing, time_to_line_s=nothing)
    leaks: tuple[Leak, ...] = ()
    for index, frame in enumerate(kept.frames, start=kept.first):
        state = FrameState(frame.state)
        if frame.has_xray:
            timed = kept.clock is not RunClock.ASSUMED
            acquisition = take_picture(exposures, frame.t_s, timed=timed, in_doubt=frame.in_doubt)
        if frame.mask is None or frame.view is None:
            distances = Unknown(frame.reason)
            approach = Approach(approach_mm_per_s=distances, time_to_line_s=distances)
            leaks = () if state in _NEW or active is None else active.hold(frame.t_s)
        elif state in _NEW and acquisition is not None:
            crop = Crop(**dict(zip(("x0_px", "y0_px", "width_px", "height_px"), kept.crops[frame.view], strict=True)))
            if frame.view not in quick:
                planned = plan.views[frame.view]
                quick[frame.view] = QuickSteps(
                    planned=planned,
                    maps=make_line_maps(planned, crop),
                    clock=kept.clock,
                    leak_settings=settings.leaks,
                    leaks=LeakMemory(view_index=frame.view),
                )
            cement = _cement(kept.masks[frame.mask], crop, frame)
            active = quick[frame.view]
            distances, approach, leaks = active.take(cement, index, acquisition)
        else:
            leaks = (*leaks, *quick[frame.view].hold(frame.t_s))
        nearest = nearer(nearest, distances)
        now = AlarmInput(
            frame_index=index,
            t_s=frame.t_s,
            acquisition=acquisition,
            state=state,
            in_doubt=frame.in_doubt,
            new_picture=state in _NEW,
            view_index=frame.view,
            distances=distances,
            approach=approach,
            outline_sigma_mm=frame.outline_sigma_mm,
            processing_ms=0.0,
            leaks=leaks,
        )
        update_alarms(memory, now, settings.alarms)
    last = [leak for each in quick.values() for leak in leaks_at_end(each.leaks)]
    return Recomputed(events=alarms_at_end(memory, last, settings.alarms), nearest_mm=nearest)


def nearer(nearest: float | None, distances: Distances | Unknown) -> float | None:
    """How near the warning line the cement came so far, in mm."""
    line_mm = None if isinstance(distances, Unknown) else value_or_none(distances.mm[Line.WARNING_LINE])
    return min((each for each in (nearest, line_mm) if each is not None), default=None)


def _cement(packed: tuple[bytes, bytes], crop: Crop, frame: CachedFrame) -> CementMask:
    count = crop.width_px * crop.height_px
    bits, edge = (zlib.decompress(part) for part in packed)
    unpacked = np.unpackbits(np.frombuffer(bits, np.uint8), count=count).astype(np.bool_)
    mask = unpacked.reshape(crop.height_px, crop.width_px)
    evidence = np.where(mask, 1, -1).astype(np.float32)
    evidence[_edge_of(mask)] = np.frombuffer(edge, np.float32)
    return CementMask(
        crop=crop,
        mask=mask,
        evidence=evidence,
        outline_sigma_mm=frame.outline_sigma_mm,
        uncertain_mm2=frame.uncertain_mm2,
    )


def _edge_of(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The px on both sides of an outline."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    whole = mask.astype(np.uint8)
    return np.asarray(cv2.dilate(whole, cross) > cv2.erode(whole, cross), dtype=bool)


def place_for(folder: Path, run: str, plan: dict[str, Any], settings: Settings, model: str) -> Path | None:
    """Where a run's file lies; another one when its pictures, points, slow settings or the program change.

    Its pictures are those of its recording where it is a part of one. What reviewers say changes nothing of them.
    None where the run cannot be looked at.
    """
    views = [{key: value for key, value in view.items() if key != "warning_line_fraction"} for view in plan["views"]]
    path = Path(run)
    try:
        recording = recording_of(path)
        files = sorted(recording.iterdir()) if recording.is_dir() else [recording]
        files = [each for each in files if FILE not in each.name]
        files += [path / PART] if recording != path else []
        stats = [(each.name, each.stat().st_size, each.stat().st_mtime_ns) for each in files if each.is_file()]
    except OSError:
        return None
    slow = plain(settings)
    slow.pop("alarms")
    key = json_canonical([os.fspath(path.resolve()), stats, views, slow, model, __version__, _LAYOUT])
    return folder / f"{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.kept"


def read_cached(path: Path) -> CachedRun | None:
    """What was kept; None where there is nothing that can be used."""
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=CachedRun)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def write_cached(path: Path, kept: CachedRun) -> None:
    """Keep a run; the files used longest ago go when there are too many. That it cannot be kept costs only time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path, durable=False, by_many=True) as part:
            part.write_bytes(msgpack_bytes(kept))
        files = sorted(((f.stat().st_mtime_ns, f.stat().st_size, f) for f in path.parent.glob("*.kept")), reverse=True)
    except OSError:
        return
    room = _MOST_BYTES
    for _, size, file in files:
        room -= size
        if room < 0 and file != path:
            with contextlib.suppress(OSError):
                file.unlink()
