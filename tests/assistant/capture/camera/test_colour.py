import numpy as np
import pytest

from assistant.capture.camera.colour import NO_FLUOROSCOPY_SHARE, STEP_PX, coloured


@pytest.mark.parametrize(("kind", "white"), [(np.uint8, 255), (np.uint16, 65535)])
def test_grey_with_the_colour_noise_of_a_cheap_cable_is_grey_and_red_is_not(kind: type, white: int) -> None:
    rng = np.random.default_rng(1)
    grey = rng.uniform(0.1, 0.9, (256, 320, 1)) + rng.normal(0, 0.012, (256, 320, 3))
    marked = coloured((grey.clip(0, 1) * white).astype(kind))
    assert marked is not None
    assert marked.shape == (256 // STEP_PX, 320 // STEP_PX)
    assert marked.mean() < 0.01
    red = coloured((np.broadcast_to([0.1, 0.1, 0.7], (64, 64, 3)) * white).astype(kind))
    assert red is not None
    assert red.mean() == 1.0 > NO_FLUOROSCOPY_SHARE


def test_a_picture_without_channels_says_nothing() -> None:
    assert coloured(np.zeros((64, 64), np.uint8)) is None
    assert coloured(np.zeros((64, 64, 1), np.uint8)) is None
