from __future__ import annotations

import numpy as np
import pytest

from assistant.steps.cement.baseline import cement_crop
from assistant.steps.cement.memory import start_masking
from tests.assistant.plain_figure import BODY_PX, picture


@pytest.mark.parametrize("mm_per_px", [0.1, 0.4])  # two source px to a lattice px, and one
def test_a_view_s_memory_covers_its_crop_and_knows_the_bone_from_its_rims(mm_per_px):
    crop = cement_crop(BODY_PX, mm_per_px, 320, 300)
    memory = start_masking(picture(np.random.default_rng(0)), 255, np.ones((300, 320), bool), crop, BODY_PX, mm_per_px)
    assert memory.crop == crop
    assert memory.mm_per_px == pytest.approx(mm_per_px * memory.baseline.step)
    assert memory.bone.sum() < memory.body.sum()
    assert not (memory.bone & ~memory.body).any()
    assert memory.rim[0].all()
    assert memory.rim[:, -1].all()
    assert not memory.rim[memory.body].any()
    assert memory.mask is None
    assert not memory.started
