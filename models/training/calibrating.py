"""Temperature, distance from the training data, and the limits of a pack, from patients that trained nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

F64 = NDArray[np.float64]
_STRANGE_SHARE = 0.995
"""So many of the calibration patches count as like the training data."""
_SHRINK = 0.1


def probabilities(logits: F64, temperature: float) -> F64:
    """Softmax of tempered logits."""
    cold = logits / temperature
    raised = np.exp(cold - cold.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)


def fit_temperature(logits: F64, labels: NDArray[np.int64]) -> float:
    """The temperature under which the true labels are likeliest."""

    def cost(log_t: float) -> float:
        p = probabilities(logits, float(np.exp(log_t)))
        return float(-np.log(np.maximum(p[np.arange(len(labels)), labels], 1e-9)).mean())

    return float(np.exp(minimize_scalar(cost, bounds=(-2.0, 2.0), method="bounded").x))


def fit_distance(embeddings: F64, labels: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Class means and the whitening of the spread about them (shrunk towards its diagonal)."""
    means = np.stack([embeddings[labels == k].mean(axis=0) for k in range(3)])
    spread = np.cov((embeddings - means[labels]).T)
    spread = (1 - _SHRINK) * spread + _SHRINK * np.diag(np.diag(spread)) + 1e-4 * np.eye(len(spread))
    whitening = np.linalg.cholesky(np.linalg.inv(spread))
    return means.astype(np.float32), whitening.astype(np.float32)


def strangeness_limit(strangeness: NDArray[np.float32]) -> float:
    """The limit that nearly all calibration patches stay below."""
    return round(float(np.quantile(strangeness, _STRANGE_SHARE)), 2)


def decide_limit(p: F64, labels: NDArray[np.int64], *, wanted: float = 0.92) -> float:
    """The highest limit at which enough of the true spikes and rounds get a word: the rest stays open.

    A wrong word about a clear shape is rare at any limit; what a higher one buys is in-between shapes left open.
    """
    named = labels < 2
    best, probability = p.argmax(axis=1), p.max(axis=1)
    limits = np.arange(0.40, 0.81, 0.02)
    enough = [limit for limit in limits if (named & (best < 2) & (probability >= limit)).sum() >= wanted * named.sum()]
    return round(float(max(enough, default=limits[0])), 2)


def calibration_error(p_spike: F64, is_spike: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error of ``p_spike`` in bins of equal width."""
    at = np.clip((p_spike * bins).astype(int), 0, bins - 1)
    total = 0.0
    for k in range(bins):
        own = at == k
        if own.any():
            total += own.mean() * abs(p_spike[own].mean() - is_spike[own].mean())
    return float(total)


def auc(scores: F64, positive: NDArray[np.bool_]) -> float:
    """Area under the curve: how often a spike's score is above a round's, ties half."""
    high, low = scores[positive], scores[~positive]
    if len(high) == 0 or len(low) == 0:
        return float("nan")
    order = np.argsort(np.concatenate([low, high]), kind="stable")
    ranks = np.empty(len(order))
    values = np.concatenate([low, high])[order]
    ranks[order] = np.arange(1, len(order) + 1)
    for value in np.unique(values[:-1][values[1:] == values[:-1]]):
        same = np.concatenate([low, high]) == value
        ranks[same] = ranks[same].mean()
    return float((ranks[len(low) :].sum() - len(high) * (len(high) + 1) / 2) / (len(high) * len(low)))
