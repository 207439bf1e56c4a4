"""Weights to a pack: ``python -m models.training.landmarks.exporting --weights FILE --pack DIR``."""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
from pathlib import Path

import torch

from assistant.landmarks.crops import CROP_PX
from assistant.landmarks.model import SCHEMA, golden_crops
from models.training.landmarks.network import Landmarks

START = {
    "constant": 2.0,
    "doubt": -2.0,
    "spread": -1.0,
    "parted": -1.0,
    "error": 1.0,
    "least": 0.0,
    "least_ap": 0.0,
    "upright": -50.0,
    "rival": 0.0,
}


def export(weights: Path, pack: Path, version: str) -> None:
    """Write ``model.onnx`` and ``manifest.json`` (sureness still to be calibrated)."""
    network = Landmarks()
    network.load_state_dict(torch.load(weights, weights_only=True))
    network.eval()
    pack.mkdir(parents=True, exist_ok=True)
    path = pack / "model.onnx"
    torch.onnx.export(
        network,
        (torch.zeros(2, 2, CROP_PX, CROP_PX),),
        str(path),
        input_names=["crop"],
        output_names=["places", "doubt", "upright"],
        dynamic_axes={name: {0: "n"} for name in ("crop", "places", "doubt", "upright")},
        opset_version=18,
        dynamo=False,
    )
    golden = []
    for view in (-1.0, 1.0):
        crops = torch.from_numpy(golden_crops(2))
        with torch.no_grad():
            places, _, _ = network(torch.stack([crops, torch.full_like(crops, view)], 1))
        golden += places.numpy().round(4).tolist()
    manifest = {
        "schema": SCHEMA,
        "name": "landmarks",
        "version": version,
        "made": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "crop_px": CROP_PX,
        "model_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "refiner_sha256": "",
        "sureness": START,
        "golden": golden,
        "golden_tolerance_px": 0.02,
    }
    (pack / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def main() -> None:
    """Export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--version", default="0.1.0")
    given = parser.parse_args()
    export(given.weights, given.pack, given.version)


if __name__ == "__main__":
    main()
