import msgspec
import pytest

from assistant.evaluation import acquisition_set
from assistant.evaluation.acquisition_set import CEMENT_COUNTS, fluoroscope_of, planned_runs
from assistant.evaluation.cement_cases import CEMENT
from assistant.simulation.scenario import Case, as_toml, load
from assistant.simulation.tabletop import small_patient


def by_number(group: str) -> list[Case]:
    runs = planned_runs("measured", CEMENT_COUNTS["measured"])
    return [run.case() for run in runs if run.group == group]


def test_there_are_eight_runs_of_each_group_and_no_patient_is_in_two() -> None:
    assert min(CEMENT_COUNTS["measured"].values()) >= 8
    seeds = [run.seed for part in ("tuning", "measured") for run in planned_runs(part, CEMENT_COUNTS[part])]
    assert len(set(seeds)) == len(seeds)


def test_forty_runs_and_more_are_made_to_cross_each_line() -> None:
    leaks = [case.cement.leak for group in CEMENT for case in by_number(group)]
    assert sum(leak.startswith("posterior") for leak in leaks) >= 40
    assert sum("disc" in leak for leak in leaks) >= 40


def test_every_case_can_be_written_and_read_and_differs_from_the_usual(tmp_path) -> None:
    for group in CEMENT:
        for number, case in enumerate(by_number(group)):
            (tmp_path / "case.toml").write_text(as_toml(case), "utf-8")
            assert load(str(tmp_path / "case.toml")) == case
            assert max(case.run.width_px, case.run.height_px) <= 320
            if group != "usual cement":
                usual = CEMENT["usual cement"](case, number)
                assert msgspec.structs.replace(case, title="") != msgspec.structs.replace(usual, title="")


def test_slow_groups_inject_for_four_to_five_minutes() -> None:
    for group in ("slow film", "slow single shots"):
        assert all(240.0 <= case.cement.duration_s <= 300.0 for case in by_number(group))


@pytest.mark.parametrize("group", CEMENT)
def test_each_can_be_simulated_and_steel_and_balloon_come_in_its_time(monkeypatch, group) -> None:
    monkeypatch.setattr(acquisition_set, "build_anatomy", lambda *_: small_patient())
    run = next(run for run in planned_runs("tuning", CEMENT_COUNTS["tuning"]) if run.group == group)
    made = fluoroscope_of(run)
    for view in made.plan.views:
        assert made.stored[view.reference_frame].t_s < made.case.cement.start_s
    for tool in made.case.theatre.tools:
        assert 0.0 < tool.at_s < made.case.run.duration_s
    assert made.case.theatre.balloon_to_s < made.case.cement.start_s
    assert len(made.plan.views) == (2 if group == "both plans" else 1)
    assert made.injection_end_s <= made.case.run.duration_s
