"""Readings to files: ``measurements.csv``, ``masks/``, ``result.json`` (contract schema ``fluoro-assistant/result/1``).

What is written is said here; how it survives a full disk or a killed process, in `result_folder`.
"""

from __future__ import annotations

import errno
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant import __version__, lengths
from assistant.geometry import Similarity
from assistant.plan import Plan, PlannedView
from assistant.readings.csv_row import COLUMNS, csv_row
from assistant.results.folder import ResultFolder, cannot_write
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings, record_of
from assistant.vocabulary import (
    Alarm,
    CementMask,
    FrameState,
    Leak,
    Measure,
    Measures,
    ModelIdentity,
    Motion,
    Reading,
    ScreenChange,
    value_or_none,
)

SCHEMA = "fluoro-assistant/result/1"
FIRST_FRAME = "first_frame"
"""In ``run`` of a part of a recording (`assistant.part`): the number of its first row; absent for 0."""
_UNMEASURED = (FrameState.NO_SIGNAL, FrameState.UNUSABLE)


def mask_in_frame(cement: CementMask, similarity: Similarity, width_px: int, height_px: int) -> NDArray[np.uint8]:
    """The cement mask in the source frame's own pixels: 255 where cement stands (contract: masks)."""
    crop = cement.crop
    to_frame = similarity.current_from_reference()
    corner = to_frame[:, :2] @ np.array([crop.x0_px, crop.y0_px], dtype=np.float64) + to_frame[:, 2]
    warped = cv2.warpAffine(
        cement.evidence,
        np.column_stack([to_frame[:, :2], corner]),
        (width_px, height_px),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=-1.0,
    )
    return np.where(warped > 0, np.uint8(255), np.uint8(0))


@dataclass(slots=True)
class Timing:
    """Processing times of what is or may be new, as counts: a day's run costs no more memory than a minute's."""

    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(200_001, np.int64), repr=False)
    longest_ms: float = 0.0

    def add(self, processing_ms: float) -> None:
        """Take one new picture in."""
        self.counts[min(int(processing_ms * 100), len(self.counts) - 1)] += 1
        self.longest_ms = max(self.longest_ms, processing_ms)

    def quantile_ms(self, share: float) -> float:
        """The time that this share of the pictures stays within, to 0.01 ms; 0 before the first picture."""
        total = int(self.counts.sum())
        if total == 0:
            return 0.0
        at = int(np.searchsorted(np.cumsum(self.counts), share * total))
        if at == len(self.counts) - 1:
            return round(self.longest_ms, 3)  # beyond the scale
        return min(round((at + 0.5) / 100, 3), round(self.longest_ms, 3))


class ResultWriter:
    """Writes one analysis as it goes. Nothing is touched on the disk before the first reading comes.

    Parameters
    ----------
    folder : Path
        The wanted folder. An earlier result in it gives way to the first reading of this one.
    plan : Plan
    facts : RunFacts
    settings : Settings
        What the run is analysed with: the result says so.
    masks : bool
        Also write ``masks/000123.png``.
    """

    def __init__(self, folder: Path, plan: Plan, facts: RunFacts, settings: Settings, *, masks: bool) -> None:
        self._path = folder
        self._plan = plan
        self._facts = facts
        self._settings = record_of(settings)
        self._masks = masks
        self._files = ResultFolder(folder, COLUMNS, masks=masks)
        self._drawn: tuple[CementMask, Similarity, bytes] | None = None
        self.timing = Timing()

    @property
    def begun(self) -> bool:
        """Whether anything has been written; as long as not, an earlier result stands untouched."""
        return self._files.is_open

    @property
    def rows(self) -> int:
        """Rows that lie on the disk."""
        return self._files.rows

    def add(self, reading: Reading) -> None:
        """Write one frame.

        Raises
        ------
        EnvironmentError_
            If the disk refuses; what was written before is kept by `close`.
        """
        if reading.liveness.may_be_new and reading.liveness.state not in _UNMEASURED:
            self.timing.add(reading.processing_ms)
        try:
            self._files.add_row(csv_row(reading, self._plan.views))
            if self._masks and isinstance(reading.cement, CementMask) and isinstance(reading.motion, Motion):
                png = self._mask_png(reading.cement, reading.motion.similarity)
                self._files.add_mask(reading.frame_index, png)
        except OSError as error:
            raise cannot_write(self._path, error) from error

    def _mask_png(self, cement: CementMask, similarity: Similarity) -> bytes:
        if self._drawn is not None and self._drawn[0] is cement and self._drawn[1] == similarity:
            return self._drawn[2]  # a repeat: the same picture again
        picture = mask_in_frame(cement, similarity, self._facts.width_px, self._facts.height_px)
        done, encoded = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 2])
        if not done:
            raise OSError(errno.EIO, "a mask could not be encoded")
        self._drawn = (cement, similarity, encoded.tobytes())
        return self._drawn[2]

    def write(
        self,
        *,
        complete: bool,
        events: Sequence[Alarm],
        leaks: Sequence[Leak],
        measures: Measures,
        models: Sequence[ModelIdentity],
        notes: Sequence[str],
        screen_changes: Sequence[ScreenChange] = (),
        xray_s: Sequence[float] | None = None,
    ) -> dict[str, Any]:
        """Write ``result.json`` as things stand; gives the document. May be called again as the run goes on.

        Raises
        ------
        EnvironmentError_
            If the disk refuses. The rows and the document that were written before stay.
        """
        run = {FIRST_FRAME: self._facts.first_frame} if self._facts.first_frame else {}
        document = {
            "schema": SCHEMA,
            "program": {
                "version": __version__,
                "models": [{"name": model.name, "sha256": model.sha256} for model in models],
                "settings": self._settings,
            },
            "run": {
                "source": self._facts.source,
                "frames": self._files.rows,
                "width": self._facts.width_px,
                "height": self._facts.height_px,
                "fps": self._facts.fps,
                "clock": self._facts.clock.value,
                "notes": [*self._facts.notes, *notes],
                "screen_changes": [_screen_change(each) for each in screen_changes],
                "exposures": None if xray_s is None else len(xray_s),
                "xray_s": None if xray_s is None else round(sum(xray_s), 2),
                **run,
            },
            "complete": complete,
            "plan": self._plan.document,
            "events": [_event(event) for event in events],
            "leaks": [_leak(leak, self._plan.views[leak.view_index]) for leak in leaks],
            "final": _final(measures, self._plan.views[measures.view_index]),
            "timing": {
                "median_ms": self.timing.quantile_ms(0.5),
                "p99_ms": self.timing.quantile_ms(0.99),
                "max_ms": round(self.timing.longest_ms, 3),
            },
        }
        try:
            self._files.write_document(document)
        except OSError as error:
            raise cannot_write(self._path, error) from error
        return document

    def make_room(self) -> None:
        """Let go of the room held back for the end, because the disk is full."""
        self._files.release_reserve()

    def close(self) -> None:
        """Close the files. May be called twice."""
        self._files.close()


def _screen_change(change: ScreenChange) -> dict[str, Any]:
    return {"frame": change.frame_index, "t_s": round(change.t_s, 4), "text": change.text}


def _event(alarm: Alarm) -> dict[str, Any]:
    return {
        "kind": alarm.kind.value,
        "first_frame": alarm.first_frame,
        "last_frame": alarm.last_frame,
        "priority": alarm.priority.word,
        "site": None if alarm.site is None else alarm.site.value,
        "text": f"{alarm.headline}. {alarm.action}".strip() if alarm.action else alarm.headline,
    }


def _leak(leak: Leak, view: PlannedView) -> dict[str, Any]:
    shape = leak.shape
    return {
        "site": leak.site.value,
        "first_frame": leak.first_frame,
        "area_mm2": _number(lengths.in_mm(leak.area_mm2, view), 3),
        "length_mm": _number(lengths.in_mm(leak.length_mm, view), 3),
        "width_mm": _number(lengths.in_mm(leak.width_mm, view), 3),
        "area_share": _number(lengths.area_share(leak.area_mm2, view)),
        "length_share": _number(lengths.share(leak.length_mm, view)),
        "width_share": _number(lengths.share(leak.width_mm, view)),
        "view": view.view,
        "yeom": leak.yeom,
        "magnitude": leak.magnitude,
        "shape": None
        if shape is None
        else {
            "label": shape.label,
            "p_spike": value_or_none(shape.p_spike),
            "model": shape.model,
            "reason": shape.reason,
            "frames": list(shape.frames),
        },
    }


def _number(measure: Measure, places: int = 4) -> float | None:
    value = value_or_none(measure)
    return None if value is None or not math.isfinite(value) else round(value, places)


def _final(measures: Measures, view: PlannedView) -> dict[str, Any]:
    heights = {part: getattr(measures, f"{part}_height_mm") for part in ("anterior", "middle", "posterior")}
    return {
        "view": view.view,
        "cement_area_mm2": _number(lengths.in_mm(measures.cement_area_mm2, view)),
        "cement_area_share": _number(lengths.area_share(measures.cement_area_mm2, view)),
        "fill_area_ratio": _number(measures.fill_area_ratio),
        "distribution_grade": measures.distribution_grade,
        **{f"{part}_height_mm": _number(lengths.in_mm(height, view)) for part, height in heights.items()},
        "wedge_angle_deg": _number(measures.wedge_angle_deg),
        **{f"{part}_height_share": _number(lengths.share(height, view)) for part, height in heights.items()},
    }
