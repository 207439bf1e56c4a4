"""The words of the simulator: what the others rely on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from assistant.simulation.scene import Anatomy, CementFlow, Region, SimulatedCannula, Volume


def test_regions_have_numbers_that_fit_the_volume_and_never_change():
    assert [region.value for region in Region] == list(range(11))
    assert Region.FAR == 0
    assert np.uint8(max(Region)) == 10


@pytest.mark.parametrize("kind", [Volume, Anatomy, CementFlow, SimulatedCannula])
def test_the_words_are_frozen(kind):
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen


def test_volumes_are_compared_by_identity():
    values = np.zeros((2, 2, 2), np.float32)
    one = Volume(values=values, spacing_mm=0.5, origin_mm=(0.0, 0.0, 0.0))
    other = Volume(values=values, spacing_mm=0.5, origin_mm=(0.0, 0.0, 0.0))
    assert one == one
    assert one != other
    assert "array" not in repr(one)


def test_a_levered_cannula_stays_where_the_pedicle_holds_it():
    cannula = SimulatedCannula(
        tip_mm=(3.0, -4.0, 1.0), towards_handle=(-0.6, 0.8, 0.0), outer_diameter_mm=3.0, inner_diameter_mm=2.4
    )
    turned = cannula.levered(4.0, np.array([0.3, -1.0, 2.0]))
    held = [np.add(each.tip_mm, 25.0 * np.array(each.towards_handle)) for each in (cannula, turned)]
    assert np.allclose(*held)
    assert np.linalg.norm(turned.towards_handle) == pytest.approx(1.0)
    moved_mm = np.linalg.norm(np.subtract(turned.tip_mm, cannula.tip_mm))
    assert moved_mm == pytest.approx(2 * 25.0 * np.sin(np.deg2rad(2.0)))
    assert cannula.levered(0.0, np.ones(3)) is cannula
