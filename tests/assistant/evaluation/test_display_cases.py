import msgspec
import numpy as np
import pytest

from assistant.evaluation.acquisition_set import DISPLAY_COUNTS, planned_runs
from assistant.evaluation.display_cases import ACTS, CHAINS
from assistant.simulation.scenario import Case


def by_group(number: int = 0) -> dict[str, Case]:
    runs = planned_runs("measured", DISPLAY_COUNTS["measured"])
    return {run.group: run.case() for run in runs if run.number == number}


def test_there_are_eight_runs_of_each_act_and_of_six_chains() -> None:
    assert len(CHAINS) == 6
    assert set(DISPLAY_COUNTS["measured"]) == {*ACTS, *CHAINS}
    assert min(DISPLAY_COUNTS["measured"].values()) >= 8


@pytest.mark.parametrize("number", [0, 3])
def test_all_groups_show_one_patient_and_one_injection(number: int) -> None:
    runs = [run for run in planned_runs("measured", DISPLAY_COUNTS["measured"]) if run.number == number]
    assert len({run.seed for run in runs}) == 1
    cases = by_group(number)
    assert len({msgspec.json.encode((case.patient, case.cement, case.theatre)) for case in cases.values()}) == 1
    assert len({msgspec.json.encode(msgspec.structs.replace(case, title="")) for case in cases.values()}) == len(cases)


def test_acts_are_what_they_are_called() -> None:
    cases = by_group()
    assert cases["as it is"].faults == ()
    named = {
        "mirrored": "flipped",
        "zoomed": "enlarged",
        "zoomed out": "rescaled",
        "replay": "replay",
        "torn": "half_frame",
    }
    for group, kind in named.items():
        assert {fault.kind for fault in cases[group].faults} == {kind}
    torn_s = [fault.to_s - fault.from_s for fault in cases["torn"].faults]
    assert len(torn_s) >= 8
    assert np.allclose(torn_s, 1.0 / cases["torn"].run.fps)
    assert cases["blades"].screen.blades_round_body_mm == 14.0
    assert cases["marked with 1 mm"].plan.error_mm == 1.0
