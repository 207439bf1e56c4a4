"""The quick steps of a view: distances by its lines, and a speed that remembers the pictures taken."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.acquisition import AcquisitionMemory, take_picture
from assistant.geometry import Crop
from assistant.line_maps import make_line_maps
from assistant.lines import Line
from assistant.plan import plan_from_document
from assistant.quick_steps import QuickSteps
from assistant.run_facts import RunClock
from assistant.settings.tree import LeakSettings
from assistant.vocabulary import CementMask, Unknown
from tests.small_run import plan_document


def test_distances_shrink_and_a_speed_comes_with_the_pictures() -> None:
    view = plan_from_document(plan_document(), 0.25).views[0]
    crop = Crop(x0_px=0, y0_px=0, width_px=320, height_px=300)
    quick, other = (
        QuickSteps(planned=view, maps=make_line_maps(view, crop), clock=RunClock.FILE, leak_settings=LeakSettings())
        for _ in range(2)
    )
    centre_x, centre_y = (round(value) for value in view.centre_px)
    towards = int(np.sign(view.superior[-1][0] - view.superior[0][0]))
    told, beam = [], AcquisitionMemory()
    for k in range(12):
        mask = np.zeros((300, 320), np.bool_)
        mask[centre_y - 3 : centre_y + 3, sorted((centre_x, centre_x + towards * (2 + k)))[0] :][:, : 2 + k] = True
        cement = CementMask(
            crop=crop, mask=mask, evidence=np.where(mask, 1, -1).astype(np.float32), outline_sigma_mm=0.0
        )
        told.append(quick.take(cement, k, take_picture(beam, k / 5)))
    walls = [distances.mm[Line.POSTERIOR_WALL] for distances, _, _ in told]
    assert walls == sorted(walls, reverse=True)
    assert walls[0] > walls[-1]
    assert isinstance(told[0][1].approach_mm_per_s, Unknown)
    speed = 5 * (told[0][0].mm[Line.WARNING_LINE] - told[-1][0].mm[Line.WARNING_LINE]) / 11
    assert told[-1][1].approach_mm_per_s == pytest.approx(speed, rel=0.2)
    assert len(quick.approach.seen) == 12
    assert not other.approach.seen, "each view remembers for itself"
