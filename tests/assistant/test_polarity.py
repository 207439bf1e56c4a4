"""Dark and bright bone are told apart, in grain too."""

import numpy as np
import pytest

from assistant.baseline import body_in_crop, cement_crop
from assistant.polarity import polarity
from assistant.simulation.tabletop import Tabletop


@pytest.mark.parametrize("dose_ngy", [15.0, 60.0])
def test_dark_and_bright_bone(dose_ngy: float) -> None:
    vertebra = Tabletop(dose_ngy=dose_ngy)
    grey = vertebra.frame().grey
    crop = cement_crop(vertebra.body_px, vertebra.mm_per_px, grey.shape[1], grey.shape[0])
    body = body_in_crop(vertebra.body_px, crop)
    assert polarity(grey, 255, crop, body, vertebra.mm_per_px) == 1.0
    assert polarity(np.asarray(255 - grey, np.uint8), 255, crop, body, vertebra.mm_per_px) == -1.0
