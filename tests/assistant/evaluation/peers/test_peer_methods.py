import cv2
import numpy as np
import pytest

from assistant.errors import InputError
from assistant.evaluation.peers import peer_methods as peers
from assistant.evaluation.peers.peer_methods import (
    LEARNING_PICTURES,
    PEERS,
    Beginning,
    FixedReference,
    Ideal,
    PhaseCorrelation,
)

KINDS = {kind.name: kind for kind in PEERS}
LOOK_AT_PICTURES = ("fixed reference", "MOG2", "KNN", "phase correlation")


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


@pytest.fixture
def begin(made):
    def beginning() -> Beginning:
        truth = made.truth()
        return Beginning(reference=scene(0), view=truth.plan.views[0], truth=truth)

    return beginning


@pytest.mark.parametrize("name", LOOK_AT_PICTURES)
def test_each_peer_finds_plain_cement_in_a_still_picture(name, begin) -> None:
    peer = KINDS[name].make(begin())
    for k in range(LEARNING_PICTURES + 5):
        before, _ = peer.find(scene(k + 1), k)
    mask, motion = peer.find(with_cement(scene(90)), 90)
    # Phase correlation is off by a fraction of a pixel, which widens its noise floor.
    assert dice_with_cement(mask) > (0.6 if name == "phase correlation" else 0.85)
    assert before.mean() < 0.03
    assert abs(motion.dx_px) + abs(motion.dy_px) < 0.5


def dice_with_cement(mask: np.ndarray) -> float:
    inside = np.zeros(mask.shape, dtype=bool)
    inside[40:60, 70:100] = True
    return float(2 * (mask & inside).sum() / (mask.sum() + inside.sum()))


def test_phase_correlation_follows_a_shift_that_the_fixed_reference_does_not(begin) -> None:
    moved = with_cement(scene(5, shift=3))
    followed, motion = PhaseCorrelation(begin()).find(moved, 5)
    assert motion.dx_px == pytest.approx(3.0, abs=0.3)
    assert motion.dy_px == pytest.approx(0.0, abs=0.3)
    fixed, none = FixedReference(begin()).find(moved, 5)
    assert (none.dx_px, none.dy_px) == (0.0, 0.0)
    assert dice_with_cement(followed) > dice_with_cement(fixed) + 0.1


def test_brightness_alone_is_no_cement(begin) -> None:
    mask, _ = FixedReference(begin()).find(scene(3) * np.float32(0.8), 3)
    assert mask.mean() < 0.01


def test_the_network_is_asked_about_the_whole_frame(begin, monkeypatch, tmp_path) -> None:
    asked = []

    class Network:
        def __init__(self, path) -> None:
            asked.append(path)

        def find(self, picture):
            asked.append(picture.shape)
            return picture > 1e9

    monkeypatch.setattr(peers, "PlainUNet", Network)
    kind = KINDS["plain U-Net"]
    assert kind.whole
    mask, _ = kind.make(begin()).find(scene(1), 4)
    assert not mask.any()
    assert asked[0].parts[-3:] == ("models", "plain_unet", "model.onnx")
    assert asked[1] == (96, 160)


def test_the_ideal_observer_answers_only_where_a_run_has_its_masks(begin, made) -> None:
    kind = KINDS["ideal observer"]
    assert not kind.answers(begin().truth)
    folder = made.run / "truth" / "ideal"
    folder.mkdir()
    assert kind.answers(begin().truth)
    seen = np.zeros((120, 160), dtype=np.uint8)
    seen[50:60, 70:80] = 255
    cv2.imwrite(str(folder / "000012.png"), seen)
    made.truth_rows[12] |= {"dx_px": 3.0, "rotation_deg": 1.0}
    mask, motion = Ideal(begin()).find(scene(0), 12)
    assert np.array_equal(mask, seen > 0)
    assert (motion.dx_px, motion.rotation_deg, motion.scale) == (3.0, 1.0, 1.0)


def test_a_true_motion_that_is_missing_is_said(begin, made) -> None:
    made.truth_rows[12] |= {"dx_px": ""}
    with pytest.raises(InputError, match="true motion of frame 12"):
        Ideal(begin()).find(scene(0), 12)
