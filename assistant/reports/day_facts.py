"""What a report says of the day: level by level as it was noted and told then, apart from what an analysis finds."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from assistant.language import sentence
from assistant.review.counting import COUNTED, count_words
from assistant.review.session_day import LevelDay, SessionDay, raised_alarm_words
from assistant.vocabulary import Alarm, EventKind

REHEARSAL = sentence("REHEARSAL: a recorded run was played as if it were live. No patient; it counts nowhere.")
NO_LEVEL = sentence("level not named")
NOT_ENTERED = sentence("millilitres not entered")
ALL_LEVELS = sentence("All levels")
DAY_NOT_KNOWN = sentence("day not known")
NO_LEAK_RAISED = sentence("no leak told")
XRAY_NOT_COUNTED = sentence("X-ray not counted")
SECOND_NOT_COUNTED = sentence("second input not counted")
_WORDS = (
    ("pause", sentence("pause"), sentence("pauses")),
    ("ap_look", sentence("AP look"), sentence("AP looks")),
    ("key_image", sentence("key image"), sentence("key images")),
    ("bookmark", sentence("bookmark"), sentence("bookmarks")),
)


def clock(t_s: float) -> str:
    """Minutes, seconds and hundredths."""
    return f"{int(t_s) // 60:02d}:{t_s % 60:05.2f}"


def day_rows(day: SessionDay | None) -> tuple[tuple[str, str], ...]:
    """A line a level: millilitres, stages, X-ray, alarms and their answers, marks; as they were on the day."""
    if day is None:
        return ()
    return tuple((level.level or NO_LEVEL, " · ".join(level_words(level))) for level in day.levels)


class SessionLine(NamedTuple):
    """A level of a session beside the others, in words; the last line of a session's table is of all of them.

    ``raised``, ``answered`` and ``leaks_raised``: of the day; ``leaks_found``: of the analysis as it is kept.
    """

    level: str
    cement: str
    pushes: str
    raised: str
    answered: str
    leaks_raised: str
    leaks_found: str
    xray: str


SESSION_HEAD = SessionLine(
    level=sentence("Level"),
    cement=sentence("Cement"),
    pushes=sentence("Pushes"),
    raised=sentence("Told on the day"),
    answered=sentence("Answered"),
    leaks_raised=sentence("Leaks told"),
    leaks_found=sentence("Leaks by analysis"),
    xray=sentence("X-ray as counted"),
)


def session_lines(
    levels: Sequence[tuple[LevelDay | None, str, str]], whole: SessionDay | None = None
) -> tuple[SessionLine, ...]:
    """A line for each level, and one for all.

    Parameters
    ----------
    levels : sequence of (day, name, leaks found)
        The day is None where it is not known: that is told, and nothing is added up without it.
    whole : SessionDay or None
        The session's own day, where its log is there: it holds also what was done after the last level's part.
    """
    days = [day for day, _, _ in levels]
    lines = [_line(day, name or NO_LEVEL, found) for day, name, found in levels]
    known = [day for day in days if day is not None]
    if len(known) < len(days):
        return (*lines, _line(None, ALL_LEVELS, ""))
    if whole is not None:
        known = list(whole.levels)
    acts, raised = (tuple(itertools.chain(*of)) for of in ([d.acts for d in known], [d.raised for d in known]))
    uncounted = tuple(sorted({number for each in known for number in each.uncounted}))
    entered = [day.cement_ml for day in known if day.cement_ml is not None]
    cement_ml = round(sum(entered), 3) if entered else None
    joint = LevelDay(level="", cement_ml=cement_ml, acts=acts, raised=raised, uncounted=uncounted)
    line, missing = _line(joint, ALL_LEVELS, ""), len(known) - len(entered)
    if entered and missing:
        # A sum that leaves a level out says so.
        line = line._replace(cement=sentence(f"{line.cement}, not entered at {missing} of {len(known)} levels"))
    return (*lines, line)


def _line(day: LevelDay | None, name: str, found: str) -> SessionLine:
    if day is None:
        unknown = DAY_NOT_KNOWN
        return SessionLine(name, unknown, unknown, unknown, unknown, unknown, found, unknown)
    answered = sum(one.acknowledged_s is not None for one in day.alarms)
    leaks = dict.fromkeys(alarm.headline for alarm in day.alarms if alarm.kind == EventKind.LEAK)
    return SessionLine(
        level=name,
        cement=NOT_ENTERED if day.cement_ml is None else sentence(f"{day.cement_ml:.1f} ml"),
        pushes=XRAY_NOT_COUNTED if day.exposures is None else str(day.exposures),  # as the theatre counts them
        raised=count_words([one.priority for one in day.alarms]),
        answered=sentence(f"{answered} of {len(day.alarms)}"),
        leaks_raised="; ".join(leaks) or NO_LEAK_RAISED,
        leaks_found=found,
        xray=_xray(xray_of(day)),
    )


def level_words(level: LevelDay) -> list[str]:
    """What was done and told at a level."""
    parts = [NOT_ENTERED if level.cement_ml is None else sentence(f"{level.cement_ml:.1f} ml")]
    parts.append(xray_words(xray_of(level)))
    parts.append(sentence(f"told: {raised_alarm_words(level.alarms)}"))
    return [*parts, *marks_words(level)]


def marks_words(level: LevelDay) -> list[str]:
    """Stages of the cement with their times in the run, and how many marks of each kind were made."""
    parts = [stage for stage in (_stages(level),) if stage]
    for kind, one, many in _WORDS:
        count = level.count(kind)
        parts += [f"{count} {one if count == 1 else many}"] if count else []
    return parts


class XrayCounted(NamedTuple):
    """X-ray as it was counted on the day, of all inputs; of them that of a second one.

    ``seconds``, ``exposures``: None where nobody counted. ``second_seconds``, ``second_exposures``: None where there
    was no second input, or nobody counted it. ``whole``: no input was open whose X-ray nobody counted.
    """

    seconds: float | None
    exposures: int | None
    second_seconds: float | None = None
    second_exposures: int | None = None
    whole: bool = True


def xray_of(level: LevelDay) -> XrayCounted:
    """What was counted of X-ray at a level."""
    return XrayCounted(
        seconds=level.xray_s,
        exposures=level.exposures,
        second_seconds=level.second_xray_s,
        second_exposures=level.second_exposures,
        whole=not level.uncounted,
    )


def xray_words(counted: XrayCounted) -> str:
    """X-ray time and number of exposures, as they were counted on the day."""
    told = _xray(counted)
    return told if told == XRAY_NOT_COUNTED else sentence(f"X-ray {told}")


def _xray(counted: XrayCounted) -> str:
    seconds, exposures, second_s, second, whole = counted
    if seconds is None or exposures is None:
        return XRAY_NOT_COUNTED
    told = _exposed(seconds, exposures)
    if not whole:
        return sentence(f"{told}, {SECOND_NOT_COUNTED}")
    if second_s is None or second is None:
        return told
    own, other = _exposed(seconds - second_s, exposures - second), _exposed(second_s, second)
    return sentence(f"{told}: first input {own}, second {other}")


def _exposed(seconds: float, exposures: int) -> str:
    time = f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
    return sentence(f"{time} in 1 exposure") if exposures == 1 else sentence(f"{time} in {exposures} exposures")


def _stages(level: LevelDay) -> str:
    stages = [
        f"{act.text or 'mixed'}{'' if act.t_s is None else f' {clock(act.t_s)[:5]}'}"
        for act in level.acts
        if act.kind in ("cement_clock", "cement_stage")
    ]
    return sentence(f"cement {', '.join(stages)}") if stages else ""


def found_words(alarms: Iterable[Alarm]) -> str:
    """How many events of the patient an analysis found, by priority."""
    return count_words([alarm.priority.word for alarm in alarms if alarm.kind in COUNTED])
