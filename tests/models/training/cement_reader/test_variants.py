"""Whatever is pasted into a training crop, its labels stay honest."""

import numpy as np
import pytest

from models.training.cement_reader.runs import Picture, SampledRun
from models.training.cement_reader.variants import TrainingCrop, crop_of, first_cement, steel_comes, vary, vessels

SIDE = 128


@pytest.fixture
def crop() -> TrainingCrop:
    rng = np.random.default_rng(7)
    ys, xs = np.mgrid[0:SIDE, 0:SIDE]
    body = (np.abs(ys - 64) < 30) & (np.abs(xs - 64) < 30)
    cement = np.hypot(ys - 64, xs - 70) < 10
    change = (rng.normal(0.0, 3.0, (SIDE, SIDE)) + 30.0 * cement).astype(np.float16)
    none = np.zeros((SIDE, SIDE), bool)
    ignored = none.copy()
    ignored[:, 80:84] = True
    picture = Picture(
        change=change,
        half_s=change,
        long_s=change,
        bright=np.zeros_like(change),
        mean=(10 * np.sin(xs / 9.0)).astype(np.float16),
        grain=3.0,
        steel=none,
        visible=cement.astype(np.float32),
        cement=cement,
        path_mm=5.0 * cement.astype(np.float32),
        ignored=ignored,
        visible_mm2=60.0,
        cement_mm2=60.0,
        before=False,
    )
    run = SampledRun(
        name="drawn",
        group="usual",
        mm_per_px=0.45,
        usable=~none,
        body=body,
        depth_mm=np.where(body, 4.0, -4.0).astype(np.float32),
        pictures=[picture],
    )
    return crop_of(run, 0, np.random.default_rng(3))


def test_of_a_balloon_nothing_is_taught(crop: TrainingCrop) -> None:
    assert 0 < (crop.weight == 0).mean() < 0.1
    assert (crop.path_weight > 0).sum() == (crop.right > 0.5).sum()


def test_cement_under_steel_that_comes_is_not_in_sight(crop: TrainingCrop) -> None:
    hidden = 0
    for seed in range(60):
        rng, own = np.random.default_rng(seed), _copy(crop)
        steel_comes(own, rng)
        added = own.change - crop.change
        under = added > 20
        assert not (own.right[under] * own.weight[under]).any()
        hidden += int((crop.right[under] > 0).any())
    assert hidden > 5


def test_first_cement_is_labelled_where_it_stands_out(crop: TrainingCrop) -> None:
    crop.right[:] = 0
    seen = 0
    for seed in range(40):
        own = _copy(crop)
        first_cement(own, np.random.default_rng(seed))
        added = own.change - crop.change
        assert (added[own.right > 0] > 3 * 0.2 * crop.grain).all()
        assert (added >= 0).all()
        seen += bool(own.right.any())
    assert seen > 20


def test_contrast_in_vessels_never_says_that_cement_is_none(crop: TrainingCrop) -> None:
    for seed in range(20):
        own = _copy(crop)
        vessels(own, np.random.default_rng(seed))
        assert np.array_equal(own.right, crop.right)
        lost = (crop.weight > 0) & (own.weight == 0)
        assert not (lost & (crop.right > 0.9)).any()


def test_every_variant_gives_maps_the_network_can_take(crop: TrainingCrop) -> None:
    for seed in range(60):
        own = _copy(crop)
        vary(own, np.random.default_rng(seed))
        maps = own.maps()
        assert maps.shape == (8, *crop.change.shape)
        assert np.isfinite(maps).all()
        assert own.right.min() >= 0
        assert own.right.max() <= 1


def _copy(crop: TrainingCrop) -> TrainingCrop:
    values = {name: getattr(crop, name) for name in TrainingCrop.__slots__}
    kept = {name: each.copy() if isinstance(each, np.ndarray) else each for name, each in values.items()}
    return TrainingCrop(**kept)
