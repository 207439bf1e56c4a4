"""The table is walked: a row that says too much, or too little, fails here and not in the theatre."""

from collections import Counter

import pytest

from assistant.alarm_table.row import AlarmRow, PipelineRow, Raiser, RaisingRule, Watched
from assistant.alarm_table.table import CODES, FROM_PICTURES, TABLE, row_of, standing_row, takes_place_of, with_shapes
from assistant.lines import WHOLE_LINES
from assistant.vocabulary import Alarm, AlarmSite, EventKind, Priority, Shape
from tests.assistant.live.alarms.test_conditions import leak_in_disc

NAMES = [f"{row.kind.value}/{row.site}/{row.watched.name}/{row.rule.name}" for row in FROM_PICTURES]
every_row = pytest.mark.parametrize("row", TABLE, ids=[f"{row.code} {row.title}" for row in TABLE])
every_pipeline_row = pytest.mark.parametrize("row", FROM_PICTURES, ids=NAMES)
FIGURES = {"ms": 310.0, "seconds": 12.0, "minutes": 28.0, "percent": 6.0}


def alarm_of(row: PipelineRow) -> Alarm:
    return Alarm(
        kind=row.kind,
        site=row.site,
        priority=row.priority_injecting,
        first_frame=1,
        last_frame=None,
        headline=row.headline,
        action=row.action,
    )


def test_every_code_is_there_and_says_who_raises_it() -> None:
    assert tuple(dict.fromkeys(sorted((row.code for row in TABLE if row.code), key=lambda c: int(c[1:])))) == CODES
    assert all(row.raised_by for row in TABLE)
    assert {row.code for row in TABLE if Raiser.WATCHDOG in row.raised_by} == {"A9"}
    assert all(Raiser.PIPELINE in row.raised_by for row in FROM_PICTURES)


def test_every_kind_of_event_is_there_and_everything_watched_is_used() -> None:
    assert {row.kind for row in FROM_PICTURES} == set(EventKind)
    assert {row.watched for row in FROM_PICTURES} == {*Watched, *WHOLE_LINES}
    assert {row.site for row in FROM_PICTURES} == {*AlarmSite, None}
    assert len(set(NAMES)) == len(NAMES)


@every_row
def test_words_fit_the_bar(row: AlarmRow) -> None:
    headline, action = row.headline.format(**FIGURES), row.action.format(**FIGURES)
    assert 1 <= len(headline.split()) <= 5
    assert len(action.split()) <= 8
    assert row.title
    assert len(row.short) <= 20
    if row.priority_injecting >= Priority.MEDIUM:
        assert headline.isupper()
        assert action, "an alarm that sounds says what to do"
    forbidden = {"safe", "clear", "ok", "good", "risk"}
    assert not forbidden & set(f"{headline} {action}".lower().replace(".", "").split())


def of_sign(row: AlarmRow) -> bool:
    """Of A11: cement was missed, which a person has to have seen; that the picture is not usable ends with it."""
    return isinstance(row, PipelineRow) and row.rule in (RaisingRule.OTHER_SIGN, RaisingRule.SIGN_TURNED)


@every_row
def test_rows_of_one_code_say_the_same_of_latch_sound_and_advice(row: AlarmRow) -> None:
    same = [other for other in TABLE if other.code and other.code == row.code and of_sign(other) is of_sign(row)]
    same = same or [row]
    assert {(other.latched, other.silent, other.gap_s, other.advice, other.of_second) for other in same} == {
        (row.latched, row.silent, row.gap_s, row.advice, row.of_second)
    }


@every_pipeline_row
def test_priorities_and_times(row: PipelineRow) -> None:
    assert row.priority_injecting >= row.priority_before > Priority.NONE
    # What a line adds to a held picture takes a second to learn.
    assert 0 <= row.onset_ms <= (2000 if row.watched is Watched.LIVENESS else 600)
    assert 0 <= row.hold_ms <= 2000
    if row.rule is RaisingRule.TECHNICAL or of_sign(row):
        assert row.site is None
        assert row.latched is of_sign(row)
    else:
        assert row.site is not None
        # Onset and release of these come from the settings.
        assert row.onset_ms == row.hold_ms == 0
        assert row.priority_injecting == row.priority_before
        assert row.latched == (row.rule is not RaisingRule.NEAR)


@every_pipeline_row
def test_an_alarm_finds_its_own_row_again(row: PipelineRow) -> None:
    assert row_of(alarm_of(row)) is row
    if row.code:
        told = standing_row(row.code, row.kind, row.site, row.headline)
        assert told is not None
        assert told.short == row.short


def test_an_alarm_of_an_older_file_that_names_no_site_finds_a_row() -> None:
    for row in FROM_PICTURES:
        older = alarm_of(row)
        found = row_of(Alarm(**{name: getattr(older, name) for name in Alarm.__dataclass_fields__} | {"site": None}))
        assert found.kind is row.kind


def test_the_second_stage_takes_the_place_of_the_first() -> None:
    leak = next(row for row in FROM_PICTURES if row.rule is RaisingRule.LEAK)
    assert [(row.kind, row.rule) for row in takes_place_of(leak)] == [
        (EventKind.ENDPLATE, RaisingRule.CROSSED),
        (EventKind.APPROACHING_ENDPLATE, RaisingRule.NEAR),
    ]
    assert leak.code == "A5"


@pytest.mark.parametrize(
    ("label", "p_spike", "headline"),
    [
        ("spike", 0.93, "CEMENT IN DISC (shape: spike, 0.93)"),
        ("round", 0.07, "CEMENT IN DISC (shape: round, 0.93)"),
        ("undetermined", 0.6, "CEMENT IN DISC (shape: undetermined)"),
    ],
)
def test_a_disc_leak_says_its_shape_with_the_figure_of_the_word(label: str, p_spike: float, headline: str) -> None:
    stages = [row for row in FROM_PICTURES if row.site is AlarmSite.SUPERIOR_ENDPLATE and row.latched]
    leak = leak_in_disc(Shape(label=label, p_spike=p_spike, model="m"))
    assert [alarm.headline for alarm in with_shapes([alarm_of(row) for row in stages], [leak])] == [
        headline,
        "CEMENT AT SUPERIOR ENDPLATE",
    ]


def test_what_the_contract_fixes() -> None:
    priority = {(row.kind, row.rule): row.priority_injecting for row in FROM_PICTURES}
    assert priority[EventKind.WARNING_LINE, RaisingRule.CROSSED] is Priority.HIGH
    assert priority[EventKind.POSTERIOR_WALL, RaisingRule.CROSSED] is Priority.HIGH
    assert priority[EventKind.APPROACHING_POSTERIOR, RaisingRule.NEAR] is Priority.MEDIUM
    assert priority[EventKind.APPROACHING_ENDPLATE, RaisingRule.NEAR] is Priority.LOW
    assert priority[EventKind.ENDPLATE, RaisingRule.CROSSED] is Priority.MEDIUM
    assert priority[EventKind.LEAK, RaisingRule.VEIN] is Priority.HIGH
    assert priority[EventKind.LEAK, RaisingRule.LEAK] is Priority.MEDIUM
    assert priority[EventKind.FROZEN, RaisingRule.TECHNICAL] is Priority.LOW


def test_what_is_graver_is_decided_before_what_gives_place_to_it() -> None:
    rank = {
        RaisingRule.VEIN: 0,
        RaisingRule.LEAK: 1,
        RaisingRule.CROSSED: 2,
        RaisingRule.NEAR: 3,
        RaisingRule.TECHNICAL: 4,
    }
    rank |= {RaisingRule.OTHER_SIGN: 4, RaisingRule.SIGN_TURNED: 4}
    for watched, count in Counter(row.watched for row in FROM_PICTURES).items():
        ranks = [rank[row.rule] for row in FROM_PICTURES if row.watched is watched]
        assert ranks == sorted(ranks)
        assert len(ranks) == count
