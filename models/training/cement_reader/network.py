"""The network: eight maps of the stabilised crop in, three numbers a px out (cement in sight, its path, its spread)."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.training.cement_reader.layout import CHANNELS

WIDTHS = (8, 16, 32, 48)
PATH_MOST_MM = 40.0
"""The path is this share of a logistic function: no graph needs an exponential, no answer is beyond a spine."""
SPREAD_LEAST, SPREAD_MOST = 0.04, 1.54
"""Relative standard deviation of the path (log units)."""


def _conv(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


def _block(inputs: int, outputs: int, count: int) -> nn.Sequential:
    return nn.Sequential(*[_conv(inputs if k == 0 else outputs, outputs) for k in range(count)])


class CementReader(nn.Module):
    """U-shaped, 84,635 parameters, about 6 ms a crop of 160 x 160 on one core."""

    def __init__(self) -> None:
        super().__init__()
        pairs = list(itertools.pairwise(WIDTHS))
        self.first = _block(len(CHANNELS), WIDTHS[0], 1)
        self.d = nn.ModuleList([_block(a, b, 2) for a, b in pairs])
        self.u = nn.ModuleList([_block(a + b, a, 1) for a, b in reversed(pairs)])
        self.out = nn.Conv2d(WIDTHS[0], 3, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """Maps (n, 8, rows, cols), rows and cols multiples of 8, to raw answers (n, 3, rows, cols)."""
        raw: Tensor = self.out(self.features(maps))
        return raw

    def features(self, maps: Tensor) -> Tensor:
        """What the answers are read from, (n, 8, rows, cols)."""
        x: Tensor = self.first(maps)
        kept = [x]
        for block in self.d:
            x = block(functional.max_pool2d(x, 2))
            kept.append(x)
        for k, block in enumerate(self.u):
            larger = functional.interpolate(x, scale_factor=2, mode="nearest")
            x = block(torch.cat([larger, kept[-2 - k]], 1))
        return x


class CalibratedReader(nn.Module):
    """The network as the program asks it: probability, path and spread, each from a convolution of its own."""

    def __init__(self, network: CementReader, temperature: float, shift: float) -> None:
        super().__init__()
        self.network = network
        heads = []
        for k in range(3):
            head = nn.Conv2d(WIDTHS[0], 1, 1)
            head.weight.data = network.out.weight.data[k : k + 1].clone()
            head.bias.data = network.out.bias.data[k : k + 1].clone()
            heads.append(head)
        self.heads = nn.ModuleList(heads)
        self.heads[0].weight.data /= temperature
        self.heads[0].bias.data = self.heads[0].bias.data / temperature + shift

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Probability of cement in sight, path in mm, its relative standard deviation, each (n, rows, cols)."""
        x = self.network.features(maps)
        p, path, far = (torch.sigmoid(head(x)).squeeze(1) for head in self.heads)
        return p, PATH_MOST_MM * path, SPREAD_LEAST + (SPREAD_MOST - SPREAD_LEAST) * far


def path_mm(raw: Tensor) -> Tensor:
    """The path in mm from raw answers."""
    return PATH_MOST_MM * torch.sigmoid(raw[:, 1])


def spread(raw: Tensor) -> Tensor:
    """The path's relative standard deviation from raw answers."""
    return SPREAD_LEAST + (SPREAD_MOST - SPREAD_LEAST) * torch.sigmoid(raw[:, 2])
