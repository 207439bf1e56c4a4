"""The rows of the events list and their marks."""

from assistant.review.event_list import EventRow, Mark
from assistant.vocabulary import Priority


def test_a_row_and_its_mark_tell_alarms_from_what_a_person_marked() -> None:
    alarm = EventRow(frame=3, t_s=0.2, title="Warning line reached", priority=Priority.HIGH)
    note = EventRow(frame=5, t_s=0.4, title="Note", icon="pencil")
    assert (alarm.is_alarm, note.is_alarm) == (True, False)
    assert alarm.mark() == Mark(frame=3, priority=Priority.HIGH, icon="flag")
    assert note.mark() == Mark(frame=5, icon="pencil")
