"""Growth of the other sign: it has to last and to grow; what was dark before and steel do not count."""

import cv2
import numpy as np

from assistant.steps.cement.baseline import cement_crop
from assistant.steps.cement.memory import MaskMemory, start_masking
from assistant.steps.cement.opposite_growth import OppositeGrowth, grows_opposite
from tests.assistant.plain_figure import BODY_PX, MM, picture


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


def told(made: MaskMemory, log: float, radii_mm: list[float], watch: OppositeGrowth | None = None) -> list[bool]:
    """What is said of each of some pictures, 0.2 s apart."""
    watch = OppositeGrowth() if watch is None else watch
    said = []
    for k, radius_mm in enumerate(radii_mm):
        shown(made, radius_mm, log)
        said.append(grows_opposite(watch, made, 0.2 * k) is not None)
    return said


GROWS = [2.0, 2.5, 3.0, 3.5, 4.0, 4.5]


def test_it_has_to_last_and_to_grow() -> None:
    assert told(memory(), -20.0, GROWS) == [False, False, False, True, True, True]
    assert not any(told(memory(), -20.0, [4.0] * 8))
    assert not any(told(memory(), -20.0, [2.0, 0.0, 3.0, 0.0, 4.0, 0.0, 4.5]))
    assert not any(told(memory(), -2.0, GROWS))


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
        said.append(grows_opposite(watch, made, 0.2 * k))
    assert said == [None] * len(GROWS)


def test_it_is_weighed_against_what_was_taken_for_cement() -> None:
    made, watch = known(memory(), 11.0), OppositeGrowth()
    assert made.mask is not None
    for k, radius_mm in enumerate(GROWS):
        shown(made, radius_mm, -20.0)
        assert made.smoothed is not None
        made.smoothed[made.mask] = 20.0
        grown = grows_opposite(watch, made, 0.2 * k)
    assert grown is not None
    assert 5.0 < grown.outweighs < 12.0


def test_a_balloon_that_is_let_down_is_none() -> None:
    made, watch = memory(), OppositeGrowth()
    told(made, 20.0, [5.5, 5.5], watch)
    assert not any(told(made, -20.0, GROWS, watch))
