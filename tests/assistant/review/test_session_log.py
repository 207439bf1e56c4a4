"""What was done on the day stands at its place in the run, and a broken log is read as far as it can be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.recording.event_log import EventLog
from assistant.review.session_log import read_events


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten frames, 100 ms apart from 1000 ms on; the log's clock is turned by hand."""
    lines = [{"i": k, "t": 3 + k / 10, "ns": (1000 + 100 * k) * 10**6, "v": 0, "p": k} for k in range(10)]
    lines.append({"events_head": "x", "events_count": 1})
    (tmp_path / "frames_000.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    clock = iter([ms * 10**6 for ms in (500, 1000, 1250, 1900, 9000)])
    log = EventLog(tmp_path, clock_ns=lambda: next(clock))
    log.append("session_started")
    log.append("armed", by="key")
    log.append("ml", text="0.2 ml in", total_ml=0.2)
    log.append("state", before="LIVE", after="HELD")
    log.append("session_ended")
    assert log.close()
    return tmp_path


def test_each_stands_at_the_frame_that_was_the_newest(folder: Path) -> None:
    events = read_events(folder)
    assert [(event.kind, event.frame, event.t_s) for event in events] == [
        ("session_started", None, None),  # before the first frame
        ("armed", 0, 0.0),
        ("ml", 2, 0.2),
        ("state", 9, 0.9),
        ("session_ended", 9, 0.9),
    ]
    assert events[2].data["total_ml"] == 0.2


def test_another_run_has_none(tmp_path: Path) -> None:
    assert read_events(tmp_path) == ()
    assert read_events(tmp_path / "film.mkv") == ()


def test_what_is_torn_or_of_another_form_is_passed_over(folder: Path) -> None:
    (log,) = folder.glob("events*.jsonl")
    whole = log.read_bytes()
    odd = b'[1]\n{"kind": 3, "data": {}, "mono_ns": 1}\n{"kind": "x", "data": 1, "mono_ns": 1}\n\xff\n'
    log.write_bytes(odd + whole + whole[:40])
    assert len(read_events(folder)) == 5
    (folder / "frames_000.jsonl").write_bytes(b'{"i": 1}\n')
    assert {event.frame for event in read_events(folder)} == {None}
