"""What a live session was, level by level, as it was noted and told on the day.

It is read by `assistant.review.session_reading`, from the session's event log or from the file that a case pack brings:
acts of the team, alarms with their answers, X-ray as it was counted then, the plan of each level. Nothing here is
worked out anew: what a later analysis finds has another name and stands in its result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from assistant.alarm_table.row import RaisingRule
from assistant.alarm_table.table import FROM_PICTURES
from assistant.language import sentence
from assistant.live.procedure_log import XRAY as XRAY
from assistant.review.counting import COUNTED, PRIORITIES, count_words
from assistant.system.plain import read_json

SCHEMA: Final = "fluoro-assistant/session-day/1"
FILE: Final = "day.json"
DAY_KINDS: Final = frozenset(
    {
        *("armed", "disarmed", "acknowledged", "pause", "ml", "ml_back", "cement_clock", "cement_stage", "ap_look"),
        *("bookmark", "key_image", "clip", "next_level", "slept", "state", XRAY),
    }
)
"""What is kept of a session's log besides alarms and plans; the rest concerns the program alone."""
_OF_PATIENT: Final = frozenset(row.code for row in FROM_PICTURES if row.rule is not RaisingRule.TECHNICAL and row.code)
"""Rows that speak of cement, for logs from before the kind was written."""


FIRST, SECOND = 1, 2
"""Numbers of the inputs: each has a beam of its own, also where both are on at once."""
_MOST: Final = 10**9
"""Of frames, s and ml alike: no session holds more, and no sum of them is too large for anything."""


class SessionEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing that was done or that happened.

    Attributes
    ----------
    kind : str
        One of `DAY_KINDS`.
    frame, t_s : int, float or None
        The newest frame then (of a key image: its own) and its time in the run; None before the first.
    text : str
        Name of a stage, of a key image, or of what the picture became; or why X-ray time is not known.
    ml : float or None
        Cement in at this level after the act.
    seconds : float or None
        Length of a stretch with X-ray on, or of a sleep of the computer.
    number : int or None
        Of a bookmark, or of a stretch with X-ray on: each input has its own numbers.
    input : int
        Of a stretch with X-ray on: 2 where it was seen in the second input, the other plane.
    """

    kind: str
    frame: int | None = None
    t_s: float | None = None
    text: str = ""
    ml: float | None = None
    seconds: float | None = None
    number: int | None = None
    input: int = FIRST


class RaisedAlarm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An alarm as it was told on the day, and how it was answered.

    Attributes
    ----------
    code : str
        Row of the alarm table.
    kind : str or None
        Of the pipeline's event; None for a technical row (and in logs of before it was written).
    priority, site, view, headline : str
    frame, t_s : int, float or None
        When it was told.
    acknowledged_s, ended_s : float or None
        When it was acknowledged for the first time, and when it went; None: never.
    """

    code: str
    priority: str
    headline: str
    kind: str | None = None
    site: str | None = None
    view: str = ""
    frame: int | None = None
    t_s: float | None = None
    acknowledged_s: float | None = None
    ended_s: float | None = None

    @property
    def is_of_patient(self) -> bool:
        """About cement; else about the picture or the machine."""
        if self.kind is None:
            return self.code in _OF_PATIENT
        return self.kind in COUNTED


class LevelDay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What was done and told at one level.

    Attributes
    ----------
    level : str
        Such as "L1"; empty where nobody has said which.
    plan : dict or None
        Its last plan (contract), with ``calibrated`` and ``scale_by``; None where no lines were set.
    cement_ml : float or None
        Entered by hand; None where nothing was entered.
    acts : tuple of SessionEvent
    raised : tuple of RaisedAlarm
        Of all rows of the alarm table, in order.
    uncounted : tuple of int
        Inputs that were open and whose X-ray nobody counted: no sum is whole without them.
    """

    level: str
    plan: dict[str, Any] | None = None
    cement_ml: float | None = None
    acts: tuple[SessionEvent, ...] = ()
    raised: tuple[RaisedAlarm, ...] = msgspec.field(default=(), name="told")  # as the file has it
    uncounted: tuple[int, ...] = ()

    @property
    def exposures(self) -> int | None:
        """Stretches with X-ray on in all inputs, as the screen counted them; None where nobody did."""
        return exposures(self.acts)

    @property
    def xray_s(self) -> float | None:
        """Their sum in s; None where nobody counted."""
        return xray_s(self.acts)

    @property
    def second_exposures(self) -> int | None:
        """Of them those of the second input; None where there was none, or nobody counted."""
        return exposures(act for act in self.acts if act.input == SECOND)

    @property
    def second_xray_s(self) -> float | None:
        """Their sum in s; None as for `second_exposures`."""
        return xray_s(act for act in self.acts if act.input == SECOND)

    @property
    def alarms(self) -> tuple[RaisedAlarm, ...]:
        """The alarms that speak of the patient's cement."""
        return tuple(alarm for alarm in self.raised if alarm.is_of_patient)

    def count(self, kind: str) -> int:
        """How often something was done."""
        return sum(act.kind == kind for act in self.acts)


class SessionDay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A session as it was.

    Attributes
    ----------
    rehearsal : bool
        A recorded run was played as if it were live: it counts nowhere.
    levels : tuple of LevelDay
        In the order in which they were begun; at least one.
    in_order : bool
        The session was ended by a person.
    """

    levels: tuple[LevelDay, ...]
    rehearsal: bool = False
    in_order: bool = True
    schema: str = SCHEMA

    @property
    def acts(self) -> tuple[SessionEvent, ...]:
        """All acts, in the order of the run."""
        return tuple(sorted((act for level in self.levels for act in level.acts), key=lambda act: act.t_s or 0.0))

    @property
    def alarms(self) -> tuple[RaisedAlarm, ...]:
        """The alarms of all levels that speak of the patient's cement."""
        return tuple(alarm for level in self.levels for alarm in level.alarms)

    @property
    def cement_ml(self) -> float | None:
        """The sum over the levels; None where nothing was entered."""
        known = [level.cement_ml for level in self.levels if level.cement_ml is not None]
        return round(sum(known), 3) if known else None

    @property
    def key_frames(self) -> tuple[int, ...]:
        """Frames of the key images that were kept on the day."""
        return tuple(sorted({a.frame for a in self.acts if a.kind == "key_image" and a.frame is not None}))


def exposures(acts: Iterable[SessionEvent]) -> int | None:
    """Stretches with X-ray on among acts, without those that were taken back; None where nobody counted."""
    counted = _counted(acts)
    return sum(bool(act.number) and act.seconds != 0.0 for act in counted) if counted else None


def _counted(acts: Iterable[SessionEvent]) -> list[SessionEvent]:
    """What counts X-ray; nothing where it is said that this was less than the whole."""
    counted = [act for act in acts if act.kind == XRAY]
    return [] if any(act.text for act in counted) else counted


def xray_s(acts: Iterable[SessionEvent]) -> float | None:
    """Their sum in s; None where nobody counted."""
    counted = _counted(acts)
    return round(sum(act.seconds or 0.0 for act in counted), 2) if counted else None


def decode_day(content: bytes) -> SessionDay:
    """A day as written by `msgspec.json.encode`.

    Raises
    ------
    ValueError
        If it is none, or says what no session says.
    """
    day = read_json(content, SessionDay)
    check_day(day)
    return day


def check_day(day: SessionDay) -> None:
    """Refuse what no session says.

    Raises
    ------
    ValueError
    """
    if day.schema != SCHEMA or not 1 <= len(day.levels) <= 30:
        raise ValueError("not a day of this version")
    for level in day.levels:
        words = [level.level, *(alarm.code for alarm in level.raised), *(alarm.view for alarm in level.raised)]
        texts = [*(act.text for act in level.acts), *(alarm.headline for alarm in level.raised)]
        fits = all(len(word) <= 24 for word in words) and all(len(text) <= 200 for text in texts)
        fits = fits and all(act.kind in DAY_KINDS for act in level.acts)
        fits = fits and all(alarm.priority in PRIORITIES for alarm in level.raised)
        fits = fits and {act.input for act in level.acts} | {*level.uncounted} <= {FIRST, SECOND}
        parts = (level, *level.acts, *level.raised)
        numbers = [n for part in parts for n in msgspec.structs.astuple(part) if isinstance(n, int | float)]
        fits = fits and all(abs(number) <= _MOST for number in numbers)
        if not fits or len(level.acts) > 100_000 or len(level.raised) > 100_000:
            raise ValueError("holds what no session says")


def raised_alarm_words(alarms: Sequence[RaisedAlarm]) -> str:
    """How many alarms were told on the day, of which priority, and how many were acknowledged."""
    answered = sum(one.acknowledged_s is not None for one in alarms)
    return count_words([one.priority for one in alarms]) + (sentence(f"; {answered} acknowledged") if alarms else "")
