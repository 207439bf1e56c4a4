"""What a report says of the day is what was told then; what an analysis finds has another name."""

from __future__ import annotations

from msgspec.structs import replace

from assistant.reports.day_facts import (
    NO_LEVEL,
    NOT_ENTERED,
    XRAY_NOT_COUNTED,
    XrayCounted,
    day_rows,
    found_words,
    session_lines,
    xray_words,
)
from assistant.review.session_log import DayEvent
from assistant.review.session_reading import day_of
from assistant.vocabulary import Alarm, EventKind, Priority
from tests.assistant.review.test_session_reading import at, two_levels


def alarm(kind: EventKind, priority: Priority) -> Alarm:
    return Alarm(kind=kind, site=None, priority=priority, first_frame=1, last_frame=None, headline="", action="")


def test_a_line_a_level() -> None:
    rows = day_rows(two_levels())
    assert [name for name, _ in rows] == ["L1", "L2"]
    assert rows[0][1] == (
        "0.4 ml · X-ray 00:04 in 1 exposure · told: 2 alarms: 1 HIGH · 1 MEDIUM; 1 acknowledged · cement mixed"
    )
    assert rows[1][1] == "0.2 ml · X-ray 00:02 in 1 exposure · told: no alarm · 1 key image"


def test_what_nobody_entered_or_counted_is_said() -> None:
    assert day_rows(day_of([])) == ((NO_LEVEL, f"{NOT_ENTERED} · {XRAY_NOT_COUNTED} · told: no alarm"),)
    assert day_rows(None) == ()
    assert xray_words(XrayCounted(0.0, 0)) == "X-ray 00:00 in 0 exposures"


def test_each_plane_has_its_own_x_ray_and_a_second_one_that_nobody_counted_is_said() -> None:
    seen = [
        DayEvent(kind="second_opened", data={}),
        at(3, "xray", number=0, seconds=0.0),
        at(3, "xray", number=1, seconds=4.5),
    ]
    second = [at(4, "xray", number=number, seconds=2.0, input=2) for number in (1, 2)]
    ((_, told),) = day_rows(day_of([*seen, *second]))
    assert "X-ray 00:08 in 3 exposures: first input 00:04 in 1 exposure, second 00:04 in 2 exposures" in told
    ((_, told),) = day_rows(day_of(seen))
    assert "X-ray 00:04 in 1 exposure, second input not counted" in told


def test_neither_the_picture_nor_the_machine_nor_the_word_near_is_counted() -> None:
    quiet = [alarm(EventKind.SLOW_PROCESSING, Priority.LOW), alarm(EventKind.FROZEN, Priority.LOW)]
    quiet.append(alarm(EventKind.APPROACHING_ENDPLATE, Priority.LOW))
    assert found_words(quiet) == "no alarm"
    found = [*quiet, alarm(EventKind.WARNING_LINE, Priority.HIGH), alarm(EventKind.LEAK, Priority.MEDIUM)]
    assert found_words(found) == "2 alarms: 1 HIGH · 1 MEDIUM"


def test_the_sum_of_a_session_is_that_of_its_day_and_says_which_level_it_leaves_out() -> None:
    """What was entered behind the last level's part is of no part; the day of the session holds it."""
    day = two_levels()
    first, second = day.levels
    short = replace(second, cement_ml=None)
    levels = [(first, "L1", ""), (short, "L2", "")]
    assert session_lines(levels)[-1].cement == "0.4 ml, not entered at 1 of 2 levels"
    assert session_lines(levels, day)[-1].cement == "0.6 ml"
    assert [line.pushes for line in session_lines(levels, day)] == ["1", "1", "2"]
