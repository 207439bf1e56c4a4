"""Mirrored, turned and zoomed pictures are told from one picture; the same picture never is."""

import cv2
import numpy as np
import pytest

from assistant.console_display import ConsoleDisplay
from assistant.steps.motion import orientation
from assistant.steps.motion.orientation import Orientation
from assistant.vocabulary import Unknown

BODY = np.array([[180.0, 180.0], [330.0, 180.0], [330.0, 330.0], [180.0, 330.0]])


def texture(seed: int) -> np.ndarray:
    """Structure of three sizes in a round field: no fluoroscopy, but nothing in it mirrors or turns into itself."""
    rng = np.random.default_rng(seed)
    rough = [cv2.resize(rng.normal(0, 1, (n, n)), (512, 512), interpolation=cv2.INTER_CUBIC) for n in (12, 30, 60)]
    picture = 128 + 25 * sum(rough)
    ys, xs = np.mgrid[0:512, 0:512]
    picture[np.hypot(xs - 255.5, ys - 255.5) > 250] = 0
    return np.clip(picture, 0, 255).astype(np.uint8)


def shown(picture: np.ndarray, *, mirrored: bool = False, turn_deg: float = 0.0, zoom: float = 1.0) -> np.ndarray:
    """As a console shows it: mirror, then turn clockwise, then zoom."""
    if mirrored:
        picture = np.ascontiguousarray(picture[:, ::-1])
    matrix = cv2.getRotationMatrix2D((255.5, 255.5), -turn_deg, zoom)
    return cv2.warpAffine(picture, matrix, (512, 512))


def noisy(picture: np.ndarray, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 6, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def reference() -> orientation.ReferenceLook:
    return orientation.learn_reference(noisy(texture(1), 2), 255, BODY)


@pytest.mark.parametrize("shift", [(0, 0), (25, -12)])
def test_the_same_picture_moved_a_little_is_as_planned(
    reference: orientation.ReferenceLook, shift: tuple[int, int]
) -> None:
    moved = np.roll(noisy(texture(1), 3), shift, axis=(0, 1))
    answer = orientation.compare(reference, moved, 255)
    assert isinstance(answer, Orientation)
    assert answer.display.is_planned
    assert answer.display.words == ""


@pytest.mark.parametrize(
    ("mirrored", "turn_deg", "zoom"),
    [
        (True, 0.0, 1.0),
        (False, 180.0, 1.0),
        (False, 90.0, 1.0),
        (False, -90.0, 1.0),
        (True, 180.0, 1.0),
        (True, 90.0, 1.0),
        (False, 30.0, 1.0),
        (False, 0.0, 1.4),
        (False, 0.0, 0.7),
        (True, 0.0, 1.3),
    ],
)
def test_what_the_console_did_is_told(
    reference: orientation.ReferenceLook, mirrored: bool, turn_deg: float, zoom: float
) -> None:
    picture = noisy(shown(texture(1), mirrored=mirrored, turn_deg=turn_deg, zoom=zoom), 4)
    answer = orientation.compare(reference, picture, 255)
    assert isinstance(answer, Orientation)
    assert not answer.display.is_planned
    assert answer.display.mirrored == mirrored
    assert abs((answer.display.turn_deg - turn_deg + 180.0) % 360.0 - 180.0) < 5.0
    assert answer.display.zoom == pytest.approx(zoom, rel=0.12)
    assert answer.score > answer.score_expected
    assert answer.display.words
    exact = orientation.measured(reference, picture, 255, answer.display)
    assert isinstance(exact, ConsoleDisplay)
    assert exact.zoom == pytest.approx(zoom, rel=0.005)


def test_dark_and_bright_exchanged_is_told(reference: orientation.ReferenceLook) -> None:
    answer = orientation.compare(reference, 255 - noisy(shown(texture(1), mirrored=True), 4), 255)
    assert isinstance(answer, Orientation)
    assert (answer.display.inverted, answer.display.mirrored) == (True, True)


def test_other_anatomy_and_other_sizes_are_unknown(reference: orientation.ReferenceLook) -> None:
    other = orientation.compare(reference, noisy(texture(9), 5), 255)
    assert isinstance(other, Unknown)
    small = orientation.compare(reference, texture(1)[:300], 255)
    assert isinstance(small, Unknown)
    assert "size" in small.reason


def test_sixteen_bits_say_the_same() -> None:
    picture = texture(3)
    wide = orientation.learn_reference(picture.astype(np.uint16) * 257, 65535, BODY)
    answer = orientation.compare(wide, np.ascontiguousarray(picture[:, ::-1]), 255)
    assert isinstance(answer, Orientation)
    assert answer.display.mirrored
