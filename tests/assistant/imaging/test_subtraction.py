import cv2
import numpy as np
import pytest

from assistant.geometry import Similarity
from assistant.imaging.subtraction import subtracted
from assistant.vocabulary import Frame
from tests.small_run import pictures

STILL = Similarity(dx_px=0, dy_px=0, rotation_deg=0, scale=1, centre_px=(160, 146))


def frame(grey: np.ndarray, white: int = 255) -> Frame:
    return Frame(index=0, t_s=0.0, grey=grey, white=white)


def test_unchanged_is_mid_grey_also_when_the_exposure_changed() -> None:
    before = pictures(4)[0]
    dimmer = frame((before * 0.8).astype(np.uint8))
    difference = subtracted(dimmer, frame(before), STILL)
    assert abs(float(np.median(difference)) - 128) <= 1
    assert np.abs(difference.astype(float) - 128).mean() < 6


def test_what_was_added_is_dark_and_the_rest_is_not() -> None:
    before = pictures(4)[0]
    added = np.zeros(before.shape, bool)
    added[130:160, 140:180] = True
    now = np.where(added, before * 0.6, before).astype(np.uint8)
    difference = subtracted(frame(now), frame(before), STILL)
    assert difference[added].mean() < 80
    assert abs(difference[~added].mean() - 128) < 5


def test_the_reference_is_carried_along_with_the_vertebra() -> None:
    before = pictures(4)[0]
    moved = Similarity(dx_px=6.0, dy_px=-4.0, rotation_deg=0, scale=1, centre_px=(160, 146))
    now = cv2.warpAffine(before, moved.current_from_reference(), before.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    difference = subtracted(frame(now), frame(before), moved).astype(float)
    assert np.abs(difference[20:-20, 20:-20] - 128).mean() < 2
    assert (difference[:, 0] == 128).all()  # nothing to compare with


def test_deep_pictures_work_and_other_sizes_are_refused() -> None:
    deep = frame(np.full((40, 50), 30000, np.uint16), white=65535)
    assert (subtracted(deep, deep, STILL) == 128).all()
    with pytest.raises(ValueError, match="cannot be subtracted"):
        subtracted(deep, frame(np.zeros((40, 60), np.uint8)), STILL)
