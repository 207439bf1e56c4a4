"""The field on which a picture is judged: what blades leave, whatever their colour and shape, and its usual grain."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.geometry import Crop
from assistant.steps.liveness.grain import blocks_of, grain_of
from assistant.steps.liveness.open_field import UsualGrain, covered_share, is_between_blades, judged_on
from assistant.vocabulary import Frame

SIDE = 384
ROUND = Crop(x0_px=150, y0_px=140, width_px=90, height_px=90)
ALL = np.ones((SIDE, SIDE), bool)
Bool = NDArray[np.bool_]


def shown(opening: Bool, blade: int = 0, grain: float = 5.0) -> Frame:
    """A round field on a black screen, with blades before it."""
    rng = np.random.default_rng(2)
    y, x = np.mgrid[:SIDE, :SIDE]
    grey = 110.0 + 0.2 * (x - 190) + rng.normal(0.0, grain, (SIDE, SIDE))
    grey = np.where(opening, grey, float(blade))
    grey[np.hypot(x - 191.5, y - 191.5) > 180] = 0
    return Frame(index=0, t_s=0.0, grey=np.clip(grey, 0, 255).round().astype(np.uint8), white=255)


def box(x0: int, x1: int, y0: int, y1: int) -> Bool:
    inside = np.zeros((SIDE, SIDE), bool)
    inside[y0:y1, x0:x1] = True
    return inside


def oblique() -> Bool:
    y, x = np.mgrid[:SIDE, :SIDE] - 190.0
    turn = np.deg2rad(20.0)
    across, along = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    return np.asarray((np.abs(across) < 75) & (np.abs(along) < 60), dtype=np.bool_)


def iris() -> Bool:
    y, x = np.mgrid[:SIDE, :SIDE] - 190.0
    return np.asarray(np.hypot(x, y) < 80, dtype=np.bool_)


def at_blocks(inside: Bool, shape: tuple[int, ...]) -> Bool:
    rows = np.linspace(0, SIDE - 1, shape[0]).astype(int)
    cols = np.linspace(0, SIDE - 1, shape[1]).astype(int)
    return inside[rows][:, cols]


@pytest.mark.parametrize("blade", [0, 255])
@pytest.mark.parametrize(
    "opening",
    [box(120, 270, 110, 260), oblique(), iris(), box(0, SIDE, 120, 250)],
    ids=["four", "oblique", "iris", "2"],
)
def test_it_is_what_blades_leave(opening: Bool, blade: int) -> None:
    frame = shown(opening, blade)
    blocks = blocks_of(frame)
    _, inside = judged_on(frame, blocks, ROUND)
    wanted = at_blocks(opening, blocks.shape)
    y, x = np.mgrid[:SIDE, :SIDE] - 191.5
    wanted &= at_blocks(np.asarray(np.hypot(x, y) < 180, dtype=np.bool_), blocks.shape)
    assert (inside & ~wanted).sum() < 0.03 * wanted.sum(), "nothing of a blade"
    assert (inside & wanted).sum() > 0.65 * wanted.sum(), "drawn in a little"
    assert covered_share(blocks, inside) < 0.02


def test_air_that_is_burnt_out_everywhere_is_no_blade() -> None:
    """A bone that is left over elsewhere is not the place that counts: it stays over-exposed."""
    burnt = shown(box(290, 340, 150, 240), 255)
    blocks = blocks_of(burnt)
    _, inside = judged_on(burnt, blocks, ROUND)
    assert covered_share(blocks, inside) > 0.6


def test_grain_is_held_against_what_was_usual_at_the_same_place() -> None:
    grainy, quiet = shown(ALL).grey, shown(ALL, grain=0.8).grey  # a curve crushes the grain round the middle
    grey = np.where(box(100, 290, 100, 290), grainy, quiet).astype(np.uint8)
    blocks = blocks_of(Frame(index=0, t_s=0.0, grey=grey, white=255))
    usual, whole = UsualGrain(), np.ones(blocks.shape, bool)
    usual.learn(blocks, whole)
    middle = at_blocks(box(130, 260, 130, 260), blocks.shape)
    whole_grain, here = usual.at(whole), usual.at(middle)
    assert whole_grain is not None
    assert here is not None
    assert whole_grain < grain_of(blocks, middle) / 3.0, "by the whole field it would be too noisy"
    assert here == pytest.approx(grain_of(blocks, middle), rel=0.3)
    assert usual.at(np.ones((3, 3), bool)) is None


def test_without_the_grain_of_an_x_ray_picture_it_is_a_card() -> None:
    usual, open_frame = UsualGrain(), shown(ALL)
    blocks = blocks_of(open_frame)
    usual.learn(blocks, judged_on(open_frame, blocks, ROUND)[1])
    for grain, is_picture in ((5.0, True), (0.3, False)):
        frame = shown(box(120, 270, 110, 260), 0, grain)
        assert is_between_blades(frame, blocks_of(frame), ROUND, usual) is is_picture
