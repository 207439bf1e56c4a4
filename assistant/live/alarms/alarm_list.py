"""Alarms of the live screen: which stand, which sound plays, what an acknowledgement does. Pure; times are handed in.

What the pipeline finds about the cement (A1 to A6) and what the session finds about itself (A7 to A18) become one list.
Rules after IEC 60601-1-8 as the project reads it: an acknowledgement silences what stands for 60 s at most and nothing
else; a new condition breaks through; a burst that was begun is played out; HIGH about the cement latches.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from assistant.alarm_table.sounds import GAP_S, LEAST_GAP_S, length_s
from assistant.live.status import LiveAlarm, SoundOrder
from assistant.vocabulary import AlarmSite, EventKind, Priority

PAUSE_S: Final = 60.0
_PLAYED_OUT_SHARE: Final = {Priority.HIGH: 0.5, Priority.MEDIUM: 1.0, Priority.LOW: 0.0, Priority.NONE: 0.0}
"""Half a burst of HIGH, a whole one of MEDIUM (60601-1-8, 6.10)."""

Key = tuple[str, EventKind | None, AlarmSite | None, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A condition that is true now."""

    code: str
    priority: Priority
    headline: str
    action: str
    row: str = ""
    """The words of its row of the table, without figures: one code can stand for several."""
    kind: EventKind | None = None
    site: AlarmSite | None = None
    latched: bool = False
    silent: bool = False
    burst_s: float | None = None
    before_held: bool = False
    view: str = ""
    replaces: tuple[tuple[str, EventKind | None], ...] = ()
    """Codes and kinds that give place to it at the same site."""
    seen_ns: int | None = None
    """Grab of the picture that raised it."""

    @property
    def key(self) -> Key:
        """Conditions with one key are one alarm."""
        return (self.code, self.kind, self.site, self.view, self.row)


@dataclass(slots=True)
class LiveAlarms:
    """Which alarms stand, and the sound that is due.

    Attributes
    ----------
    standing : dict
    bursts : int
        Bursts due since the session began.
    """

    standing: dict[Key, LiveAlarm] = field(default_factory=dict)
    bursts: int = 0
    _played: dict[Priority, int] = field(default_factory=dict)
    _sounded: dict[Key, int] = field(default_factory=dict)
    _again_ns: int | None = None
    _late: Priority = Priority.NONE
    _sounding: Priority = Priority.NONE

    def update(self, now_ns: int, wanted: Iterable[Wanted]) -> tuple[list[LiveAlarm], list[LiveAlarm]]:
        """Take in all conditions that are true now; gives the alarms raised and those ended by this call."""
        raised: list[LiveAlarm] = []
        ended: list[LiveAlarm] = []
        now_wanted = {each.key: each for each in wanted}
        for key, each in now_wanted.items():
            before = self.standing.get(key)
            alarm = _raised(each, before, now_ns)
            self.standing[key] = alarm
            if before is None or alarm.raised_ns != before.raised_ns:
                raised.append(alarm)
            if before is not None and _is_another(each, before):
                ended.append(before)
        replaced = {(code, kind, each.site, each.view) for each in now_wanted.values() for code, kind in each.replaces}
        for key, alarm in list(self.standing.items()):
            if key not in now_wanted:
                left = None if key[:4] in replaced else _left(alarm, now_ns)
                if left is None:
                    del self.standing[key]
                    ended.append(alarm)
                else:
                    self.standing[key] = left
        self._sound(now_ns, raised)
        return raised, ended

    def acknowledge(self, now_ns: int) -> list[LiveAlarm]:
        """A person has seen all that stands now; gives what had not been acknowledged before."""
        fresh = {key: alarm for key, alarm in self.standing.items() if _is_audible(alarm, now_ns)}
        until_ns = now_ns + round(PAUSE_S * 1e9)
        self.standing |= {key: replace(alarm, paused_until_ns=until_ns) for key, alarm in fresh.items()}
        self._again_ns = None
        return list(fresh.values())

    def sounded(self, now_ns: int, priority: Priority) -> list[LiveAlarm]:
        """A burst of a priority has begun to play: what is heard with it for the first time."""
        first = {
            key: alarm
            for key, alarm in self.standing.items()
            if alarm.priority is priority and not alarm.silent and self._sounded.get(key) != alarm.raised_ns
            if _is_audible(alarm, now_ns)
        }
        self._sounded |= {key: alarm.raised_ns for key, alarm in first.items()}
        return list(first.values())

    def ordered(self) -> tuple[LiveAlarm, ...]:
        """All that stand: highest first, what holds before what has gone, newest first."""
        return tuple(sorted(self.standing.values(), key=lambda a: (-a.priority, not a.holds, -a.raised_ns)))

    def sound(self, now_ns: int) -> SoundOrder:
        """What is to be heard now."""
        pauses = [a.paused_until_ns for a in self.standing.values() if _is_paused(a, now_ns)]
        return SoundOrder(
            priority=self._loudest(now_ns),
            bursts=self.bursts,
            paused_until_ns=max((p for p in pauses if p is not None), default=None),
        )

    def _audible(self, now_ns: int) -> list[LiveAlarm]:
        return [a for a in self.standing.values() if not a.silent and _is_audible(a, now_ns)]

    def _loudest(self, now_ns: int) -> Priority:
        return max((alarm.priority for alarm in self._audible(now_ns)), default=Priority.NONE)

    def _sound(self, now_ns: int, raised: list[LiveAlarm]) -> None:
        audible = self._audible(now_ns)
        priority = max((alarm.priority for alarm in audible), default=Priority.NONE)
        new = any(alarm.priority is priority and not alarm.silent for alarm in raised)
        louder = priority > self._sounding
        self._sounding = priority
        if priority is Priority.NONE:
            self._again_ns, self._late = None, Priority.NONE
            return
        gaps = [alarm.burst_s for alarm in audible if alarm.priority is priority and alarm.burst_s is not None]
        last_ns = self._played.get(priority)
        rested = last_ns is None or now_ns - last_ns >= _step_ns(priority, LEAST_GAP_S)
        back = bool(gaps) and (self._again_ns is None or now_ns >= self._again_ns)
        late = self._late is priority and rested
        if (new or louder or back or late) and rested and (new or gaps or late):
            self.bursts += 1
            self._late = Priority.NONE
            self._played[priority] = now_ns
            self._again_ns = now_ns + _step_ns(priority, min(gaps)) if gaps else None
        elif new and not rested and gaps:
            assert last_ns is not None
            soonest_ns = last_ns + _step_ns(priority, LEAST_GAP_S)
            self._again_ns = soonest_ns if self._again_ns is None else min(self._again_ns, soonest_ns)
        elif new and not rested:
            self._late = priority  # its one pulse waits until the one before has rested


def _step_ns(priority: Priority, gap_s: float) -> int:
    """From the beginning of a burst to that of the next: the gap counts from its end."""
    return round((length_s(priority) + gap_s) * 1e9)


def _raised(each: Wanted, before: LiveAlarm | None, now_ns: int) -> LiveAlarm:
    burst_s = each.burst_s if each.burst_s is not None else GAP_S[each.priority]
    graver = before is not None and (each.priority > before.priority or _is_another(each, before))
    fresh = before is None or graver
    return LiveAlarm(
        code=each.code,
        kind=each.kind,
        site=each.site,
        priority=each.priority,
        headline=each.headline,
        action=each.action,
        raised_ns=now_ns if before is None or graver else before.raised_ns,
        holds=True,
        latched=each.latched,
        paused_until_ns=None if fresh or before is None else before.paused_until_ns,
        silent=each.silent or each.before_held,
        burst_s=None if each.silent or each.before_held else burst_s,
        before_held=each.before_held,
        view=each.view,
        seen_ns=each.seen_ns if before is None or graver else before.seen_ns,
    )


def _is_another(each: Wanted, before: LiveAlarm) -> bool:
    """Whether one has ended and the next was raised by another picture between two looks: a new one, to be heard."""
    return before.holds and None not in (each.seen_ns, before.seen_ns) and each.seen_ns != before.seen_ns


def _left(alarm: LiveAlarm, now_ns: int) -> LiveAlarm | None:
    """What becomes of an alarm whose condition has gone; None: it ends."""
    acknowledged = alarm.paused_until_ns is not None
    if alarm.latched and not acknowledged:
        return replace(alarm, holds=False)
    plays_out = now_ns - alarm.raised_ns < _PLAYED_OUT_SHARE[alarm.priority] * length_s(alarm.priority) * 1e9
    if plays_out and not acknowledged and not alarm.silent:
        return replace(alarm, holds=False)
    return None


def _is_paused(alarm: LiveAlarm, now_ns: int) -> bool:
    return alarm.paused_until_ns is not None and now_ns < alarm.paused_until_ns


def _is_audible(alarm: LiveAlarm, now_ns: int) -> bool:
    return not _is_paused(alarm, now_ns)
