"""Reads what a live session was: from its event log, or from the file that a case pack brings along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from assistant.errors import InputError
from assistant.live.plan_store import KEPT_ANEW
from assistant.part import read_part, recording_of
from assistant.recording.event_log import log_files
from assistant.review.counting import PRIORITIES
from assistant.review.session_day import (
    DAY_KINDS,
    FILE,
    FIRST,
    SECOND,
    XRAY,
    LevelDay,
    RaisedAlarm,
    SessionDay,
    SessionEvent,
    decode_day,
)
from assistant.review.session_log import DayEvent, read_events

_DONE: Final = frozenset({"armed", "pause", "ml", "bookmark", "key_image", "clip"})
"""Acts that say that a level was worked on, without lines too; X-ray alone may be the way to the next one."""
_MOST_ML: Final = 30.0
_MOST_BYTES: Final = 16 << 20


def holds_day(folder: Path) -> bool:
    """Whether a run is a live session's, here or of a pack."""
    return folder.is_dir() and (bool(log_files(recording_of(folder))) or (folder / FILE).is_file())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The work at one level from its begin to that of the next; a level that is taken up again has another one.

    Attributes
    ----------
    level_at : int
        Place of its level among those of the day.
    first_frame : int
        Where the next level was asked for, else where its lines were placed.
    plan : dict or None
        The last plan that was set in it; None where no lines were set.
    first_plan : int
        Number of the first one.
    """

    level_at: int
    first_frame: int
    plan: dict[str, Any] | None
    first_plan: int


def stretches_of(events: Iterable[DayEvent]) -> tuple[Stretch, ...]:
    """The stretches of a log's session, in order; the first begins with the recording."""
    return _read(events).stretches()


def read_session_day(folder: Path) -> SessionDay | None:
    """The day of a recorded session, from its log or from the file of a pack; None for any other run.

    Of a part (one level of a session) it is what was done and told in that part.

    Raises
    ------
    InputError
        If the file of a pack cannot be used.
    """
    events = read_events(recording_of(folder))
    if events:
        part = read_part(folder)
        return day_of(events) if part is None else day_of_part(events, part.number)
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            return decode_day(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: not a day of a session ({error}); take the pack in again") from error


def day_of(events: Iterable[DayEvent]) -> SessionDay:
    """Read the events of one log, in order."""
    return _read(events).day()


def _read(events: Iterable[DayEvent]) -> _Reader:
    reader = _Reader()
    for event in events:
        reader.take(event)
    reader.end()
    return reader


def day_of_part(events: Iterable[DayEvent], number: int) -> SessionDay:
    """What was done and told in one part of a session, by its number from 1.

    Raises
    ------
    InputError
        If the log holds no such part.
    """
    return _read(events).day_of_part(number)


def _entered_ml(acts: Iterable[SessionEvent], own: range) -> float | None:
    """What was entered by some acts of a level and not taken back again, there or later; None for no entry.

    An act says how much was in after it; what is taken back is what was entered last.
    """
    entered, total_ml = False, 0.0
    entries: list[tuple[bool, float]] = []
    for at, act in enumerate(acts):
        if act.ml is None:
            continue
        is_own = at in own
        entered, more_ml, total_ml = entered or is_own, act.ml - total_ml, act.ml
        while more_ml < 0 and entries:
            is_own, entered_ml = entries.pop()
            more_ml += entered_ml
        if more_ml > 0:
            entries.append((is_own, more_ml))
    return round(sum(ml for is_own, ml in entries if is_own), 3) if entered else None


class _Level:
    """A level while its events are read."""

    def __init__(self, level: str) -> None:
        self.level = level
        self.plan: dict[str, Any] | None = None
        self.cement_ml: float | None = None
        self.acts: list[SessionEvent] = []
        self.raised: list[RaisedAlarm] = []
        self.before_ml = 0.0
        """In at the end of an earlier part of this level: logs of before the level was written begin anew at 0."""

    def made(self) -> LevelDay:
        return LevelDay(
            level=self.level,
            plan=self.plan,
            cement_ml=self.cement_ml,
            acts=tuple(self.acts),
            raised=tuple(self.raised),
        )


@dataclass(slots=True, kw_only=True)
class _Stretch:
    """A stretch while it is read."""

    level: _Level
    first_frame: int
    plan: dict[str, Any] | None = None
    first_plan: int = 0
    planned_in: int = 0
    """The newest frame when its last plan was set."""
    begun_at: tuple[int, int] = (0, 0)
    """How many acts and alarms its level had when it began."""


class _Reader:
    def __init__(self) -> None:
        self._levels: list[_Level] = [_Level("")]
        self._stretches: list[_Stretch] = [_Stretch(level=self._levels[0], first_frame=0)]
        self._open: list[tuple[_Level, int]] = []
        self._xray: dict[tuple[int, int], tuple[_Level, int]] = {}
        """Where a stretch with X-ray on stands, by its input and number."""
        self._second_opened = False
        self._xray_doubt: dict[int, str] = {}
        """Why X-ray time of an input is not known: its last word."""
        self._rehearsal, self._in_order = False, False
        self._newest_plan = 0

    @property
    def _now(self) -> _Level:
        return self._stretches[-1].level

    def end(self) -> None:
        """All events were read: what followed the last level and was no work at another belongs to it."""
        if len(self._stretches) > 1 and self._is_idle(self._stretches[-1]):
            last = self._stretches.pop()
            self._merge(last.level, self._now)
        for level in self._levels:
            level.acts = [
                msgspec.structs.replace(act, text=self._xray_doubt[act.input])
                if act.kind == XRAY and self._xray_doubt.get(act.input)
                else act
                for act in level.acts
            ]

    def day(self) -> SessionDay:
        return self._day(*(level.made() for level in self._levels))

    def _day(self, *levels: LevelDay) -> SessionDay:
        if self._second_opened and not any(number == SECOND for number, _ in self._xray):
            # Logs of before a second input's X-ray was counted, and sources without a clock.
            levels = tuple(msgspec.structs.replace(level, uncounted=(SECOND,)) for level in levels)
        return SessionDay(levels=levels, rehearsal=self._rehearsal, in_order=self._in_order)

    def day_of_part(self, number: int) -> SessionDay:
        """A level that was worked on twice has two parts: each act is of the one that had begun last."""
        if number > len(self._stretches):
            raise InputError(f"the event log of the session does not hold part {number}; bring the recording in again")
        stretch = self._stretches[number - 1]
        level = stretch.level.made()
        before = [each for each in self._stretches[: number - 1] if each.level is stretch.level]
        after = [each for each in self._stretches[number:] if each.level is stretch.level]
        if before or after:
            acts, raised = stretch.begun_at if before else (0, 0)
            end, raised_end = after[0].begun_at if after else (len(level.acts), len(level.raised))
            level = LevelDay(
                level=level.level,
                plan=stretch.plan,
                cement_ml=_entered_ml(level.acts, range(acts, end)),
                acts=level.acts[acts:end],
                raised=level.raised[raised:raised_end],
            )
        return self._day(level)

    def stretches(self) -> tuple[Stretch, ...]:
        return tuple(
            Stretch(
                level_at=next(at for at, level in enumerate(self._levels) if level is each.level),
                first_frame=each.first_frame,
                plan=each.plan,
                first_plan=each.first_plan,
            )
            for each in self._stretches
        )

    @staticmethod
    def _is_idle(stretch: _Stretch) -> bool:
        """Whether a stretch has no lines and nothing was done in it."""
        return stretch.plan is None and not _Reader._is_worked_on(stretch)

    @staticmethod
    def _is_worked_on(stretch: _Stretch) -> bool:
        """Whether anything was done or told of the patient in a stretch."""
        level, (acts, raised) = stretch.level, stretch.begun_at
        return any(act.kind in _DONE for act in level.acts[acts:]) or any(
            one.is_of_patient for one in level.raised[raised:]
        )

    def _merge(self, level: _Level, into: _Level) -> None:
        """What was done and told at a level belongs to another."""
        if level is into:
            return
        acts, raised = len(into.acts), len(into.raised)
        into.before_ml = into.cement_ml or 0.0
        into.acts += [
            act if act.ml is None else msgspec.structs.replace(act, ml=round(into.before_ml + act.ml, 3))
            for act in level.acts
        ]
        into.raised += level.raised
        if level.cement_ml is not None:
            into.cement_ml = round(into.before_ml + level.cement_ml, 3)
        self._xray = {n: (into, acts + at) if of is level else (of, at) for n, (of, at) in self._xray.items()}
        self._open = [(into, raised + at) if of is level else (of, at) for of, at in self._open]
        self._levels = [each for each in self._levels if each is not level]

    def take(self, event: DayEvent) -> None:
        data, kind = event.data, event.kind
        if kind == "session_started":
            self._in_order = False
        elif kind == "session_ended":
            self._in_order = True
        elif kind == "source_opened" and data.get("input", 1) == 1:
            self._rehearsal |= data.get("rehearsal") is True
        elif kind == "second_opened":
            self._second_opened = True
        elif kind == "plan_set" and data.get("input", 1) == 1:
            self._plan(event)
        elif kind in KEPT_ANEW and data.get("input", 1) == 1:
            self._same_plan(data.get("plan"))
        elif kind == "alarm":
            self._raise(event)
        elif kind == "alarm_ended":
            self._end(event)
        elif kind in DAY_KINDS:
            self._act(event)

    def _level(self, name: str) -> _Level:
        found = next((level for level in self._levels if level.level == name), None)
        if found is None:
            found = _Level(name)
            self._levels.append(found)
        return found

    def _of(self, data: dict[str, Any]) -> _Level:
        name = data.get("level")
        return self._level(name) if isinstance(name, str) and name else self._now

    def _next_level(self, event: DayEvent) -> None:
        """The next level was asked for: what follows is of it, also before its lines stand."""
        if self._is_idle(self._stretches[-1]):
            return
        level = _Level("")
        self._levels.append(level)
        # What is told by the plan of before is not of it.
        self._stretches.append(_Stretch(level=level, first_frame=_after(event.frame), first_plan=self._newest_plan + 1))

    def _plan(self, event: DayEvent) -> None:
        plan, number = event.data.get("plan"), event.data.get("plan_number")
        if not isinstance(plan, dict):
            return
        self._newest_plan = number if isinstance(number, int) else self._newest_plan + 1
        found = plan.get("views")
        views = [view for view in found if isinstance(view, dict)] if isinstance(found, list) else []
        level = views[0].get("level") if views else ""
        name = level if isinstance(level, str) else ""
        now = self._stretches[-1]
        if name and now.plan is not None and now.level.level != name and not self._is_worked_on(now):
            now = self._name_anew(name)
        elif now.plan is not None and now.level.level != name:
            # Another level without a word: it is in the picture from where its lines were placed.
            begun = _placed_in(views, now.planned_in, event.frame)
            level = self._level(name)
            at = len(level.acts), len(level.raised)
            now = _Stretch(level=level, first_frame=begun, first_plan=self._newest_plan, begun_at=at)
            self._stretches.append(now)
        elif now.plan is None:
            now = self._name(name)
        now.plan, now.level.plan = plan, plan
        now.planned_in = event.frame or now.planned_in

    def _same_plan(self, plan: object) -> None:
        """The lines are what they were; the console showed the pictures otherwise from then on."""
        now = self._stretches[-1]
        if isinstance(plan, dict) and now.plan is not None:
            now.plan, now.level.plan = plan, plan

    def _name(self, name: str) -> _Stretch:
        """The lines of a stretch say which level it is: with what was done there before, and on the way to it."""
        now = self._stretches[-1]
        while len(self._stretches) > 1 and self._stretches[-2].plan is None and self._is_idle(self._stretches[-2]):
            idle = self._stretches.pop(-2)
            self._merge(now.level, idle.level)
            now.level, now.first_frame = idle.level, idle.first_frame
        if name:
            unnamed = now.level
            now.level = self._level(name)
            if now.level is not unnamed:
                now.begun_at = len(now.level.acts), len(now.level.raised)
            self._merge(unnamed, now.level)
        if name and len(self._stretches) > 1 and self._stretches[-2].level is now.level:
            # The same level went on: it was no other.
            self._stretches.pop()
        return self._stretches[-1]

    def _name_anew(self, name: str) -> _Stretch:
        """A level was named by mistake and corrected before anything was done: the stretch is of the other one."""
        now = self._stretches[-1]
        level, (acts, raised), own = now.level, now.begun_at, _Level("")
        own.acts, own.raised = level.acts[acts:], level.raised[raised:]
        del level.acts[acts:], level.raised[raised:]
        self._xray = {
            n: (own, at - acts) if of is level and at >= acts else (of, at) for n, (of, at) in self._xray.items()
        }
        self._open = [(own, at - raised) if of is level and at >= raised else (of, at) for of, at in self._open]
        now.level, now.plan, now.begun_at = own, None, (0, 0)
        kept = [one for one in self._levels if one is not level or any(each.level is one for each in self._stretches)]
        self._levels = [*kept, own]
        return self._name(name)

    def _act(self, event: DayEvent) -> None:
        data, level = event.data, self._of(event.data)
        if event.kind == "acknowledged":
            self._acknowledge(event)
        elif event.kind in ("ml", "ml_back"):
            total = _number(data.get("total_ml"))
            if total is None or not 0 <= total <= _MOST_ML:
                return
            level.cement_ml = round(total + (0.0 if data.get("level") else level.before_ml), 3)
        elif event.kind == "next_level":
            level.before_ml = level.cement_ml or 0.0
        act = _act(event, level.cement_ml if event.kind in ("ml", "ml_back") else None)
        if event.kind == XRAY and isinstance(data.get("unknown"), str):
            self._xray_doubt[act.input] = data["unknown"][:200]
        if event.kind == XRAY and act.number is not None:
            # A stretch is told again as it grows: the last word counts.
            where = self._xray.get((act.input, act.number))
            if where is not None:
                before, at = where
                before.acts[at] = msgspec.structs.replace(before.acts[at], seconds=act.seconds)
                return
            self._xray[act.input, act.number] = level, len(level.acts)
        level.acts.append(act)
        if event.kind == "next_level":
            self._next_level(event)

    def _raise(self, event: DayEvent) -> None:
        data = event.data
        frame = data.get("frame")
        alarm = RaisedAlarm(
            code=str(data.get("code", ""))[:8],
            kind=data["event"] if isinstance(data.get("event"), str) else None,
            priority=str(data.get("priority")) if data.get("priority") in PRIORITIES else PRIORITIES[-1],
            site=data["site"] if isinstance(data.get("site"), str) else None,
            view=str(data.get("view", ""))[:24],
            headline=str(data.get("headline", ""))[:200],
            frame=frame if isinstance(frame, int) else event.frame,
            t_s=_rounded(event.t_s),
        )
        self._open.append((self._now, len(self._now.raised)))
        self._now.raised.append(alarm)

    def _end(self, event: DayEvent) -> None:
        data = event.data
        wanted = (data.get("code"), data.get("site"), str(data.get("view", "")))
        open_ = [(level, at, level.raised[at]) for level, at in self._open]
        of_it = [each for each in open_ if (each[2].code, each[2].site, each[2].view) == wanted]
        # One code can stand for two rows: by kind and words (which may hold another figure by now, or a shape).
        of_it.sort(key=lambda each: (each[2].kind != data.get("event"), each[2].headline != data.get("headline")))
        for level, at, alarm in of_it[:1]:
            level.raised[at] = msgspec.structs.replace(alarm, ended_s=_rounded(event.t_s))
            self._open = [place for place in self._open if place[0] is not level or place[1] != at]

    def _acknowledge(self, event: DayEvent) -> None:
        codes = event.data.get("alarms")
        for level, at in self._open:
            alarm = level.raised[at]
            if isinstance(codes, list) and alarm.code in codes and alarm.acknowledged_s is None:
                level.raised[at] = msgspec.structs.replace(alarm, acknowledged_s=_rounded(event.t_s))


def _act(event: DayEvent, ml: float | None) -> SessionEvent:
    data, kind = event.data, event.kind
    text = {"state": data.get("after"), "cement_stage": data.get("stage"), "key_image": data.get("text")}.get(kind)
    frame = data.get("frame") if kind == "key_image" else data.get("first_frame") if kind == "clip" else None
    number = data.get("number")
    return SessionEvent(
        kind=kind,
        frame=frame if isinstance(frame, int) else event.frame,
        t_s=_rounded(event.t_s),
        text=text[:200] if isinstance(text, str) else "",
        ml=ml,
        seconds=_number(data.get("seconds")),
        number=number if isinstance(number, int) else None,
        input=SECOND if kind == XRAY and data.get("input") == SECOND else FIRST,
    )


def _after(frame: int | None) -> int:
    return 0 if frame is None else frame + 1


def _placed_in(views: Iterable[dict[str, Any]], after: int, newest: int | None) -> int:
    """Where the lines of another level were placed: the earliest of their pictures since the lines before were set."""
    frames = [view.get("reference_frame") for view in views]
    known = [frame for frame in frames if isinstance(frame, int) and frame > after]
    return min([*known, newest] if newest is not None else known, default=after + 1)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _rounded(t_s: float | None) -> float | None:
    return None if t_s is None else round(t_s, 3)
