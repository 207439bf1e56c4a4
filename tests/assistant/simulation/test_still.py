import numpy as np
import pytest

from assistant.errors import UsageError
from assistant.simulation.scenario import Case, Geometry, Run, Screen, Shot
from assistant.simulation.still import still
from assistant.vocabulary import LeakSite

CASE = Case(run=Run(width_px=320, height_px=320), screen=Screen(layout="plain"))


def test_before_after_and_truth(toy_anatomy, toy_flow):
    made = still(CASE, 1, toy_anatomy, toy_flow)
    assert made.before.shape == made.after.shape == (320, 320)
    mask = np.zeros((320, 320), bool)
    mask[made.truth.part.rows, made.truth.part.cols] = made.truth.cement
    difference = made.after.astype(int) - made.before
    assert difference[mask].mean() < difference[~mask].mean() - 25
    assert made.shapes[LeakSite.SUPERIOR_DISC]["height_mm"] > 4.0
    assert made.truth.volume_ml == pytest.approx(5.8)


def test_less_cement_and_the_same_bits(toy_anatomy, toy_flow):
    one, two = (still(CASE, 3, toy_anatomy, toy_flow, volume_ml=1.0) for _ in range(2))
    assert np.array_equal(one.after, two.after)
    assert one.truth.volume_ml == pytest.approx(1.0)
    assert one.truth.cement_mm2 < still(CASE, 3, toy_anatomy, toy_flow).truth.cement_mm2


def test_oblique_is_refused(toy_anatomy, toy_flow):
    oblique = Case(geometry=Geometry(shots=(Shot(view="oblique", from_s=0.0),)))
    with pytest.raises(UsageError, match="lateral or AP"):
        still(oblique, 1, toy_anatomy, toy_flow)
