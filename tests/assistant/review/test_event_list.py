"""The rows of the events list and their marks."""

from assistant.review.event_list import EventList, EventRow, Mark
from assistant.vocabulary import Priority


def test_a_row_and_its_mark_tell_alarms_from_what_a_person_marked() -> None:
    alarm = EventRow(frame=3, t_s=0.2, title="Warning line reached", priority=Priority.HIGH)
    note = EventRow(frame=5, t_s=0.4, title="Note", icon="pencil")
    assert (alarm.is_alarm, note.is_alarm) == (True, False)
    assert alarm.mark() == Mark(frame=3, priority=Priority.HIGH, icon="flag")
    assert note.mark() == Mark(frame=5, icon="pencil")


def test_the_filter_goes_round_and_hides_no_event_for_good() -> None:
    events = EventList()
    alarm = EventRow(frame=8, t_s=0.8, title="Warning line reached", priority=Priority.HIGH)
    notes = [EventRow(frame=at, t_s=at / 10, title="Note") for at in (5, 5, 2)]
    assert events.set_rows([alarm, *notes])
    assert not events.set_rows([*notes, alarm]), "the same events, whatever their order"
    seen = []
    for _ in range(3):
        seen.append((events.filter, events.frames))
        events.next_filter()
    assert seen == [("all", [2, 5, 8]), ("alarms", [8]), ("marks", [2, 5])]
    assert (events.filter, len(events.rows)) == ("all", 4)
