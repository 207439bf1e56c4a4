from dataclasses import replace

import cv2
import numpy as np
import pytest

from assistant.geometry import Crop, signed_distance_map
from assistant.leak_shape.patch import (
    BELOW_PX,
    CHANNELS,
    PATCH_MM_PER_PX,
    PATCH_PX,
    Endplate,
    Ground,
    LeakPatch,
    leak_patch,
    seen_patch,
)
from assistant.vocabulary import Unknown

LEAK, CEMENT, DISTANCE, DIFFERENCE, PICTURE = range(len(CHANNELS))


def scene(
    turn_deg: float = 0.0,
    mm_per_px: float = 0.22,
    height_mm: float = 6.0,
    width_mm: float = 4.0,
    side_mm: float = 44.0,
) -> tuple[Ground, Endplate]:
    """A triangular leak on an endplate across the middle, turned by an angle, cement below it."""
    side = round(side_mm / mm_per_px)
    angle = np.deg2rad(turn_deg)
    u, n = np.array([np.cos(angle), np.sin(angle)]), np.array([np.sin(angle), -np.cos(angle)])
    foot = np.array([side / 2, side / 2])

    def drawn(*points_mm: tuple[float, float]) -> np.ndarray:
        ring = np.array([foot + (a * u + b * n) / mm_per_px for a, b in points_mm])
        return cv2.fillPoly(
            np.zeros((side, side), np.uint8), [np.round(ring * 16).astype(np.int32)], 1, shift=4
        ).astype(bool)

    leak = drawn((-width_mm / 2, -0.5), (0.0, height_mm), (width_mm / 2, -0.5))
    mask = leak | drawn((-8.0, 0.0), (8.0, 0.0), (8.0, -5.0), (-8.0, -5.0))
    crop = Crop(x0_px=0, y0_px=0, width_px=side, height_px=side)
    line = np.array([foot - 12 / mm_per_px * u, foot, foot + 12 / mm_per_px * u])
    away = signed_distance_map(crop, line, foot - 10 / mm_per_px * n, mm_per_px, runs_on=True)
    noise = np.random.default_rng(3).normal(0.0, 1.0, mask.shape).astype(np.float32)
    ground = Ground(
        mask=mask,
        before=cv2.GaussianBlur(noise, (0, 0), 8.0) * 100,
        difference=20.0 * cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.3 / mm_per_px) + 0.3 * noise,
        usable=np.ones(mask.shape, bool),
        mm_per_px=mm_per_px,
        source_mm_per_px=mm_per_px,
    )
    return ground, Endplate(away_mm=away, beyond=away < 0, along=u)


def patch(*args: float, **kwargs: float) -> LeakPatch:
    made = leak_patch(*scene(*args, **kwargs))
    assert isinstance(made, LeakPatch)
    return made


def test_the_disc_is_up_and_the_endplate_lies_level_on_its_row() -> None:
    values = patch(30.0).values
    assert values.shape == (len(CHANNELS), PATCH_PX, PATCH_PX)
    assert values.dtype == np.float32
    rows = np.nonzero(values[LEAK] > 0.5)[0]
    at_plate = PATCH_PX - 1 - BELOW_PX
    assert rows.max() in (at_plate - 1, at_plate)
    assert (at_plate - rows.min()) * PATCH_MM_PER_PX == pytest.approx(6.0, abs=0.8)
    distance = values[DISTANCE]
    assert distance[0].mean() < distance[at_plate].mean() == pytest.approx(0.0, abs=0.02)
    assert distance[-1].mean() > 0.5


@pytest.mark.parametrize("turn_deg", [0.0, 17.0, 90.0, 180.0, -120.0])
@pytest.mark.parametrize("mm_per_px", [0.15, 0.22, 0.35])
def test_the_leak_looks_the_same_however_the_picture_lies_and_whatever_its_scale(
    turn_deg: float, mm_per_px: float
) -> None:
    plain, turned = patch().values, patch(turn_deg, mm_per_px).values
    for channel in (LEAK, CEMENT, DISTANCE):
        assert np.abs(plain[channel] - turned[channel]).mean() < 0.045, CHANNELS[channel]


def test_every_channel_stays_in_its_range() -> None:
    ground, plate = scene()
    far = np.where(ground.mask, ground.difference, -500).astype(np.float32)
    wild = replace(ground, before=ground.before * 1e4, difference=far)
    values = leak_patch(wild, plate)
    assert isinstance(values, LeakPatch)
    assert np.isfinite(values.values).all()
    assert values.values.min() >= -2.0
    assert values.values.max() <= 2.0


def test_contrast_and_offset_of_the_picture_do_not_matter() -> None:
    ground, plate = scene()
    other = replace(ground, before=3 * ground.before + 40, difference=3 * ground.difference)
    first, second = leak_patch(ground, plate), leak_patch(other, plate)
    assert isinstance(first, LeakPatch)
    assert isinstance(second, LeakPatch)
    assert np.abs(first.values - second.values).max() < 0.02


def test_a_blurred_leak_is_told_by_its_edge() -> None:
    ground, plate = scene()
    soft = replace(ground, difference=cv2.GaussianBlur(ground.difference, (0, 0), 1.2 / ground.mm_per_px))
    blurred = leak_patch(soft, plate)
    assert isinstance(blurred, LeakPatch)
    assert blurred.blur_mm > 1.5 * patch().blur_mm


def test_the_matrix_leads_back_to_the_lattice() -> None:
    made = patch(25.0)
    _, plate = scene(25.0)
    at = made.lattice_from_patch @ np.array([(PATCH_PX - 1) / 2, PATCH_PX - 1 - BELOW_PX - 8, 1.0])
    x, y = np.round(at).astype(int)
    assert plate.away_mm[y, x] == pytest.approx(-8 * PATCH_MM_PER_PX, abs=0.2)


@pytest.mark.parametrize(
    ("height_mm", "mm_per_px", "reason"),
    [(0.8, 0.22, "too small"), (1.3, 0.35, "too small"), (-0.6, 0.22, "no cement beyond")],
)
def test_what_is_too_small_is_left_open(height_mm: float, mm_per_px: float, reason: str) -> None:
    found = leak_patch(*scene(0.0, mm_per_px, height_mm))
    assert isinstance(found, Unknown)
    assert reason in found.reason


def test_a_leak_cut_by_the_field_is_left_open() -> None:
    ground, plate = scene()
    usable = ground.usable.copy()
    usable[: round(17.5 / 0.22)] = False
    found = leak_patch(replace(ground, usable=usable), plate)
    assert isinstance(found, Unknown)
    assert "edge of the field" in found.reason


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_seen_patch_lies_where_the_lattice_lies_in_the_reference_frame(step: int) -> None:
    made = patch(25.0)
    seen = seen_patch(9, made, Crop(x0_px=20, y0_px=30, width_px=100, height_px=100), step)
    col_row = np.array([12.0, 40.0, 1.0])
    on_lattice = made.lattice_from_patch @ col_row + [20, 30]
    # The middle of a block of the lattice is the middle of its source px.
    assert seen.reference_from_patch @ col_row == pytest.approx((on_lattice + 0.5) * step - 0.5)
    assert seen.frame_index == 9
    assert seen.values is made.values
