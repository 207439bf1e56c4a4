"""The vertebra in pictures that hold more grain than the reference frame's flattest places tell."""

import numpy as np

from assistant.imaging.xray_field import find_field
from assistant.simulation.tabletop import Tabletop
from assistant.steps.motion import Pyramid, follow, start_following
from assistant.steps.motion.template import GrainToBand
from assistant.vocabulary import Motion
from tests.exposures import beam


def test_in_a_film_that_holds_little_but_grain_it_is_found_once_the_grain_is_known():
    tabletop = Tabletop(dose_ngy=1.5, seed=9)
    grey = tabletop.frame().grey
    field = find_field(grey, 255)
    memory = start_following(0, grey, 255, field, tabletop.mm_per_px, tabletop.body_px, tabletop.centre_px)
    away_mm = []
    for k in range(10):
        picture = Pyramid(grey=tabletop.frame().grey, white=255)
        motion, _ = follow([memory], 0, picture, None, beam(10 + k / 15))
        if isinstance(motion, Motion):
            away = np.hypot(motion.similarity.dx_px, motion.similarity.dy_px)
            away_mm.append(float(away) * tabletop.mm_per_px)
    assert len(away_mm) >= 6
    assert np.median(away_mm) < 0.5


def test_how_coarse_the_grain_is_follows_two_pictures_of_one_place_up_and_down():
    ratio = GrainToBand(value=0.3, most=0.6)
    for _ in range(8):
        ratio.learn_standing(band=4.5, grain=5.0)
    assert abs(ratio.value - 0.9) < 0.01
    assert ratio.most == 0.9
    for _ in range(8):
        ratio.learn_standing(band=0.5, grain=5.0)
    assert abs(ratio.value - 0.1) < 0.01
