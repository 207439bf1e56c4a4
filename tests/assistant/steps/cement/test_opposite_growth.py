"""Growth of the other sign: it has to last and to grow; what was dark before and steel do not count."""

import cv2
import numpy as np
import pytest

from assistant.acquisition import Acquisition, AcquisitionMode
from assistant.steps.cement.baseline import cement_crop
from assistant.steps.cement.memory import MaskMemory, start_masking
from assistant.steps.cement.opposite_growth import OppositeGrowth, grows_opposite
from assistant.vocabulary import Unknown
from tests.assistant.plain_figure import BODY_PX, MM, picture


def beam(t_s: float, exposure: int = 0) -> Acquisition:
    """At a picture of one exposure."""
    return Acquisition(
        t_s=t_s,
        mode=AcquisitionMode.UNKNOWN,
        exposure=exposure,
        picture=0,
        since_beam_on_s=t_s,
        pause_s=0.0,
        film_s=t_s,
        pulses_per_s=Unknown("not asked"),
        of_source=0,
    )


def memory() -> MaskMemory:
    """Before any cement."""
    crop = cement_crop(BODY_PX, MM, 320, 300)
    return start_masking(picture(np.random.default_rng(0)), 255, np.ones((300, 320), bool), crop, BODY_PX, MM)


def shown(made: MaskMemory, radius_mm: float, log: float) -> None:
    """A spot in the middle of the body, by so much darker (log units)."""
    contrast = np.zeros(made.body.shape, np.float32)
    ys, xs = np.nonzero(made.body)
    cv2.circle(contrast, (int(xs.mean()), int(ys.mean())), round(radius_mm / made.mm_per_px), log, -1)
    made.smoothed, made.plain_noise = contrast, np.full(contrast.shape, 1.0, np.float32)


def told(
    made: MaskMemory, log: float, radii_mm: list[float], watch: OppositeGrowth | None = None, from_s: float = 0.0
) -> list[bool]:
    """What is said of each of some pictures, 0.25 s apart."""
    watch = OppositeGrowth() if watch is None else watch
    said = []
    for k, radius_mm in enumerate(radii_mm):
        shown(made, radius_mm, log)
        said.append(grows_opposite(watch, made, beam(from_s + 0.25 * k)) is not None)
    return said


GROWS = [2.0, 2.5, 3.0, 3.5, 4.0, 4.5]


def test_it_has_to_last_and_to_grow() -> None:
    assert told(memory(), -20.0, GROWS) == [False, False, False, True, True, True]
    assert not any(told(memory(), -20.0, [4.0] * 8))
    assert not any(told(memory(), -20.0, [2.0, 0.0, 3.0, 0.0, 4.0, 0.0, 4.5]))
    assert not any(told(memory(), -2.0, GROWS))


@pytest.mark.parametrize("pulses_per_s", [2.0, 4.0, 30.0])
def test_how_long_it_lasts_is_film_not_pictures(pulses_per_s: float) -> None:
    made, watch, said = memory(), OppositeGrowth(), []
    count = round(1.2 * pulses_per_s) + 1
    for k in range(count):
        shown(made, 2.0 + 2.5 * k / (count - 1), -20.0)
        if grows_opposite(watch, made, beam(k / pulses_per_s)) is not None:
            said.append(k / pulses_per_s)
    assert 0.6 <= said[0] <= 1.0


def test_two_single_shots_are_enough_and_one_without_it_is_a_break() -> None:
    """A minute of shots would pass before a third."""
    made, watch, said = memory(), OppositeGrowth(), []
    for k, radius_mm in enumerate([2.0, 4.0, 0.0, 0.0, 2.0]):
        shown(made, radius_mm, -20.0)
        said.append(grows_opposite(watch, made, beam(10.0 * k, exposure=k)) is not None)
    assert said == [False, True, False, False, False]
    assert not watch.reported


def test_cement_of_the_right_sign_is_none_of_it() -> None:
    assert not any(told(memory(), 20.0, GROWS))


def known(made: MaskMemory, right_mm: float, radius_mm: float = 1.5) -> MaskMemory:
    """A spot has been taken for cement, so far to the right of the middle of the body."""
    mask = np.zeros(made.body.shape, np.uint8)
    ys, xs = np.nonzero(made.body)
    at = (round(xs.mean() + right_mm / made.mm_per_px), int(ys.mean()))
    cv2.circle(mask, at, round(radius_mm / made.mm_per_px), 1, -1)
    made.started, made.mask = True, mask > 0
    return made


def test_the_first_cement_ends_no_watch() -> None:
    """What was taken for cement may have been a phantom."""
    assert any(told(known(memory(), 11.0), -20.0, GROWS))


def test_what_brightens_round_known_cement_is_none_of_it() -> None:
    assert not any(told(known(memory(), 0.0, radius_mm=2.5), -20.0, GROWS))


def test_what_is_much_fainter_than_known_cement_is_none_of_it() -> None:
    made, watch = known(memory(), 11.0), OppositeGrowth()
    assert made.mask is not None
    said = []
    for k, radius_mm in enumerate(GROWS):
        shown(made, radius_mm, -8.0)
        assert made.smoothed is not None
        made.smoothed[made.mask] = 40.0
        said.append(grows_opposite(watch, made, beam(0.2 * k)))
    assert said == [None] * len(GROWS)


def test_it_is_weighed_against_what_was_taken_for_cement() -> None:
    made, watch = known(memory(), 11.0), OppositeGrowth()
    assert made.mask is not None
    for k, radius_mm in enumerate(GROWS):
        shown(made, radius_mm, -20.0)
        assert made.smoothed is not None
        made.smoothed[made.mask] = 20.0
        grown = grows_opposite(watch, made, beam(0.2 * k))
    assert grown is not None
    assert 5.0 < grown.outweighs < 12.0


def test_a_balloon_that_is_let_down_is_none() -> None:
    made, watch = memory(), OppositeGrowth()
    told(made, 20.0, [5.5, 5.5, 5.5], watch)
    assert not any(told(made, -20.0, GROWS, watch))


def grain(made: MaskMemory, rng: np.random.Generator) -> np.ndarray:
    """As smooth as what the cement step looks at, with a sigma of 1."""
    noise = cv2.GaussianBlur(rng.normal(0.0, 1.0, made.body.shape), (0, 0), 0.4 / made.mm_per_px)
    return np.asarray(noise / noise.std(), np.float32)


@pytest.mark.parametrize("times", [1.0, 1.3], ids=["as measured", "with more noise than was measured"])
def test_a_long_quiet_run_leaves_the_watch_as_it_was(times: float) -> None:
    """What noise has reached once, in some picture, is no place where something stood."""
    made, watch, rng = memory(), OppositeGrowth(), np.random.default_rng(7)
    some = [grain(made, rng) for _ in range(40)]
    made.plain_noise = np.full(made.body.shape, 1.0, np.float32)
    for k in range(2000):
        # Moved about, so that each picture has grain of its own; two thirds of it stay from picture to picture.
        fresh = np.roll(some[k % 40], (int(rng.integers(0, 60)), int(rng.integers(0, 60))), axis=(0, 1))
        made.smoothed = times * fresh if k == 0 else 0.67 * made.smoothed + 0.74 * times * fresh
        assert grows_opposite(watch, made, beam(k / 15)) is None
    assert told(made, -7.0, GROWS, watch, 200.0) == told(memory(), -7.0, GROWS)
    assert watch.was is None or watch.was[made.body].mean() < 0.01


def test_what_stood_there_early_stays_known_to_the_end() -> None:
    """Steel and gas leave a bright track when they go, however late."""
    made, watch = memory(), OppositeGrowth()
    told(made, 20.0, [5.5, 5.5, 5.5], watch)
    told(made, 0.0, [1.0] * 300, watch, 1.0)
    assert not any(told(made, -20.0, GROWS, watch, 70.0))


def test_what_is_told_is_not_forgotten_for_one_bad_picture() -> None:
    made, watch = memory(), OppositeGrowth()
    assert told(made, -20.0, GROWS, watch)[-1]
    assert told(made, -20.0, [1.0, 4.5, 1.0, 1.0, 4.5], watch, 1.5) == [False, True, False, False, True]


def test_what_was_seen_once_is_held_against_what_it_was_after_a_bad_picture() -> None:
    """It has to last anew; it has not to grow anew."""
    assert told(memory(), -20.0, [1.9, 2.4, 2.8, 1.0, 2.8, 2.8, 2.8, 2.8])[-1]


def test_what_has_gone_is_forgotten_in_a_while() -> None:
    made, watch = memory(), OppositeGrowth()
    told(made, -20.0, GROWS, watch)
    assert not any(told(made, -20.0, [0.0] * 6 + [4.5] * 2, watch, 1.5))


def test_what_comes_at_once_is_told() -> None:
    """Cement that came while the X-ray was off stands when it is first seen, and need not grow."""
    assert told(memory(), -20.0, [0.0, 0.0, 4.4, 4.4, 4.4, 4.4])[-1]


def test_steel_that_is_taken_away_leaves_no_cement() -> None:
    made = memory()
    shown(made, 2.5, 30.0)
    assert made.smoothed is not None
    made.baseline.mean = made.baseline.mean - made.smoothed
    assert not any(told(made, -20.0, [0.0, 0.0, *[2.6] * 8]))
