"""Train the network of the landmarks: ``python -m models.training.landmarks.training --maps DIR --out FILE``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch

from models.training.landmarks.network import Landmarks, loss
from models.training.landmarks.pictures import LandmarkSample, samples


def as_tensors(found: list[LandmarkSample]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A batch: crop and view, points, upright."""
    crops = np.stack([np.stack([s.crop, np.full_like(s.crop, 1.0 if s.ap else -1.0)]) for s in found])
    points = np.stack([s.points for s in found]).astype(np.float32)
    upright = np.array([s.upright for s in found], np.float32)
    return torch.from_numpy(crops), torch.from_numpy(points), torch.from_numpy(upright)


def load(folder: Path, known: dict[str, dict[str, np.ndarray]]) -> None:
    """Read the patients that were made since last time."""
    for path in sorted(folder.glob("*[!p].npz")):
        if path.name not in known and not path.name.endswith(".tmp.npz"):
            with np.load(path) as file:
                known[path.name] = {k: file[k] for k in file.files}


def main() -> None:
    """Train for so many steps, writing the weights every now and then."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maps", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=25.0, help="of wall time; the rate falls to 0 by then")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--rate", type=float, default=3e-3)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    rng = np.random.default_rng(given.seed)
    network = Landmarks()
    if given.start:
        network.load_state_dict(torch.load(given.start, weights_only=True), strict=False)
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995), use_buffers=True
    )
    optimiser = torch.optim.AdamW(network.parameters(), lr=given.rate, weight_decay=1e-3)
    known: dict[str, dict[str, np.ndarray]] = {}
    began, step, recent = time.monotonic(), 0, []
    while (share := (time.monotonic() - began) / (60.0 * given.minutes)) < 1.0:
        if step % 200 == 0:
            load(given.maps, known)
        rate = given.rate * min(1.0, (step + 1) / 50) * (0.5 + 0.5 * np.cos(np.pi * share))
        for group in optimiser.param_groups:
            group["lr"] = float(rate)
        found: list[LandmarkSample] = []
        names = list(known)
        for _ in range(6):
            maps = known[names[rng.integers(len(names))]]
            found += samples(maps, int(rng.integers(len(maps["view"]))), rng, coarse=1, fine=4, wrong=1)
        crops, points, upright = as_tensors(found)
        network.train()
        value, apart = loss(network, crops, points, upright)
        optimiser.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        average.update_parameters(network)
        wide = torch.tensor([s.wide for s in found if s.upright])
        recent.append((float(value.detach()), float(apart[wide].mean()), float(apart[~wide].mean())))
        step += 1
        if step % 50 == 0:
            gone = time.monotonic() - began
            means = " ".join(f"{v:.2f}" for v in np.mean(recent, axis=0))
            sys.stdout.write(f"{step} {gone:.0f} s, {time.process_time():.0f} s of CPU, {len(known)}: {means} px\n")
            sys.stdout.flush()
            recent = []
            torch.save(average.module.state_dict(), given.out)
    torch.save(average.module.state_dict(), given.out)


if __name__ == "__main__":
    main()
