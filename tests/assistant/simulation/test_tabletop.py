"""The small patient that other tests look at."""

import numpy as np
import pytest

from assistant.geometry import Similarity
from assistant.simulation import tabletop
from assistant.simulation.tabletop import COLS, MM_PER_PX, ROWS, Tabletop
from tests import small_run


def test_the_small_run_is_what_its_constants_say() -> None:
    run = tabletop.small_run()
    planned = run.planned(0)
    # They were marked where the newest pulse stands; the filtered picture shows it up to 0.1 mm behind.
    assert np.abs(planned.superior - np.array(small_run.SUPERIOR)).max() < 0.25
    assert np.abs(planned.inferior - np.array(small_run.INFERIOR)).max() < 0.25
    assert planned.mm_per_px == pytest.approx(MM_PER_PX, abs=1e-9)
    assert len(run.stored) == 120
    assert [stored.new for stored in run.stored] == [True, False] * 60


def test_the_small_run_passes_line_and_wall() -> None:
    truths = [frame.truth for frame in tabletop.small_run().frames() if frame.stored.new]
    assert len(truths) == len(small_run.pictures(120, repeat_each=1)[::2]) == 60
    last = truths[-1]
    assert last is not None
    assert last.visible_mm["warning_line"] < -5.0
    assert last.visible_mm["posterior_wall"] < -1.0
    assert all(truth is not None and not truth.cement.any() for truth in truths[:14])


def test_the_same_seed_gives_the_same_grain() -> None:
    one, same, other = (Tabletop(seed=seed).frame().grey for seed in (3, 3, 4))
    assert (one == same).all()
    assert (one != other).any()
    assert one.shape == (ROWS, COLS)


def test_given_cement_darkens_its_place_alone_and_brightens_when_inverted() -> None:
    ys, xs = np.mgrid[0:ROWS, 0:COLS]
    disc = np.hypot(xs - 155, ys - 155) <= 12
    for inverted, sign in ((False, -1.0), (True, 1.0)):
        table = Tabletop(inverted=inverted)
        before = table.frame().grey.astype(float)
        change = table.frame(cement=disc, new_noise=False).grey - before
        assert sign * change[disc].mean() > 25.0
        assert np.abs(change[np.hypot(xs - 155, ys - 155) > 22]).mean() < 6.0


def test_a_given_motion_moves_the_body() -> None:
    table = Tabletop()
    moved = Similarity(dx_px=6.0, dy_px=-4.0, rotation_deg=0.0, scale=1.0, centre_px=table.centre_px)
    still, shown = table.frame().grey.astype(float), table.frame(similarity=moved, new_noise=False).grey.astype(float)
    back = np.roll(shown, (4, -6), axis=(0, 1))
    inner = np.s_[60:240, 60:240]
    assert np.abs(back[inner] - still[inner]).mean() < 0.5 * np.abs(shown[inner] - still[inner]).mean()


def test_dose_sets_the_grain() -> None:
    def noise(dose_ngy: float) -> float:
        table = Tabletop(dose_ngy=dose_ngy)
        gap = table.frame().grey.astype(float) - table.frame().grey
        return float(gap[100:200, 100:200].std()) / np.sqrt(2.0)

    assert noise(150.0) == pytest.approx(2.0 * noise(600.0), rel=0.2)
