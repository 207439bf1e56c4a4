"""A C-arm that is turned while it films: the lines go with the view, and do not come back for one that stands."""

from __future__ import annotations

import pytest

from assistant.pipeline import Pipeline
from assistant.plan import plan_from_document
from assistant.settings.tree import Settings
from assistant.simulation import tabletop
from assistant.simulation.tabletop import Tabletop
from assistant.vocabulary import Distances, Reading, Unknown

PULSE_S = 1 / 7.5


@pytest.fixture
def film():
    """Readings of a film whose view is rolled about the patient's long axis by so many degrees a picture."""
    run, _ = tabletop._at_rest()
    stage, pose = run.stage_of("lateral"), run.theatre.pose(run.planned(0).reference_frame / tabletop.FPS)
    patient, turned = Tabletop(), {}

    def shown(roll_deg: float, index: int):
        if roll_deg not in turned:
            turned[roll_deg] = stage.turned(roll_deg, 0.0).paths(pose, 0.0, run.injection_end_s, cannula_in=True)
        patient._paths = turned[roll_deg]
        return patient.frame(index, index * PULSE_S)

    def through(rolls_deg: list[float]) -> list[Reading]:
        document = run.marked_document
        for view in document["views"]:
            view["reference_frame"] = 0
        pipeline = Pipeline(plan_from_document(document, 0.25), [shown(0.0, 0)], Settings())
        return [pipeline.process(shown(roll_deg, k)) for k, roll_deg in enumerate(rolls_deg)]

    return through


def has_figures(reading: Reading) -> bool:
    return isinstance(reading.distances, Distances)


def test_a_view_that_was_turned_by_thirty_degrees_gets_no_figures_however_long_it_stands(film):
    still, swing, there = [0.0] * 30, [6.0, 12.0, 18.0, 24.0], [30.0] * 22
    readings = film([*still, *swing, *there, *swing[::-1], *still[:8]])
    assert all(has_figures(each) for each in readings[1:30])
    assert not any(has_figures(each) for each in readings[34:56])
    told = readings[50]
    assert isinstance(told.motion, Unknown)
    assert "turn" in told.motion.reason or "not found" in told.motion.reason
    assert all(has_figures(each) for each in readings[-6:])


def test_a_patient_who_turned_by_three_degrees_keeps_his_figures(film):
    readings = film([*[0.0] * 30, *[1.0] * 3, *[2.0] * 3, *[3.0] * 22])
    assert all(has_figures(each) for each in readings[-12:])
