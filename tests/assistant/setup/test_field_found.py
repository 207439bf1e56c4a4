"""The field on a picture, as the set-up marks it."""

from __future__ import annotations

import numpy as np

from assistant.capture.masking.field_shape import FieldOutline
from assistant.live.messages import StampedFrame
from assistant.setup.field_found import alone_at, field_found

ROWS, COLS = np.mgrid[0:400, 0:400]


def frame(grey: np.ndarray) -> StampedFrame:
    return StampedFrame(index=2, t_s=0.1, captured_ns=0, picture=1, grey=grey.astype(np.uint8), white=255)


def test_a_round_field_is_outlined_and_named() -> None:
    inside = (ROWS - 200) ** 2 + (COLS - 200) ** 2 < 150**2
    noise = np.random.default_rng(0).normal(0, 5, inside.shape)
    found = field_found(frame(np.where(inside, 120 + noise, 0)))
    assert found.shape is FieldOutline.CIRCLE
    assert found.words == ()
    radius = np.hypot(*(found.outline - 200).T)
    assert np.abs(radius - 150).max() < 8


def test_of_a_black_picture_nothing_is_cut_away() -> None:
    outline = field_found(frame(np.zeros((400, 400)))).outline
    assert (outline.max(axis=0) - outline.min(axis=0) > 380).all()


def test_of_one_picture_alone_nothing_is_blackened() -> None:
    still = frame(np.full((400, 400), 90))
    assert np.array_equal(alone_at(still, (200.0, 200.0)).grey, still.grey)
