"""How tests wait: for what is to happen, as long as it takes; only what hangs is given up.

A test asserts about order, counts and the times that the product logs of itself. How fast a machine is, the benchmarks
measure (`make bench`): a machine that starves this test's processes, but does all that is asked, passes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from pytestqt.qtbot import QtBot

HUNG_S: Final = 120.0
"""Whoever waits so long for something that takes a moment waits for ever; pytest's own `timeout` is longer."""
HUNG_MS: Final = round(1000 * HUNG_S)


def wait_until(
    holds: Callable[[], object],
    meanwhile: Callable[[], object] = lambda: None,
    told: Callable[[], object] = lambda: "",
    every_s: float = 0.005,
) -> None:
    """Wait until something holds.

    Parameters
    ----------
    holds : callable
    meanwhile : callable
        Called before each look, as a window polls.
    told : callable
        What the failure says.
    every_s : float
    """
    begun = time.monotonic()
    while True:
        meanwhile()
        if holds():
            return
        assert time.monotonic() - begun < HUNG_S, f"hung: {told()}"
        time.sleep(every_s)


class PatientBot(QtBot):
    """pytest-qt's, whose waits end when what is waited for is there, or hangs."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = HUNG_MS) -> None:
        """Until it holds."""
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = HUNG_MS, **more: Any) -> Any:
        """Until the signal comes."""
        return super().waitSignal(signal, timeout=timeout, **more)
