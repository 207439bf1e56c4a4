from dataclasses import replace

import numpy as np
import pytest

from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.scenario import CannulaMove, Case, Cement, Run, Theatre, Tool
from assistant.simulation.tools import other_side, placed, standing


def shown(anatomy, flow, **theatre):
    quiet = {"breathing_spine_mm": 0.0, "rotation_deg": 0.0, "drift_mm_per_min": 0.0}
    return Fluoroscope(
        Case(
            run=Run(duration_s=3.0, width_px=256, height_px=256, pulses_per_s=5.0, fps=5.0),
            cement=Cement(start_s=1.0),
            theatre=Theatre(**quiet, **theatre),
        ),
        3,
        anatomy,
        flow,
    )


def steel_px(run, t_s):
    return run.stage_of("lateral").paths(run.theatre.pose(t_s), t_s, 9.0, cannula_in=True).steel_mm > 0.3


@pytest.mark.parametrize("what", ["cannula", "guide_pin", "drill", "bone_tamp"])
def test_a_tool_comes_to_its_place_and_goes_again(toy_anatomy, toy_flow, what):
    tool = Tool(what=what, at_s=0.5, takes_s=0.5, out_at_s=1.5, from_mm=30.0, above_mm=5.0)
    run = shown(toy_anatomy, toy_flow, tools=(tool,))
    plain = steel_px(shown(toy_anatomy, toy_flow), 0.0)
    assert (steel_px(run, 0.4) == plain).all()
    on_its_way, there = steel_px(run, 0.7) & ~plain, steel_px(run, 1.2) & ~plain
    assert 0 < on_its_way.sum() < there.sum()
    tip = run.stage_of("lateral").view.project(np.array([other_side(toy_flow.cannulas[0], toy_anatomy, 5.0).tip_mm]))[0]
    ys, xs = np.nonzero(steel_px(run, 1.2))
    assert np.hypot(xs - tip[0], ys - tip[1]).min() < 3.0
    assert (steel_px(run, 2.1) == plain).all()


def test_a_tool_through_the_cannula_comes_past_its_tip(toy_anatomy, toy_flow):
    run = shown(toy_anatomy, toy_flow, tools=(Tool(what="drill", at_s=0.5, pedicle="own", beyond_mm=8.0),))
    plain = steel_px(shown(toy_anatomy, toy_flow), 0.0)
    mm_per_px = run.stage_of("lateral").view.mm_per_px
    beyond = int((steel_px(run, 2.9) & ~plain).sum()) * mm_per_px**2
    assert beyond == pytest.approx(8.0 * 2.2, rel=0.4)
    flutes = [placed(run.case.theatre.tools, toy_flow.cannulas, toy_anatomy, t_s)[0].flute_mm for t_s in (2.6, 2.7)]
    assert flutes[0] != flutes[1]


def test_the_second_cannula_of_an_injection_through_both_is_not_there_before_it_comes(toy_anatomy, toy_flow):
    both = replace(toy_flow, cannulas=(*toy_flow.cannulas, other_side(toy_flow.cannulas[0], toy_anatomy)))
    assert standing((), both.cannulas) == both.cannulas
    tool = Tool(what="cannula", at_s=1.0, takes_s=1.0)
    assert standing((tool,), both.cannulas) == toy_flow.cannulas
    later, always = shown(toy_anatomy, both, tools=(tool,)), shown(toy_anatomy, both)
    assert (steel_px(later, 0.9) == steel_px(shown(toy_anatomy, toy_flow), 0.9)).all()
    assert (steel_px(later, 2.5) == steel_px(always, 2.5)).all()


def test_the_cannula_is_pulled_and_turned_and_stays_there(toy_anatomy, toy_flow):
    moves = (CannulaMove(at_s=0.5, takes_s=0.2, back_mm=6.0), CannulaMove(at_s=1.0, takes_s=0.2, turn_deg=4.0))
    run = shown(toy_anatomy, toy_flow, cannula_moves=moves)
    assert [run.theatre.pulled_back_mm(t_s, 9.0) for t_s in (0.4, 0.9, 2.0)] == pytest.approx([0.0, 6.0, 6.0])
    assert [run.theatre.levered_deg(t_s) for t_s in (0.9, 1.3, 2.0)] == pytest.approx([0.0, 4.0, 4.0])
    plain, back, turned = (steel_px(run, t_s) for t_s in (0.4, 0.9, 1.4))
    assert back.sum() < plain.sum()
    assert (turned != back).sum() > 20
