import msgspec

from assistant.evaluation.acquisition_set import ASSUMPTION_COUNTS, planned_runs
from assistant.evaluation.assumption_cases import CONDITIONS
from assistant.simulation.scenario import Case, as_toml, load


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
