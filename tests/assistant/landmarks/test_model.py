"""The pack: refused when it is not what it says."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.landmarks import model
from assistant.landmarks.crops import CROP_PX
from assistant.system.places import models_folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(models_folder() / "landmarks", tmp_path / "landmarks"))


def test_the_pack_that_came_with_the_program_is_right(pack: Path) -> None:
    read = model.read_model(pack)
    answer = read.look(np.zeros((3, CROP_PX, CROP_PX), np.float32), ap=True)
    assert answer.places_px.shape == (3, 6, 2)
    assert answer.doubt_px.shape == (3, 6)
    assert (answer.doubt_px > 0).all()
    assert answer.upright.shape == (3,)


@pytest.mark.parametrize("name", ["model.onnx", "refine.npz"])
def test_a_changed_file_is_refused(pack: Path, name: str) -> None:
    content = bytearray((pack / name).read_bytes())
    content[len(content) // 2] ^= 1
    (pack / name).write_bytes(bytes(content))
    with pytest.raises(InputError, match="checksum"):
        model.read_model(pack)


@pytest.mark.parametrize("name", ["model.onnx", "refine.npz", "manifest.json"])
def test_a_missing_file_is_refused(pack: Path, name: str) -> None:
    (pack / name).unlink()
    with pytest.raises(InputError, match="cannot be read"):
        model.read_model(pack)


def test_other_golden_answers_are_refused(pack: Path) -> None:
    path = pack / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["golden"][0][0][0] += 1.0
    path.write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="golden"):
        model.read_model(pack)


def test_a_manifest_of_another_kind_is_refused(pack: Path) -> None:
    (pack / "manifest.json").write_text('{"schema": "x"}')
    with pytest.raises(InputError, match="manifest"):
        model.read_model(pack)
