"""A model pack on disk: read once, held against its own sums, refused when one byte is not what it should be.

A folder with exactly `sha256sums.txt` and the files named in it: ``model.onnx``, ``manifest.json``, ``golden.bin``,
``card.md``, ``metrics.json``. The pack's checksum is that of the sums file, which fixes every other byte.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant.leak_shape.model_protocol import CLASSES, ShapeLimits
from assistant.leak_shape.patch import CHANNELS, LAYOUT, PATCH_MM_PER_PX, PATCH_PX
from assistant.model_packs.graph import ModelRefused, check_graph
from assistant.system.plain import read_json
from assistant.vocabulary import ModelIdentity

SCHEMA = "fluoro-assistant/model-pack/1"
SUMS = "sha256sums.txt"
FILES = ("card.md", "golden.bin", "manifest.json", "metrics.json", "model.onnx")
INPUT, OUTPUTS = "leak", ("p", "strangeness")
OPSETS = range(15, 24)
LEAST_GOLDEN = 16
_MOST_BYTES = 32_000_000
_SUMS = re.compile(r"(?:[0-9a-f]{64}  [a-z_.]+\n)+")
_RANGE = (-2.0, 2.0)

Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
Version = Annotated[str, msgspec.Meta(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
Sum = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class InputFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the model is given."""

    name: str
    layout: str
    channels: tuple[str, ...]
    size_px: int
    mm_per_px: float


class LimitsFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """See `assistant.leak_shape.model_protocol.ShapeLimits`."""

    decide: float
    strangeness: float
    blur_mm: float


class GoldenFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers to the patches in ``golden.bin`` (bytes, 0..255 for -2..2)."""

    p: tuple[tuple[float, float, float], ...]
    strangeness: tuple[float, ...]
    tolerance: float


class PackManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``manifest.json``."""

    schema: str
    name: Word
    version: Version
    task: str
    made: str
    opset: int
    input: InputFile
    outputs: tuple[str, ...]
    classes: tuple[str, ...]
    limits: LimitsFile
    temperature: float
    training_data_sha256: Sum
    model_sha256: Sum
    golden: GoldenFile


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pack:
    """A pack that is what it says.

    Attributes
    ----------
    folder : Path
    identity : ModelIdentity
        ``sha256`` is that of the sums, which fixes every byte of the pack.
    manifest : PackManifest
    limits : ShapeLimits
    model : bytes
        The file's content as it was checked; nothing reads the file again.
    golden : array (n, channels, rows, cols) of float32
    card : str
        Markdown.
    """

    folder: Path
    identity: ModelIdentity
    manifest: PackManifest
    limits: ShapeLimits
    model: bytes = field(repr=False)
    golden: NDArray[np.float32] = field(repr=False)
    card: str = field(repr=False)


def read_pack(folder: Path) -> Pack:
    """Read a pack and hold it against its sums, its manifest and the program.

    Raises
    ------
    ModelRefused
        In one sentence, what is wrong with it.
    """
    try:
        return _read(folder)
    except ModelRefused as error:
        raise ModelRefused(f"model pack {folder.name} is refused: {error}") from error
    except OSError as error:
        raise ModelRefused(f"model pack {folder.name} is refused: it cannot be read ({error.strerror})") from error


def sums_of(files: dict[str, bytes]) -> bytes:
    """The content of `SUMS` for files by name."""
    return "".join(f"{sha256_of(files[name])}  {name}\n" for name in sorted(files)).encode()


def sha256_of(content: bytes) -> str:
    """Checksum as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def from_bytes(stored: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Patches from the bytes of ``golden.bin``."""
    low, high = _RANGE
    return (stored.astype(np.float32) / np.float32(255.0) * np.float32(high - low) + np.float32(low)).astype(np.float32)


def to_bytes(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Patches as bytes: steps of 1/64, less than their noise."""
    low, high = _RANGE
    return np.asarray(np.rint((np.clip(values, low, high) - low) / (high - low) * 255.0), dtype=np.uint8)


def _read(folder: Path) -> Pack:
    names = sorted(entry.name for entry in os.scandir(folder))
    if names != sorted((*FILES, SUMS)):
        raise ModelRefused(f"it holds {', '.join(names)[:120]} in place of {', '.join(sorted((*FILES, SUMS)))}")
    held = {name: _content(folder / name) for name in names}
    sums = held.pop(SUMS)
    if not _SUMS.fullmatch(sums.decode("ascii", "replace")) or sums != sums_of(held):
        raise ModelRefused("a file is not the one whose checksum it carries; it was changed or is damaged")
    manifest = _manifest(held["manifest.json"])
    _check_manifest(manifest, held["model.onnx"])
    _check_model(manifest, held["model.onnx"])
    return Pack(
        folder=folder,
        identity=ModelIdentity(name=manifest.name, sha256=sha256_of(sums)),
        manifest=manifest,
        limits=ShapeLimits(
            decide=manifest.limits.decide,
            strangeness=manifest.limits.strangeness,
            blur_mm=manifest.limits.blur_mm,
        ),
        model=held["model.onnx"],
        golden=_golden(manifest, held["golden.bin"]),
        card=held["card.md"].decode("utf-8", "replace"),
    )


def _content(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise ModelRefused(f"{path.name} is not a plain file")
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ModelRefused(f"{path.name} is larger than {_MOST_BYTES // 1_000_000} MB")
    return content


def _manifest(content: bytes) -> PackManifest:
    try:
        return read_json(content, PackManifest)
    except (ValueError, RecursionError) as error:
        raise ModelRefused(f"its manifest cannot be used ({' '.join(str(error).split())[:120]})") from error


def _check_manifest(manifest: PackManifest, model: bytes) -> None:
    wanted = {
        "schema": (manifest.schema, SCHEMA),
        "task": (manifest.task, "leak_shape"),
        "input name": (manifest.input.name, INPUT),
        "input layout": (manifest.input.layout, LAYOUT),
        "channels": (manifest.input.channels, CHANNELS),
        "size": (manifest.input.size_px, PATCH_PX),
        "scale": (manifest.input.mm_per_px, PATCH_MM_PER_PX),
        "outputs": (manifest.outputs, OUTPUTS),
        "classes": (manifest.classes, CLASSES),
        "model checksum": (manifest.model_sha256, sha256_of(model)),
    }
    for word, (found, expected) in wanted.items():
        if found != expected:
            raise ModelRefused(f"its {word} is {found!r} and this program needs {expected!r}")
    limits = manifest.limits
    sound = 1 / 3 <= limits.decide <= 1 and limits.strangeness > 0 and limits.blur_mm > 0 and manifest.temperature > 0
    numbers = (limits.decide, limits.strangeness, limits.blur_mm, manifest.temperature)
    if not sound or not all(math.isfinite(number) for number in numbers):
        raise ModelRefused("its limits are no usable numbers")
    golden = manifest.golden
    if len(golden.p) < LEAST_GOLDEN or len(golden.p) != len(golden.strangeness) or not 0 < golden.tolerance <= 1e-3:
        raise ModelRefused(f"it needs {LEAST_GOLDEN} golden answers or more, within 0.001")
    if manifest.opset not in OPSETS:
        raise ModelRefused(f"it needs opset {manifest.opset}; this program knows {OPSETS[0]} to {OPSETS[-1]}")


def _check_model(manifest: PackManifest, model: bytes) -> None:
    facts = check_graph(model)
    if facts.opset != manifest.opset:
        raise ModelRefused(f"its model needs opset {facts.opset} and its manifest says {manifest.opset}")
    if {k: v[1:] for k, v in facts.inputs.items()} != {INPUT: (len(CHANNELS), PATCH_PX, PATCH_PX)}:
        raise ModelRefused("its model takes another input than its manifest says")
    if {k: v[1:] for k, v in facts.outputs.items()} != {"p": (len(CLASSES),), "strangeness": (1,)}:
        raise ModelRefused("its model gives other outputs than its manifest says")


def _golden(manifest: PackManifest, content: bytes) -> NDArray[np.float32]:
    shape = (len(manifest.golden.p), len(CHANNELS), PATCH_PX, PATCH_PX)
    if len(content) != math.prod(shape):
        raise ModelRefused("its golden patches are not as many as its golden answers")
    return from_bytes(np.frombuffer(content, np.uint8).reshape(shape))
