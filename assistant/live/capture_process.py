"""The process that grabs: device -> stamp -> mask -> ring (and recording). No Qt, no model, no step of the analysis."""

from __future__ import annotations

import os
import time
from typing import Final

import numpy as np

from assistant.capture.opening import open_source
from assistant.capture.play import PlayedSource, is_played
from assistant.capture.source import Source
from assistant.errors import AssistantError
from assistant.live.deck import Cell, Deck
from assistant.live.messages import SourceEnded, SourceLost, SourceOpened
from assistant.live.orders import Start
from assistant.vocabulary import Grey

_TRY_AGAIN_S: Final = 0.5


def run(start: Start) -> None:
    """Body of the process."""
    from pathlib import Path

    deck = Deck.open(Path(start.deck))
    deck.put(Cell.CAPTURE_PID, os.getpid())
    deck.beat(Cell.CAPTURE_BEAT)
    last: Grey | None = None
    picture = deck.get(Cell.LAST_PICTURE)
    index = deck.get(Cell.NEXT_INDEX)
    while not deck.get(Cell.CLOSING):
        deck.beat(Cell.CAPTURE_BEAT)
        try:
            source = _open(start.source)
        except AssistantError as error:
            deck.capture_says.put(SourceLost(reason=str(error)))
            time.sleep(_TRY_AGAIN_S)
            continue
        deck.capture_says.put(SourceOpened(facts=source.facts, rehearsal=is_played(start.source)))
        try:
            for frame in source.frames():
                stamp_ns = getattr(source, "stamp_ns", None) or time.monotonic_ns()
                if deck.get(Cell.ORIGIN_NS) < 0:
                    deck.put(Cell.ORIGIN_NS, stamp_ns)
                if last is None or not np.array_equal(last, frame.grey):
                    picture += 1
                last = frame.grey
                deck.ring.publish(index, stamp_ns - deck.get(Cell.ORIGIN_NS), stamp_ns, picture, frame.grey)
                index += 1
                deck.put(Cell.NEXT_INDEX, index)
                deck.put(Cell.LAST_PICTURE, picture)
                deck.beat(Cell.CAPTURE_BEAT)
                if deck.get(Cell.CLOSING):
                    return
            deck.capture_says.put(SourceEnded())
            while not deck.get(Cell.CLOSING):
                deck.beat(Cell.CAPTURE_BEAT)
                time.sleep(0.05)
        except AssistantError as error:
            deck.capture_says.put(SourceLost(reason=str(error)))
        finally:
            source.close()


def _open(address: str) -> Source:
    return PlayedSource(address) if is_played(address) else open_source(address)
