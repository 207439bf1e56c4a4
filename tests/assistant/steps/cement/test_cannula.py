from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.steps.cement.cannula import Cannula, bridge_cannula, find_cannula, is_bar, see_through, through_cannula
from assistant.steps.cement.limits import USUAL_LIMITS

MM = 0.25
MIDDLE = (150.0, 100.0)
BODY = np.zeros((200, 300), bool)
BODY[40:160, 90:210] = True


def steel() -> np.ndarray:
    """A cannula from the right edge to the body's middle."""
    picture = np.full((200, 300), 200.0, np.float32)
    cv2.line(picture, (150, 100), (299, 60), 120.0, 12)
    return cv2.GaussianBlur(picture, (0, 0), 1.5)


@pytest.fixture
def cannula() -> Cannula:
    found = find_cannula(steel(), BODY, MIDDLE, MM, USUAL_LIMITS)
    assert found is not None
    return found


def test_a_cannula_is_found_where_it_stands(cannula):
    drawn = np.zeros((200, 300), np.uint8)
    cv2.line(drawn, (155, 99), (290, 62), 1, 8)
    assert cannula.mask[drawn > 0].mean() > 0.97
    assert cannula.mask.mean() < 0.1


def test_one_that_touches_a_dark_facet_is_found_and_the_facet_is_no_part_of_it():
    picture = steel()
    facet = np.zeros_like(picture)
    cv2.line(facet, (250, 78), (262, 104), 50.0, 14)
    found = find_cannula(picture - cv2.GaussianBlur(facet, (0, 0), 1.5), BODY, MIDDLE, MM, USUAL_LIMITS)
    assert found is not None
    drawn = np.zeros((200, 300), np.uint8)
    cv2.line(drawn, (155, 99), (290, 62), 1, 8)
    assert found.mask[drawn > 0].mean() > 0.97
    assert not found.mask[100, 261]
    assert found.mask.mean() < 0.1


def test_cement_comes_out_ahead_of_the_tip(cannula):
    assert cannula.corridor[104, 130]
    assert not cannula.corridor[75, 240]
    assert not cannula.corridor[140, 140]


def test_a_wall_of_the_body_and_a_bar_outside_it_are_no_cannula():
    picture = np.full((200, 300), 200.0, np.float32)
    cv2.line(picture, (92, 45), (92, 155), 120.0, 8)
    cv2.line(picture, (240, 20), (280, 160), 120.0, 12)
    assert find_cannula(cv2.GaussianBlur(picture, (0, 0), 1.5), BODY, MIDDLE, MM, USUAL_LIMITS) is None


def test_where_there_is_none_none_is_found():
    rng = np.random.default_rng(0)
    plain = cv2.GaussianBlur(rng.normal(200.0, 3.0, (200, 300)).astype(np.float32), (0, 0), 2)
    assert find_cannula(plain, BODY, MIDDLE, MM, USUAL_LIMITS) is None


@pytest.fixture
def both_sides(cannula) -> np.ndarray:
    cv2.circle(shown := np.zeros((200, 300), np.uint8), (190, 90), 30, 1, -1)
    return (shown > 0) & ~cannula.mask


def bridged(cannula: Cannula, mask: np.ndarray, behind: float) -> np.ndarray:
    """What is filled in where the contrast is 40 beside the steel and ``behind`` times that behind it."""
    joined, usable = mask.copy(), np.ones((200, 300), bool)
    contrast = np.where(cannula.mask, np.float32(40.0 * behind), np.float32(40.0)).astype(np.float32)
    bridge_cannula(cannula, joined, np.full((200, 300), -1.0, np.float32), contrast, usable, MM, USUAL_LIMITS.steel)
    return joined & ~mask


def test_cement_on_both_sides_is_joined_behind_it_and_on_one_side_is_not(cannula, both_sides):
    assert bridged(cannula, both_sides, 0.5)[89, 190]
    one_side = both_sides.copy()
    one_side[:90] = False
    assert bridged(cannula, one_side, 0.5).sum() < 0.2 * bridged(cannula, both_sides, 0.5).sum()


def test_where_nothing_shows_through_the_steel_nothing_is_said_of_it(cannula, both_sides):
    assert not bridged(cannula, both_sides, 0.0)[89, 190]


def beside(cannula: Cannula) -> np.ndarray:
    """Known cement round the tip."""
    drawn = np.zeros((200, 300), np.uint8)
    cv2.circle(drawn, (150, 100), 16, 1, -1)
    return (drawn > 0) & ~cannula.mask


def test_what_the_whole_shaft_does_is_no_cement(cannula):
    contrast = np.where(cannula.mask, 30.0, 0.0).astype(np.float32)
    noise = np.ones((200, 300), np.float32)
    see_through(cannula, contrast, noise, beside(cannula), np.ones((200, 300), bool), MM, USUAL_LIMITS.steel)
    assert float(np.abs(contrast[cannula.mask]).max()) < 0.1
    assert float(noise[~cannula.mask].max()) == 1.0


def test_behind_steel_only_what_is_next_to_cement_is_believed(cannula):
    rng = np.random.default_rng(1)
    contrast = rng.normal(0, 2.0, (200, 300)).astype(np.float32)
    drawn = np.zeros((200, 300), np.uint8)
    cv2.circle(drawn, (150, 100), 16, 1, -1)
    contrast[drawn > 0] += 12.0
    noise = np.ones((200, 300), np.float32)
    see_through(cannula, contrast, noise, beside(cannula), np.ones((200, 300), bool), MM, USUAL_LIMITS.steel)
    near = cannula.mask & (drawn > 0)
    assert np.isfinite(noise[near]).mean() > 0.6
    assert float(np.median((contrast / noise)[near & np.isfinite(noise)])) > 3
    assert np.isinf(noise[62, 290])


def test_a_shaft_that_is_not_seen_is_not_believed(cannula):
    noise = np.ones((200, 300), np.float32)
    see_through(cannula, np.zeros_like(noise), noise, None, np.zeros((200, 300), bool), MM, USUAL_LIMITS.steel)
    assert np.isinf(noise[cannula.mask]).all()


def test_cement_may_come_out_on_the_other_side_near_by_and_not_far_along_the_shaft(cannula):
    known = np.zeros((200, 300), bool)
    known[86:94, 165:180] = True
    passage = through_cannula(cannula, known, MM, USUAL_LIMITS.steel)
    assert passage[cannula.mask & (np.arange(300) < 190) & (np.arange(300) > 160)].all()
    assert not passage[:, 240:].any()


def test_a_bar_is_a_bar_and_a_disc_is_none():
    bar = np.zeros((100, 160), bool)
    bar[48:55, 20:140] = True
    disc = np.zeros((100, 160), np.uint8)
    cv2.circle(disc, (80, 50), 30, 1, -1)
    assert is_bar(bar, 0.4, USUAL_LIMITS.cannula)
    assert not is_bar(disc.astype(bool), 0.4, USUAL_LIMITS.cannula)
