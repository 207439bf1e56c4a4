"""A session is read back level by level: what was done, told and answered, in logs of today and of before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from assistant.errors import InputError
from assistant.review.session_day import FILE, SessionDay, raised_alarm_words
from assistant.review.session_log import DayEvent
from assistant.review.session_reading import day_of, read_session_day


def plan(level: str, number: int = 1) -> DayEvent:
    views = [{"view": "lateral", "level": level, "calibrated": False, "scale_by": "assumed depth"}]
    return at(number, "plan_set", plan={"views": views}, plan_number=number)


def at(newest: int, kind: str, /, **data: Any) -> DayEvent:
    return DayEvent(kind=kind, frame=newest, t_s=newest / 10, data=data)


def alarm(frame: int, code: str, priority: str = "high", event: str | None = "warning_line", **more: Any) -> DayEvent:
    return at(frame, "alarm", code=code, priority=priority, event=event, headline=code, frame=frame - 1, **more)


def two_levels() -> SessionDay:
    return day_of(
        [
            DayEvent(kind="source_opened", data={"rehearsal": False}),
            DayEvent(kind="cement_clock", data={}),
            plan("L1"),
            at(2, "armed"),
            at(3, "xray", number=0, seconds=0.0, level="L1"),
            at(3, "xray", number=1, seconds=0.1, level="L1"),
            at(4, "ml", total_ml=0.2, level="L1"),
            at(5, "ml", total_ml=0.4, level="L1"),
            alarm(6, "A4", "medium", "approaching_posterior", site="posterior"),
            alarm(6, "A16", "low", None),
            at(7, "acknowledged", alarms=["A4"]),
            at(8, "alarm_ended", code="A4", site="posterior"),
            alarm(8, "A1", site="posterior"),
            at(9, "xray", number=1, seconds=4.5, level="L1"),
            at(9, "next_level", done=["L1 · 0.4 ml"], level="L1"),
            plan("L2", 2),
            at(12, "ml", total_ml=0.2, level="L2"),
            at(13, "key_image", text="key_001_frame_000110", frame=110, level="L2"),
            at(14, "xray", number=2, seconds=2.0, level="L2"),
            at(15, "session_ended"),
        ]
    )


def test_each_level_has_what_was_done_and_told_at_it() -> None:
    day = two_levels()
    first, second = day.levels
    assert [level.level for level in day.levels] == ["L1", "L2"]
    assert (first.cement_ml, second.cement_ml, day.cement_ml) == (0.4, 0.2, 0.6)
    assert (first.exposures, first.xray_s) == (1, 4.5)
    assert (second.exposures, second.xray_s) == (1, 2.0)
    assert [told.code for told in first.raised] == ["A4", "A16", "A1"]
    assert [(told.code, told.acknowledged_s, told.ended_s) for told in first.alarms] == [
        ("A4", 0.7, 0.8),
        ("A1", None, None),
    ]
    assert raised_alarm_words(day.alarms) == "2 alarms: 1 HIGH · 1 MEDIUM; 1 acknowledged"
    assert first.acts[0].kind == "cement_clock"  # before the first lines stood
    assert first.plan is not None
    assert first.plan["views"][0]["scale_by"] == "assumed depth"
    assert day.key_frames == (110,)
    assert not day.rehearsal
    assert day.in_order


def test_a_log_of_before_names_no_level_and_begins_anew_at_each() -> None:
    """Millilitres of a level that is taken up again are added; X-ray was not counted then: unknown, not 0."""
    day = day_of(
        [
            plan("L1"),
            at(1, "ml", total_ml=0.4),
            alarm(2, "A2", event=None),
            at(3, "next_level", done=["L1 · 0.4 ml"]),
            plan("L1", 2),
            at(4, "ml", total_ml=0.2),
        ]
    )
    (level,) = day.levels
    assert level.cement_ml == pytest.approx(0.6)
    assert level.exposures is None
    assert level.xray_s is None
    assert [told.code for told in level.alarms] == ["A2"]
    assert not day.in_order


def test_nothing_entered_is_unknown_and_a_session_without_lines_has_one_level_without_a_name() -> None:
    day = day_of([at(1, "pause"), at(2, "ml", total_ml="many"), at(3, "ml", total_ml=99)])
    (level,) = day.levels
    assert level.level == ""
    assert level.cement_ml is None
    assert day.cement_ml is None
    assert raised_alarm_words(day.alarms) == "no alarm"


def test_a_played_run_is_a_rehearsal() -> None:
    assert day_of([DayEvent(kind="source_opened", data={"rehearsal": True})]).rehearsal


def test_the_day_of_a_pack_says_the_same(tmp_path: Path) -> None:
    day = two_levels()
    (tmp_path / FILE).write_bytes(msgspec.json.encode(day))
    assert read_session_day(tmp_path) == day
    assert read_session_day(tmp_path / "film.mkv") is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"levels": []}', b'{"levels": [{"level": "L1"}], "x": 1}'])
def test_a_day_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(InputError, match="not a day of a session"):
        read_session_day(tmp_path)
