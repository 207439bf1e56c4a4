"""From trained weights to a pack: ``python -m models.training.cement_reader.exporting --help``.

``model.onnx`` (float or 8-bit integers, opset 18, rows and columns free), ``manifest.json``, ``golden.bin``,
``card.md``, ``metrics.json``, ``sha256sums.txt``, as `models/README.md` says of packs.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import nn

from assistant.model_packs.pack import sums_of
from assistant.system.plain import json_text, read_json
from models.training.cement_reader.asking import session_of
from models.training.cement_reader.layout import CHANNELS, INPUT, LAYOUT, MM_PER_PX, MULTIPLE_PX, OUTPUTS, SCHEMA
from models.training.cement_reader.network import CalibratedReader, CementReader
from models.training.exporting import to_int8

OPSET = 18
GOLDEN_TOLERANCE = {"float": 1e-3, "int8": 0.03}
"""8-bit sums are rounded otherwise on processors with other instructions."""
F32 = NDArray[np.float32]


def to_onnx(reader: nn.Module, outputs: tuple[str, ...] = OUTPUTS) -> bytes:
    """Export with free count, rows and columns."""
    reader.eval()
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(name, "float.onnx")
        torch.onnx.export(
            reader,
            (torch.zeros(1, len(CHANNELS), 64, 64),),
            str(path),
            input_names=[INPUT],
            output_names=list(outputs),
            dynamic_axes={INPUT: {0: "n", 2: "rows", 3: "cols"}}
            | {each: {0: "n", 1: "rows", 2: "cols"} for each in outputs},
            opset_version=OPSET,
            dynamo=False,
        )
        model = onnx.load(path)
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    model.producer_version = ""
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _manifest(
    model: bytes, golden: NDArray[np.float16], version: str, limits: dict[str, float], training_data_sha256: str
) -> dict[str, Any]:
    """What a pack says of itself, its golden answers asked of the model itself."""
    session = session_of(model)
    outputs = [each.name for each in session.get_outputs()]
    p = [session.run(["p"], {INPUT: maps[None].astype(np.float32)})[0][0] for maps in golden]
    middle = golden.shape[-1] // 2
    kind = "int8" if b"QuantizeLinear" in model else "float"
    return {
        "schema": SCHEMA,
        "name": "cement-reader",
        "version": version,
        "task": "cement_reader",
        "made": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "opset": OPSET,
        "input": {
            "name": INPUT,
            "layout": LAYOUT,
            "channels": list(CHANNELS),
            "mm_per_px": list(MM_PER_PX),
            "multiple_px": MULTIPLE_PX,
        },
        "outputs": outputs,
        "limits": limits,
        "training_data_sha256": training_data_sha256,
        "model_sha256": hashlib.sha256(model).hexdigest(),
        "golden": {
            "side_px": golden.shape[-1],
            "p_mean": [round(float(each.mean()), 6) for each in p],
            "p_middle": [round(float(each[middle, middle]), 6) for each in p],
            "tolerance": GOLDEN_TOLERANCE[kind],
        },
    }


def write_pack(
    folder: Path,
    model: bytes,
    golden: NDArray[np.float16],
    *,
    version: str,
    limits: dict[str, float],
    training_data_sha256: str,
    card: str,
    metrics: dict[str, Any],
) -> None:
    """Write a pack.

    Parameters
    ----------
    folder : Path
    model : bytes
        ONNX.
    golden : array (n, 8, side, side) of float16
        Maps whose answers the manifest keeps.
    version : str
    limits : dict
        ``outline_p`` where the outline runs, ``piece_p`` and ``piece_mm2`` that a new piece has to reach.
    training_data_sha256 : str
    card : str
        Markdown.
    metrics : dict
    """
    manifest = _manifest(model, golden, version, limits, training_data_sha256)
    files = {
        "model.onnx": model,
        "golden.bin": golden.tobytes(),
        "manifest.json": (json_text(manifest, indent=1) + "\n").encode(),
        "card.md": card.encode(),
        "metrics.json": (json_text(metrics, indent=1) + "\n").encode(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "sha256sums.txt").write_bytes(sums_of(files))


def checksum_of(folders: list[Path]) -> str:
    """One checksum of all samples, by name and content."""
    digest = hashlib.sha256()
    for path in sorted((p for folder in folders for p in folder.glob("*.npz")), key=lambda p: p.name):
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def main() -> None:
    """Weights to a model without calibration (``--plain``), or with calibration, card and figures to a pack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--plain", type=Path, help="only this model, for `calibrating`")
    parser.add_argument("--calibration", type=Path, help="folder from `calibrating`")
    parser.add_argument("--samples", type=Path, nargs="+", help="folders, for their checksum")
    parser.add_argument("--pack", type=Path)
    parser.add_argument("--version")
    parser.add_argument("--card", type=Path)
    parser.add_argument("--int8", action="store_true")
    given = parser.parse_args()
    network = CementReader()
    network.load_state_dict(torch.load(given.weights, weights_only=True))
    if given.plain:
        given.plain.write_bytes(to_onnx(CalibratedReader(network, 1.0, 0.0)))
        return
    numbers = read_json((given.calibration / "calibration.json").read_bytes(), dict[str, float])
    model = to_onnx(CalibratedReader(network, numbers["temperature"], numbers["shift"]))
    with np.load(given.calibration / "examples.npz") as file:
        golden, examples = file["golden"], [file[name] for name in file.files if name.startswith("example")]
    write_pack(
        given.pack,
        to_int8(model, examples, INPUT) if given.int8 else model,
        golden,
        version=given.version,
        limits={key: numbers[key] for key in ("outline_p", "piece_p", "piece_mm2")},
        training_data_sha256=checksum_of(given.samples),
        card=given.card.read_text("utf-8"),
        metrics=read_json((given.calibration / "figures.json").read_bytes(), dict[str, Any]),
    )


if __name__ == "__main__":
    main()
