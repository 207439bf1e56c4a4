"""The tilt of a lateral view: the pack, the NumPy network, and what it says of pictures."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.errors import InputError
from assistant.landmarks import true_lateral
from assistant.landmarks.true_lateral import CROP_PX, Layer, Network, Tilt
from assistant.plan import read_plan
from assistant.system.places import demo_run, models_folder
from assistant.vocabulary import Unknown

BOX = np.array([[0, 0], [20, 1], [40, 0], [0, 30], [20, 29], [40, 30]], dtype=float) * 2.0 + np.array([100.0, 120.0])


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(models_folder() / "true_lateral", tmp_path / "true_lateral"))


def test_the_pack_that_came_with_the_program_is_right() -> None:
    network = true_lateral.network_that_came_with_the_program()
    assert isinstance(network, Network)
    assert 2.0 < network.limit_deg < 5.0


def test_a_pack_that_is_not_what_it_says_is_refused(pack: Path) -> None:
    weights = pack / "weights.npz"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(bytes(content))
    with pytest.raises(InputError, match="checksum"):
        true_lateral.read_network(pack)
    weights.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        true_lateral.read_network(pack)


def test_other_golden_answers_and_other_manifests_are_refused(pack: Path) -> None:
    path = pack / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {"golden_deg": [g + 1.0 for g in manifest["golden_deg"]]}))
    with pytest.raises(InputError, match="golden"):
        true_lateral.read_network(pack)
    path.write_text(json.dumps(manifest | {"schema": "another"}))
    with pytest.raises(InputError, match="another version"):
        true_lateral.read_network(pack)
    path.write_text("{}")
    with pytest.raises(InputError, match="manifest"):
        true_lateral.read_network(pack)


def test_a_convolution_is_the_sum_over_its_window() -> None:
    rng = np.random.default_rng(2)
    weights = rng.standard_normal((3, 2, 3, 3)).astype(np.float32)
    seen = rng.standard_normal((1, 2, 7, 7)).astype(np.float32)
    layer = Layer(weights=weights, bias=np.array([0.5, 0.0, -0.5], np.float32), stride=2)
    told = true_lateral._convolved(seen, layer)
    assert told.shape == (1, 3, 4, 4)
    by_hand = (seen[0, :, 1:4, 3:6] * weights[1]).sum()
    assert told[0, 1, 1, 2] == pytest.approx(by_hand, rel=1e-4)
    corner = (seen[0, :, :2, :2] * weights[2][:, 1:, 1:]).sum() - 0.5
    assert told[0, 2, 0, 0] == pytest.approx(corner, rel=1e-4)


def test_the_crop_is_the_same_for_a_turned_and_mirrored_picture() -> None:
    mirrored = np.column_stack([600.0 - BOX[:, 0], BOX[:, 1]])
    placed = [points @ (m := true_lateral.crop_matrix(points))[:, :2].T + m[:, 2] for points in (BOX, mirrored)]
    assert np.allclose(placed[0], placed[1])
    assert placed[0][0, 0] < placed[0][2, 0] < CROP_PX
    assert placed[0][0, 1] < placed[0][3, 1]
    # More room behind the body than before it.
    assert placed[0][:, 0].min() < CROP_PX - 1 - placed[0][:, 0].max()


def test_what_cannot_be_judged_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    grey = np.random.default_rng(1).integers(90, 160, (400, 500)).astype(np.uint8)
    assert isinstance(true_lateral.assess(grey, 255, BOX * 0.1), Unknown)
    assert isinstance(true_lateral.assess(grey, 255, np.full((6, 2), np.nan)), Unknown)
    assert isinstance(true_lateral.assess(grey, 255, BOX + 5000.0), Unknown)
    monkeypatch.setattr(true_lateral, "network_that_came_with_the_program", lambda: "there is no model")
    answer = true_lateral.assess(grey, 255, BOX)
    assert isinstance(answer, Unknown)
    assert answer.reason == "there is no model"


def test_the_demo_is_a_true_lateral_view_in_either_polarity() -> None:
    view = read_plan(demo_run() / "plan.json", 0.25).views[0]
    source = open_source(str(demo_run()))
    grey = next(f for f in source.frames() if f.index == view.reference_frame).grey
    source.close()
    points = np.vstack([line[[0, len(line) // 2, len(line) - 1]] for line in (view.superior, view.inferior)])
    told = [true_lateral.assess(picture, 255, points) for picture in (grey, 255 - grey)]
    for answer in told:
        assert isinstance(answer, Tilt)
        assert answer.is_true
        assert 0.0 <= answer.tilt_deg < answer.limit_deg


def test_from_the_limit_on_the_view_is_not_true() -> None:
    assert not Tilt(tilt_deg=3.5, limit_deg=3.5).is_true
    assert Tilt(tilt_deg=3.4, limit_deg=3.5).is_true
