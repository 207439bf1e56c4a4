"""A result that lies beside a run: opened at once, and marked where this program would not have made the same.

It stands for an analysis of now only if program version, settings and plan are the same. One that did not go to the
run's end is passed over: the run is analysed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant import __version__, lengths
from assistant.errors import AssistantError, InputError
from assistant.guarded_pipeline import nothing_known
from assistant.language import sentence
from assistant.pipeline import Summary
from assistant.plan import Plan, PlannedView, plan_from_document
from assistant.readings.moments import MomentStore
from assistant.results.folder import MOMENTS, TABLE
from assistant.results.writer import FIRST_FRAME
from assistant.review.replay import ReplayListener
from assistant.review.stored import read_analysed
from assistant.run_facts import RunFacts
from assistant.settings.file import handed_settings, lost_settings
from assistant.settings.tree import Settings, record_of
from assistant.system.plain import read_json
from assistant.vocabulary import (
    Alarm,
    AlarmSite,
    EventKind,
    Leak,
    LeakSite,
    Measure,
    Measures,
    ModelIdentity,
    Priority,
    ScreenChange,
    Shape,
    Unknown,
)

log = logging.getLogger(__name__)
DOCUMENT: Final = "result.json"
_MOST_BYTES: Final = 64 << 20
_STOP_WAIT_S: Final = 10.0
_VERSION: Final = sentence("another version")
_NOT_IN_RESULT: Final = Unknown("not in the result")
_DAMAGED: Final = (KeyError, ValueError, TypeError, IndexError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedResult:
    """A result of this run.

    Attributes
    ----------
    folder : Path
    document : dict
    other : tuple of str
        In what it is other than what this program would make now; empty where it is the same.
    """

    folder: Path
    document: dict[str, Any]
    other: tuple[str, ...]

    @property
    def version(self) -> str:
        """Of the program that made it."""
        return str(self.document["program"]["version"])

    @property
    def made_by(self) -> str:
        """The version that made it, and what else is other than now; empty for what this program would make now."""
        return " · ".join((self.version, *(each for each in self.other if each != _VERSION))) if self.other else ""

    def plan(self) -> Plan:
        """The plan that it was made with, its lines where the settings of then put them.

        Raises
        ------
        UsageError
            If it cannot be used.
        """
        settings = handed_settings(self.document["program"].get("settings"))
        return plan_from_document(self.document["plan"], settings.alarms.warning_lines)

    @property
    def keeps_outlines(self) -> bool:
        """Whether the outlines of cement and leaks were kept."""
        return (self.folder / MOMENTS).is_file()


def places_of(run: Path, home: Path, run_id: str) -> tuple[Path, ...]:
    """Where results of a run lie: in its folder, in ``result`` beside its film, in its folder of the library."""
    beside = (run, run / "result") if run.is_dir() else (run.with_suffix(".result"),)
    return (*beside, home / "runs" / run_id / "result")


def find_cached(places: Iterable[Path], plan: Plan, settings: Settings, facts: RunFacts) -> CachedResult | None:
    """The first result of this run that this program would make now, else the first of this run; None for none."""
    found = []
    for folder in places:
        document = _read(folder)
        if document is not None and _fits(document, facts):
            found.append(CachedResult(folder=folder, document=document, other=_other(document, plan, settings)))
    return min(found, key=lambda kept: bool(kept.other), default=None)


def _read(folder: Path) -> dict[str, Any] | None:
    path = folder / DOCUMENT
    try:
        if not (folder / TABLE).is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        document = read_json(path.read_bytes())
        document["program"]["version"], document["plan"]["views"], document["complete"], document["run"]["frames"]
    except OSError:
        return None
    except _DAMAGED as error:
        log.warning("%s: is no result and is passed over (%s)", path, error)
        return None
    return dict(document)


def _fits(document: dict[str, Any], facts: RunFacts) -> bool:
    """Whether a result is of this run, from its first frame to its last."""
    run = document["run"]
    if not document["complete"] or (run.get("width"), run.get("height")) != (facts.width_px, facts.height_px):
        return False
    return facts.frame_count in (None, run.get("frames")) and run.get(FIRST_FRAME, 0) == facts.first_frame


def _other(document: dict[str, Any], plan: Plan, settings: Settings) -> tuple[str, ...]:
    found: list[str] = []
    if document["program"]["version"] != __version__:
        found.append(_VERSION)
    record = document["program"].get("settings")
    if not isinstance(record, dict):
        found.append(sentence("settings not known"))
    elif record.get("sha256") != record_of(settings)["sha256"]:
        found.append(sentence("other settings"))
    if document["plan"] != plan.document:
        found.append(sentence("another plan"))
    return tuple(found)


class CachedAnalysis:
    """Reads a result in a thread and tells it as an analysis tells what it finds.

    Parameters
    ----------
    kept : CachedResult
    plan : Plan
        With which it was made.
    sink : ReplayListener
    """

    def __init__(self, kept: CachedResult, plan: Plan, sink: ReplayListener) -> None:
        self.moments = MomentStore()
        self._kept, self._plan, self._sink = kept, plan, sink
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="analysis", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> bool:
        """No longer wanted; False if the thread did not end within ten seconds."""
        self._stopping = True
        if self._thread.is_alive():
            self._thread.join(_STOP_WAIT_S)
        return not self._thread.is_alive()

    def _work(self) -> None:
        summary, failure = nothing_known(sentence("the result cannot be read")), ""
        try:
            summary = summary_of(self._kept.document, self._plan)
            first = int(self._kept.document["run"].get(FIRST_FRAME, 0))
            read = read_analysed(self._kept.folder, self._plan, summary.events, summary.leaks, first)
            self.moments.extend(read)
        except AssistantError as error:
            failure = str(error)
        except Exception:
            log.exception("reading a result stopped")
            failure = sentence(f"{self._kept.folder}: its result cannot be read; analyse the run anew")
        if not self._stopping:
            for alarm in summary.events:
                self._sink.alarm_changed(alarm)
            self._sink.look_now()
            self._sink.ended(summary, failure)


def summary_of(document: dict[str, Any], plan: Plan) -> Summary:
    """What a result says of the whole run.

    Raises
    ------
    InputError
        If it is damaged.
    """
    try:
        return Summary(
            events=tuple(alarm_of(event) for event in document["events"]),
            leaks=tuple(_leak(leak, plan) for leak in document["leaks"]),
            measures=_measures(document["final"], plan),
            models=tuple(ModelIdentity(name=m["name"], sha256=m["sha256"]) for m in document["program"]["models"]),
            notes=(
                *map(str, document["run"].get("notes", ())),
                *lost_settings(document["program"].get("settings")),
            ),
            screen_changes=tuple(
                ScreenChange(frame_index=int(each["frame"]), t_s=float(each["t_s"]), text=str(each["text"]))
                for each in document["run"].get("screen_changes", ())
            ),
        )
    except _DAMAGED as error:
        raise InputError(f"the result of this run is damaged ({error}); analyse the run anew") from error


def alarm_of(event: dict[str, Any]) -> Alarm:
    """An event of a ``result.json``; errors as of a damaged document.

    Raises
    ------
    KeyError, ValueError, TypeError
    """
    headline, _, action = str(event.get("text", "")).partition(". ")
    return Alarm(
        kind=EventKind(event["kind"]),
        site=None if event.get("site") is None else AlarmSite(event["site"]),
        priority=Priority[str(event["priority"]).upper()],
        first_frame=int(event["first_frame"]),
        last_frame=None if event.get("last_frame") is None else int(event["last_frame"]),
        headline=headline,
        action=action,
    )


def _leak(leak: dict[str, Any], plan: Plan) -> Leak:
    views = [view.view for view in plan.views]
    at = views.index(leak["view"]) if leak.get("view") in views else 0
    view = plan.views[at]
    shape = leak.get("shape")
    return Leak(
        site=LeakSite(leak["site"]),
        first_frame=int(leak["first_frame"]),
        area_mm2=_size(leak, "area_mm2", "area_share", lengths.body_mm2(view)),
        length_mm=_size(leak, "length_mm", "length_share", lengths.depth_mm(view)),
        width_mm=_size(leak, "width_mm", "width_share", lengths.depth_mm(view)),
        yeom=leak["yeom"],
        magnitude=leak["magnitude"],
        shape=None if shape is None else _shape(shape),
        outline_px=np.empty((0, 2)),
        view_index=at,
    )


def _size(leak: dict[str, Any], in_mm: str, share: str, whole_mm: float) -> float:
    """A size; of a view that is not calibrated the shares stand in the result."""
    value = leak.get(in_mm)
    return float(value) if value is not None else float(leak[share]) * whole_mm


def _shape(shape: dict[str, Any]) -> Shape:
    reason = str(shape.get("reason", ""))
    p_spike: Measure = Unknown(reason or "not determined") if shape["p_spike"] is None else float(shape["p_spike"])
    frames = tuple(map(int, shape.get("frames", ())))
    return Shape(label=shape["label"], p_spike=p_spike, model=shape["model"], reason=reason, frames=frames)


def _measures(final: dict[str, Any], plan: Plan) -> Measures:
    lateral = next((k for k, view in enumerate(plan.views) if view.is_lateral), 0)
    at = next((k for k, view in enumerate(plan.views) if view.view == final.get("view")), lateral)
    view = plan.views[at]

    def read(name: str) -> Measure:
        value = final.get(name)
        return _NOT_IN_RESULT if value is None else float(value)

    return Measures(
        cement_area_mm2=_known(final, "cement_area_mm2", "cement_area_share", lengths.body_mm2(view)),
        fill_area_ratio=read("fill_area_ratio"),
        distribution_grade=final.get("distribution_grade"),
        anterior_height_mm=_height(final, "anterior", view),
        middle_height_mm=_height(final, "middle", view),
        posterior_height_mm=_height(final, "posterior", view),
        wedge_angle_deg=read("wedge_angle_deg"),
        view_index=at,
    )


def _height(final: dict[str, Any], part: str, view: PlannedView) -> Measure:
    return _known(final, f"{part}_height_mm", f"{part}_height_share", lengths.depth_mm(view))


def _known(final: dict[str, Any], in_mm: str, share: str, whole_mm: float) -> Measure:
    """A figure in mm, else from its share; unknown where neither stands."""
    if final.get(in_mm) is not None:
        return float(final[in_mm])
    return _NOT_IN_RESULT if final.get(share) is None else float(final[share]) * whole_mm
