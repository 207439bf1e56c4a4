import numpy as np
import pytest

from assistant.capture.grey_range import range_in_use, sampled, stretched


@pytest.mark.parametrize(
    ("low", "high", "top", "shown"),
    [
        (0, 1020, 65535, (0, 1023)),  # ten bits in a container of sixteen
        (200, 4000, 65535, (0, 4095)),
        (300, 810, 65535, (236, 874)),
        (30000, 31000, 65535, (29875, 31125)),
        (100, 40000, 65535, (0, 65535)),  # fills its container
        (7, 7, 65535, (0, 65535)),  # nothing in it
    ],
)
def test_the_range_in_use(low: int, high: int, top: int, shown: tuple[int, int]) -> None:
    assert range_in_use(low, high, 0, top) == shown


def test_signed_values_get_room_too() -> None:
    assert range_in_use(-100, 100, -32768, 32767) == (-125, 125)


def test_pictures_from_the_first_to_the_last() -> None:
    assert sampled(0) == []
    assert sampled(1) == [0]
    assert sampled(3) == [0, 1, 2]
    many = sampled(1000)
    assert (len(many), many[0], many[-1]) == (16, 0, 999)


def test_stretching_keeps_to_black_and_white() -> None:
    grey = stretched(np.array([[0, 4, 8, 1020, 1023, 5000]], np.uint16), 0, 1023)
    assert grey.tolist() == [[0, 256, 512, 65343, 65535, 65535]]
