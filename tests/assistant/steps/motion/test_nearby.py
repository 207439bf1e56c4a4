from __future__ import annotations

import numpy as np
import pytest

from assistant.imaging.xray_field import find_field
from assistant.steps.motion.motion import AS_MARKED, start_following
from assistant.steps.motion.nearby import places_nearby
from assistant.steps.motion.pyramid import Pyramid


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (30, -12), (-28, 25)])
def test_the_best_of_all_shifts_is_the_vertebra_and_stands_above_chance(tabletop, moved_by, dx, dy):
    vertebra = tabletop(dose_ngy=10.0)
    grey = vertebra.frame().grey
    memory = start_following(
        0, grey, 255, find_field(grey, 255), vertebra.mm_per_px, vertebra.body_px, vertebra.centre_px
    )
    picture = Pyramid(grey=vertebra.frame(similarity=moved_by(dx, dy)).grey, white=255)
    first, second, *_ = places_nearby(memory.fine, memory.outline, picture, AS_MARKED, 14.0)
    assert np.hypot(*(first.pose[:, 2] - [dx, dy])) * vertebra.mm_per_px < 0.6
    assert first.above > 6
    assert second.score < first.score - 0.1


def test_where_nothing_is_seen_no_place_stands_out(tabletop):
    vertebra = tabletop()
    grey = vertebra.frame().grey
    memory = start_following(
        0, grey, 255, find_field(grey, 255), vertebra.mm_per_px, vertebra.body_px, vertebra.centre_px
    )
    noise = np.random.default_rng(1).integers(60, 200, grey.shape).astype(np.uint8)
    places = places_nearby(memory.fine, memory.outline, Pyramid(grey=noise, white=255), AS_MARKED, 14.0)
    assert places[0].above < 6
    assert places[0].score < 0.3
