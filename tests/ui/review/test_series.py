from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.analysis import start_pipeline
from assistant.capture.opening import open_source
from assistant.lines import Line
from assistant.plan import read_plan
from assistant.readings.moments import Moment, MomentStore
from assistant.review.session_log import DayEvent
from assistant.review.session_reading import day_of
from assistant.settings.tree import Settings
from assistant.vocabulary import Distances, EventKind, FrameState, LeakSite
from tests.small_run import write_small_run
from ui.review.leak_book import LeakBook, crop_of
from ui.review.run_book import RunBook
from ui.review.series import Series
from ui.widgets import icons

COUNT = 46


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> list[Moment]:
    run = write_small_run(tmp_path_factory.mktemp("series"), COUNT)
    source = open_source(str(run.folder))
    pipeline, store = start_pipeline(source, read_plan(run.plan, 0.25), Settings()), MomentStore()
    for frame in source.frames():
        store.add(pipeline.process(frame))
    source.close()
    return store.between(0, COUNT)


def test_every_frame_is_seen_at_any_width(moments: list[Moment]) -> None:
    series = Series()
    series.take(moments[:20])
    series.take(moments[20:])
    assert len(series) == COUNT
    least = min(m.distances.mm[Line.WARNING_LINE] for m in moments if isinstance(m.distances, Distances) and m.outline)
    for width in (10, COUNT, 700):
        columns = series.columns(width, COUNT)
        assert columns.curves.shape == (3, width)
        assert np.nanmin(columns.curves[0]) == pytest.approx(least, abs=1e-3)
        assert columns.known >= width - width // COUNT - 1
        assert not columns.off.any()


def test_what_is_not_analysed_yet_stays_empty(moments: list[Moment]) -> None:
    series = Series()
    series.take(moments[: COUNT // 2])
    columns = series.columns(200, COUNT)
    assert 90 <= columns.known <= 101
    assert np.isnan(columns.curves[:, 110:]).all()
    assert series.columns(0, COUNT).known == 0


def test_a_held_stretch_is_off_and_has_no_curve(moments: list[Moment]) -> None:
    held = [replace(m, liveness=replace(m.liveness, state=FrameState.FROZEN)) for m in moments[20:30]]
    series = Series()
    series.take([*moments[:20], *held, *moments[30:]])
    columns = series.columns(COUNT, COUNT)
    assert columns.off[20:30].all()
    assert not columns.off[:20].any()
    assert np.isnan(columns.curves[:, 20:30]).all()


def test_an_hour_is_drawn_in_a_moment(moments: list[Moment]) -> None:
    series = Series()
    long = (moments * (108_000 // COUNT + 1))[:108_000]
    series.take(long)
    columns = series.columns(1300, 108_000)
    assert len(series) == 108_000
    assert columns.known == 1300


def test_leaks_are_gathered_by_site_with_their_frames(moments: list[Moment]) -> None:
    book = LeakBook()
    book.take(moments)
    stories = book.stories()
    assert stories
    assert [story.number for story in stories] == list(range(1, len(stories) + 1))
    story = stories[0]
    assert story.frames == sorted(set(story.frames))
    assert set(story.behind(6)) <= set(story.frames) | set(story.leak.shape.frames if story.leak.shape else ())
    assert len(story.behind(6)) <= 6
    moment = moments[story.frames[-1]]
    crop = crop_of(story.leak, moment, np.array([[120.0, 110.0], [205.0, 108.0]]))
    inside = (crop.outline_px >= [crop.left_px - 1, crop.top_px - 1]).all()
    assert inside
    assert crop.side_px >= 48
    assert len(crop.endplate_px) == 2


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
