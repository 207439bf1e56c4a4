"""Laws of alarms and leaks over any run: nothing flaps inside its delay, nothing comes from nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.acquisition import AcquisitionMemory, take_picture
from assistant.alarm_table.row import RaisingRule
from assistant.alarm_table.table import FROM_PICTURES
from assistant.lines import Line
from assistant.settings.tree import AlarmSettings
from assistant.steps.alarms import AlarmInput, AlarmMemory, all_alarms, update_alarms
from assistant.vocabulary import Alarm, Approach, Distances, EventKind, FrameState, Unknown

AWAY = Unknown("not this line")
NO_APPROACH = Approach(approach_mm_per_s=AWAY, time_to_line_s=AWAY)
SETTINGS = AlarmSettings()
OF_DISTANCES = {RaisingRule.CROSSED, RaisingRule.NEAR, RaisingRule.LEAK, RaisingRule.VEIN}
DISTANCE_KINDS = {row.kind for row in FROM_PICTURES if row.rule in OF_DISTANCES}


def distances(warning: float, superior: float) -> Distances:
    return Distances(
        cement_area_mm2=40.0,
        mm=dict.fromkeys(Line, AWAY)
        | {
            Line.POSTERIOR_WALL: warning + 8.0,
            Line.WARNING_LINE: warning,
            Line.SUPERIOR_ENDPLATE: superior,
            Line.INFERIOR_ENDPLATE: 20.0,
            Line.ANTERIOR_WALL: 20.0,
        },
    )


@dataclass(frozen=True)
class Step:
    state: FrameState
    is_new: bool
    warning_mm: float
    superior_mm: float
    found: bool


STEPS = st.builds(
    Step,
    state=st.sampled_from([FrameState.LIVE] * 6 + list(FrameState)),
    is_new=st.booleans(),
    warning_mm=st.floats(-3, 8),
    superior_mm=st.floats(-2, 6),
    found=st.sampled_from([True, True, True, False]),
)
RATES = st.sampled_from([7.5, 15.0, 25.0, 60.0])
runs = settings(max_examples=60)


def events_of(steps: list[Step], rate_hz: float) -> tuple[Alarm, ...]:
    memory, beam = AlarmMemory(), AcquisitionMemory()
    acquisition = None
    for index, step in enumerate(steps):
        is_new = step.is_new and step.state in (FrameState.LIVE, FrameState.MOVING)
        measured = is_new and step.found
        acquisition = take_picture(beam, index / rate_hz) if is_new else acquisition
        update_alarms(
            memory,
            AlarmInput(
                frame_index=index,
                t_s=index / rate_hz,
                acquisition=acquisition,
                state=step.state,
                new_picture=is_new,
                view_index=0 if measured else None,
                distances=distances(step.warning_mm, step.superior_mm) if measured else Unknown("not measured"),
                approach=NO_APPROACH,
                outline_sigma_mm=0.1,
                processing_ms=3.0,
            ),
            SETTINGS,
        )
    return all_alarms(memory)


@runs
@given(st.lists(STEPS, min_size=30, max_size=250), RATES)
def test_no_distance_alarm_ends_before_its_release_time(steps: list[Step], rate_hz: float) -> None:
    events = events_of(steps, rate_hz)
    crossings = {
        (e.kind, e.site): e.first_frame for e in events if e.kind in (EventKind.WARNING_LINE, EventKind.ENDPLATE)
    }
    for event in events:
        if event.kind not in DISTANCE_KINDS or event.last_frame is None:
            continue
        stood_ms = (event.last_frame + 1 - event.first_frame) / rate_hz * 1000
        gave_way = event.last_frame + 1 in crossings.values() or event.last_frame in crossings.values()
        assert gave_way or stood_ms >= SETTINGS.release_ms - 1e-6


@runs
@given(st.lists(STEPS, min_size=30, max_size=250), RATES)
def test_a_latched_alarm_is_raised_once_and_stands(steps: list[Step], rate_hz: float) -> None:
    latched = [e for e in events_of(steps, rate_hz) if e.kind in (EventKind.WARNING_LINE, EventKind.ENDPLATE)]
    assert all(event.last_frame is None for event in latched)
    assert len({(event.kind, event.site) for event in latched}) == len(latched)


@runs
@given(st.lists(STEPS, min_size=30, max_size=250), RATES)
def test_two_alarms_of_one_row_never_overlap(steps: list[Step], rate_hz: float) -> None:
    by_row: dict[tuple[object, ...], list[Alarm]] = {}
    for event in events_of(steps, rate_hz):
        by_row.setdefault((event.kind, event.site, event.headline), []).append(event)
    for events in by_row.values():
        for before, after in pairwise(events):
            assert before.last_frame is not None
            assert before.last_frame < after.first_frame


@runs
@given(st.lists(STEPS, min_size=10, max_size=150), RATES, st.floats(0.01, 10))
def test_cement_that_stays_away_never_alarms(steps: list[Step], rate_hz: float, spare_mm: float) -> None:
    away = [
        Step(s.state, s.is_new, SETTINGS.posterior_band_mm + spare_mm, SETTINGS.endplate_band_mm + spare_mm, s.found)
        for s in steps
    ]
    assert not {event.kind for event in events_of(away, rate_hz)} & DISTANCE_KINDS


@runs
@example(
    [*[Step(FrameState.LIVE, True, 0.0, 0.0, k > 1) for k in range(3)], Step(FrameState.LIVE, False, 0.0, 0.0, True)],
    7.5,
    0.0,
)
@given(st.lists(STEPS, max_size=60), RATES, st.floats(0.0, 5.0))
def test_cement_past_the_line_alarms_by_the_second_picture_or_the_lines_are_not_valid(
    before: list[Step], rate_hz: float, past_mm: float
) -> None:
    shown = Step(FrameState.LIVE, True, -past_mm, 10.0, True)
    settling = math.ceil(0.4 * rate_hz)
    events = events_of([*before, *[shown] * (settling + 2)], rate_hz)
    (raised,) = [event for event in events if event.kind is EventKind.WARNING_LINE]
    told = [event for event in events if event.kind is EventKind.REGISTRATION_LOST]
    not_valid = any(event.last_frame is None or event.last_frame >= len(before) for event in told)
    assert raised.first_frame <= len(before) + 1 or not_valid
