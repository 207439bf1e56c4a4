import numpy as np
import pytest

from assistant.simulation import building
from assistant.simulation.anatomy.vertebra import AS_DRAWN, SpineCondition
from assistant.simulation.scenario import Case, Cement, Patient, Run


def test_the_case_says_whose_spine(monkeypatch, toy_anatomy):
    asked = []
    monkeypatch.setattr(
        building.anatomy_module,
        "procedural",
        lambda level, seed, fracture, condition: asked.append((level, seed, fracture, condition)) or toy_anatomy,
    )
    case = Case(patient=Patient(level="T12", fracture="wedge2", endplate=0.4, disc_height=0.5))
    assert building.build_anatomy(case, 9) is toy_anatomy
    building.build_anatomy(Case(), 4)
    assert asked == [
        ("T12", 9, "wedge2", SpineCondition(endplate=0.4, disc_height=0.5)),
        ("L1", 4, None, AS_DRAWN),
    ]


def test_the_injection_fits_the_body_and_the_run(monkeypatch, toy_anatomy):
    asked = []
    monkeypatch.setattr(building.cement_flow, "capacity_ml", lambda anatomy, reach, margin_mm: 8.0)
    monkeypatch.setattr(building.cement_flow, "inject", lambda anatomy, seed, injection: asked.append(injection))
    case = Case(cement=Cement(start_s=4.0, fill=0.5, pauses=((1.0, 3.0),)), run=Run(duration_s=20.0))
    building.build_flow(case, 1, toy_anatomy)
    assert asked[-1].total_ml == pytest.approx(4.0)
    assert asked[-1].duration_s == pytest.approx(20.0 - 4.0 - 3.0 - 2.0)
    building.build_flow(Case(cement=Cement(total_ml=2.5, duration_s=7.0)), 1, toy_anatomy)
    assert (asked[-1].total_ml, asked[-1].duration_s) == (2.5, 7.0)


def test_a_real_patient_whole():
    """The procedural anatomy and the flow meet the imaging chain: one small run, truth and plan included."""
    case = Case(
        patient=Patient(level="T8"),
        cement=Cement(start_s=1.5, leak="superior_disc_round"),
        run=Run(duration_s=4.0, fps=5.0, pulses_per_s=5.0, width_px=256, height_px=256),
    )
    run = building.build_run(case, 11)
    last = list(run.frames())[-1]
    assert last.truth is not None
    assert last.truth.cement_mm2 > 30.0
    assert last.truth.distances_mm["superior_endplate"] < 0.0
    body_mm = np.linalg.norm(run.planned(0).superior[-1] - run.planned(0).superior[0]) * run.planned(0).mm_per_px
    assert 18.0 < body_mm < 40.0
