import numpy as np
import pytest

from assistant.errors import InputError
from assistant.evaluation.plain_unet import SIDE_PX, PlainUNet, as_frame, as_input


@pytest.mark.parametrize("shape", [(512, 640), (640, 512), (300, 300)])
def test_a_frame_goes_in_and_comes_back_in_its_place(shape) -> None:
    picture = np.zeros(shape, dtype=np.float32)
    picture[100:180, 120:260] = 255.0
    seen = as_input(picture)
    assert seen.shape == (SIDE_PX, SIDE_PX)
    assert seen.max() == pytest.approx(1.0)
    back = as_frame(seen, *shape)
    assert back.shape == shape
    assert back[140, 190] == pytest.approx(1.0)
    assert back[20, 20] == 0.0
    rows, cols = np.nonzero(back > 0.5)
    assert (rows.mean(), cols.mean()) == (pytest.approx(139.5, abs=1.0), pytest.approx(189.5, abs=1.0))


def test_a_network_that_is_not_there_is_said(tmp_path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        PlainUNet(tmp_path / "model.onnx")
