"""Train the check of the tilt: ``python -m models.training.true_lateral --maps DIR --pack DIR``.

On the patients and poses of `models.training.landmarks.making`, with an imaging chain drawn anew for each picture
(`models.training.landmarks.pictures`). Every eighth patient is kept back: the limit is set on them.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from assistant.geometry import PointsPx
from assistant.landmarks import crops
from assistant.landmarks.true_lateral import CROP_PX, SCHEMA, Layer, Network, crop_matrix, golden_crops, to_bytes
from assistant.simulation.imaging_chain import xray
from models.training.landmarks.making import PIXEL_MM, SIDE_PX
from models.training.landmarks.pictures import picture

_STEP_MM = 0.4
_CHAINS = 4
_BATCH = 32
_MARKED = 0.025
"""How far off a person marks a point, in sizes of the body."""
_TRUE_DEG = 2.0
_FALSE_SHARE = 0.05
"""At most so many of the views that are tilted by less than `_TRUE_DEG` are called not true."""


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Crops (n, 96, 96), their tilt in degrees without a sign (n,), and whose they are (n,)."""

    crops: np.ndarray
    tilt_deg: np.ndarray
    patient: np.ndarray


def tilt_deg(pose: np.ndarray, at_px: PointsPx) -> float:
    """Angle between the ray through a place of a map and the plane of the patient's axial slices."""
    orbit, tilt, body_mm, detector_mm = (float(v) for v in pose)
    middle = (SIDE_PX - 1) / 2
    view = xray.view(
        "lateral",
        orbit_deg=orbit,
        tilt_deg=tilt,
        source_body_mm=body_mm,
        source_detector_mm=detector_mm,
        detector_px_mm=PIXEL_MM * detector_mm / body_mm,
        rotation_deg=0.0,
        mirrored=False,
        centre_px=(middle, middle),
    )
    ray = np.linalg.inv(view.matrix[:, :3]) @ np.array([at_px[0], at_px[1], 1.0])
    return float(np.rad2deg(np.arcsin(abs(ray[2]) / np.linalg.norm(ray))))


def bank(folder: Path, rng: np.random.Generator) -> Bank:
    """Draw pictures of all lateral poses."""
    seen, tilts, patients = [], [], []
    for path in sorted(folder.glob("*.npz")):
        if path.name.endswith(".tmp.npz"):
            continue
        with np.load(path) as file:
            maps = {k: file[k] for k in file.files}
        for k in np.flatnonzero(~maps["view"]):
            tilt = tilt_deg(maps["pose"][k], maps["points"][k].mean(axis=0))
            for _ in range(_CHAINS):
                cannula = str(rng.choice(["own", "other", "none"], p=[0.5, 0.1, 0.4]))
                shown, field, points = picture(maps, int(k), rng, cannula=cannula, step_mm=_STEP_MM)
                points = points + rng.normal(0, _MARKED, (6, 2)) * crops.size_px(points)
                look = (rng.normal(0, 2.5), float(np.exp(rng.normal(0, 0.04))), rng.normal(0, 0.03))
                seen.append(crops.cut(shown, field, crop_matrix(points, *look), CROP_PX).astype(np.float16))
                tilts.append(tilt)
                patients.append(path.stem)
    return Bank(np.stack(seen), np.array(tilts, np.float32), np.array(patients))


def _conv(inputs: int, outputs: int, stride: int, side: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(True)
    )


def network() -> nn.Sequential:
    """Six convolutions and two full layers, 0.13 million weights."""
    return nn.Sequential(
        nn.Sequential(
            _conv(1, 16, 2, 5),
            _conv(16, 32, 2),
            _conv(32, 32, 1),
            _conv(32, 64, 2),
            _conv(64, 64, 1),
            _conv(64, 64, 2),
        ),
        nn.AdaptiveAvgPool2d(3),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(576, 64),
        nn.ReLU(True),
        nn.Linear(64, 1),
    )


def train(held: Bank, steps: int, seed: int) -> nn.Sequential:
    """Train on a bank."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    crops_, tilts = torch.from_numpy(held.crops), torch.from_numpy(held.tilt_deg)
    model = network()
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=2e-2)
    recent: list[float] = []
    for step in range(steps):
        rate = 2e-3 * min(1.0, (step + 1) / 50) * (0.5 + 0.5 * np.cos(np.pi * step / steps))
        for group in optimiser.param_groups:
            group["lr"] = float(rate)
        chosen = torch.from_numpy(rng.integers(0, len(tilts), _BATCH))
        model.train()
        predicted = model(_varied(crops_[chosen].float()[:, None], rng))[:, 0]
        value = functional.smooth_l1_loss(predicted, tilts[chosen])
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        recent.append(float(value.detach()))
        if (step + 1) % 200 == 0:
            sys.stdout.write(f"{step + 1}: {np.mean(recent):.3f}\n")
            sys.stdout.flush()
            recent = []
    return model.eval()


def _varied(seen: Tensor, rng: np.random.Generator) -> Tensor:
    """Moved by a few px, either polarity, another contrast, more noise."""
    count = len(seen)
    move = torch.eye(2, 3).repeat(count, 1, 1)
    move[:, :, :2] += torch.from_numpy(rng.normal(0, 0.03, (count, 2, 2)).astype(np.float32))
    move[:, :, 2] = torch.from_numpy(rng.normal(0, 0.03, (count, 2)).astype(np.float32))
    grid = functional.affine_grid(move, list(seen.shape), align_corners=False)
    seen = functional.grid_sample(seen, grid, align_corners=False)
    gain = (rng.choice([-1.0, 1.0], count) * rng.uniform(0.7, 1.3, count)).astype(np.float32)
    noise = torch.from_numpy(rng.standard_normal(seen.shape).astype(np.float32)) * float(rng.uniform(0, 0.2))
    return seen * torch.from_numpy(gain)[:, None, None, None] + noise


def folded(model: nn.Sequential) -> tuple[tuple[Layer, ...], tuple[tuple[np.ndarray, np.ndarray], ...]]:
    """Layers without their normalisation: its scale and shift go into the convolution."""
    layers = []
    for part in model[0]:
        conv, norm = part[0], part[1]
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weights = (conv.weight * scale[:, None, None, None]).detach().numpy()
        bias = (norm.bias - norm.running_mean * scale).detach().numpy()
        layers.append(Layer(weights=weights, bias=bias, stride=int(conv.stride[0])))
    full = tuple((model[k].weight.detach().numpy(), model[k].bias.detach().numpy()) for k in (4, 6))
    return tuple(layers), full


def limit_deg(predicted: np.ndarray, true: np.ndarray) -> float:
    """The told tilt that few of the truly lateral views reach."""
    return float(np.quantile(predicted[true < _TRUE_DEG], 1.0 - _FALSE_SHARE))


def main() -> None:
    """Draw, train, set the limit, write the pack (all but its card)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maps", type=Path, required=True)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--version", default="0.1.0")
    given = parser.parse_args()
    held = bank(given.maps, np.random.default_rng(3))
    kept = np.isin(held.patient, np.unique(held.patient)[::8])
    model = train(Bank(held.crops[~kept], held.tilt_deg[~kept], held.patient[~kept]), given.steps, seed=0)
    layers, full = folded(model)
    given.pack.mkdir(parents=True, exist_ok=True)
    content = to_bytes(layers, full)
    # What is written is rounded: answers and limit are those of the rounded weights.
    rounded = tuple(
        Layer(weights=layer.weights.astype(np.float16).astype(np.float32), bias=layer.bias, stride=layer.stride)
        for layer in layers
    )
    last = tuple((w.astype(np.float16).astype(np.float32), b) for w, b in full)
    run = Network(layers=rounded, full=last, limit_deg=0.0)
    predicted = np.concatenate([run(part.astype(np.float32)) for part in np.array_split(held.crops[kept], 20)])
    true = held.tilt_deg[kept]
    limit = limit_deg(predicted, true)
    (given.pack / "weights.npz").write_bytes(content)
    manifest = {
        "schema": SCHEMA,
        "name": "true_lateral",
        "version": given.version,
        "made": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "weights_sha256": hashlib.sha256(content).hexdigest(),
        "limit_deg": round(limit, 2),
        "golden_deg": run(golden_crops()).round(4).tolist(),
        "golden_tolerance_deg": 0.02,
    }
    (given.pack / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    beyond, least = predicted >= limit, true > 2 * _TRUE_DEG
    sys.stdout.write(
        f"{len(held.tilt_deg)} crops, {len(np.unique(held.patient))} patients; kept back: correlation "
        f"{np.corrcoef(predicted, true)[0, 1]:.3f}, limit {limit:.2f}, noticed beyond {2 * _TRUE_DEG:.0f} degrees "
        f"{beyond[least].mean():.2f}, called below {_TRUE_DEG:.0f} {beyond[true < _TRUE_DEG].mean():.2f}\n"
    )


if __name__ == "__main__":
    main()
