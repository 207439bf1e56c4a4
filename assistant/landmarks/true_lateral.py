"""Whether a lateral picture looks along the endplates: the tilt that their double contour tells.

Across the beam, the near and the far rim of an endplate fall on each other only where the beam runs along it; at a tilt
of 5 degrees a rim of 40 mm shows twice, 3.5 mm apart. A small network that was trained on simulated pictures judges it
(``models/true_lateral``, figures in its card). The turn about the long axis, which doubles the posterior wall, could
not be told from one picture by any method that was tried (card): nothing is said of it.

The network is run with plain NumPy: the check is asked inside the window, where no model's runtime is ever loaded.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant.errors import AssistantError, InputError
from assistant.geometry import PointsPx
from assistant.imaging.xray_field import field_at, find_field
from assistant.landmarks import crops
from assistant.system.places import models_folder
from assistant.system.plain import read_json
from assistant.vocabulary import Grey, Unknown

F32 = NDArray[np.float32]

SCHEMA = "fluoro-assistant/true-lateral-pack/1"
CROP_PX = 96
CROP_SIZES = 1.77
"""Side of the crop over the body's mean of width and height: the endplates, both discs and the pedicles."""
BACK_SIZES = 0.18
"""How far behind the body's middle the crop's middle lies."""
_LOOKS = ((0.0, 1.0, 0.0), (2.5, 0.97, 0.02), (-2.5, 1.03, -0.02), (1.0, 1.03, 0.02), (-1.0, 0.97, -0.02))
"""Turn in degrees, size and shift along the body (in its size) of the crops whose answers are averaged."""
_LEAST_SIZE_PX = 30.0
_LEAST_SEEN = 0.75
_MOST_BYTES = 4_000_000


class TrueLateralManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``manifest.json``; ``limit_deg`` is the tilt from which the view is called not true."""

    schema: str
    name: str
    version: str
    made: str
    weights_sha256: str
    limit_deg: float
    golden_deg: list[float]
    golden_tolerance_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tilt:
    """What the double contour of the endplates says.

    Attributes
    ----------
    tilt_deg : float
        How far the beam is tilted against the endplates, without a sign.
    limit_deg : float
        From here on the view is not a true lateral one.
    """

    tilt_deg: float
    limit_deg: float

    @property
    def is_true(self) -> bool:
        """Whether the endplates are seen along themselves."""
        return self.tilt_deg < self.limit_deg


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """A convolution with its bias, followed by max(0, ·): weights (outputs, inputs, side, side)."""

    weights: F32 = field(repr=False)
    bias: F32 = field(repr=False)
    stride: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """Convolutions, the mean over a 3 x 3 grid, two full layers; ``limit_deg`` is the manifest's."""

    layers: tuple[Layer, ...] = field(repr=False)
    full: tuple[tuple[F32, F32], ...] = field(repr=False)
    limit_deg: float

    def __call__(self, seen: F32) -> NDArray[np.float64]:
        """Tilt in degrees of each crop (n, 96, 96)."""
        x: F32 = seen[:, None]
        for layer in self.layers:
            x = np.maximum(_convolved(x, layer), 0.0)
        n, channels, side, _ = x.shape
        pooled = x.reshape(n, channels, 3, side // 3, 3, side // 3).mean(axis=(3, 5)).reshape(n, -1)
        (first, first_bias), (last, last_bias) = self.full
        output = np.maximum(pooled @ first.T + first_bias, 0.0) @ last.T + last_bias
        return np.asarray(np.maximum(output[:, 0], 0.0), dtype=np.float64)


def _convolved(x: F32, layer: Layer) -> F32:
    outputs, inputs, side, _ = layer.weights.shape
    edge = side // 2
    padded = np.pad(x, ((0, 0), (0, 0), (edge, edge), (edge, edge)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(2, 3))
    windows = windows[:, :, :: layer.stride, :: layer.stride]
    n, _, rows, cols, _, _ = windows.shape
    columns = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * rows * cols, inputs * side * side)
    products = columns @ layer.weights.reshape(outputs, -1).T + layer.bias
    return np.asarray(products.reshape(n, rows, cols, outputs).transpose(0, 3, 1, 2), dtype=np.float32)


def crop_matrix(points_px: PointsPx, turn_deg: float = 0.0, size: float = 1.0, shift: float = 0.0) -> PointsPx:
    """2 x 3 matrix from source px to the crop round a body: superior up, anterior at the left."""
    centre, _, angle, mirrored = crops.canonical(points_px)
    body_px = crops.size_px(points_px)
    along = np.array([np.cos(angle), np.sin(angle)])
    middle = centre + along * (BACK_SIZES + shift) * body_px
    side_px = CROP_SIZES * body_px * size
    matrix: PointsPx = crops.square(middle, side_px, angle + np.deg2rad(turn_deg), mirrored, CROP_PX)
    return matrix


def assess(grey: Grey, white: int, points_px: PointsPx) -> Tilt | Unknown:
    """Judge a still lateral picture whose six points are known.

    Parameters
    ----------
    grey : array (rows, cols), uint8 or uint16
        Before the cement.
    white : int
        Grey of full white.
    points_px : array (6, 2)
        Superior endplate from anterior to posterior, then the inferior one; source px.

    Returns
    -------
    Tilt or Unknown
    """
    network = network_that_came_with_the_program()
    if isinstance(network, str):
        return Unknown(network)
    return assess_with(network, grey, white, points_px)


def assess_with(network: Network, grey: Grey, white: int, points_px: PointsPx) -> Tilt | Unknown:
    """`assess` with a network of one's own."""
    if not np.isfinite(points_px).all() or crops.size_px(points_px) < _LEAST_SIZE_PX:
        return Unknown("the vertebra is shown too small to tell a double contour")
    picture = grey.astype(np.float32) * np.float32(1.0 / white)
    inside = field_at(find_field(grey, white), grey.shape[0], grey.shape[1], inset=0.01).astype(np.float32)
    matrices = [crop_matrix(points_px, *look) for look in _LOOKS]
    seen = np.stack([crops.cut(picture, inside, matrix, CROP_PX) for matrix in matrices])
    if float((seen[0] != 0).mean()) < _LEAST_SEEN:
        return Unknown("too little of the vertebra's surroundings lies in the X-ray field")
    return Tilt(tilt_deg=float(network(seen).mean()), limit_deg=network.limit_deg)


def golden_crops() -> F32:
    """Made-up crops that a pack's golden answers belong to: the same numbers on every machine."""
    ys, xs = np.mgrid[0:CROP_PX, 0:CROP_PX].astype(np.float64)
    found = [2.0 * np.sin(xs * 0.05 * k + 0.3) * np.cos(ys * (0.31 - 0.05 * k)) for k in range(1, 4)]
    return np.stack(found).astype(np.float32)


def to_bytes(layers: tuple[Layer, ...], full: tuple[tuple[F32, F32], ...]) -> bytes:
    """The content of ``weights.npz``."""
    held = {}
    for k, layer in enumerate(layers):
        held[f"layer_{k}_weights"] = layer.weights.astype(np.float16)
        held[f"layer_{k}_bias"] = layer.bias.astype(np.float32)
        held[f"layer_{k}_stride"] = np.array(layer.stride, dtype=np.float32)
    for k, (weights, bias) in enumerate(full):
        held[f"full_{k}_weights"] = weights.astype(np.float16)
        held[f"full_{k}_bias"] = bias.astype(np.float32)
    into = io.BytesIO()
    np.savez_compressed(into, allow_pickle=False, **held)
    return into.getvalue()


def read_network(folder: Path) -> Network:
    """Read a pack and ask it its golden questions.

    Raises
    ------
    InputError
        In one sentence, what is wrong with it.
    """
    try:
        content = _content(folder / "weights.npz")
        manifest = read_json(_content(folder / "manifest.json"), TrueLateralManifest)
    except OSError as error:
        raise InputError(f"model {folder.name} cannot be read ({error.strerror})") from error
    except msgspec.MsgspecError as error:
        raise InputError(f"model {folder.name} is refused: its manifest cannot be used ({error})") from error
    if manifest.schema != SCHEMA:
        raise InputError(f"model {folder.name} is refused: it is made for another version of the program")
    if hashlib.sha256(content).hexdigest() != manifest.weights_sha256:
        raise InputError(f"model {folder.name} is refused: it is not the one whose checksum it carries")
    try:
        network = _from_bytes(content, manifest.limit_deg)
        answers = network(golden_crops())
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise InputError(f"model {folder.name} is refused: its weights cannot be used ({error})") from error
    if not np.allclose(answers, manifest.golden_deg, atol=manifest.golden_tolerance_deg):
        raise InputError(f"model {folder.name} is refused: its golden answers are not right on this machine")
    return network


def _from_bytes(content: bytes, limit_deg: float) -> Network:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        held = {name: np.asarray(file[name], dtype=np.float32) for name in file.files}
    count = sum(name.endswith("_stride") for name in held)
    layers = tuple(
        Layer(
            weights=held[f"layer_{k}_weights"],
            bias=held[f"layer_{k}_bias"],
            stride=int(held[f"layer_{k}_stride"]),
        )
        for k in range(count)
    )
    full = tuple((held[f"full_{k}_weights"], held[f"full_{k}_bias"]) for k in range(2))
    return Network(layers=layers, full=full, limit_deg=limit_deg)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise InputError(f"model {path.parent.name} is refused: {path.name} is too large")
    return content


@cache
def network_that_came_with_the_program() -> Network | str:
    """The network, or why there is none."""
    try:
        return read_network(models_folder() / "true_lateral")
    except AssistantError as error:
        return str(error)
