"""A small network: crop and view in, six places (crop px) with the log of their likely error out."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from assistant.landmarks.crops import CROP_PX

GRID = CROP_PX // 2


def _conv(inputs: int, outputs: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(True)
    )


class ResidualBlock(nn.Module):
    """Two convolutions with a way round them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = _conv(width, width), _conv(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """X + f(x)."""
        return x + self.second(self.first(x))


class Landmarks(nn.Module):
    """U-shaped, half a million multiplications a place of the grid; places are the mean of a map of chances."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_conv(2, 20, 2, 5), ResidualBlock(20))
        self.middle = nn.Sequential(_conv(20, 40, 2), ResidualBlock(40))
        self.deep = nn.Sequential(_conv(40, 80, 2), ResidualBlock(80), _conv(80, 80, 2), ResidualBlock(80))
        self.up16 = _conv(80 + 40, 40, 1, 1)
        self.at16 = _conv(40, 40)
        self.up32 = _conv(40 + 20, 28, 1, 1)
        self.at32 = _conv(28, 28)
        self.maps = nn.Conv2d(28, 6, 1)
        self.doubt = nn.Sequential(nn.Linear(80, 32), nn.ReLU(True), nn.Linear(32, 6))
        self.turned = nn.Sequential(nn.Linear(80, 32), nn.ReLU(True), nn.Linear(32, 1))
        grid = torch.arange(GRID, dtype=torch.float32) * 2.0 + 0.5
        self.register_buffer("grid", grid)

    def forward(self, crop: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Places (n, 6, 2) in crop px, logs of the likely error in crop px (n, 6), log odds of being upright (n, 1)."""
        places, doubt, upright, _ = self.full(crop)
        return places, doubt, upright

    def full(self, crop: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """As `forward`, with the logs of the maps of chances."""
        a = self.stem(crop)
        b = self.middle(a)
        c = self.deep(b)
        d = functional.interpolate(c, scale_factor=4, mode="bilinear", align_corners=False)
        d = self.at16(self.up16(torch.cat([d, b], 1)))
        e = functional.interpolate(d, scale_factor=2, mode="bilinear", align_corners=False)
        e = self.at32(self.up32(torch.cat([e, a], 1)))
        flat = torch.log_softmax(self.maps(e).reshape(-1, 6, GRID * GRID), dim=-1)
        chance = flat.exp().reshape(-1, 6, GRID, GRID)
        x = (chance.sum(2) * self.grid).sum(-1)
        y = (chance.sum(3) * self.grid).sum(-1)
        whole = c.mean((2, 3))
        return torch.stack([x, y], -1), self.doubt(whole), self.turned(whole), flat


def loss(network: Landmarks, crop: Tensor, points: Tensor, upright: Tensor) -> tuple[Tensor, Tensor]:
    """What is minimised, and the errors in crop px of the crops that stand upright, (n, 6)."""
    every, every_doubt, odds, every_flat = network.full(crop)
    right = upright > 0.5
    places, doubt, flat, points = every[right], every_doubt[right], every_flat[right], points[right]
    apart = (places - points).norm(dim=-1)
    grid = network.grid
    ideal = torch.exp(-((grid[None, None, None, :] - points[..., 0, None, None]) ** 2) / (2 * 2.2**2))
    ideal = ideal * torch.exp(-((grid[None, None, :, None] - points[..., 1, None, None]) ** 2) / (2 * 2.2**2))
    ideal = ideal.reshape(flat.shape)
    ideal = ideal / (ideal.sum(-1, keepdim=True) + 1e-6)
    shape = -(ideal * flat).sum(-1).mean()
    likely = doubt.clamp(-3, 4)
    honest = (apart.detach() * torch.exp(-likely) + likely).mean()
    turned = functional.binary_cross_entropy_with_logits(odds[:, 0], upright)
    near = functional.smooth_l1_loss(places, points, beta=1.0)
    return near + 0.15 * shape + 0.1 * honest + 0.5 * turned, apart.detach()
