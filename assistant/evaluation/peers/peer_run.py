"""Takes the peers through a run: one pass over the frames, the same distances, alarms and leaks for all of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.capture.source import Source
from assistant.evaluation.outcome import MethodAnswers, MethodEvent, MethodLeak
from assistant.evaluation.peers.peer_methods import PEERS, Beginning, Mask, Peer, PeerKind, Picture
from assistant.evaluation.truth import LINE_OF_EVENT, LINE_OF_LEAK, LINES, MOTION, Truth
from assistant.geometry import Crop, MapMm
from assistant.line_maps import make_line_maps
from assistant.plan import PlannedView
from assistant.readings.table_file import Column
from assistant.settings.file import default_settings
from assistant.settings.tree import AlarmSettings, LeakSettings
from assistant.vocabulary import Frame

MARGIN_MM = 15.0
"""The peers look so far beyond the vertebral body: canal, discs and the veins in front lie within."""
SPECK_MM2 = 0.5


def surroundings(view: PlannedView, width_px: int, height_px: int) -> Crop:
    """Rectangle of the source frame round the planned body, clipped to the picture."""
    margin = MARGIN_MM / view.mm_per_px
    low = np.maximum(np.floor(view.body_px.min(axis=0) - margin), 0).astype(int)
    high = np.minimum(np.ceil(view.body_px.max(axis=0) + margin), [width_px - 1, height_px - 1]).astype(int)
    return Crop(
        x0_px=int(low[0]),
        y0_px=int(low[1]),
        width_px=int(high[0] - low[0] + 1),
        height_px=int(high[1] - low[1] + 1),
    )


def line_distances(view: PlannedView, crop: Crop) -> dict[str, MapMm]:
    """Signed distance in mm of each pixel of a crop to each line that the view has."""
    return {line.value: distance for line, distance in make_line_maps(view, crop).mm.items()}


@dataclass(slots=True, eq=False)
class _Memory:
    """What one peer has said so far; ``peers``, ``crops`` and ``maps`` by view."""

    kind: PeerKind
    peers: list[Peer]
    crops: list[Crop]
    maps: list[dict[str, MapMm]]
    motion: dict[str, Column]
    area_mm2: Column
    distance_mm: dict[str, Column]
    processing_ms: Column
    alarms: dict[tuple[str, str], _Crossing]
    events: list[MethodEvent] = field(default_factory=list)
    leaks: dict[str, MethodLeak] = field(default_factory=dict)
    leaking: dict[str, int] = field(default_factory=dict)
    masks: dict[int, tuple[int, NDArray[np.uint8]]] = field(default_factory=dict)


@dataclass(slots=True)
class _Crossing:
    """Confirmed by 2 of 3 new pictures; ends after `release_ms` at least `release_mm` on the good side."""

    past: list[bool] = field(default_factory=list)
    raised: int | None = None
    good_since_s: float | None = None


def run_peers(truth: Truth, source: Source, kinds: tuple[PeerKind, ...] = PEERS) -> dict[str, MethodAnswers]:
    """Answers of all peers that have something to say of a run, by name.

    Raises
    ------
    InputError
        If the source cannot be read on.
    """
    views = truth.plan.views
    width_px, height_px = source.facts.width_px, source.facts.height_px
    whole = Crop(x0_px=0, y0_px=0, width_px=width_px, height_px=height_px)
    references = [source.frame_at(view.reference_frame) for view in views]
    memories = []
    for looks_at_whole in (False, True):
        crops = [whole if looks_at_whole else surroundings(view, width_px, height_px) for view in views]
        maps = [line_distances(view, crop) for view, crop in zip(views, crops, strict=True)]
        beginnings = [
            Beginning(reference=_picture(reference, crop), view=view, truth=truth)
            for reference, crop, view in zip(references, crops, views, strict=True)
        ]
        for kind in kinds:
            if kind.whole == looks_at_whole and kind.answers(truth):
                memories.append(_memory(kind, [kind.make(each) for each in beginnings], crops, maps, truth.frames))
    index_of = {view.view: k for k, view in reversed(list(enumerate(views)))}
    for frame in source.frames():
        k = index_of.get(truth.view[frame.index])
        if k is None or not truth.live[frame.index]:
            continue
        for memory in memories:
            _step(memory, k, frame, views[k])
    return {memory.kind.name: _outcome(memory, truth, (height_px, width_px)) for memory in memories}


def _memory(kind: PeerKind, peers: list[Peer], crops: list[Crop], maps: list[dict[str, MapMm]], frames: int) -> _Memory:
    return _Memory(
        kind=kind,
        peers=peers,
        crops=crops,
        maps=maps,
        motion={name: np.full(frames, np.nan) for name in MOTION},
        area_mm2=np.full(frames, np.nan),
        distance_mm={line: np.full(frames, np.nan) for line in LINES},
        processing_ms=np.full(frames, np.nan),
        alarms={key: _Crossing() for key in LINE_OF_EVENT},
    )


def _picture(frame: Frame, crop: Crop) -> Picture:
    return np.ascontiguousarray(frame.grey[crop.rows, crop.cols]).astype(np.float32) * np.float32(255.0 / frame.white)


def _step(memory: _Memory, k: int, frame: Frame, view: PlannedView) -> None:
    crop, maps, i = memory.crops[k], memory.maps[k], frame.index
    picture = _picture(frame, crop)
    started_ns = time.perf_counter_ns()
    found, motion = memory.peers[k].find(picture, i)
    mask = _without_specks(found, view.mm_per_px)
    memory.area_mm2[i] = mask.sum() * view.mm_per_px**2
    # The lines go with the vertebra: the mask is laid back onto the reference frame instead.
    back = motion.reference_from_current()
    corner = np.array([crop.x0_px, crop.y0_px], dtype=np.float64)
    back[:, 2] += back[:, :2] @ corner - corner
    size = (mask.shape[1], mask.shape[0])
    still = cv2.warpAffine(mask.astype(np.uint8), back, size, flags=cv2.INTER_NEAREST) > 0
    for line, distance in maps.items():
        values = distance[still]
        nearest = float(values.min()) if len(values) else np.inf
        memory.distance_mm[line][i] = nearest if np.isfinite(nearest) else np.nan
    for name in MOTION:
        memory.motion[name][i] = getattr(motion, name)
    settings = default_settings()
    _alarms(memory, frame, settings.alarms)
    _leaks(memory, i, still, maps, view.mm_per_px, settings.leaks)
    if memory.kind.timed:
        memory.processing_ms[i] = (time.perf_counter_ns() - started_ns) / 1e6
    memory.masks[i] = (k, np.packbits(mask))


def _without_specks(found: Mask, mm_per_px: float) -> Mask:
    opened = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] * mm_per_px**2 >= SPECK_MM2
    keep[0] = False
    mask: Mask = keep[labels]
    return mask


def _alarms(memory: _Memory, frame: Frame, settings: AlarmSettings) -> None:
    for (kind, site), crossing in memory.alarms.items():
        distance = memory.distance_mm[LINE_OF_EVENT[kind, site]][frame.index]
        crossing.past = [*crossing.past[-2:], bool(distance < 0)]
        if crossing.raised is None:
            if crossing.past[-1] and sum(crossing.past) >= 2:
                crossing.raised, crossing.good_since_s = frame.index, None
        elif not distance > settings.release_mm and not np.isnan(distance):
            crossing.good_since_s = None
        elif crossing.good_since_s is None:
            crossing.good_since_s = frame.t_s
        elif (frame.t_s - crossing.good_since_s) * 1000.0 >= settings.release_ms:
            memory.events.append(MethodEvent(kind=kind, site=site, first_frame=crossing.raised, last_frame=frame.index))
            crossing.raised, crossing.past = None, []


def _leaks(
    memory: _Memory,
    index: int,
    still: Mask,
    maps: dict[str, MapMm],
    mm_per_px: float,
    settings: LeakSettings,
) -> None:
    for site, line in LINE_OF_LEAK.items():
        if line not in maps or site in memory.leaks:
            continue
        beyond = still & (maps[line] < 0)
        area_mm2 = float(beyond.sum()) * mm_per_px**2
        is_leak = area_mm2 >= settings.area_mm2 and float(maps[line][beyond].min()) <= -settings.reach_mm
        memory.leaking[site] = memory.leaking.get(site, 0) + 1 if is_leak else 0
        if memory.leaking[site] >= 2:
            memory.leaks[site] = MethodLeak(site=site, first_frame=index, area_mm2=area_mm2)


def _outcome(memory: _Memory, truth: Truth, shape: tuple[int, int]) -> MethodAnswers:
    def mask(frame: int) -> NDArray[np.bool_] | None:
        if frame not in memory.masks:
            return None
        k, packed = memory.masks[frame]
        crop = memory.crops[k]
        whole = np.zeros(shape, dtype=bool)
        bits = np.unpackbits(packed, count=crop.width_px * crop.height_px)
        whole[crop.rows, crop.cols] = bits.reshape(crop.height_px, crop.width_px) > 0
        return whole

    standing = [
        MethodEvent(kind=kind, site=site, first_frame=crossing.raised, last_frame=None)
        for (kind, site), crossing in memory.alarms.items()
        if crossing.raised is not None
    ]
    return MethodAnswers(
        complete=True,
        state=["live" if not np.isnan(area) else "" for area in memory.area_mm2],
        view=truth.view,
        registered=np.isfinite(memory.motion["dx_px"]),
        motion=memory.motion,
        mirrored=np.zeros(truth.frames, dtype=bool),
        area_mm2=memory.area_mm2,
        distance_mm=memory.distance_mm,
        processing_ms=memory.processing_ms,
        events=(*memory.events, *standing),
        leaks=tuple(memory.leaks.values()),
        mask=mask,
    )
