"""Which runs the bench of the veins makes."""

from assistant.evaluation.vein_runs import OTHERS, PARTS, VEINS, VIEWS, VOLUMES_ML, planned_runs
from assistant.simulation.cement.leak_paths import NAMES


def test_each_vein_comes_in_each_volume_and_each_run_from_the_side_and_from_the_front() -> None:
    runs = planned_runs("measured", 24)
    veins = [run for run in runs if run.leak.startswith("vein")]
    assert {(run.leak, run.leak_ml, run.view) for run in veins} == {
        (vein, volume, view) for vein in VEINS for volume in VOLUMES_ML for view in VIEWS
    }
    assert len({run.patient for run in veins}) == len({run.patient for run in runs if run not in veins}) == 24
    assert len({run.name for run in runs}) == len(runs)
    assert set(OTHERS) <= {"none", *NAMES} - set(VEINS)


def test_no_patient_is_both_tuned_on_and_measured() -> None:
    tuned, measured = ({run.seed for run in planned_runs(part, 500)} for part in PARTS)
    assert len(tuned) == len(measured) == 500
    assert not tuned & measured
