"""The network: small, so that it answers in a millisecond on one core and cannot learn a renderer by heart."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from assistant.leak_shape.patch import CHANNELS

CLASSES = ("spike", "round", "undetermined")
EMBEDDING = 24


class ShapeNet(nn.Module):
    """Patch (n, 5, 64, 64) to logits (n, 3) and an embedding (n, `EMBEDDING`)."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _block(len(CHANNELS), 16, 2),
            _block(16, 24, 1),
            _block(24, 32, 2),
            _block(32, 48, 2),
            _block(48, 64, 2),
        )
        self.embed = nn.Linear(2 * 64, EMBEDDING)
        self.head = nn.Linear(EMBEDDING, len(CLASSES))
        self.drop = nn.Dropout(0.2)

    def forward(self, patch: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and embedding."""
        seen = self.body(patch)
        pooled = torch.cat([seen.mean(dim=(2, 3)), seen.amax(dim=(2, 3))], dim=1)
        embedding = torch.tanh(self.embed(self.drop(pooled)))
        return self.head(embedding), embedding


class Packed(nn.Module):
    """What goes into the pack: calibrated probabilities and how far from the training data the patch lies.

    ``strangeness`` is the Mahalanobis distance of the embedding to the nearest class, with one covariance for all.
    """

    def __init__(self, net: ShapeNet, temperature: float, means: Tensor, whitening: Tensor) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("sharpness", torch.tensor(1.0 / temperature))
        self.register_buffer("means", means[None])
        self.register_buffer("whitening", whitening)

    def forward(self, patch: Tensor) -> tuple[Tensor, Tensor]:
        """Probabilities (n, 3) and strangeness (n, 1)."""
        logits, embedding = self.net(patch)
        off = torch.matmul(embedding[:, None, :] - self.means, self.whitening)
        squared = (off * off).sum(dim=2)
        return torch.softmax(logits * self.sharpness, dim=1), squared.amin(dim=1, keepdim=True).sqrt()


def _block(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )
