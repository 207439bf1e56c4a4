"""What the samples show, and of whom."""

import pytest

from assistant.simulation.dataset import patient_seed
from models.training.cement_reader.cases import FIRST_PATIENT, GROUPS, draw_case, group_of, held_out, seed_of


def test_patients_are_of_the_train_part_and_of_no_set_of_the_evaluation() -> None:
    seeds = {seed_of(number) for number in range(2000)}
    assert len(seeds) == 2000
    assert not seeds & {patient_seed("validation", k) for k in range(100_000)}
    assert not seeds & {patient_seed("train", k) for k in range(100_000) if not 0 <= k - FIRST_PATIENT < 2000}


@pytest.mark.parametrize("number", range(len(GROUPS)))
def test_a_case_shows_what_its_group_says(number: int) -> None:
    group, case = group_of(number), draw_case(number, 0)
    assert case == draw_case(number, 0)
    if group in ("second cannula", "guide pin", "tool in cement"):
        tool = case.theatre.tools[0]
        assert case.cement.start_s < case.run.duration_s
        assert 0 < tool.at_s < case.run.duration_s
    if group == "second cannula":
        assert case.cement.access == "bilateral"
    if group == "balloon":
        assert 0 < case.theatre.balloon_from_s < case.cement.start_s
    if group == "low dose":
        assert case.exposure.dose_ngy <= 14
    if group in ("faint", "thin bone"):
        assert case.cement.barium_g_per_cm3 is not None
        assert case.cement.barium_g_per_cm3 <= 0.12


def test_held_out_patients_are_of_every_kind_in_time() -> None:
    groups = {group_of(number) for number in range(7 * len(GROUPS)) if held_out(number)}
    assert groups == set(GROUPS)
