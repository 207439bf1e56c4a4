"""What a reader is given: the change without exposure, its averages over film time, all in units of the grain."""

import numpy as np

from assistant.steps.cement.reader_inputs import CHANNELS, maps_of, start_seeing, without_exposure

ROWS, COLS = 48, 56
RNG = np.random.default_rng(3)
MEAN = (RNG.uniform(-120, -20, (ROWS, COLS))).astype(np.float32)
USABLE = np.ones((ROWS, COLS), bool)
BODY = np.zeros((ROWS, COLS), bool)
BODY[12:36, 14:42] = True


def with_cement(dark: float) -> np.ndarray:
    still = MEAN.copy()
    still[20:26, 20:28] -= np.float32(dark)
    return still


def test_exposure_and_tone_are_no_change() -> None:
    brighter = MEAN * np.float32(0.9) + np.float32(7.0)
    assert np.abs(without_exposure(MEAN, brighter, USABLE)).max() < 0.5


def test_cement_is_darker_and_the_rest_is_not() -> None:
    change = without_exposure(MEAN, with_cement(30.0), USABLE)
    assert change[20:26, 20:28].min() > 28
    assert np.abs(change[40:, :]).max() < 0.5


def test_averages_follow_film_time_and_not_the_number_of_pictures() -> None:
    told = []
    for rate in (2, 6):
        seen = start_seeing(USABLE, BODY, 0.45)
        seen.take(MEAN, MEAN, 0.0)
        for k in range(1, 4 * rate + 1):
            seen.take(MEAN, with_cement(30.0), k / rate)
        assert seen.half_s is not None
        assert seen.long_s is not None
        told.append((seen.half_s[22, 24], seen.long_s[22, 24]))
    np.testing.assert_allclose(told[0], told[1], rtol=0.08)
    assert told[0][1] < told[0][0]


def test_what_lies_outside_the_field_says_nothing() -> None:
    usable = USABLE.copy()
    usable[:, :10] = False
    seen = start_seeing(usable, BODY, 0.45)
    seen.take(MEAN, with_cement(30.0), 0.0)
    maps = seen.as_maps(MEAN, np.zeros_like(BODY))
    assert maps.shape == (len(CHANNELS), ROWS, COLS)
    assert not maps[:, :, :10].any()
    assert np.isfinite(maps).all()


def test_the_maps_are_written_where_they_were() -> None:
    seen = start_seeing(USABLE, BODY, 0.45)
    seen.take(MEAN, MEAN, 0.0)
    first = seen.as_maps(MEAN, BODY)
    seen.take(MEAN, with_cement(30.0), 0.1)
    assert seen.as_maps(MEAN, BODY) is first


def test_a_louder_picture_has_the_same_maps() -> None:
    """Gain of the display and grain go together: the scales are the picture's own."""
    change = RNG.normal(0, 4, (ROWS, COLS)).astype(np.float32)
    zero = np.zeros_like(change)
    plain = maps_of((change, change, change), zero, 4.0, zero, zero, BODY, USABLE)
    loud = maps_of((2 * change, 2 * change, 2 * change), zero, 8.0, zero, zero, BODY, USABLE)
    np.testing.assert_allclose(plain[:3], loud[:3], rtol=1e-5)
