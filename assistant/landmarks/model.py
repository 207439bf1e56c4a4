"""The model of the landmarks: read once, held against its checksum, run on one core in this process.

The pack is ``models/landmarks``: ``model.onnx``, ``refine.npz``, ``manifest.json`` (limits, checksums, golden answers)
and ``card.md``. It is asked in the set-up only, never while cement is watched.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant.errors import AssistantError, InputError
from assistant.landmarks.crops import CROP_PX
from assistant.landmarks.refining import Refiner, from_bytes
from assistant.system.places import models_folder
from assistant.system.plain import read_json

SCHEMA = "fluoro-assistant/landmark-pack/1"
_MOST_BYTES = 16_000_000


class SurenessFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How sure a point is: a logistic function of what tells of doubt.

    ``d``, ``s`` and ``p`` are the network's own likely error, the scatter of the refiner's answers, and how far the two
    are apart, in px of the fine crop. ``least`` (AP: ``least_ap``) is the mean sureness of the six points below which
    nothing is proposed, ``upright`` the log odds of standing upright below which nothing is, ``rival`` how many times
    worse the next best answer must be. ``error`` is the typical error over ``d + s + p``.
    """

    constant: float
    doubt: float
    spread: float
    parted: float
    error: float
    least: float
    least_ap: float
    upright: float
    rival: float


class LandmarksManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``manifest.json``."""

    schema: str
    name: str
    version: str
    made: str
    crop_px: int
    model_sha256: str
    refiner_sha256: str
    sureness: SurenessFile
    golden: list[list[list[float]]]
    golden_tolerance_px: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LandmarkOutput:
    """What the model says of n crops.

    Attributes
    ----------
    places_px : array (n, 6, 2)
        In crop px.
    doubt_px : array (n, 6)
        How far off they are likely to be, crop px.
    upright : array (n,)
        Log odds that the crop stands in the canonical frame.
    """

    places_px: NDArray[np.float64] = field(repr=False)
    doubt_px: NDArray[np.float64] = field(repr=False)
    upright: NDArray[np.float64] = field(repr=False)


class LandmarkModel:
    """Crops in, places and likely errors out."""

    def __init__(self, session: Any, manifest: LandmarksManifest, refiner: Refiner) -> None:
        self._session = session
        self.manifest = manifest
        self.refiner = refiner

    def look(self, crops: NDArray[np.float32], ap: bool) -> LandmarkOutput:
        """Look at crops.

        Parameters
        ----------
        crops : array (n, rows, cols) of float32
            From `assistant.landmarks.crops.cut`.
        ap : bool
            The view.
        """
        view = np.full_like(crops, 1.0 if ap else -1.0)
        given = np.ascontiguousarray(np.stack([crops, view], axis=1), dtype=np.float32)
        places, doubt, upright = (np.asarray(v, dtype=np.float64) for v in self._session.run(None, {"crop": given}))
        return LandmarkOutput(places_px=places, doubt_px=np.exp(np.clip(doubt, -3.0, 4.0)), upright=upright[:, 0])


def golden_crops(count: int) -> NDArray[np.float32]:
    """Made-up crops that a pack's golden answers belong to: the same numbers on every machine."""
    ys, xs = np.mgrid[0:CROP_PX, 0:CROP_PX].astype(np.float64)
    found = [np.sin(xs * (0.11 + 0.03 * k)) * np.cos(ys * (0.17 - 0.02 * k)) for k in range(count)]
    return np.stack(found).astype(np.float32)


def read_model(folder: Path) -> LandmarkModel:
    """Read a pack and ask it its golden questions.

    Raises
    ------
    InputError
        In one sentence, what is wrong with it.
    """
    import onnxruntime

    try:
        content = _content(folder / "model.onnx")
        cascades = _content(folder / "refine.npz")
        manifest = read_json(_content(folder / "manifest.json"), LandmarksManifest)
    except OSError as error:
        raise InputError(f"landmark model {folder.name} cannot be read ({error.strerror})") from error
    except msgspec.MsgspecError as error:
        raise InputError(f"landmark model {folder.name} is refused: its manifest cannot be used ({error})") from error
    if manifest.schema != SCHEMA or manifest.crop_px != CROP_PX:
        raise InputError(f"landmark model {folder.name} is refused: it is made for another version of the program")
    sums = hashlib.sha256(content).hexdigest(), hashlib.sha256(cascades).hexdigest()
    if sums != (manifest.model_sha256, manifest.refiner_sha256):
        raise InputError(f"landmark model {folder.name} is refused: it is not the one whose checksum it carries")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # Whatever the runtime throws at a file that it cannot use is a refusal, not a fault of the program.
        raise InputError(f"landmark model {folder.name} is refused: {type(error).__name__}") from error
    try:
        refiner = from_bytes(cascades)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise InputError(f"landmark model {folder.name} is refused: its cascades cannot be used ({error})") from error
    model = LandmarkModel(session, manifest, refiner)
    answers = np.concatenate([model.look(golden_crops(2), ap).places_px for ap in (False, True)])
    if not np.allclose(answers, np.asarray(manifest.golden), atol=manifest.golden_tolerance_px):
        raise InputError(f"landmark model {folder.name} is refused: its golden answers are not right on this machine")
    return model


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise InputError(f"landmark model {path.parent.name} is refused: {path.name} is too large")
    return content


@cache
def model_that_came_with_the_program() -> LandmarkModel | str:
    """The model, or why there is none."""
    try:
        return read_model(models_folder() / "landmarks")
    except AssistantError as error:
        return str(error)
