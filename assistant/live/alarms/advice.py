"""What the literature says one can do when an alarm about the cement stands: one line, with its source.

An advice is no order: the alarm's own action stands in the bar. Both are read from the alarm table.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.alarm_table.table import standing_row
from assistant.live.status import LiveAlarm


def advice_for(alarms: Iterable[LiveAlarm]) -> str:
    """The advice of the highest alarm that has one; empty without."""
    rows = [
        standing_row(alarm.code, alarm.kind, alarm.site, alarm.headline) for alarm in alarms if not alarm.before_held
    ]
    return next((row.advice for row in rows if row is not None and row.advice), "")
