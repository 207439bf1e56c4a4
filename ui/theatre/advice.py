"""What the literature says one can do when an alarm about the cement stands: one line, with its source.

An advice is no order: the alarm's own action stands in the bar. Each line needs clinical sign-off, as the alarm table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from assistant.live.status import LiveAlarm

ADVICE: Final[Mapping[str, str]] = {
    "A1": "Stop, wait, look AP (posterior-quarter rule)",
    "A2": "Stop, look AP (posterior-quarter rule)",
    "A3": "Venous outflow: move the tip (Barriga-Martín 2022)",
    "A4": "Stiffer cement leaks less, on the bench (Habib 2010)",
    "A5": "Cannula back 2–3 mm, let it harden (Reyhani 2025)",
    "A6": "Plug with dough, then wire-drawing (Huang, preprint)",
}


def advice_for(alarms: Iterable[LiveAlarm]) -> str:
    """The advice of the highest alarm that has one; empty without."""
    return next((ADVICE[alarm.code] for alarm in alarms if alarm.code in ADVICE and not alarm.before_held), "")
