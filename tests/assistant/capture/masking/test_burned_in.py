from itertools import islice

import cv2
import numpy as np
import pytest

from assistant.capture.masking.burned_in import words_in
from assistant.capture.opening import open_source
from assistant.imaging.xray_field import field_at, find_field
from assistant.system.places import demo_run
from assistant.vocabulary import Frame


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    source = open_source(str(demo_run()))
    made = list(islice(source.frames(), 0, 300, 60))
    source.close()
    return made


def field_of(frame: Frame) -> np.ndarray:
    return field_at(find_field(frame.grey, frame.white), *frame.grey.shape)


def test_x_ray_pictures_with_cement_and_cannula_hold_no_words(frames: list[Frame]) -> None:
    assert [words_in(frame.grey, field_of(frame)) for frame in frames] == [()] * len(frames)


@pytest.mark.parametrize("grey", [255, 0])
@pytest.mark.parametrize("size", [0.5, 0.8, 1.2])
def test_a_name_in_the_field_is_found_where_it_stands(frames: list[Frame], grey: int, size: float) -> None:
    found = 0
    for k, frame in enumerate(frames):
        picture = frame.grey.copy()
        rows, cols = picture.shape
        at = (cols // 3, rows // 3 + 30 * k)
        cv2.putText(picture, "MUELLER ANNA", at, 0, size, grey, 1 if size < 0.8 else 2)
        words = words_in(picture, field_of(frame))
        found += any(abs(word.y1_px - at[1]) < 12 and word.x1_px - word.x0_px > 30 for word in words)
    # Large dark letters that run into the dark of bone, cement and cannula are missed once more.
    assert found >= len(frames) - (2 if grey == 0 and size > 1.0 else 1)


def test_words_outside_the_field_are_the_masks_business(frames: list[Frame]) -> None:
    picture = frames[0].grey.copy()
    cv2.putText(picture, "MUELLER ANNA", (2, 16), 0, 0.5, 255, 1)
    outside = np.zeros(picture.shape, bool)
    outside[100:, 100:] = True
    assert words_in(picture, outside) == ()
    deep = picture.astype(np.uint16) * 257
    assert words_in(deep, ~outside)
