"""The alarms of the pipeline as they were heard: early ones count at once, until the moment of their frame has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.alarm_table.row import Watched
from assistant.alarm_table.table import row_of
from assistant.lines import Line
from assistant.live.messages import AlarmNotice
from assistant.vocabulary import Alarm, AlarmSite, EventKind, Priority

_AlarmKey = tuple[EventKind | None, AlarmSite | None, Priority, Line | Watched]
"""The last: a technical one, which the session judges by its own clock."""


@dataclass(slots=True)
class EarlyAlarms:
    """Those of the present plan."""

    _early: dict[_AlarmKey, AlarmNotice] = field(default_factory=dict)
    _grabbed_ns: dict[_AlarmKey, int] = field(default_factory=dict)

    def add(self, notice: AlarmNotice) -> None:
        """An alarm raised or ended."""
        key = _key(notice.alarm)
        self._early[key] = notice
        if notice.alarm.last_frame is None:
            self._grabbed_ns[key] = notice.captured_ns
        else:
            self._grabbed_ns.pop(key, None)

    def moment_came(self, captured_ns: int) -> None:
        """A moment tells by itself what was told early of its frame and of those before."""
        self._early = {key: notice for key, notice in self._early.items() if notice.captured_ns > captured_ns}

    def standing(self, of_moment: Iterable[Alarm]) -> tuple[Alarm, ...]:
        """The alarms that stand: those of the newest moment, and what was heard since."""
        found = {_key(alarm): alarm for alarm in of_moment}
        for key, notice in self._early.items():
            if notice.alarm.last_frame is None:
                found.setdefault(key, notice.alarm)
            else:
                found.pop(key, None)
        return tuple(found.values())

    def grabbed_ns(self, alarm: Alarm) -> int | None:
        """When the picture was grabbed in which it was found; None where its beginning was not heard."""
        return self._grabbed_ns.get(_key(alarm))

    def forget(self) -> None:
        """Another plan, or an analysis that died: nothing of it is true now."""
        self._early.clear()
        self._grabbed_ns.clear()


def _key(alarm: Alarm) -> _AlarmKey:
    return alarm.kind, alarm.site, alarm.priority, row_of(alarm).watched
