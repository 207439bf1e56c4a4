import cv2
import numpy as np

from assistant.imaging.xray_field import field_at, find_field


def grain(shape=(512, 512)):
    return np.random.default_rng(0).integers(90, 170, shape).astype(np.uint8)


def test_a_full_picture_is_all_field():
    assert find_field(grain(), 255).all()


def test_a_round_field_is_found():
    disc = np.zeros((512, 512), np.uint8)
    cv2.circle(disc, (256, 256), 230, 1, -1)
    field = field_at(find_field(grain() * disc, 255), 512, 512)
    agree = 2 * (field & (disc > 0)).sum() / (field.sum() + disc.sum())
    assert agree > 0.97


def test_the_inset_draws_the_border_in_but_not_the_picture_edge():
    picture = grain()
    picture[:, :100] = 0
    field = find_field(picture, 255)
    assert field_at(field, 512, 512, inset=0.05)[:, 140:].all()
    assert not field_at(field, 512, 512, inset=0.05)[:, :110].any()


def test_an_all_black_picture_does_not_break_it():
    assert find_field(np.zeros((300, 400), np.uint8), 255).shape == (100, 133)
