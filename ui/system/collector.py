"""Python's collector and its one lock kept out of the window's way.

A full collection walks over every object that lives, with the interpreter to itself: with an hour's moments in memory
the window stood still for 0.19 to 0.34 s each time, whatever it was doing (seen while a table was exported). So what
was walked over at some length and is still alive is set aside (`gc.freeze`) and not walked over again; memory that is
no longer used is given back as before. Only what hangs together in a ring would stay: that is looked for when a run is
closed.

And Qt asks Python at every step of an event whether a method is its own (`sizeHint`, `event`, `paintEvent` ...), each
time for the lock. While another thread works in Python each of these waits for a whole switch interval, 5 ms as Python
comes: one new layout of the page took 0.17 to 0.34 s while a table was written. The interval is a tenth of that here.
"""

from __future__ import annotations

import gc
import sys
import time
from typing import Final

_LONG_MS: Final = 10.0
_FULL: Final = 2
_SWITCH_S: Final = 0.0005


class _Collector:
    def __init__(self) -> None:
        self.began_s = 0.0
        self.longest_ms = 0.0
        self.set_aside = False

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self.began_s = time.perf_counter()
            return
        took_ms = 1000 * (time.perf_counter() - self.began_s)
        self.longest_ms = max(self.longest_ms, took_ms)
        if info["generation"] == _FULL and took_ms > _LONG_MS:
            gc.freeze()
            self.set_aside = True


_collector: Final = _Collector()


def keep_short() -> None:
    """From now on: what was loaded so far is set aside, so is what lives long later; the lock goes round quickly."""
    sys.setswitchinterval(_SWITCH_S)
    gc.freeze()
    if _collector not in gc.callbacks:
        gc.callbacks.append(_collector)


def after_a_run() -> None:
    """A run was closed: rings in what was set aside meanwhile are given back. Nothing to do after a short one."""
    if _collector.set_aside:
        _collector.set_aside = False
        gc.unfreeze()
        gc.collect()
        gc.freeze()


def longest_ms() -> float:
    """The longest collection so far."""
    return _collector.longest_ms
