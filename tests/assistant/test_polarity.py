"""Dark and bright bone are told apart, in grain too."""

import cv2
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


def test_a_lung_beside_the_body_and_ribs_over_it_do_not_turn_it_round() -> None:
    """The body looks brighter than what lies round it, and ribs are strong; its thin cortex tells."""
    mm_per_px = 0.25
    rng = np.random.default_rng(1)
    body_px = np.array([[90.0, 40.0], [210.0, 40.0], [210.0, 160.0], [90.0, 160.0]])
    crop = cement_crop(body_px, mm_per_px, 300, 200)
    body = body_in_crop(body_px, crop)
    level = np.full((200, 300), 120.0, np.float32)
    level[40:160, 90:210] = 135.0
    for x in (60, 130, 230):
        cv2.line(level, (x, 0), (x + 25, 199), 170.0, 14)
    cv2.polylines(level, [body_px.astype(np.int32)], True, 85.0, 3)
    grey = np.clip(cv2.GaussianBlur(level, (0, 0), 1.5) + rng.normal(0, 12, level.shape), 0, 255).astype(np.uint8)
    assert polarity(grey, 255, crop, body, mm_per_px) == 1.0
    assert polarity(np.asarray(255 - grey, np.uint8), 255, crop, body, mm_per_px) == -1.0


def test_placing_the_outline_a_millimetre_off_does_not_matter() -> None:
    vertebra = Tabletop(dose_ngy=60.0)
    grey = vertebra.frame().grey
    for shift in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)):
        body_px = vertebra.body_px + np.array(shift) / vertebra.mm_per_px
        crop = cement_crop(body_px, vertebra.mm_per_px, grey.shape[1], grey.shape[0])
        assert polarity(grey, 255, crop, body_in_crop(body_px, crop), vertebra.mm_per_px) == 1.0
