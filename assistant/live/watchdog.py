"""The process that watches the window. Thin for now: it only keeps its heart beating."""

from __future__ import annotations

import os
import time
from pathlib import Path

from assistant.live.deck import Cell, Deck
from assistant.live.orders import Start


def run(start: Start) -> None:
    """Body of the process."""
    deck = Deck.open(Path(start.deck))
    deck.put(Cell.WATCHDOG_PID, os.getpid())
    while not deck.get(Cell.CLOSING):
        deck.beat(Cell.WATCHDOG_BEAT)
        time.sleep(0.1)
