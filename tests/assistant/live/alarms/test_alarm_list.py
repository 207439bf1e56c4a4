from dataclasses import replace
from itertools import pairwise

import pytest

from assistant.alarm_table.sounds import length_s
from assistant.live.alarms.alarm_list import PAUSE_S, LiveAlarms, Wanted
from assistant.vocabulary import AlarmSite, EventKind, Priority

SECOND = 1_000_000_000
HIGH = Wanted(code="A1", priority=Priority.HIGH, headline="H", action="h", latched=True)
MEDIUM = Wanted(code="A4", priority=Priority.MEDIUM, headline="M", action="m")
LOW = Wanted(code="A12", priority=Priority.LOW, headline="L", action="l")
SILENT = replace(LOW, code="A16", silent=True)


def bursts(alarms: LiveAlarms, wanted: list[Wanted], seconds: float, start_s: float = 0.0) -> list[float]:
    """Times at which a burst was due, in steps of 20 ms."""
    heard = []
    for k in range(round(seconds * 50)):
        at_s = start_s + k / 50
        before = alarms.bursts
        alarms.update(round(at_s * SECOND), wanted)
        if alarms.bursts > before:
            heard.append(round(at_s, 2))
    return heard


def test_raised_once_and_ended_once() -> None:
    alarms = LiveAlarms()
    raised, ended = alarms.update(0, [MEDIUM])
    assert [alarm.code for alarm in raised] == ["A4"]
    assert alarms.update(SECOND // 10, [MEDIUM]) == ([], [])
    raised, ended = alarms.update(2 * SECOND, [])
    assert (raised, [alarm.code for alarm in ended]) == ([], ["A4"])


@pytest.mark.parametrize(("wanted", "every_s"), [(HIGH, 5.0), (MEDIUM, 10.0), (replace(HIGH, burst_s=2.5), 2.5)])
def test_bursts_repeat_as_the_standard_says_and_never_give_up(wanted: Wanted, every_s: float) -> None:
    heard = bursts(LiveAlarms(), [wanted], 60.0)
    assert heard[0] == 0.0
    steps = [b - a for a, b in pairwise(heard)]
    assert all(abs(step - length_s(wanted.priority) - every_s) < 0.05 for step in steps)
    assert heard[-1] > 60.0 - every_s - length_s(wanted.priority) - 0.1


def test_low_sounds_once_and_a_silent_row_never() -> None:
    assert bursts(LiveAlarms(), [LOW], 30.0) == [0.0]
    assert bursts(LiveAlarms(), [SILENT], 30.0) == []


def test_a_short_condition_plays_its_burst_out() -> None:
    alarms = LiveAlarms()
    alarms.update(0, [MEDIUM])
    alarms.update(SECOND // 2, [])
    (left,) = alarms.ordered()
    assert not left.holds
    alarms.update(round(1.1 * SECOND), [])
    assert alarms.ordered() == ()


def test_high_about_the_cement_latches_until_it_is_acknowledged() -> None:
    alarms = LiveAlarms()
    alarms.update(0, [HIGH])
    alarms.update(100 * SECOND, [])
    (left,) = alarms.ordered()
    assert not left.holds
    alarms.acknowledge(101 * SECOND)
    alarms.update(102 * SECOND, [])
    assert alarms.ordered() == ()


def test_an_acknowledgement_silences_a_minute_at_most_and_stays_visible() -> None:
    alarms = LiveAlarms()
    bursts(alarms, [HIGH], 3.0)
    assert [alarm.code for alarm in alarms.acknowledge(3 * SECOND)] == ["A1"]
    heard = bursts(alarms, [HIGH], 70.0, 3.0)
    assert heard
    assert abs(heard[0] - (3.0 + PAUSE_S)) < 0.05
    assert alarms.acknowledge(80 * SECOND)
    order = alarms.sound(81 * SECOND)
    assert order.priority is Priority.NONE
    assert order.paused_until_ns == 140 * SECOND
    assert len(alarms.ordered()) == 1


def test_a_new_condition_breaks_through_a_pause() -> None:
    alarms = LiveAlarms()
    bursts(alarms, [MEDIUM], 1.0)
    alarms.acknowledge(SECOND)
    assert bursts(alarms, [MEDIUM], 5.0, 1.0) == []
    assert bursts(alarms, [MEDIUM, HIGH], 1.0, 6.0) == [6.0]


def test_a_condition_that_gets_worse_is_raised_again() -> None:
    alarms = LiveAlarms()
    alarms.update(0, [replace(HIGH, priority=Priority.LOW)])
    alarms.acknowledge(1)
    raised, _ = alarms.update(SECOND, [HIGH])
    assert [alarm.priority for alarm in raised] == [Priority.HIGH]
    assert raised[0].paused_until_ns is None


def test_the_gravest_stands_first_and_sounds() -> None:
    alarms = LiveAlarms()
    alarms.update(0, [LOW, HIGH, MEDIUM])
    assert [alarm.code for alarm in alarms.ordered()] == ["A1", "A4", "A12"]
    assert alarms.sound(0).priority is Priority.HIGH


def test_a_storm_is_one_sound_and_a_bounded_list() -> None:
    """F-44: fifty alarms in a second that flap ten times a second."""
    alarms = LiveAlarms()
    storm = [replace(MEDIUM, code=f"A{k}") for k in range(50)]
    heard = []
    for k in range(500):
        before = alarms.bursts
        alarms.update(k * SECOND // 50, storm if k // 5 % 2 == 0 else [])
        heard += [k / 50] if alarms.bursts > before else []
    assert len(alarms.standing) <= 50
    assert all(b - a >= 3.5 - 0.03 for a, b in pairwise(heard))
    assert heard


def test_the_one_pulse_of_a_low_that_comes_soon_after_another_is_played_late_and_not_lost() -> None:
    alarms = LiveAlarms()
    other = replace(LOW, code="A14")
    alarms.update(0, [LOW])
    alarms.update(SECOND, [LOW, other])
    assert alarms.bursts == 1
    alarms.update(2 * SECOND, [LOW, other])
    assert alarms.bursts == 1
    alarms.update(3 * SECOND, [LOW, other])
    assert alarms.bursts == 2
    for k in range(4, 60):
        alarms.update(k * SECOND, [LOW, other])
    assert alarms.bursts == 2, "once each"


def test_what_a_burst_makes_heard_for_the_first_time() -> None:
    alarms = LiveAlarms()
    alarms.update(0, [HIGH, MEDIUM, SILENT])
    assert [alarm.code for alarm in alarms.sounded(5, Priority.HIGH)] == ["A1"]
    assert alarms.sounded(6, Priority.HIGH) == [], "once"
    alarms.acknowledge(7)
    assert alarms.sounded(8, Priority.MEDIUM) == [], "its sound is off"
    assert [alarm.code for alarm in alarms.sounded(70 * SECOND, Priority.MEDIUM)] == ["A4"]
    assert alarms.sounded(71 * SECOND, Priority.LOW) == [], "silent"


def test_what_takes_the_place_of_another_ends_it_though_nobody_has_acknowledged_it() -> None:
    first = replace(MEDIUM, code="A5", kind=EventKind.ENDPLATE, site=AlarmSite.SUPERIOR_ENDPLATE, latched=True)
    other = replace(first, site=AlarmSite.INFERIOR_ENDPLATE)
    second = replace(first, kind=EventKind.LEAK, replaces=(("A5", EventKind.ENDPLATE),))
    alarms = LiveAlarms()
    alarms.update(0, [first, other])
    raised, ended = alarms.update(SECOND, [second])
    assert [alarm.kind for alarm in raised] == [EventKind.LEAK]
    assert [(alarm.kind, alarm.site) for alarm in ended] == [(EventKind.ENDPLATE, AlarmSite.SUPERIOR_ENDPLATE)]
    assert {(alarm.kind, alarm.site) for alarm in alarms.ordered()} == {
        (EventKind.LEAK, AlarmSite.SUPERIOR_ENDPLATE),
        (EventKind.ENDPLATE, AlarmSite.INFERIOR_ENDPLATE),
    }
