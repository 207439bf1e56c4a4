"""Clock, millilitres, pushes: counted once, taken back, and found again after a crash."""

import pytest

from assistant.live.procedure_log import ProcedureLog
from assistant.settings.tree import TheatreSettings
from assistant.vocabulary import Unknown

S = 1_000_000_000


@pytest.fixture
def entered() -> ProcedureLog:
    return ProcedureLog.by(TheatreSettings())


def test_stages_are_the_team_s_own_words() -> None:
    entered = ProcedureLog.by(TheatreSettings(cement_stages="liquid, , paste"))
    assert entered.stages == ("liquid", "paste")
    assert entered.next_stage(0) is None
    entered.start_clock(0)
    assert entered.next_stage(60 * S) == "paste"
    assert entered.stage_words(75 * S) == "paste for 00:15"
    assert entered.next_stage(80 * S) is None


def test_the_clock_is_unknown_before_it_was_started(entered: ProcedureLog) -> None:
    assert isinstance(entered.clock_s(5 * S), Unknown)
    assert entered.start_clock(5 * S)
    assert entered.clock_s(65 * S) == 60.0
    assert not entered.start_clock(70 * S)


def test_taking_back_more_than_was_entered_changes_nothing(entered: ProcedureLog) -> None:
    assert entered.put_in() == pytest.approx(0.2)
    assert entered.take_back() == 0.0
    assert entered.take_back() is None
    for _ in range(400):
        entered.put_in()
    assert entered.total_ml == pytest.approx(30.0)
    assert entered.put_in() is None


def test_x_ray_of_both_inputs_is_logged_with_its_level_and_found_again_after_a_crash(entered: ProcedureLog) -> None:
    log: list[dict] = []

    def note(kind: str, **data) -> None:
        log.append({"kind": kind, "wall_ns": 0, "data": data})

    entered.at_level("L1")
    entered.xray.see((1.5,))
    entered.log_xray(note, is_over=False, second_is_over=True)
    assert not any(e["data"].get("input") for e in log), "none is open"
    entered.second_xray.see((1.0, 0.5))
    entered.log_xray(note, is_over=True, second_is_over=True)
    assert [(e["data"].get("input", 1), e["data"]["number"], e["data"]["level"]) for e in log] == [
        *((1, 0, "L1"), (1, 1, "L1"), (2, 0, "L1"), (2, 1, "L1"), (2, 2, "L1")),
    ]
    again = ProcedureLog.by(TheatreSettings())
    again.recall(log, 0, 0)
    assert (again.xray.pushes, again.second_xray.pushes, again.xray_on_s) == (1, 2, pytest.approx(3.0))


def test_millilitres_belong_to_their_level(entered: ProcedureLog) -> None:
    entered.put_in()
    entered.at_level("L1")
    entered.put_in()
    assert entered.total_ml == pytest.approx(0.4)
    entered.next_level()
    entered.at_level("L2")
    assert entered.total_ml == 0.0
    entered.put_in()
    entered.at_level("L1")
    assert entered.total_ml == pytest.approx(0.4)
    assert entered.levels_done == ["L1 · 0.4 ml"]


def test_the_bar_asks_for_another_ap_look_after_a_while(entered: ProcedureLog) -> None:
    assert "No AP look yet" in entered.ap_words(0)
    entered.ap_ns = 0
    assert "again" not in entered.ap_words(100 * S)
    assert "look again" in entered.ap_words(151 * S)


def test_a_session_that_goes_on_has_its_clock_and_its_millilitres(entered: ProcedureLog) -> None:
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
    entered.recall(events, now_ns=7 * S, wall_now_ns=1100 * S)
    assert entered.total_ml == pytest.approx(0.2)
    assert entered.clock_s(7 * S) == pytest.approx(100.0)
    assert entered.pauses == 1
    assert entered.ap_words(7 * S) == "Last AP look 01:00 ago"
