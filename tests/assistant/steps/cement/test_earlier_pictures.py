"""Pictures from before the reference frame: less cement than it shows, or steel that came in between."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.geometry import Similarity
from assistant.steps.cement import EarlierCement, MaskMemory, cement_crop, find_cement, start_masking
from tests.small_run import INFERIOR, SUPERIOR, pictures

BODY = np.array([*SUPERIOR, *reversed(INFERIOR), SUPERIOR[0]])
STILL = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(160.0, 147.0))


def grainy(grey: np.ndarray, seed: int) -> np.ndarray:
    grain = np.random.default_rng(seed).normal(0, 2.0, grey.shape)
    return np.clip(np.rint(grey + grain), 0, 255).astype(np.uint8)


def darker(grey: np.ndarray, shape: np.ndarray) -> np.ndarray:
    return np.rint(grey * np.exp(-0.6 * cv2.GaussianBlur(shape, (0, 0), 1.2))).astype(np.uint8)


def lump(grey: np.ndarray) -> np.ndarray:
    return darker(grey, cv2.circle(np.zeros(grey.shape, np.float32), (178, 140), 8, 1.0, -1))


def steel(grey: np.ndarray) -> np.ndarray:
    return darker(grey, cv2.line(np.zeros(grey.shape, np.float32), (80, 160), (170, 160), 3.0, 7))


def held_against(reference: np.ndarray, earlier: np.ndarray, *, holds_none: bool = False) -> MaskMemory:
    rows, cols = reference.shape
    memory = start_masking(
        grainy(reference, 99), 255, np.ones(reference.shape, bool), cement_crop(BODY, 0.4, cols, rows), BODY, 0.4
    )
    memory.holds_none = holds_none
    for k in range(6):
        assert not find_cement(memory, grainy(earlier, k), STILL, k / 15, before_injection=True).mask.any()
    for k in range(6, 14):
        find_cement(memory, grainy(reference, k), STILL, k / 2, before_injection=False)
    return memory


def test_cement_that_they_do_not_show_is_counted_until_a_person_says_no() -> None:
    before = pictures(72)[2]
    memory = held_against(lump(before), before)
    assert memory.mask is not None
    assert memory.mask.sum() * memory.mm_per_px**2 == pytest.approx(np.pi * 3.5**2, rel=0.3)
    asked = EarlierCement([memory], [None])
    asked.see(0)
    assert asked.asks == (0,)
    asked.answer((0,), is_there=False)
    assert memory.mask is None
    find_cement(memory, grainy(lump(before), 20), STILL, 8.0, before_injection=False)
    assert not memory.mask.any()
    asked.answer((0,), is_there=True)
    for k in range(21, 27):
        find_cement(memory, grainy(lump(before), k), STILL, 8.0 + k / 2, before_injection=False)
    assert memory.mask.sum() * memory.mm_per_px**2 == pytest.approx(np.pi * 3.5**2, rel=0.3), "yes after a no"


def test_where_nothing_came_or_a_person_has_said_no_nothing_is_asked() -> None:
    before = pictures(72)[2]
    for memory in (held_against(before, before), held_against(lump(before), before, holds_none=True)):
        assert memory.of_reference is None
        assert not memory.mask.any()


def test_steel_that_came_in_between_is_no_cement() -> None:
    before = pictures(72)[2]
    assert held_against(steel(before), before).of_reference is None
    assert held_against(steel(lump(before)), before).of_reference is None
