from collections import Counter

from assistant.errors import UsageError
from assistant.evaluation import validation_set
from assistant.evaluation.validation_set import FIRST_SEED, RUNS, case_of, fluoroscope_of, planned_runs
from assistant.simulation.dataset import patient_seed


def test_the_set_is_the_same_each_time_and_no_two_runs_share_a_patient() -> None:
    runs = planned_runs()
    assert runs == planned_runs()
    assert len(runs) == RUNS >= 60
    assert len({run.seed for run in runs}) == RUNS


def test_patients_lie_in_the_validation_part_past_those_that_were_looked_at() -> None:
    assert patient_seed("validation", 200) <= FIRST_SEED
    last = planned_runs()[-1].seed + validation_set._ATTEMPTS * 1000
    assert last < patient_seed("test", 0)


def test_twenty_runs_open_no_way_out_and_each_way_is_opened_twice() -> None:
    leaks = Counter(run.leak for run in planned_runs())
    assert leaks.pop("none") >= 20
    leaks.pop("reach")
    assert set(leaks.values()) == {2}
    assert len(leaks) == 15


def test_the_cement_starts_after_the_reference_picture_and_faults_end_before_the_run() -> None:
    for run in planned_runs():
        case = case_of(run)
        start_s = case.cement.start_s
        assert start_s + 4.0 < case.run.duration_s
        assert case.theatre.balloon_from_s < 0 or case.theatre.balloon_from_s >= 1.5
        assert all(start_s < fault.from_s < fault.to_s < case.run.duration_s for fault in case.faults)


def test_what_a_column_names_is_in_the_case() -> None:
    for run in planned_runs():
        case = case_of(run)
        assert (case.run.width_px, case.run.height_px) == run.size_px
        assert case.run.output == run.output
        assert case.screen.bright_cement == run.bright_cement
        assert case.geometry.mirrored == run.mirrored
        assert {shot.view for shot in case.geometry.shots} == ({"lateral", "ap"} if run.view == "both" else {run.view})
        assert (case.cement.leak == "none") == (run.leak in ("none", "reach"))


def test_without_the_folder_a_drawn_spine_of_the_same_level_stands_in(monkeypatch, tmp_path) -> None:
    asked = []
    monkeypatch.setattr(
        validation_set, "build_run", lambda case, seed, **whose: asked.append((case.patient.level, whose))
    )
    real = next(run for run in planned_runs() if run.identity)
    fluoroscope_of(real, None)
    fluoroscope_of(real, tmp_path)
    assert asked == [
        (real.level, {"identity": None, "folder": None}),
        (real.level, {"identity": real.identity, "folder": tmp_path}),
    ]


def test_a_leak_that_cannot_be_opened_is_tried_in_another_body(monkeypatch) -> None:
    seeds = []

    def refuse_twice(_case, seed, **_whose):
        seeds.append(seed)
        if len(seeds) < 3:
            raise UsageError("no room")
        return "run"

    monkeypatch.setattr(validation_set, "build_run", refuse_twice)
    run = planned_runs()[0]
    assert fluoroscope_of(run, None) == "run"
    assert seeds == [run.seed, run.seed + 1000, run.seed + 2000]
