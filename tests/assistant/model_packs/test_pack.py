import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.model_packs.graph import ModelRefused
from assistant.model_packs.pack import FILES, SUMS, Pack, from_bytes, read_pack, sha256_of, sums_of, to_bytes


def resummed(folder: Path) -> None:
    """Make the sums right again, as somebody would who means it."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != SUMS}
    (folder / SUMS).write_bytes(sums_of(files))


def test_the_pack_that_comes_with_the_program_is_whole(pack: Pack, shipped: Path) -> None:
    assert pack.identity.name == "leak-shape"
    assert pack.identity.sha256 == sha256_of((shipped / SUMS).read_bytes())
    assert pack.golden.shape[1:] == (5, 64, 64)
    assert len(pack.golden) >= 16
    assert pack.card.startswith("#")


def test_bytes_and_patches_lead_to_each_other() -> None:
    values = np.linspace(-2.0, 2.0, 50, dtype=np.float32)
    assert np.abs(from_bytes(to_bytes(values)) - values).max() <= 2.0 / 255 + 1e-6


def test_each_changed_byte_is_refused(copied: Path) -> None:
    # A thousand places over all files, each with one bit or the whole byte turned.
    rng = np.random.default_rng(7)
    for name in sorted((*FILES, SUMS)):
        path = copied / name
        content = path.read_bytes()
        for _ in range(15):
            at, turn = int(rng.integers(len(content))), int(rng.integers(1, 256))
            path.write_bytes(content[:at] + bytes([content[at] ^ turn]) + content[at + 1 :])
            with pytest.raises(ModelRefused):
                read_pack(copied)
        path.write_bytes(content)
    read_pack(copied)


@pytest.mark.parametrize("name", sorted((*FILES, SUMS)))
def test_a_missing_cut_or_longer_file_is_refused(copied: Path, name: str) -> None:
    path = copied / name
    content = path.read_bytes()
    for other in (b"", content[:-1], content + b"\n", content + content):
        path.write_bytes(other)
        with pytest.raises(ModelRefused):
            read_pack(copied)
    path.unlink()
    with pytest.raises(ModelRefused, match="in place of"):
        read_pack(copied)


def test_a_file_that_nobody_asked_for_is_refused(copied: Path) -> None:
    (copied / "weights.bin").write_bytes(b"x")
    with pytest.raises(ModelRefused, match=r"weights\.bin"):
        read_pack(copied)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_is_refused(copied: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.onnx"
    (copied / "model.onnx").rename(elsewhere)
    (copied / "model.onnx").symlink_to(elsewhere)
    with pytest.raises(ModelRefused, match="plain file"):
        read_pack(copied)


def test_no_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="cannot be read"):
        read_pack(tmp_path / "nothing")


def set_to(*keys: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        at = manifest
        for key in keys[:-1]:
            at = at[key]
        at[keys[-1]] = value

    return change


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "another schema": (set_to("schema", value="x/2"), "schema"),
    "another task": (set_to("task", value="cement"), "task"),
    "another layout": (set_to("input", "layout", value="leak-patch-0"), "layout"),
    "another scale": (set_to("input", "mm_per_px", value=0.5), "scale"),
    "another order of channels": (
        set_to("input", "channels", value=["cement", "leak", "distance", "difference", "picture"]),
        "channels",
    ),
    "another order of classes": (set_to("classes", value=["round", "spike", "undetermined"]), "classes"),
    "another model": (set_to("model_sha256", value="0" * 64), "model checksum"),
    "an old opset": (set_to("opset", value=9), "opset"),
    "another opset than the model's": (set_to("opset", value=17), "opset"),
    "a limit that lets everything pass": (set_to("limits", "decide", value=0.0), "limits"),
    "a limit below nothing": (set_to("limits", "strangeness", value=-1.0), "limits"),
    "no number": (set_to("limits", "blur_mm", value=float("nan")), "manifest"),
    "a wide tolerance": (set_to("golden", "tolerance", value=0.5), "golden"),
    "few golden answers": (lambda m: m["golden"].update(p=m["golden"]["p"][:3]), "golden"),
    "a key too many": (set_to("extra", value=1), "manifest"),
    "a name with a path": (set_to("name", value="../../etc"), "manifest"),
    "a word for a number": (set_to("temperature", value="1"), "manifest"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_manifest_that_does_not_fit_is_refused_in_one_sentence(copied: Path, case: str) -> None:
    change, word = CHANGES[case]
    manifest = json.loads((copied / "manifest.json").read_bytes())
    change(manifest)
    (copied / "manifest.json").write_text(json.dumps(manifest))
    resummed(copied)
    with pytest.raises(ModelRefused, match=word) as refused:
        read_pack(copied)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith("model pack copied is refused: ")
