from collections import Counter

import numpy as np

from assistant.evaluation import acquisition_set
from assistant.evaluation.acquisition_set import COUNTS, planned_runs
from assistant.evaluation.truth import read_truth
from assistant.simulation.tabletop import small_patient


def test_the_parts_share_no_patient_and_the_first_runs_are_of_all_groups() -> None:
    parts = {part: planned_runs(part) for part in ("tuning", "measured")}
    assert not {run.seed for run in parts["tuning"]} & {run.seed for run in parts["measured"]}
    for part, runs in parts.items():
        assert len({run.seed for run in runs}) == len({run.name for run in runs}) == len(runs)
        assert Counter(run.group for run in runs) == COUNTS[part]
        assert {run.group for run in runs[:4]} == set(COUNTS[part])


def test_twenty_four_runs_are_filmed_in_exposures_for_three_minutes_and_more() -> None:
    runs = [run for run in planned_runs("measured") if run.group != "stills"]
    cases = [run.case() for run in runs]
    assert len(cases) >= 20
    assert all(180.0 <= case.run.duration_s <= 360.0 for case in cases)
    assert all(case.pedal.off_s == (5.0, 15.0) for case in cases)
    assert {case.pedal.on_s for case in cases} == {(0.0, 0.0), (0.2, 2.0)}
    assert len({case.patient.level for case in cases}) == 12
    assert sum(case.theatre.rotation_deg == 0.0 for case in cases) >= 8
    assert all(run.case() == run.case() for run in runs[:3])


def test_stills_are_four_pictures_before_and_four_after_all_of_the_cement(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(acquisition_set, "build_anatomy", lambda *_: small_patient())
    run = next(run for run in planned_runs("tuning") if run.group == "stills")
    acquisition_set.make_run(run, tmp_path / run.name)
    truth = read_truth(tmp_path / run.name / "truth")
    assert len(list((tmp_path / run.name / "frames").glob("*.png"))) == truth.frames == 8
    assert truth.plan.views[0].reference_frame < 4
    assert (truth.visible_area_mm2[:4] == 0).all()
    assert truth.facts["case"] == "stills"
    assert np.isfinite(truth.motion["dx_px"]).all()


def test_a_patient_is_made_once_for_the_groups_that_show_him_one_after_the_other(monkeypatch) -> None:
    made = []
    monkeypatch.setattr(acquisition_set, "build_anatomy", lambda case, seed: made.append(seed) or small_patient())
    acquisition_set._anatomy.cache_clear()
    groups = ["as it is", "pointer", "low dose", "thin bone"]
    for run in planned_runs("tuning", dict.fromkeys(groups, 2))[:4]:
        acquisition_set.fluoroscope_of(run)
    assert len(made) == 2  # thin bone is another body
