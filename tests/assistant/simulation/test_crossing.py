import numpy as np
import pytest

from assistant.simulation.crossing import crossing_paths
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.imaging_chain.attenuation import Paths
from assistant.simulation.scenario import Case, Cement, Crossing, Run, Theatre


@pytest.mark.parametrize("what", ["hand", "instrument", "hammer"])
def test_it_comes_in_and_goes_out_again(toy_anatomy, toy_flow, what):
    case = Case(
        run=Run(duration_s=6.0, width_px=200, height_px=200),
        cement=Cement(start_s=1.5),
        theatre=Theatre(crossings=(Crossing(what=what, at_s=2.0, takes_s=3.0),)),
    )
    stage = Fluoroscope(case, 1, toy_anatomy, toy_flow).stage_of("lateral")
    empty = Paths(soft_g_cm2=np.ones((200, 200), np.float32), bone_g_cm2=np.zeros((200, 200), np.float32))
    assert crossing_paths(case, stage, empty, 1.9) is empty
    assert crossing_paths(case, stage, empty, 5.1) is empty
    early, full = (crossing_paths(case, stage, empty, t) for t in (2.4, 3.5))
    if what == "hand":
        assert (full.soft_g_cm2 > 1.2).sum() > (early.soft_g_cm2 > 1.2).sum()
        assert full.bone_g_cm2.max() > 0.2
        assert full.steel_mm is None
    else:
        assert full.steel_mm is not None
        assert early.steel_mm is not None
        assert (full.steel_mm > 1).sum() > (early.steel_mm > 1).sum()
    assert empty.soft_g_cm2.max() == 1.0
