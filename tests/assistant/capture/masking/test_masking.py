import cv2
import numpy as np
import pytest

from assistant.capture.masking.layout import Box, ConsoleLayout
from assistant.capture.masking.masking import Masker, is_masked
from tests.two_pictures import LEFT, RIGHT, film, screen

NAME = "DOE JOHN 1950-01-01"


def console(radius: int = 200, seed: int = 0, text: bool = True) -> np.ndarray:
    """A round X-ray field on black, with a name in the corner."""
    rng = np.random.default_rng(seed)
    ys, xs = np.mgrid[0:512, 0:640]
    field = (xs - 360) ** 2 + (ys - 256) ** 2 < radius**2
    grey = np.where(field, rng.normal(120, 8, field.shape), 0).clip(0, 255).astype(np.uint8)
    if text:
        cv2.putText(grey, NAME, (5, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1)
        cv2.putText(grey, "81 kV", (5, 500), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 2)
    return grey


def inside(radius: int) -> np.ndarray:
    ys, xs = np.mgrid[0:512, 0:640]
    return (xs - 360) ** 2 + (ys - 256) ** 2 < radius**2


def test_text_outside_the_field_is_black_and_the_field_is_untouched() -> None:
    grey = console()
    masked = Masker().apply(grey, 0.0)
    assert masked[:40, :200].max() == 0
    assert masked[470:, :100].max() == 0
    np.testing.assert_array_equal(masked[inside(200)], grey[inside(200)])


def test_sixteen_bit_pictures_are_masked_too() -> None:
    grey = console().astype(np.uint16) * 257
    masked = Masker().apply(grey, 0.0)
    assert masked[:40, :200].max() == 0
    np.testing.assert_array_equal(masked[inside(200)], grey[inside(200)])


def test_a_collimator_that_opens_is_followed() -> None:
    masker = Masker()
    for k in range(4):
        masker.apply(console(120, k), k * 0.3)
    for k in range(12):
        grey = console(220, 10 + k)
        masked = masker.apply(grey, 2.0 + k * 0.3)
    np.testing.assert_array_equal(masked[inside(215)], grey[inside(215)])
    assert masked[:40, :200].max() == 0


def test_a_menu_page_with_names_never_opens_the_mask() -> None:
    masker = Masker()
    for k in range(4):
        masker.apply(console(150, k), k * 0.3)
    page = np.full((512, 640), 60, np.uint8)
    for row in range(20, 500, 22):
        cv2.putText(page, NAME, (10, row), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1)
        cv2.putText(page, NAME, (330, row), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1)
    for k in range(20):
        masked = masker.apply(page, 3.0 + k * 0.3)
    assert masked[~inside(175)].max() == 0


def test_a_layout_profile_is_never_left() -> None:
    field = Box(x0=0.5, y0=0.25, x1=0.75, y1=0.75)
    masker = Masker(ConsoleLayout(schema_="s", name="n", field=field))
    for k in range(10):
        masked = masker.apply(console(220, k), k * 0.6)
    assert masked[:, :320].max() == 0
    assert masked[:128].max() == 0
    assert masked[200:300, 340:460].min() > 0
    assert masker.share == pytest.approx(0.125, abs=0.01)


def test_a_source_without_text_can_be_left_whole() -> None:
    grey = console()
    masker = Masker(whole=True)
    assert masker.apply(grey, 0.0) is grey
    assert masker.share == 1.0


def test_another_size_begins_anew() -> None:
    masker = Masker()
    masker.apply(console(), 0.0)
    small = console()[::2, ::2].copy()
    assert masker.apply(small, 0.1).shape == small.shape


def test_names_anywhere_leave_nothing_outside_the_field() -> None:
    """F-72, in small: text at many places of the border, not one of its pixels comes through."""
    rng = np.random.default_rng(7)
    for k in range(25):
        grey = console(190, k, text=False)
        place = (int(rng.integers(0, 480)), int(rng.integers(15, 510)))
        text = np.zeros_like(grey)
        cv2.putText(text, NAME, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1)
        text[inside(215)] = 0
        masked = Masker().apply(np.maximum(grey, text), 0.0)
        assert int((masked[~inside(215)] > 0).sum()) == 0, place


def test_a_name_that_touches_the_circle_is_masked() -> None:
    """Without a layout profile the found field ends at the circle that fits its edge."""
    rng = np.random.default_rng(4)
    rows, cols = np.mgrid[0:480, 0:640]
    inside = (cols - 320) ** 2 + (rows - 240) ** 2 <= 200**2
    picture = np.where(inside, rng.normal(120, 8, inside.shape), 0).clip(0, 255).astype(np.uint8)
    cv2.putText(picture, "MUELLER ANNA 1950", (470, 140), 0, 0.7, 255, 2)
    masked = Masker().apply(picture, 0.0)
    far = (cols - 320) ** 2 + (rows - 240) ** 2 > 215**2
    assert not masked[far].any()
    close = (cols - 320) ** 2 + (rows - 240) ** 2 <= 197**2
    np.testing.assert_array_equal(masked[close], picture[close])


def test_that_a_picture_is_masked_is_asked_of_the_picture() -> None:
    rng = np.random.default_rng(4)
    picture = rng.normal(120, 8, (480, 640)).clip(1, 255).astype(np.uint8)
    picture[:, 500:] = 0
    assert is_masked(picture, 500 / 640)
    picture[100:200, 510:600] = 255
    assert not is_masked(picture, 500 / 640)
    assert is_masked(picture, 1.0)


def test_both_pictures_of_a_screen_are_let_through_and_the_words_between_them_are_not() -> None:
    made = film(4)
    grey = screen((made[0], LEFT), (made[3], (380, 160)), words=True)
    masker = Masker()
    masked = masker.apply(grey, 0.0)
    for x in (LEFT[0], 380):
        np.testing.assert_array_equal(masked[164:456, x + 4 : x + 296], grey[164:456, x + 4 : x + 296])
    assert masked[:140].max() == 0
    assert masked[480:].max() == 0


def test_a_reference_that_comes_up_beside_is_let_through_after_some_looks() -> None:
    made, masker = film(40), Masker()
    for k in range(40):
        placed = [(made[k], LEFT), *([(made[3], RIGHT)] if k > 9 else [])]
        masked = masker.apply(screen(*placed), k * 0.2)
    np.testing.assert_array_equal(masked[170:450, 350:630], made[3][10:290, 10:290])
