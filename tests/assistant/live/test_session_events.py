import json
from dataclasses import replace
from pathlib import Path

from assistant.live.messages import AlarmNotice
from assistant.live.orders import LogAnchor
from assistant.live.session_events import AuditLog
from assistant.live.shared.shared_memory import SessionMemory
from assistant.live.status import LiveAlarm
from assistant.vocabulary import Alarm, AlarmSite, EventKind, Priority


def test_what_happens_is_written_and_its_head_is_witnessed_once_a_second(
    tmp_path: Path, session_memory: SessionMemory
) -> None:
    now = [0]
    audit_log = AuditLog(tmp_path, lambda: now[0])
    alarm = LiveAlarm(
        code="A1",
        kind=EventKind.WARNING_LINE,
        site=AlarmSite.POSTERIOR,
        priority=Priority.HIGH,
        headline="H",
        action="a",
        raised_ns=0,
    )
    audit_log.event("mark", text="x")
    audit_log.alarms([alarm], [alarm], 7)
    heard = Alarm(
        kind=EventKind.ENDPLATE,
        site=AlarmSite.SUPERIOR_ENDPLATE,
        priority=Priority.MEDIUM,
        first_frame=3,
        last_frame=None,
        headline="E",
        action="",
    )
    audit_log.early_alarm(AlarmNotice(alarm=heard, plan_number=1, captured_ns=0, finished_ns=12_345_678))
    audit_log.sounded([replace(alarm, seen_ns=2_000_000), alarm], 52_000_000)
    for now[0] in range(0, 3_000_000_001, 500_000_000):
        audit_log.anchor(session_memory.to_capture)
    audit_log.event("mark", text="y")
    audit_log.anchor(session_memory.to_capture, force=True)
    assert audit_log.close()
    said = session_memory.to_capture.take()
    assert [each.count for each in said] == [6, 7]
    assert isinstance(said[-1], LogAnchor)
    assert said[-1].head == audit_log.head[0]
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [event["kind"] for event in events] == ["mark", "alarm", "alarm_ended", "pipeline_alarm"] + [
        "alarm_sounded"
    ] * 2 + ["mark"]
    assert events[1]["data"]["frame"] == 7
    assert events[3]["data"]["found_ms"] == 12.3
    assert [event["data"]["delay_ms"] for event in events[4:6]] == [50.0, 52.0]
    assert audit_log.fault == ""
    assert audit_log.before == ()
