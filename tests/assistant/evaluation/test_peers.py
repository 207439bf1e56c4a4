import numpy as np
import pytest

from assistant.evaluation.peers import LEARNING_PICTURES, PEERS, FixedReference, PhaseCorrelation


def scene(seed: int, shift: int = 0) -> np.ndarray:
    """A body with texture and grain; ``shift`` px to the right."""
    texture = np.random.default_rng(1).normal(0.0, 12.0, (96, 160))
    still = 120.0 + np.repeat(np.repeat(texture[:24, :40], 4, axis=0), 4, axis=1)
    grain = np.random.default_rng(seed).normal(0.0, 2.0, still.shape)
    return (np.roll(still, shift, axis=1) + grain).astype(np.float32)


def with_cement(picture: np.ndarray) -> np.ndarray:
    dark = picture.copy()
    dark[40:60, 70:100] -= 60.0
    return dark


@pytest.mark.parametrize("maker", PEERS)
def test_each_peer_finds_plain_cement_in_a_still_picture(maker) -> None:
    peer = maker(scene(0))
    for k in range(LEARNING_PICTURES + 5):
        before, _ = peer.find(scene(k + 1))
    mask, (dx, dy) = peer.find(with_cement(scene(90)))
    # Phase correlation is off by a fraction of a pixel, which widens its noise floor.
    assert dice_with_cement(mask) > (0.6 if maker is PhaseCorrelation else 0.85)
    assert before.mean() < 0.03
    assert abs(dx) + abs(dy) < 0.5


def dice_with_cement(mask: np.ndarray) -> float:
    inside = np.zeros(mask.shape, dtype=bool)
    inside[40:60, 70:100] = True
    return float(2 * (mask & inside).sum() / (mask.sum() + inside.sum()))


def test_phase_correlation_follows_a_shift_that_the_fixed_reference_does_not() -> None:
    moved = with_cement(scene(5, shift=3))
    followed, (dx, dy) = PhaseCorrelation(scene(0)).find(moved)
    assert dx == pytest.approx(3.0, abs=0.3)
    assert dy == pytest.approx(0.0, abs=0.3)
    fixed, none = FixedReference(scene(0)).find(moved)
    assert none == (0.0, 0.0)
    assert dice_with_cement(followed) > dice_with_cement(fixed) + 0.1


def test_brightness_alone_is_no_cement() -> None:
    mask, _ = FixedReference(scene(0)).find(scene(3) * np.float32(0.8))
    assert mask.mean() < 0.01
