"""The curves of a run, gathered into columns of pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.lines import Line
from assistant.readings.moments import Moment
from assistant.review.curves import Curves
from assistant.vocabulary import Distances, FrameState
from tests.run_moments import run_moments

COUNT = 46


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> list[Moment]:
    return run_moments(tmp_path_factory.mktemp("moments"), COUNT)


def test_every_frame_is_seen_at_any_width(moments: list[Moment]) -> None:
    curves = Curves()
    curves.take(moments[:20])
    curves.take(moments[20:])
    assert len(curves) == COUNT
    least = min(m.distances.mm[Line.WARNING_LINE] for m in moments if isinstance(m.distances, Distances) and m.outline)
    for width in (10, COUNT, 700):
        columns = curves.columns(width, COUNT)
        assert columns.curves.shape == (3, width)
        assert np.nanmin(columns.curves[0]) == pytest.approx(least, abs=1e-3)
        assert columns.known >= width - width // COUNT - 1
        assert not columns.off.any()


def test_what_is_not_analysed_yet_stays_empty(moments: list[Moment]) -> None:
    curves = Curves()
    curves.take(moments[: COUNT // 2])
    columns = curves.columns(200, COUNT)
    assert 90 <= columns.known <= 101
    assert np.isnan(columns.curves[:, 110:]).all()
    assert curves.columns(0, COUNT).known == 0


def test_a_held_stretch_is_off_and_has_no_curve(moments: list[Moment]) -> None:
    held = [replace(m, liveness=replace(m.liveness, state=FrameState.FROZEN)) for m in moments[20:30]]
    curves = Curves()
    curves.take([*moments[:20], *held, *moments[30:]])
    columns = curves.columns(COUNT, COUNT)
    assert columns.off[20:30].all()
    assert not columns.off[:20].any()
    assert np.isnan(columns.curves[:, 20:30]).all()


def test_an_hour_is_drawn_in_a_moment(moments: list[Moment]) -> None:
    curves = Curves()
    long = (moments * (108_000 // COUNT + 1))[:108_000]
    curves.take(long)
    columns = curves.columns(1300, 108_000)
    assert len(curves) == 108_000
    assert columns.known == 1300
