"""Kappas as they are written: two places, a true minus, the range with words between."""

from __future__ import annotations

from assistant.language import tr
from assistant.training.agreement import Agreement


def signed(value: float) -> str:
    """A kappa."""
    return f"{value:.2f}".replace("-", "−")


def ranged(found: Agreement) -> str:
    """Its 95 % range."""
    return tr("{low} to {high}", low=signed(found.low), high=signed(found.high))
