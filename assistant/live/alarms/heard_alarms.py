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
class HeardAlarms:
    """Those of the present plan."""

    _early: dict[_AlarmKey, AlarmNotice] = field(default_factory=dict)
    _grabbed_ns: dict[_AlarmKey, int] = field(default_factory=dict)

    def hear(self, heard: AlarmNotice) -> None:
        """An alarm raised or ended."""
        key = _key(heard.alarm)
        self._early[key] = heard
        if heard.alarm.last_frame is None:
            self._grabbed_ns[key] = heard.captured_ns
        else:
            self._grabbed_ns.pop(key, None)

    def moment_came(self, captured_ns: int) -> None:
        """A moment tells by itself what was told early of its frame and of those before."""
        self._early = {key: heard for key, heard in self._early.items() if heard.captured_ns > captured_ns}

    def standing(self, of_moment: Iterable[Alarm]) -> tuple[Alarm, ...]:
        """The alarms that stand: those of the newest moment, and what was heard since."""
        told = {_key(alarm): alarm for alarm in of_moment}
        for key, heard in self._early.items():
            if heard.alarm.last_frame is None:
                told.setdefault(key, heard.alarm)
            else:
                told.pop(key, None)
        return tuple(told.values())

    def grabbed_ns(self, alarm: Alarm) -> int | None:
        """When the picture was grabbed in which it was found; None where its beginning was not heard."""
        return self._grabbed_ns.get(_key(alarm))

    def forget(self) -> None:
        """Another plan, or an analysis that died: nothing of it is true now."""
        self._early.clear()
        self._grabbed_ns.clear()


def _key(alarm: Alarm) -> _AlarmKey:
    return alarm.kind, alarm.site, alarm.priority, row_of(alarm).watched
