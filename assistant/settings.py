"""Settings: one frozen tree; each number carries its unit in its name, a range, a default and a sentence.

Numbers marked [P] are project proposals without a published source.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from assistant.errors import UsageError


def _number(default: float, low: float, high: float, sentence: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "sentence": sentence})


@dataclass(frozen=True, slots=True, kw_only=True)
class LivenessSettings:
    """When a picture counts as new, held, missing or unusable."""

    frozen_after_s: float = _number(
        1.0, 0.2, 5.0, "Without a new X-ray picture for longer than this the source is frozen."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSettings:
    """Alarm limits. All times are frame time, all lengths mm in the plane of the vertebra."""

    warning_line_fraction: float = _number(
        0.25, 0.0, 0.6, "Warning line: share of the sagittal diameter from the posterior wall (posterior-quarter rule)."
    )
    posterior_band_mm: float = _number(3.0, 0.5, 10.0, "Band in front of the warning line that counts as near [P].")
    posterior_time_s: float = _number(2.0, 0.0, 10.0, "Predicted time to the warning line that counts as near.")
    endplate_band_mm: float = _number(2.0, 0.5, 5.0, "Band inside an endplate that counts as near [P].")
    confirm_ms: float = _number(200.0, 0.0, 1000.0, "A crossing is confirmed by 2 of 3 new pictures within this time.")
    release_mm: float = _number(0.8, 0.0, 5.0, "A distance alarm ends only this far on the good side of its line [P].")
    release_ms: float = _number(1000.0, 0.0, 10000.0, "... and only after that has held for this long [P].")
    slow_ms: float = _number(250.0, 50.0, 1000.0, "Processing slower than this (95 of 100 pictures) raises LOW.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakSettings:
    """When cement beyond a line counts as a leak and how it is described."""

    area_mm2: float = _number(2.0, 0.5, 20.0, "Visible area beyond the line from which it is a leak.")
    reach_mm: float = _number(1.0, 0.2, 5.0, "Reach beyond the line from which it is a leak [P].")
    confirm_ms: float = _number(200.0, 0.0, 2000.0, "Time it has to stand.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole tree."""

    liveness: LivenessSettings = LivenessSettings()
    alarms: AlarmSettings = AlarmSettings()
    leaks: LeakSettings = LeakSettings()


def check(settings: Settings) -> None:
    """Refuse a tree with a number outside its range.

    Raises
    ------
    UsageError
        Naming the setting, its range and what came.
    """
    for room in fields(settings):
        branch = getattr(settings, room.name)
        for leaf in fields(branch):
            value = getattr(branch, leaf.name)
            low, high = leaf.metadata["low"], leaf.metadata["high"]
            if not low <= value <= high:
                raise UsageError(
                    f"setting {room.name}.{leaf.name} must lie between {low} and {high}, got {value}: "
                    f"{leaf.metadata['sentence']}"
                )
