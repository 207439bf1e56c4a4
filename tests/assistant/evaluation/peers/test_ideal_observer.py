from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from assistant.evaluation.peers.ideal_observer import IdealObserver, ideal_mask
from assistant.geometry import Crop
from assistant.simulation.truth import PictureTruth

MM_PER_PX = 0.25
SHAPE = (160, 200)


def disc(radius_px: float) -> np.ndarray:
    ys, xs = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return np.hypot(xs - 100, ys - 80) - radius_px


def truth_of(strength: float, radius_px: float = 30.0) -> PictureTruth:
    """A disc whose contrast falls off over 4 px: ``strength`` inside, half of it at the rim."""
    contrast = np.float32(strength) * np.clip(0.5 - disc(radius_px) / 8.0, 0, 1).astype(np.float32)
    cement = disc(radius_px) <= 0
    return PictureTruth(
        view_index=0,
        similarity=None,
        volume_ml=1.0,
        cement=cement,
        visible=cement & (contrast >= 3.0),
        contrast_to_noise=contrast,
        path_mm=cement.astype(np.float32),
        part=Crop(x0_px=20, y0_px=10, width_px=SHAPE[1], height_px=SHAPE[0]),
        distances_mm={},
        visible_mm={},
        cement_mm2=0.0,
        visible_mm2=0.0,
        free_mm2=0.0,
        beyond_mm2={},
    )


def dice(a: np.ndarray, b: np.ndarray) -> float:
    return float(2 * (a & b).sum() / (a.sum() + b.sum()))


def test_strong_cement_is_seen_as_it_is_and_weak_cement_less_well() -> None:
    strong, fair = truth_of(100.0), truth_of(12.0)
    seen = [dice(ideal_mask(t, MM_PER_PX, np.random.default_rng(1)), t.visible) for t in (strong, fair)]
    assert seen[0] > 0.985
    assert 0.9 < seen[1] < seen[0]


def test_noise_alone_is_no_cement() -> None:
    nothing = truth_of(0.0, radius_px=-50.0)
    assert not nothing.cement.any()
    found = [ideal_mask(nothing, MM_PER_PX, np.random.default_rng(k)).any() for k in range(20)]
    assert sum(found) <= 1


def test_what_the_noise_hides_is_not_seen() -> None:
    hidden = truth_of(1.5)
    assert ideal_mask(hidden, MM_PER_PX, np.random.default_rng(2)).mean() < 0.01


def test_masks_are_kept_for_new_pictures_in_the_source_frame(tmp_path) -> None:
    (tmp_path / "truth").mkdir()
    truth = truth_of(100.0)
    grey = np.zeros((200, 260), dtype=np.uint8)
    observer = IdealObserver(tmp_path, 3, MM_PER_PX)
    for index, new, light in ((0, True, truth), (1, False, truth), (2, True, None)):
        observer.see(SimpleNamespace(stored=SimpleNamespace(new=new, index=index), truth=light, grey=grey))
    assert [path.name for path in (tmp_path / "truth" / "ideal").iterdir()] == ["000000.png"]
    mask = cv2.imread(str(tmp_path / "truth" / "ideal" / "000000.png"), cv2.IMREAD_GRAYSCALE)
    assert mask.shape == grey.shape
    assert mask[10 + 80, 20 + 100] == 255
    rows, cols = np.nonzero(mask)
    assert (rows.mean(), cols.mean()) == (pytest.approx(90, abs=0.5), pytest.approx(120, abs=0.5))
