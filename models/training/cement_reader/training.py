"""Train the cement reader: ``python -m models.training.cement_reader.training --help``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from models.training.cement_reader.cases import held_out
from models.training.cement_reader.layout import CHANNELS
from models.training.cement_reader.network import PATH_MOST_MM, CementReader, spread
from models.training.cement_reader.runs import SampledRun, read_on_few_pictures, read_run
from models.training.cement_reader.variants import SIDE_PX, crop_of, first_cement, vary

F32 = NDArray[np.float32]
BATCH = 16
_FEW_MM2 = 40.0
_SHARES = {"few": 0.20, "none": 0.10, "many": 0.32, "drawn": 0.23, "few pictures": 0.15}
"""How often each kind of picture is taken; "drawn": none, with first cement drawn into it; "few pictures": none, on a
baseline of few pictures."""
_DRY_WEIGHT = 3.0
"""Of a px in or near the body where no cement is in sight at all: what is called there is a false alarm."""
_NEAR_MM = 4.0


def kinds_of(runs: Sequence[SampledRun]) -> dict[str, list[tuple[int, int]]]:
    """Run and picture of every kind."""
    found: dict[str, list[tuple[int, int]]] = {"few": [], "none": [], "many": [], "few pictures": []}
    for n, run in enumerate(runs):
        for k, seen in enumerate(run.pictures):
            mm2 = float(seen.visible.sum()) * run.mm_per_px**2
            found["none" if mm2 < 0.5 else "few" if mm2 < _FEW_MM2 else "many"].append((n, k))
            if mm2 < 0.5 and run.group == "few pictures":
                found["few pictures"].append((n, k))
    return found


def draw_batch(
    runs: Sequence[SampledRun], kinds: dict[str, list[tuple[int, int]]], rng: np.random.Generator
) -> tuple[F32, F32]:
    """Maps (n, 8, rows, cols); right, weight, path and its weight (4, n, rows, cols)."""
    maps = np.zeros((BATCH, len(CHANNELS), SIDE_PX, SIDE_PX), np.float32)
    truth = np.zeros((4, BATCH, SIDE_PX, SIDE_PX), np.float32)
    for b in range(BATCH):
        kind = str(rng.choice(list(_SHARES), p=list(_SHARES.values())))
        part = kinds["none" if kind == "drawn" else kind]
        n, k = part[int(rng.integers(len(part)))]
        crop = crop_of(runs[n], k, rng)
        if kind == "drawn" or (kind == "none" and rng.random() < 0.2):
            first_cement(crop, rng)
        vary(crop, rng)
        if crop.right.max() < 0.02:
            crop.weight = crop.weight * np.where(crop.depth_mm > -_NEAR_MM, np.float32(_DRY_WEIGHT), np.float32(1.0))
        own = np.stack([*crop.maps(), crop.right, crop.weight, crop.path_mm, crop.path_weight])
        for axis in (1, 2):
            if rng.random() < 0.5:
                own = np.flip(own, axis)
        rows, cols = crop.change.shape
        maps[b, :, :rows, :cols] = own[: len(CHANNELS)]
        truth[:, b, :rows, :cols] = own[len(CHANNELS) :]
    return maps, truth


def loss_of(raw: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """What is minimised: of cement in sight, and of the path with its spread (a Laplace distribution of its log)."""
    right, weight, path, path_weight = truth
    odds, p = raw[:, 0], torch.sigmoid(raw[:, 0])
    entropy = functional.binary_cross_entropy_with_logits(odds, right, reduction="none")
    both = (p * right * weight).sum((1, 2))
    either = (p * weight).sum((1, 2)) + (right * weight).sum((1, 2))
    overlap = 1 - (2 * both + 4) / (either + 4)
    sight = 4 * (entropy * weight).sum() / weight.sum().clamp(1) + 0.4 * overlap.mean()
    told = float(np.log(PATH_MOST_MM)) + functional.logsigmoid(raw[:, 1])
    wide = spread(raw)
    far = (told - path.clamp(0.3).log()).abs()
    thickness = ((far * 2**0.5 / wide + wide.log()) * path_weight).sum() / path_weight.sum().clamp(1)
    return sight, thickness


def main() -> None:
    """Train for so many minutes, writing the averaged weights every now and then."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60.0, help="of wall time; the rate falls to 0 by then")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--rate", type=float, default=3e-3)
    given = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(given.seed)
    rng = np.random.default_rng(given.seed)
    paths = sorted(path for folder in given.samples for path in folder.glob("*.npz"))
    learned = [path for path in paths if not held_out(int(path.stem[-4:]))]
    read = [each for path in learned for each in (read_run(path), read_on_few_pictures(path, rng))]
    runs = [run for run in read if run is not None]
    kinds = kinds_of(runs)
    network = CementReader()
    if given.start:
        network.load_state_dict(torch.load(given.start, weights_only=True))
    network = network.to(memory_format=torch.channels_last)
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995), use_buffers=True
    )
    optimiser = torch.optim.AdamW(network.parameters(), lr=given.rate, weight_decay=1e-4)
    began_s, step, recent = time.monotonic(), 0, []
    while (share := (time.monotonic() - began_s) / (60.0 * given.minutes)) < 1.0:
        for group in optimiser.param_groups:
            group["lr"] = given.rate * min(1.0, (step + 1) / 100) * float(0.5 + 0.5 * np.cos(np.pi * share))
        maps, truth = (torch.from_numpy(each) for each in draw_batch(runs, kinds, rng))
        with torch.autocast("cpu", torch.bfloat16):
            raw = network(maps.to(memory_format=torch.channels_last))
        sight, thickness = loss_of(raw.float(), truth)
        value = sight + 0.1 * thickness
        optimiser.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        average.update_parameters(network)
        recent.append((float(sight.detach()), float(thickness.detach())))
        step += 1
        if step % 100 == 0:
            means = " ".join(f"{v:.4f}" for v in np.mean(recent, axis=0))
            sys.stdout.write(f"{step} {time.process_time():.0f} s of CPU, {len(runs)} runs: {means}\n")
            sys.stdout.flush()
            recent = []
            torch.save(average.module.state_dict(), given.out)
    torch.save(average.module.state_dict(), given.out)


if __name__ == "__main__":
    main()
