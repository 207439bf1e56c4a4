from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.cannula import Cannula, bridge_cannula, doubt_cannula, find_cannula, is_bar

MM = 0.25
MIDDLE = (150.0, 100.0)


def steel() -> np.ndarray:
    """A cannula from the right edge to the body's middle."""
    picture = np.full((200, 300), 200.0, np.float32)
    cv2.line(picture, (150, 100), (299, 60), 120.0, 12)
    return cv2.GaussianBlur(picture, (0, 0), 1.5)


@pytest.fixture
def cannula() -> Cannula:
    found = find_cannula(steel(), MIDDLE, MM)
    assert found is not None
    return found


def test_a_cannula_is_found_where_it_stands(cannula):
    drawn = np.zeros((200, 300), np.uint8)
    cv2.line(drawn, (155, 99), (290, 62), 1, 8)
    assert cannula.mask[drawn > 0].mean() > 0.97
    assert cannula.mask.mean() < 0.1


def test_cement_comes_out_ahead_of_the_tip(cannula):
    assert cannula.corridor[104, 130]
    assert not cannula.corridor[75, 240]
    assert not cannula.corridor[140, 140]


def test_where_there_is_none_none_is_found():
    rng = np.random.default_rng(0)
    plain = cv2.GaussianBlur(rng.normal(200.0, 3.0, (200, 300)).astype(np.float32), (0, 0), 2)
    assert find_cannula(plain, MIDDLE, MM) is None


def test_cement_on_both_sides_is_joined_behind_it_and_on_one_side_is_not(cannula):
    usable = np.ones((200, 300), bool)
    both = np.zeros((200, 300), bool)
    cv2.circle(shown := both.astype(np.uint8), (190, 90), 30, 1, -1)
    both = (shown > 0) & ~cannula.mask
    joined = both.copy()
    bridge_cannula(cannula, joined, np.full((200, 300), -1.0, np.float32), usable, MM)
    assert joined[89, 190]
    one_side = both.copy()
    one_side[:90] = False
    left = one_side.copy()
    bridge_cannula(cannula, left, np.full((200, 300), -1.0, np.float32), usable, MM)
    assert (left & ~one_side).sum() < 0.2 * (joined & ~both).sum()


def test_a_shaft_that_changes_everywhere_raises_its_noise(cannula):
    contrast = np.where(cannula.mask, 30.0, 0.0).astype(np.float32)
    noise = np.ones((200, 300), np.float32)
    doubt_cannula(cannula, contrast, noise, None, np.ones((200, 300), bool), MM)
    assert float(noise[cannula.mask].min()) == pytest.approx(30.0)
    assert float(noise[~cannula.mask].max()) == 1.0


def test_a_shaft_that_is_not_seen_is_not_believed(cannula):
    noise = np.ones((200, 300), np.float32)
    doubt_cannula(cannula, np.zeros_like(noise), noise, None, np.zeros((200, 300), bool), MM)
    assert np.isinf(noise[cannula.mask]).all()


def test_a_bar_is_a_bar_and_a_disc_is_none():
    bar = np.zeros((100, 160), bool)
    bar[48:55, 20:140] = True
    disc = np.zeros((100, 160), np.uint8)
    cv2.circle(disc, (80, 50), 30, 1, -1)
    assert is_bar(bar, 0.4)
    assert not is_bar(disc.astype(bool), 0.4)
