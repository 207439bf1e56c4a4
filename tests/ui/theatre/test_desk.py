"""Clock, millilitres, pushes: counted once, taken back, and found again after a crash."""

import pytest

from assistant.settings.tree import TheatreSettings
from assistant.vocabulary import Unknown
from ui.theatre.desk import Desk

S = 1_000_000_000


@pytest.fixture
def desk() -> Desk:
    return Desk.by(TheatreSettings())


def test_stages_are_the_team_s_own_words() -> None:
    desk = Desk.by(TheatreSettings(cement_stages="liquid, , paste"))
    assert desk.stages == ("liquid", "paste")
    assert desk.next_stage(0) is None
    desk.start_clock(0)
    assert desk.next_stage(60 * S) == "paste"
    assert desk.stage_words(75 * S) == "paste for 00:15"
    assert desk.next_stage(80 * S) is None


def test_the_clock_is_unknown_before_it_was_started(desk: Desk) -> None:
    assert isinstance(desk.clock_s(5 * S), Unknown)
    assert desk.start_clock(5 * S)
    assert desk.clock_s(65 * S) == 60.0
    assert not desk.start_clock(70 * S)


def test_taking_back_more_than_was_entered_changes_nothing(desk: Desk) -> None:
    assert desk.put_in() == pytest.approx(0.2)
    assert desk.take_back() == 0.0
    assert desk.take_back() is None
    for _ in range(400):
        desk.put_in()
    assert desk.total_ml == pytest.approx(30.0)
    assert desk.put_in() is None


def test_a_push_is_counted_once_also_when_nobody_could_say_for_a_while(desk: Desk) -> None:
    for seconds in (0.5, 1.0, 1.5):
        desk.see_push(seconds)
    desk.see_push(Unknown("late"))
    desk.see_push(3.0)
    assert (desk.pushes, desk.xray_on_s) == (1, 3.0)
    desk.see_push(0.2)
    assert (desk.pushes, desk.xray_on_s) == (2, pytest.approx(3.2))


def test_x_ray_is_logged_as_it_is_counted_and_found_again_after_a_crash(desk: Desk) -> None:
    log: list[dict] = []

    def note(kind: str, **data) -> None:
        log.append({"kind": kind, "wall_ns": 0, "data": data})

    for seconds in (0.5, 1.0, 1.5):
        desk.see_push(seconds)
        desk.log_xray(note, is_over=False)
    assert [(e["data"]["number"], e["data"]["seconds"]) for e in log] == [(0, 0.0), (1, 0.5)]
    desk.log_xray(note, is_over=True)
    desk.log_xray(note, is_over=True)
    desk.at_level("L1")
    desk.see_push(0.2)
    desk.log_xray(note, is_over=False)
    assert [(e["data"]["number"], e["data"]["seconds"]) for e in log[2:]] == [(1, 1.5), (2, 0.2)]
    again = Desk.by(TheatreSettings())
    again.recall(log, 0, 0)
    assert (again.pushes, again.xray_on_s) == (2, pytest.approx(1.7))


def test_millilitres_belong_to_their_level(desk: Desk) -> None:
    desk.put_in()
    desk.at_level("L1")
    desk.put_in()
    assert desk.total_ml == pytest.approx(0.4)
    desk.next_level()
    desk.at_level("L2")
    assert desk.total_ml == 0.0
    desk.put_in()
    desk.at_level("L1")
    assert desk.total_ml == pytest.approx(0.4)
    assert desk.levels_done == ["L1 · 0.4 ml"]


def test_the_bar_asks_for_another_ap_look_after_a_while(desk: Desk) -> None:
    assert "No AP look yet" in desk.ap_words(0)
    desk.ap_ns = 0
    assert "again" not in desk.ap_words(100 * S)
    assert "look again" in desk.ap_words(151 * S)


def test_a_session_that_goes_on_has_its_clock_and_its_millilitres(desk: Desk) -> None:
    events = [
        {"kind": "cement_clock", "wall_ns": 1000 * S, "data": {}},
        {"kind": "ml", "wall_ns": 1010 * S, "data": {"total_ml": 0.2}},
        {"kind": "ml", "wall_ns": 1020 * S, "data": {"total_ml": 0.4}},
        {"kind": "ml_back", "wall_ns": 1030 * S, "data": {"total_ml": 0.2}},
        {"kind": "pause", "wall_ns": 1031 * S, "data": {}},
        {"kind": "ml", "wall_ns": "torn", "data": {"total_ml": 9}},
        {"kind": "ml", "wall_ns": 1032 * S, "data": {"total_ml": "many"}},
        {"kind": "ap_look", "wall_ns": 1040 * S, "data": {}},
    ]
    desk.recall(events, now_ns=7 * S, wall_now_ns=1100 * S)
    assert desk.total_ml == pytest.approx(0.2)
    assert desk.clock_s(7 * S) == pytest.approx(100.0)
    assert desk.pauses == 1
    assert desk.ap_words(7 * S) == "Last AP look 01:00 ago"
