"""What the session writes into its event log, and the anchor of the log's head in the recording."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from assistant.live.messages import AlarmNotice
from assistant.live.orders import LogAnchor
from assistant.live.shared.mailbox import Mailbox
from assistant.live.status import LiveAlarm
from assistant.recording.event_log import EventLog

_WITNESS_EVERY_NS: Final = 1_000_000_000


class AuditLog:
    """The event log of a session.

    Parameters
    ----------
    folder : Path
    clock_ns : callable
    """

    def __init__(self, folder: Path, clock_ns: Callable[[], int]) -> None:
        self._log = EventLog(folder, clock_ns=clock_ns)
        self._clock_ns = clock_ns
        self._witnessed = (0, -1)

    @property
    def fault(self) -> str:
        """Why events may be lost; empty while all is well."""
        return self._log.fault

    @property
    def head(self) -> tuple[str, int]:
        """Hash of the last event and the count of events."""
        return self._log.head

    @property
    def before(self) -> tuple[dict[str, Any], ...]:
        """What the log held before this session."""
        return self._log.before.events

    def event(self, kind: str, **data: Any) -> None:
        """Write an event."""
        self._log.append(kind, **data)

    def alarms(self, raised: list[LiveAlarm], ended: list[LiveAlarm], frame: int | None) -> None:
        """Write what the screen's alarm list gained and lost."""
        for kind, alarms in (("alarm", raised), ("alarm_ended", ended)):
            for alarm in alarms:
                self._log.append(
                    kind,
                    code=alarm.code,
                    event=alarm.kind,
                    priority=alarm.priority.word,
                    site=alarm.site,
                    view=alarm.view,
                    headline=alarm.headline,
                    frame=frame,
                )

    def sounded(self, alarms: Iterable[LiveAlarm], now_ns: int) -> None:
        """Write which alarms are heard for the first time, and how long after the picture (else: after the fault)."""
        for alarm in alarms:
            onset_ns = alarm.raised_ns if alarm.seen_ns is None else alarm.seen_ns
            self._log.append(
                "alarm_sounded",
                code=alarm.code,
                event=alarm.kind,
                priority=alarm.priority.word,
                site=alarm.site,
                view=alarm.view,
                delay_ms=round((now_ns - onset_ns) / 1e6, 1),
            )

    def early_alarm(self, message: AlarmNotice) -> None:
        """Write an alarm of the pipeline, and how long after the grab it was found; what was heard has its own line."""
        alarm = message.alarm
        self._log.append(
            "pipeline_alarm",
            alarm=alarm.kind,
            site=alarm.site,
            priority=alarm.priority.word,
            first_frame=alarm.first_frame,
            last_frame=alarm.last_frame,
            found_ms=round((message.finished_ns - message.captured_ns) / 1e6, 1),
        )

    def anchor(self, recorder: Mailbox, *, force: bool = False) -> None:
        """Let the recording keep the log's head, at most once a second: a log that loses its end is found out."""
        head, count = self._log.head
        now_ns, (seen_ns, seen_count) = self._clock_ns(), self._witnessed
        if count != seen_count and (force or now_ns - seen_ns > _WITNESS_EVERY_NS):
            recorder.put(LogAnchor(head=head, count=count))
            self._witnessed = now_ns, count

    def close(self) -> bool:
        """Write what waits; False if not all could be kept."""
        return self._log.close()
