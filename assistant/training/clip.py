"""Cutting a clip out of a run: it stops before the outcome, and what is right to answer follows from how the run ends.

Times are project proposals [P]: no published rule says how long before an event a reader can be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from assistant.errors import UsageError
from assistant.language import sentence
from assistant.settings.tree import AlarmSettings
from assistant.system.plain import json_text
from assistant.training.run_outcome import DISCS, POSTERIOR, STAYS, Reached, RunOutcome

STOP, GO_ON, CANNOT_TELL = "stop", "go on", "cannot tell"  # sentences
ANSWERS: Final = (STOP, GO_ON, CANNOT_TELL)
LEAD_S: Final = {1: 0.8, 2: 1.6, 3: 2.6}
"""The clip stops so long before the event, by difficulty: easy cases stop shortly before it [P]."""
SEEN_MM: Final = {1: 4.0, 2: 6.0, 3: 8.0}
"""... but not before the cement stands this near to what it will reach: else there is nothing to see yet [P]."""
SOON_S: Final = 6.0
"""An event that comes within this time after the clip's end makes "stop" the right answer [P]."""
_CLIP_S: Final = 20.0
_SEEN_MM2: Final = 15.0
_LEAST_LEAD_S: Final = 0.4
_TRAPS: Final = {
    "frozen": sentence("held image"),
    "no_signal": sentence("no signal"),
    "unusable": sentence("picture not usable"),
    "moving": sentence("picture moves"),
}


class ClipFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a clip hides until the answer is locked.

    Attributes
    ----------
    begin_frame, stop_frame, end_frame : int
        The clip, and how far the run goes on afterwards.
    right : str
        One of `ANSWERS`.
    direction : str
        Where the cement is going (`assistant.training.run_outcome.DIRECTIONS`).
    event_frame, event_s : int and float, or None
        The first thing reached after the clip's end; times are of the run.
    event : str
        In words.
    stop_s : float
    distance_mm : float or None
        Between cement and the line of ``direction`` at the clip's end; None where the view is not calibrated.
    distance_share : float or None
        The same as a share of the body.
    calibrated : bool
        Whether the view at the clip's end is.
    shape : str
        Of a leak into a disc.
    leak_sites : tuple of str
        All that leaked in the run, for the labelling tasks.
    trap : str
        "held image", "wrong view" and the like; empty for a picture that can be judged.
    is_truth : bool
        From the simulator; else as the program measured it.
    level, view : str
    labelled_by : tuple of str
        People whose words about leaks stand in it.
    """

    begin_frame: int
    stop_frame: int
    end_frame: int
    right: str
    direction: str
    stop_s: float
    event_frame: int | None = None
    event_s: float | None = None
    event: str = ""
    distance_mm: float | None = None
    distance_share: float | None = None
    calibrated: bool = True
    shape: str = ""
    leak_sites: tuple[str, ...] = ()
    trap: str = ""
    is_truth: bool = True
    level: str = ""
    view: str = ""
    labelled_by: tuple[str, ...] = ()


def band_mm(direction: str, alarms: AlarmSettings) -> float:
    """How near cement is "near" to the line of a direction; 0 for walls that have no band."""
    if direction == POSTERIOR:
        return alarms.posterior_band_mm
    return alarms.endplate_band_mm if direction in DISCS else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A clip of the library."""

    id: str
    name: str
    run_path: str
    facts: ClipFacts
    difficulty: int
    course: str = ""
    thumbnail: str = ""
    run_id: str | None = None


def cut(
    run_outcome: RunOutcome, alarms: AlarmSettings, *, difficulty: int = 2, stop_s: float | None = None, trap: str = ""
) -> ClipFacts:
    """Choose where the clip stops and what is right to answer there.

    Parameters
    ----------
    run_outcome : RunOutcome
    alarms : AlarmSettings
        Cement in the band of its line makes "stop" right even when the event comes later.
    difficulty : int
        1 to 3.
    stop_s : float, optional
        Where to stop, by hand.
    trap : str
        A technical trap that the run's makers know of and that its table does not show, such as a wrong view.

    Raises
    ------
    UsageError
        If there is no room for a clip before the event.
    """
    stop_s = _stop_s(run_outcome, difficulty, trap) if stop_s is None else stop_s
    if not 0.5 <= stop_s - run_outcome.begins_s <= run_outcome.ends_s - run_outcome.begins_s:
        raise UsageError("the run shows too little before its event for a clip; choose another")
    stop = run_outcome.frame_at(stop_s)
    event = _event_at(run_outcome, stop)
    found_trap = trap or _trap_at(run_outcome, stop)
    direction = STAYS if event is None else event.direction
    distance = None if event is None else run_outcome.distance_mm(direction, _last_known(run_outcome, direction, stop))
    in_mm, share = run_outcome.outward(direction, distance, stop)
    seen = run_outcome.view_at(stop)
    soon = event is not None and event.t_s - run_outcome.t_s[stop] <= SOON_S
    near = distance is not None and distance <= band_mm(direction, alarms)
    right = CANNOT_TELL if found_trap else STOP if soon or (event is not None and near) else GO_ON
    views = {view.view: view for view in run_outcome.plan.views} if run_outcome.plan is not None else {}
    planned = views.get(run_outcome.view[stop]) or next(iter(views.values()), None)
    return ClipFacts(
        begin_frame=run_outcome.frame_from(max(0.0, run_outcome.t_s[stop] - _CLIP_S)),
        stop_frame=stop,
        end_frame=run_outcome.frames - 1,
        right=right,
        direction=direction,
        stop_s=run_outcome.t_s[stop],
        event_frame=None if event is None else event.frame,
        event_s=None if event is None else event.t_s,
        event="" if event is None else event_words(event.direction, event.what, event.shape),
        distance_mm=in_mm,
        distance_share=share,
        calibrated=seen is None or seen.calibrated,
        shape=next((one.shape for one in run_outcome.reached if one.shape), ""),
        leak_sites=tuple(dict.fromkeys(one.direction for one in run_outcome.reached if one.what == "leak")),
        trap=found_trap,
        is_truth=run_outcome.is_truth,
        labelled_by=run_outcome.labelled_by,
        level=(planned.level or "") if planned is not None else "",
        view=planned.view if planned is not None else "",
    )


def _stop_s(run_outcome: RunOutcome, difficulty: int, trap: str) -> float:
    """Just after a trap that comes first, else shortly before the event, else well into the run."""
    first = run_outcome.first
    trap_frame = _trap_frame(run_outcome) if not trap else None
    if trap_frame is not None and (first is None or trap_frame < first.frame):
        return run_outcome.t_s[trap_frame] + 0.6
    if first is not None:
        return max(first.t_s - LEAD_S[difficulty], _seen_s(run_outcome, first, SEEN_MM[difficulty]))
    return run_outcome.time_at(0.7)


def _event_at(run_outcome: RunOutcome, stop: int) -> Reached | None:
    """What there is to stop for: something that was reached already stays it, else what comes next."""
    after = next((one for one in run_outcome.reached if one.frame > stop), None)
    before = next((one for one in run_outcome.reached if one.frame <= stop), None)
    return before or after


def _trap_at(run_outcome: RunOutcome, stop: int) -> str:
    """What of the picture at which the clip stops makes it one that cannot be judged; empty for none."""
    known = {view.view for view in run_outcome.plan.views} if run_outcome.plan is not None else set()
    wrong = bool(known) and run_outcome.view[stop] not in known
    return _TRAPS.get(run_outcome.state[stop], "") or (sentence("wrong view") if wrong else "")


def _seen_s(run_outcome: RunOutcome, first: Reached, near_mm: float) -> float:
    """When the cement is there to be seen and near to what it will reach; at latest a moment before it does."""
    for frame in range(run_outcome.first_frame, min(first.frame, run_outcome.frames)):
        distance = run_outcome.distance_mm(first.direction, frame)
        area = run_outcome.area_mm2[frame]
        if distance is not None and distance <= near_mm and area >= _SEEN_MM2:
            return min(run_outcome.t_s[frame], first.t_s - _LEAST_LEAD_S)
    return first.t_s - _LEAST_LEAD_S


def _trap_frame(run_outcome: RunOutcome) -> int | None:
    for frame, state in run_outcome.state.items():
        if state in ("frozen", "no_signal"):
            return frame
    return None


def _last_known(run_outcome: RunOutcome, direction: str, frame: int) -> int:
    for at in range(frame, max(-1, frame - 100), -1):
        if run_outcome.distance_mm(direction, at) is not None:
            return at
    return frame


def event_words(direction: str, what: str, shape: str) -> str:
    """What was reached, in words."""
    if what == "crossing":
        return (
            sentence("the warning line was crossed")
            if direction == "posterior"
            else sentence(f"the border to the {direction} was reached")
        )
    return sentence(f"cement left the body: {direction}" + (f", {shape}" if shape else ""))


def facts_as_json(facts: ClipFacts) -> str:
    """For the library."""
    return json_text(facts, indent=None)


def clip_from_row(row: dict[str, Any]) -> Clip:
    """A clip as the library keeps it."""
    return Clip(
        id=row["id"],
        name=row["name"],
        run_path=row["run_path"],
        facts=msgspec.json.decode(row["facts"], type=ClipFacts),
        difficulty=row["difficulty"],
        course=row["course"],
        thumbnail=row["thumbnail"] or "",
        run_id=row["run_id"],
    )
