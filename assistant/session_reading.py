"""Reads what a live session was: from its event log, or from the file that a case pack brings along."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec

from assistant.counting import PRIORITIES
from assistant.day_log import DayEvent, read_events
from assistant.errors import InputError
from assistant.recording.event_log import log_files
from assistant.session_day import ACTS, FILE, XRAY, Act, LevelDay, SessionDay, Told, decode_day

_MOST_ML: Final = 30.0
_MOST_BYTES: Final = 16 << 20


def holds_day(folder: Path) -> bool:
    """Whether a run is a live session's, here or of a pack."""
    return folder.is_dir() and (bool(log_files(folder)) or (folder / FILE).is_file())


def read_session_day(folder: Path) -> SessionDay | None:
    """The day of a recorded session, from its log or from the file of a pack; None for any other run.

    Raises
    ------
    InputError
        If the file of a pack cannot be used.
    """
    events = read_events(folder)
    if events:
        return day_of(events)
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
    reader = _Reader()
    for event in events:
        reader.take(event)
    return reader.day()


class _Level:
    """A level while its events are read."""

    def __init__(self, level: str) -> None:
        self.level = level
        self.plan: dict[str, Any] | None = None
        self.cement_ml: float | None = None
        self.acts: list[Act] = []
        self.told: list[Told] = []
        self.before_ml = 0.0
        """In at the end of an earlier part of this level: logs of before the level was written begin anew at 0."""

    def made(self) -> LevelDay:
        return LevelDay(
            level=self.level,
            plan=self.plan,
            cement_ml=self.cement_ml,
            acts=tuple(self.acts),
            told=tuple(self.told),
        )


class _Reader:
    def __init__(self) -> None:
        self._levels: dict[str, _Level] = {}
        self._now = self._level("")
        self._open: list[tuple[_Level, int]] = []
        self._xray: dict[int, tuple[_Level, int]] = {}
        self._rehearsal, self._in_order = False, False

    def day(self) -> SessionDay:
        unnamed = self._levels[""]
        named = [level for level in self._levels.values() if level is not unnamed]
        if named and (unnamed.acts or unnamed.told or unnamed.cement_ml is not None):
            # What was done before the first lines stood belongs to the level that followed.
            named[0].acts[:0], named[0].told[:0] = unnamed.acts, unnamed.told
            if unnamed.cement_ml is not None and named[0].cement_ml is None:
                named[0].cement_ml = unnamed.cement_ml
        levels = tuple(level.made() for level in named or [unnamed])
        return SessionDay(levels=levels, rehearsal=self._rehearsal, in_order=self._in_order)

    def take(self, event: DayEvent) -> None:
        data, kind = event.data, event.kind
        if kind == "session_started":
            self._in_order = False
        elif kind == "session_ended":
            self._in_order = True
        elif kind == "source_opened" and data.get("input", 1) == 1:
            self._rehearsal |= data.get("rehearsal") is True
        elif kind == "plan_set" and data.get("input", 1) == 1:
            self._plan(data.get("plan"))
        elif kind == "alarm":
            self._raise(event)
        elif kind == "alarm_ended":
            self._end(event)
        elif kind in ACTS:
            self._act(event)

    def _level(self, name: str) -> _Level:
        return self._levels.setdefault(name, _Level(name))

    def _of(self, data: dict[str, Any]) -> _Level:
        name = data.get("level")
        return self._level(name) if isinstance(name, str) and name else self._now

    def _plan(self, plan: object) -> None:
        if not isinstance(plan, dict):
            return
        views = plan.get("views")
        first = views[0] if isinstance(views, list) and views and isinstance(views[0], dict) else {}
        level = first.get("level")
        self._now = self._level(level if isinstance(level, str) else "")
        self._now.plan = plan

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
        if event.kind == XRAY and act.number is not None:
            # A stretch is told again as it grows: the last word counts.
            where = self._xray.get(act.number)
            if where is not None:
                before, at = where
                before.acts[at] = msgspec.structs.replace(before.acts[at], seconds=act.seconds)
                return
            self._xray[act.number] = level, len(level.acts)
        level.acts.append(act)

    def _raise(self, event: DayEvent) -> None:
        data = event.data
        frame = data.get("frame")
        told = Told(
            code=str(data.get("code", ""))[:8],
            kind=data["event"] if isinstance(data.get("event"), str) else None,
            priority=str(data.get("priority")) if data.get("priority") in PRIORITIES else PRIORITIES[-1],
            site=data["site"] if isinstance(data.get("site"), str) else None,
            view=str(data.get("view", ""))[:24],
            headline=str(data.get("headline", ""))[:200],
            frame=frame if isinstance(frame, int) else event.frame,
            t_s=_rounded(event.t_s),
        )
        self._open.append((self._now, len(self._now.told)))
        self._now.told.append(told)

    def _end(self, event: DayEvent) -> None:
        data = event.data
        wanted = (data.get("code"), data.get("site"), str(data.get("view", "")))
        open_ = [(level, at, level.told[at]) for level, at in self._open]
        of_it = [each for each in open_ if (each[2].code, each[2].site, each[2].view) == wanted]
        # One code can stand for two rows: by kind and words (which may hold another figure by now, or a shape).
        of_it.sort(key=lambda each: (each[2].kind != data.get("event"), each[2].headline != data.get("headline")))
        for level, at, told in of_it[:1]:
            level.told[at] = msgspec.structs.replace(told, ended_s=_rounded(event.t_s))
            self._open = [place for place in self._open if place[0] is not level or place[1] != at]

    def _acknowledge(self, event: DayEvent) -> None:
        codes = event.data.get("alarms")
        for level, at in self._open:
            told = level.told[at]
            if isinstance(codes, list) and told.code in codes and told.acknowledged_s is None:
                level.told[at] = msgspec.structs.replace(told, acknowledged_s=_rounded(event.t_s))


def _act(event: DayEvent, ml: float | None) -> Act:
    data, kind = event.data, event.kind
    text = {"state": data.get("after"), "cement_stage": data.get("stage"), "key_image": data.get("text")}.get(kind)
    frame = data.get("frame") if kind == "key_image" else data.get("first_frame") if kind == "clip" else None
    number = data.get("number")
    return Act(
        kind=kind,
        frame=frame if isinstance(frame, int) else event.frame,
        t_s=_rounded(event.t_s),
        text=text[:200] if isinstance(text, str) else "",
        ml=ml,
        seconds=_number(data.get("seconds")),
        number=number if isinstance(number, int) else None,
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _rounded(t_s: float | None) -> float | None:
    return None if t_s is None else round(t_s, 3)
