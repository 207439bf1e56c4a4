import numpy as np
import pytest

from assistant.recording.encoder import Encoder
from assistant.vocabulary import Grey


def test_each_picture_is_one_packet_that_needs_no_other(grain: list[Grey]) -> None:
    encoder = Encoder(80, 64, is_deep=False)
    first = encoder.encode(grain[0])
    encoder.encode(grain[1])
    assert encoder.encode(grain[0]) == first
    assert encoder.configuration


def test_sixteen_bit(grain: list[Grey]) -> None:
    deep = grain[0].astype(np.uint16) * 257
    encoder = Encoder(80, 64, is_deep=True)
    assert encoder.fits(deep)
    assert not encoder.fits(grain[0])
    assert len(encoder.encode(deep)) > len(Encoder(80, 64, is_deep=False).encode(grain[0]))


@pytest.mark.parametrize("shape", [(64, 81), (63, 80)])
def test_another_size_does_not_fit(shape: tuple[int, int]) -> None:
    assert not Encoder(80, 64, is_deep=False).fits(np.zeros(shape, np.uint8))
