"""The rows of the events list: the alarms of the run, and what was done on the day."""

from __future__ import annotations

import pytest

from assistant.readings.moments import Moment
from assistant.review.session_log import DayEvent
from assistant.review.session_reading import day_of
from assistant.vocabulary import EventKind, LeakSite
from tests.run_moments import run_moments
from ui.review.run_book import RunBook
from ui.widgets import icons

COUNT = 46


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> list[Moment]:
    return run_moments(tmp_path_factory.mktemp("moments"), COUNT)


def test_the_rows_are_the_alarms_of_the_run(moments: list[Moment]) -> None:
    book = RunBook()
    for at in range(0, COUNT, 7):
        book.take(moments[at : at + 7])
    rows = book.rows(None, lambda frame: frame / 15)
    slow = EventKind.SLOW_PROCESSING
    told = {(a.kind, a.site, a.first_frame) for m in moments for a in m.standing if a.kind is not slow}
    assert len(rows) == len(told)
    assert {row.frame for row in rows} == {first for _, _, first in told}
    assert all(row.is_alarm for row in rows)
    assert any(row.value.startswith("≈") for row in rows)
    disc = [story for story in book.leaks.stories() if story.site in (LeakSite.SUPERIOR_DISC, LeakSite.INFERIOR_DISC)]
    for story in disc:
        assert story.leak.shape is not None


def test_what_was_done_on_the_day_is_listed_with_the_alarms() -> None:
    def event(kind: str, frame: int, **data: object) -> DayEvent:
        return DayEvent(kind=kind, frame=frame, t_s=frame / 10, data=dict(data))

    events = (
        event("armed", 1, by="key"),
        event("ml", 5, total_ml=0.4),
        event("state", 6, before="LIVE", after="HELD"),
        event("state", 7, before="HELD", after="LIVE"),
        event("condition", 8, name="log"),
        event("cement_stage", 9, text="Cement: dough", stage="dough"),
        event("acknowledged", 12, alarms=["A1"]),
    )
    rows = RunBook().rows(None, lambda frame: frame / 10, day_of(events))
    assert [(row.frame, row.title, row.aside, row.value) for row in rows] == [
        (1, "Injecting on", "", "—"),
        (5, "Cement in", "", "0.4 ml"),
        (6, "X-ray off", "", "—"),
        (9, "Cement stage", "dough", "—"),
        (12, "Acknowledged", "", "—"),
    ]
    assert not any(row.is_alarm for row in rows)
    assert {row.icon for row in rows} <= set(icons.names())
