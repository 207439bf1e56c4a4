"""The words of the simulator: what the others rely on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from assistant.simulation.scene import Anatomy, Cannula, CementFlow, Region, Volume


def test_regions_have_numbers_that_fit_the_volume_and_never_change():
    assert [region.value for region in Region] == list(range(11))
    assert Region.FAR == 0
    assert np.uint8(max(Region)) == 10


@pytest.mark.parametrize("kind", [Volume, Anatomy, CementFlow, Cannula])
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
