import msgspec
import numpy as np
import pytest

from assistant.evaluation import acquisition_set
from assistant.evaluation.acquisition_set import ASSUMPTION_COUNTS, fluoroscope_of, planned_runs
from assistant.evaluation.assumption_cases import CONDITIONS
from assistant.simulation.scenario import Case, as_toml, load
from assistant.simulation.tabletop import small_patient


def by_number(group: str) -> list[Case]:
    runs = planned_runs("measured", ASSUMPTION_COUNTS["measured"])
    return [run.case() for run in runs if run.group == group]


def test_there_are_eight_runs_of_each_group_and_the_parts_share_no_patient() -> None:
    assert set(ASSUMPTION_COUNTS["measured"]) == {"as it is", *CONDITIONS}
    assert min(ASSUMPTION_COUNTS["measured"].values()) >= 8
    seeds = [{run.seed for run in planned_runs(part, ASSUMPTION_COUNTS[part])} for part in ("tuning", "measured")]
    assert not seeds[0] & seeds[1]


def test_every_case_is_one_that_can_be_written_and_read_and_differs_from_the_one_as_it_is(tmp_path) -> None:
    usual = by_number("as it is")
    for group in CONDITIONS:
        for number, case in enumerate(by_number(group)):
            assert msgspec.structs.replace(case, title="") != msgspec.structs.replace(usual[number], title="")
            (tmp_path / "case.toml").write_text(as_toml(case), "utf-8")
            assert load(str(tmp_path / "case.toml")) == case


def test_patients_are_turned_by_three_degrees_either_way_about_both_axes() -> None:
    turns = [case.theatre.turns for case in by_number("turned out of plane")]
    assert all(len(each) == 1 for each in turns)
    assert {(turn.roll_deg, turn.tilt_deg) for (turn,) in turns} == {(3.0, 0.0), (-3.0, 0.0), (0.0, 3.0), (0.0, -3.0)}


def test_the_c_arm_swings_away_and_back() -> None:
    shots = [[shot.view for shot in case.geometry.shots] for case in by_number("swung")]
    assert {tuple(each) for each in shots} == {("lateral", "oblique", "lateral"), ("lateral", "ap", "lateral")}


@pytest.mark.parametrize("group", CONDITIONS)
def test_each_can_be_simulated_and_its_lines_are_marked_before_what_is_broken(monkeypatch, group) -> None:
    monkeypatch.setattr(acquisition_set, "build_anatomy", lambda *_: small_patient())
    runs = [run for run in planned_runs("tuning", ASSUMPTION_COUNTS["tuning"]) if run.group == group]
    for run in runs if group == "two modes" else runs[:1]:
        made = fluoroscope_of(run)
        marked_s = made.stored[made.planned(0).reference_frame].t_s
        if group.startswith("cement before"):
            assert 2.5 < marked_s - made.case.cement.start_s < 5.0
        else:
            assert marked_s < made.case.cement.start_s
        said = made.marked_document
        assert ("displays" in said) == group.endswith("taken over")
        assert ("cement_before" in said["views"][0]) == (group == "cement before told")


def test_in_two_modes_x_ray_stays_on_for_one_half_and_cement_flows_in_both(monkeypatch) -> None:
    monkeypatch.setattr(acquisition_set, "build_anatomy", lambda *_: small_patient())
    halves = []
    for run in planned_runs("tuning", {"two modes": 4}):
        made = fluoroscope_of(run)
        pictures = np.histogram(made.pulses.times_s, [0.0, 35.0, 80.0])[0] / [35.0, 45.0] / made.pulses.pulses_per_s
        halves.append(pictures > 0.9)
        assert pictures.min() < 0.5
        assert made.case.cement.start_s < 35.0 < made.injection_end_s
    assert [half.tolist() for half in halves] == [[False, True], [True, False]] * 2
