"""The plain U-Net that `make evaluate` shows beside the program: ``python -m models.training.plain_unet --runs DIR``.

One picture in, the whole frame at 192 x 192, the cement's mask out: what a first attempt with a network looks like. It
learns from pictures of simulated runs and their visible masks (``fluoro-assistant simulate --dataset 40 --split train
--out FOLDER`` makes some: patients that no other part shares). It knows no motion, no time and no plan.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from assistant.capture.opening import open_source
from assistant.evaluation.peers.plain_unet import SIDE_PX, as_input
from assistant.evaluation.truth import read_truth

PICTURES = 24
"""Of each run, evenly spread over its new pictures."""
_WIDTH = 8


def pictures_of(run: Path) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Pictures of a run as the network sees them, (n, SIDE_PX, SIDE_PX), and masks of the visible cement.

    Raises
    ------
    InputError
        If the run or its truth cannot be read.
    """
    truth = read_truth(run / "truth")
    shown = np.flatnonzero(truth.live & np.array([view != "" for view in truth.view], dtype=bool))
    chosen = shown[np.linspace(0, len(shown) - 1, min(PICTURES, len(shown))).astype(int)]
    source = open_source(str(run))
    pictures, masks = [], []
    try:
        for index in chosen.tolist():
            frame = source.frame_at(index)
            grey = frame.grey.astype(np.float32) * np.float32(255.0 / frame.white)
            mask = truth.mask(index, visible=True).astype(np.float32) * np.float32(255.0)
            pictures.append(np.rint(as_input(grey) * 255).astype(np.uint8))
            masks.append(as_input(mask) >= 0.5)
    finally:
        source.close()
    return np.stack(pictures), np.stack(masks)


def _conv(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(True),
        nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(True),
    )


class UNet(nn.Module):
    """Five storeys, 8 to 64 channels, as drawn in every textbook."""

    def __init__(self) -> None:
        super().__init__()
        widths = [_WIDTH, 2 * _WIDTH, 4 * _WIDTH, 6 * _WIDTH, 8 * _WIDTH]
        self.down = nn.ModuleList(_conv(a, b) for a, b in zip([1, *widths], widths, strict=False))
        self.up = nn.ModuleList(_conv(widths[k + 1] + widths[k], widths[k]) for k in range(len(widths) - 1))
        self.out = nn.Conv2d(_WIDTH, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Log odds of cement, (n, 1, SIDE_PX, SIDE_PX)."""
        kept = []
        for k, step in enumerate(self.down):
            x = step(x if k == 0 else functional.max_pool2d(x, 2))
            kept.append(x)
        for k in reversed(range(len(self.up))):
            x = functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = self.up[k](torch.cat([x, kept[k]], 1))
        log_odds: Tensor = self.out(x)
        return log_odds


def _varied(picture: NDArray[np.uint8], mask: NDArray[np.bool_], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Turned, mirrored, zoomed, another contrast, another polarity."""
    middle = (SIDE_PX - 1) / 2.0
    matrix = cv2.getRotationMatrix2D((middle, middle), float(rng.uniform(-180, 180)), float(rng.uniform(0.85, 1.3)))
    if rng.random() < 0.5:
        matrix[:, 0], matrix[:, 2] = -matrix[:, 0], matrix[:, 2] + matrix[:, 0] * 2 * middle
    matrix[:, 2] = matrix[:, 2] + rng.uniform(-15, 15, 2)
    size = (SIDE_PX, SIDE_PX)
    x = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR).astype(np.float32) / 255.0
    y = cv2.warpAffine(mask.astype(np.uint8), matrix, size, flags=cv2.INTER_NEAREST).astype(np.float32)
    x = np.clip((x - 0.5) * np.float32(rng.uniform(0.7, 1.3)) + 0.5 + np.float32(rng.uniform(-0.1, 0.1)), 0, 1)
    x = 1 - x if rng.random() < 0.25 else x
    x = np.clip(x + np.float32(rng.uniform(0, 0.04)) * rng.standard_normal(x.shape, dtype=np.float32), 0, 1)
    return torch.from_numpy(np.ascontiguousarray(x))[None], torch.from_numpy(y)[None]


def train(runs: list[Path], steps: int, seed: int = 1) -> UNet:
    """Train on pictures of runs, eight a step; every tenth run is held apart."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    read = [pictures_of(run) for run in runs]
    learnt, apart = [one for k, one in enumerate(read) if k % 10], read[::10]
    pictures, masks = (np.concatenate([one[k] for one in learnt]) for k in (0, 1))
    held = [np.concatenate([one[k] for one in apart]) for k in (0, 1)]
    network = UNet()
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-4)
    for step in range(1, steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = 3e-3 * 0.5 * (1 + np.cos(np.pi * step / steps)) + 1e-5
        chosen = rng.integers(0, len(pictures), 8)
        pairs = [_varied(pictures[k], masks[k], rng) for k in chosen]
        x, y = torch.stack([p[0] for p in pairs]), torch.stack([p[1] for p in pairs])
        network.train()
        log_odds = network(x)
        predicted = torch.sigmoid(log_odds)
        overlap = 1 - (2 * (predicted * y).sum() + 20) / (predicted.sum() + y.sum() + 20)
        loss = functional.binary_cross_entropy_with_logits(log_odds, y) + overlap
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 50 == 0:
            sys.stdout.write(f"{step} of {steps} steps, loss {loss.item():.3f}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(runs)} runs, median Dice of held runs' pictures {_dice(network, held):.3f}\n")
    network.eval()
    return network


def _dice(network: UNet, held: list[NDArray[np.generic]]) -> float:
    """Median Dice over the held stills that show cement."""
    network.eval()
    values = []
    with torch.no_grad():
        for picture, mask in zip(held[0], held[1], strict=True):
            if mask.sum() < 20:
                continue
            x = torch.from_numpy(np.asarray(picture, np.float32) / np.float32(255))[None, None]
            predicted = network(x)[0, 0].numpy() > 0
            values.append(2 * (predicted & mask).sum() / (predicted.sum() + mask.sum()))
    return float(np.median(values)) if values else 0.0


def export(network: UNet, path: Path) -> None:
    """Write the ONNX file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network,
        (torch.zeros(1, 1, SIDE_PX, SIDE_PX),),
        str(path),
        input_names=["picture"],
        output_names=["log_odds"],
        opset_version=18,
        dynamo=False,
    )


def main() -> None:
    """Pictures, training, ``model.onnx``."""
    parser = argparse.ArgumentParser(prog="python -m models.training.plain_unet", description=__doc__)
    parser.add_argument("--runs", type=Path, nargs="+", required=True, help="folders of run folders with truth/")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--model", type=Path, default=Path("models/plain_unet/model.onnx"))
    given = parser.parse_args()
    runs = [found.parent.parent for folder in given.runs for found in sorted(folder.glob("*/truth/truth.json"))]
    export(train(runs, given.steps), given.model)


if __name__ == "__main__":
    main()
