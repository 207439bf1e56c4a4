import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.errors import InputError
from assistant.evaluation.peers.plain_unet import SIDE_PX, PlainUNet, as_frame, as_input
from assistant.evaluation.truth import read_truth
from assistant.system.places import demo_run, models_folder


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


def test_the_network_that_came_along_finds_the_cement_of_the_demo_roughly() -> None:
    truth = read_truth(demo_run() / "truth")
    last = int(np.flatnonzero(truth.live)[-1])
    source = open_source(str(demo_run()))
    frame = source.frame_at(last)
    source.close()
    found = PlainUNet(models_folder() / "plain_unet" / "model.onnx").find(frame.grey.astype(np.float32))
    right = truth.mask(last, visible=True)
    assert found.shape == right.shape
    assert 2 * (found & right).sum() / (found.sum() + right.sum()) > 0.5
