"""What stands by all that was heard: early alarms, early ends, and the moment that takes their place."""

from __future__ import annotations

from dataclasses import replace

from assistant.live.alarms.early_alarms import EarlyAlarms
from assistant.live.messages import AlarmNotice
from assistant.vocabulary import Alarm
from tests.one_reading import ALARM


def notice(alarm: Alarm, at_ns: int) -> AlarmNotice:
    return AlarmNotice(alarm=alarm, plan_number=1, captured_ns=at_ns, finished_ns=at_ns)


def test_an_early_alarm_stands_until_its_moment_tells_by_itself() -> None:
    heard = EarlyAlarms()
    heard.add(notice(ALARM, 50))
    assert heard.standing(()) == (ALARM,)
    heard.moment_came(49)
    assert heard.standing(()) == (ALARM,), "the moment is of a picture before"
    heard.moment_came(50)
    assert heard.standing(()) == ()
    assert heard.standing((ALARM,)) == (ALARM,)
    assert heard.grabbed_ns(ALARM) == 50, "the delay goes on to count from the picture"


def test_an_early_end_counts_at_once_and_a_later_beginning_is_another() -> None:
    heard = EarlyAlarms()
    heard.add(notice(ALARM, 50))
    heard.add(notice(replace(ALARM, last_frame=9), 60))
    assert heard.standing((ALARM,)) == ()
    assert heard.grabbed_ns(ALARM) is None
    heard.add(notice(replace(ALARM, first_frame=12), 70))
    assert heard.grabbed_ns(ALARM) == 70


def test_of_an_analysis_that_died_nothing_stays() -> None:
    heard = EarlyAlarms()
    heard.add(notice(ALARM, 50))
    heard.forget()
    assert (heard.standing(()), heard.grabbed_ns(ALARM)) == ((), None)
