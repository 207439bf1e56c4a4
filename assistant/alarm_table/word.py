"""An alarm as one word in a line of the day: which row of the table stood, and how grave it was."""

from __future__ import annotations

from dataclasses import replace

from assistant.alarm_table.row import PipelineRow, Watched
from assistant.alarm_table.table import FROM_PICTURES, row_of
from assistant.vocabulary import Alarm, AlarmSite, EventKind, Priority


def alarm_word(alarm: Alarm) -> str:
    """Kind, priority and site; of a technical row, which has no site, also what it watches: several share a kind."""
    watched = row_of(alarm).watched
    parts = (
        alarm.kind.value,
        alarm.priority.word,
        "" if alarm.site is None else alarm.site.value,
        watched.value if isinstance(watched, Watched) else "",
    )
    return ":".join(parts).rstrip(":")


def read_alarm_word(word: str, first: int, last: int | None) -> tuple[Alarm, PipelineRow]:
    """The alarm that a word tells, with its row's words, and that row.

    An older word does not say what was watched; then it is the nearest row (`row_of`).

    Parameters
    ----------
    word : str
    first, last : int or None
        The frames in which it stood.
    """
    kind, priority, site, watched = (*word.split(":"), "", "")[:4]
    alarm = Alarm(
        kind=EventKind(kind),
        site=AlarmSite(site) if site else None,
        priority=Priority[priority.upper()],
        first_frame=first,
        last_frame=last,
        headline="",
        action="",
    )
    named = (r for r in FROM_PICTURES if r.kind is alarm.kind and isinstance(r.watched, Watched))
    row = next((r for r in named if r.watched.value == watched), None) or row_of(alarm)
    return replace(alarm, headline=row.headline, action=row.action), row
