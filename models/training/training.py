"""Patches from samples, and the network from patches."""

from __future__ import annotations

import sys
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from assistant.leak_shape.patch import CHANNELS, PATCH_PX
from assistant.model_packs.pack import to_bytes
from assistant.vocabulary import Unknown
from models.training.drawn_outlines import drawn_outline
from models.training.network import CLASSES, ShapeNet
from models.training.sample_store import load
from models.training.small_run import LeakSample
from models.training.variants import Perturbation, drawn, patch_of

_LOW, _HIGH = -2.0, 2.0
_DROPPED = ("difference", "picture")
"""Channels that are left out now and then, so that the answer rests on what no other imaging chain changes."""
_DROP_SHARE = 0.3
_JUNK_SHARE = 10
"""One in so many patches of a batch is spoiled on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patches:
    """Patches as bytes with their labels; ``facts`` holds one entry a patch."""

    bytes: NDArray[np.uint8] = field(repr=False)
    labels: NDArray[np.int64] = field(repr=False)
    facts: list[dict[str, Any]] = field(repr=False)
    refused: list[dict[str, Any]] = field(repr=False)


def collect(paths: list[Path], variants: int) -> Patches:
    """Cut the patches of many files; ``variants`` changed versions of each sample, beside the exact one."""
    rows = _Rows()
    for path in sorted(paths):
        rng = np.random.default_rng(zlib.crc32(path.name.encode()))
        for sample in load(path):
            rows.add(sample, variants, rng)
    return rows.patches()


def collect_drawn(count: int, seed: int, variants: int) -> Patches:
    """The same of outlines drawn in two dimensions."""
    rows = _Rows()
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        sample = drawn_outline(rng, number)
        if sample is not None:
            rows.add(sample, variants, rng)
    return rows.patches()


def joined(*several: Patches) -> Patches:
    """Many as one."""
    return Patches(
        bytes=np.concatenate([each.bytes for each in several]),
        labels=np.concatenate([each.labels for each in several]),
        facts=[fact for each in several for fact in each.facts],
        refused=[fact for each in several for fact in each.refused],
    )


class _Rows:
    """Gathers patches."""

    def __init__(self) -> None:
        self._bytes: list[NDArray[np.uint8]] = []
        self._labels: list[int] = []
        self._facts: list[dict[str, Any]] = []
        self._refused: list[dict[str, Any]] = []

    def add(self, sample: LeakSample, variants: int, rng: np.random.Generator) -> None:
        known = {"label": sample.label, **sample.facts}
        for k in range(variants + 1):
            patch = patch_of(sample, Perturbation() if k == 0 else drawn(rng), rng)
            if isinstance(patch, Unknown):
                self._refused.append(known | {"reason": patch.reason, "variant": k})
                continue
            self._bytes.append(to_bytes(patch.values))
            self._labels.append(CLASSES.index(sample.label))
            self._facts.append(known | {"blur_mm": patch.blur_mm, "seen_height_mm": patch.height_mm, "variant": k})

    def patches(self) -> Patches:
        shape = (len(self._bytes), len(CHANNELS), PATCH_PX, PATCH_PX)
        return Patches(
            bytes=np.stack(self._bytes) if self._bytes else np.zeros(shape, np.uint8),
            labels=np.array(self._labels, dtype=np.int64),
            facts=self._facts,
            refused=self._refused,
        )


def train(patches: Patches, *, epochs: int, seed: int, batch: int = 128) -> ShapeNet:
    """Train a network from nothing.

    Parameters
    ----------
    patches : Patches
    epochs, seed, batch : int
    """
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    net = ShapeNet()
    net.to(device)
    every = torch.from_numpy(patches.bytes)
    labels = torch.from_numpy(patches.labels)
    share = torch.bincount(labels, minlength=len(CLASSES)).float()
    loss_of = nn.CrossEntropyLoss(weight=(share.mean() / share.clamp(min=1)).to(device), label_smoothing=0.03)
    steps = epochs * (len(labels) // batch)
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=4e-3, total_steps=max(steps, 1))
    chance = torch.Generator().manual_seed(seed)
    dropped = [CHANNELS.index(name) for name in _DROPPED]
    for epoch in range(epochs):
        net.train()
        began_s, total = time.monotonic(), 0.0
        order = torch.randperm(len(labels), generator=chance)
        for first in range(0, len(order) - batch + 1, batch):
            rows = order[first : first + batch]
            values = every[rows].to(device).float() / 255.0 * (_HIGH - _LOW) + _LOW
            flip = torch.rand(len(rows), generator=chance) < 0.5
            values[flip] = values[flip].flip(3)
            for channel in dropped:
                values[torch.rand(len(rows), generator=chance) < _DROP_SHARE, channel] = 0.0
            wanted = labels[rows].clone()
            junk = len(rows) // _JUNK_SHARE
            values[:junk] = _spoiled(values[:junk], chance)
            wanted[:junk] = CLASSES.index("undetermined")
            logits, _ = net(values)
            loss = loss_of(logits, wanted.to(device))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += float(loss.detach()) * len(rows)
        sys.stdout.write(
            f"epoch {epoch + 1}/{epochs}: loss {total / max(len(order), 1):.4f}, {time.monotonic() - began_s:.0f} s\n"
        )
        sys.stdout.flush()
    net.to("cpu").eval()
    return net


def _spoiled(values: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """Patches that show no leak: upside down, torn, channels mixed up, grain, stripes. Their shape is undetermined."""
    spoiled = values.clone()
    for k in range(len(values)):
        way = int(torch.randint(6, (1,), generator=chance))
        if way == 0:
            spoiled[k] = values[k].flip(1)
        elif way == 1:
            spoiled[k] = values[k, torch.randperm(len(CHANNELS), generator=chance)].flip(1)
        elif way == 2:
            spoiled[k] = torch.rand(values[k].shape, generator=chance) * 4 - 2
        elif way == 3:
            spoiled[k] = values[k].transpose(1, 2)
        elif way == 4:  # a leak of blocks that hangs nowhere
            blocks = torch.rand((1, 1, 8, 8), generator=chance).gt(0.6).float()
            spoiled[k, :2] = nn.functional.interpolate(blocks, size=PATCH_PX)[0]
        else:
            period = float(torch.rand(1, generator=chance)) * 12 + 4
            spoiled[k] = torch.sin(torch.arange(PATCH_PX) * 6.28 / period).expand(PATCH_PX, PATCH_PX).sign()
    return spoiled


def answers(net: ShapeNet, values: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Logits (n, 3) and embeddings of patches."""
    logits, embeddings = [], []
    with torch.no_grad():
        for first in range(0, len(values), 256):
            some, embedded = net(torch.from_numpy(values[first : first + 256]))
            logits.append(some.numpy())
            embeddings.append(embedded.numpy())
    return np.concatenate(logits).astype(np.float64), np.concatenate(embeddings).astype(np.float64)
