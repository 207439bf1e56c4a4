"""Native and inverted pictures are told apart from all that they show, in grain too."""

import cv2
import numpy as np
import pytest

from assistant.simulation.tabletop import Tabletop
from assistant.steps.cement.limits import USUAL_LIMITS
from assistant.steps.cement.polarity import Body, evidence_of, judged, log_odds_of, stated_polarity
from assistant.vocabulary import ShownPolarity


def body_of(outline: np.ndarray, mm_per_px: float, *, by_mm: tuple[float, float] = (0.0, 0.0)) -> Body:
    """Corners of an outline that begins with the superior endplate."""
    points = outline[:-1] if np.allclose(outline[0], outline[-1]) else outline
    points = points + np.array(by_mm) / mm_per_px
    half = len(points) // 2
    return Body(superior_px=points[:half], inferior_px=points[half:][::-1], is_lateral=True, mm_per_px=mm_per_px)


@pytest.mark.parametrize("dose_ngy", [15.0, 60.0])
@pytest.mark.parametrize("by_mm", [(0.0, 0.0), (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)])
def test_native_and_inverted_with_points_a_millimetre_off(dose_ngy: float, by_mm: tuple[float, float]) -> None:
    vertebra = Tabletop(dose_ngy=dose_ngy)
    grey, body = vertebra.frame().grey, body_of(vertebra.body_px, vertebra.mm_per_px, by_mm=by_mm)
    assert judged([log_odds_of(grey, 255, body)]).shown is ShownPolarity.NATIVE
    assert judged([log_odds_of(np.asarray(255 - grey, np.uint8), 255, body)]).shown is ShownPolarity.INVERTED


def drawn(*, cortex: float, cannula: float | None) -> tuple[np.ndarray, Body]:
    """A body on even ground; ``cortex`` and ``cannula``: how many grey levels they are darker."""
    rng = np.random.default_rng(1)
    ring = np.array([[90.0, 80.0], [210.0, 80.0], [210.0, 200.0], [90.0, 200.0]])
    level = np.full((280, 400), 120.0, np.float32)
    cv2.polylines(level, [ring.astype(np.int32)], True, 120.0 - cortex, 3)
    if cannula is not None:
        cv2.line(level, (150, 140), (399, 90), 120.0 - cannula, 11)
    grey = np.clip(cv2.GaussianBlur(level, (0, 0), 1.5) + rng.normal(0, 6, level.shape), 0, 255).astype(np.uint8)
    return grey, Body(superior_px=ring[[0, 1]], inferior_px=ring[[3, 2]], is_lateral=True, mm_per_px=0.25)


def test_the_cannulas_sign_outweighs_the_lines_along_the_outline() -> None:
    grey, body = drawn(cortex=-12.0, cannula=30.0)
    evidence = evidence_of(grey, 255, body)
    assert evidence["cortex"] < -0.5
    assert evidence["steel"] > 0.5
    assert judged([log_odds_of(grey, 255, body)]).shown is ShownPolarity.NATIVE


def test_without_a_cannula_the_cortex_tells() -> None:
    grey, body = drawn(cortex=25.0, cannula=None)
    assert evidence_of(grey, 255, body)["steel"] == 0.0
    assert judged([log_odds_of(grey, 255, body)]).shown is ShownPolarity.NATIVE


def test_a_picture_that_says_nothing_is_not_known() -> None:
    grey, body = drawn(cortex=0.0, cannula=None)
    told = judged([log_odds_of(grey, 255, body)])
    assert (told.shown, told.is_known) == (ShownPolarity.NOT_KNOWN, False)


def test_sixteen_bit_pictures_are_told_alike() -> None:
    grey, body = drawn(cortex=25.0, cannula=30.0)
    wide = grey.astype(np.uint16) * 257
    assert log_odds_of(wide, 65535, body) == pytest.approx(log_odds_of(grey, 255, body), abs=0.05)


def test_the_clearest_picture_counts_and_a_persons_word_more() -> None:
    assert judged([0.5, -4.0, 2.0]).sign == -1.0
    assert judged([USUAL_LIMITS.polarity.least_log_odds - 0.01]).shown is ShownPolarity.NOT_KNOWN
    assert judged([]).shown is ShownPolarity.NOT_KNOWN
    assert stated_polarity(ShownPolarity.INVERTED).sign == -1.0
    assert stated_polarity(ShownPolarity.NATIVE).log_odds > judged([100.0]).log_odds
