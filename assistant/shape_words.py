"""The words of a leak's shape, the same on every screen, in every table and report.

The figure that is printed beside a word is that of the word: of a round leak how much rather round than spike.
"""

from __future__ import annotations

from typing import Final

from assistant.vocabulary import Measure, Unknown

SPIKE: Final = "spike"  # sentences
ROUND: Final = "round"  # sentences


def share_of(label: str, p_spike: Measure | None) -> Measure:
    """How much speaks for the word rather than for the other one.

    Parameters
    ----------
    label : str
        "spike", "round" or "undetermined".
    p_spike : float, Unknown or None
        How much rather spike than round; None as in ``result.json``.

    Returns
    -------
    float or Unknown
        0..1; Unknown where neither word is said, or where nothing is known.
    """
    if isinstance(p_spike, Unknown):
        return p_spike
    if p_spike is None:
        return Unknown("not told")
    if label not in (SPIKE, ROUND):
        return Unknown("no shape was decided")
    return p_spike if label == SPIKE else 1.0 - p_spike


def shape_words(label: str, p_spike: Measure | None, between: str = " ") -> str:
    """Such as "round 0.93"; the word alone where there is no figure for it."""
    share = share_of(label, p_spike)
    return label if isinstance(share, Unknown) else f"{label}{between}{share:.2f}"
