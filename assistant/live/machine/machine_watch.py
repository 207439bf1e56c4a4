"""What the machine does beside us: sleeps, has its clock set, runs on battery. Each can make the screen wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.vocabulary import Measure, Unknown

_SLEPT_NS: Final = 1_000_000_000
_JUMPED_NS: Final = 2_000_000_000
_BATTERY_EVERY_NS: Final = 10_000_000_000
_ON_MAINS: Final = Unknown("not on battery")


def boot_ns() -> int:
    """A clock that goes on while the machine sleeps, where the system has one; else the monotonic one."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime_ns(clock) if clock is not None else time.monotonic_ns()


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What happened since the last look.

    Attributes
    ----------
    slept_s : float
        0 while the machine was awake.
    clock_jump_s : float
        By how much the clock for people was set; 0 while it was not.
    battery_percent : float or Unknown
        Only while running on it.
    """

    slept_s: float
    clock_jump_s: float
    battery_percent: Measure


class MachineWatch:
    """Looks at the clocks at every tick and at the battery now and then.

    Parameters
    ----------
    monotonic_ns, boot_ns, wall_ns : callable
    supplies : Path
        Where the system lists its power supplies.
    """

    def __init__(
        self,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        boot_ns: Callable[[], int] = boot_ns,
        wall_ns: Callable[[], int] = time.time_ns,
        supplies: Path = Path("/sys/class/power_supply"),
    ) -> None:
        self._monotonic_ns, self._boot_ns, self._wall_ns, self._supplies = monotonic_ns, boot_ns, wall_ns, supplies
        self._asleep_ns = boot_ns() - monotonic_ns()
        self._offset_ns = wall_ns() - boot_ns()
        self._battery: Measure = _ON_MAINS
        self._battery_ns: int | None = None

    def look(self) -> News:
        """What happened since the last look."""
        now_ns, boot, wall = self._monotonic_ns(), self._boot_ns(), self._wall_ns()
        slept = boot - now_ns - self._asleep_ns
        jump = wall - boot - self._offset_ns
        self._asleep_ns, self._offset_ns = boot - now_ns, wall - boot
        if self._battery_ns is None or now_ns - self._battery_ns > _BATTERY_EVERY_NS:
            self._battery, self._battery_ns = battery_percent(self._supplies), now_ns
        return News(
            slept_s=slept / 1e9 if slept > _SLEPT_NS else 0.0,
            clock_jump_s=jump / 1e9 if abs(jump) > _JUMPED_NS else 0.0,
            battery_percent=self._battery,
        )


def battery_percent(supplies: Path) -> Measure:
    """Charge of the battery while the machine runs on it; unknown on mains or where the system does not say."""
    try:
        for supply in sorted(supplies.iterdir()):
            if (supply / "type").read_text().strip() != "Battery":
                continue
            if (supply / "status").read_text().strip() == "Discharging":
                return float((supply / "capacity").read_text())
    except (OSError, ValueError):
        return _ON_MAINS
    return _ON_MAINS
