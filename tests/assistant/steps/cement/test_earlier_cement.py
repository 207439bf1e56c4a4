"""Cement in the reference frame is asked about, a cannula alone is not; the answer ends the question."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.steps.cement import EarlierCement, MaskMemory, cement_crop, start_masking
from tests.small_run import INFERIOR, SUPERIOR, pictures

BODY = np.array([*SUPERIOR, *reversed(INFERIOR), SUPERIOR[0]])


def memory(grey: np.ndarray, sign: float = 1.0) -> MaskMemory:
    rows, cols = grey.shape
    crop = cement_crop(BODY, 0.4, cols, rows)
    return start_masking(grey, 255, np.ones(grey.shape, bool), crop, BODY, 0.4, sign)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_cement_is_asked_about_and_a_cannula_is_not(sign: float) -> None:
    made = [grey if sign > 0 else 255 - grey for grey in pictures(72)]
    assert not any(EarlierCement([memory(made[k], sign)], [None]).asks for k in (0, 2, 8, 14))
    assert all(EarlierCement([memory(made[k], sign)], [None]).asks for k in (36, 48, 60))


def test_a_screw_beside_the_body_and_cement_in_the_next_one_are_no_question() -> None:
    grey = pictures(72)[2].copy()
    cv2.circle(grey, (160, 80), 14, 10, -1)
    cv2.line(grey, (130, 215), (260, 220), 10, 14)
    assert not EarlierCement([memory(grey)], [None]).asks


def test_an_answer_ends_the_question_and_is_told_with_the_figures() -> None:
    asked = EarlierCement([memory(pictures(72)[48])], [None])
    assert "Cement before the start?" in asked.notes[0]
    asked.answer((0,), is_there=True)
    assert not asked.asks
    assert "A person said" in asked.notes[0]
    asked.answer((0,), is_there=False)
    assert asked.notes == ()
    asked.answer((0,), is_there=True)
    assert "A person said" in asked.notes[0], "a no is taken back as a yes is"
    for answer in (True, False):
        known = EarlierCement([memory(pictures(72)[48])], [answer])
        assert not known.asks
        assert bool(known.notes) is answer
