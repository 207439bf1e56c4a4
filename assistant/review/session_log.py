"""What was done and what happened on the day, besides alarms: read back from the event log of a live session."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.recording.event_log import log_files
from assistant.recording.schema import FrameLine
from assistant.system.plain import read_json

_MOST_BYTES: Final = 64 << 20
"""A log is far smaller; what lies beyond is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEvent:
    """One line of the log, at its place in the run.

    Attributes
    ----------
    kind : str
        As the session wrote it: "armed", "pause", "ml", "state" ...
    frame : int or None
        The newest frame at that time; None before the first one (or in another start of the machine).
    t_s : float or None
        Its time in the run.
    data : dict
        What belongs to it; of no form that may be relied on.
    """

    kind: str
    frame: int | None = None
    t_s: float | None = None
    data: dict[str, Any]


def read_events(folder: Path) -> tuple[DayEvent, ...]:
    """All events of a recorded session in order; empty for any other run.

    A damaged log is read as far as it can be: `fluoro-assistant validate` says what is wrong with it.
    """
    if not folder.is_dir() or not log_files(folder):
        return ()
    frames = sorted(_frames(folder))
    at_ns = [ns for ns, _, _ in frames]
    # As the run is read: its first frame is at 0, whenever the session began.
    origin_s = min((t_s for _, _, t_s in frames), default=0.0)
    found = []
    for event in _events(folder):
        kind, data, mono_ns = event.get("kind"), event.get("data"), event.get("mono_ns")
        if not isinstance(kind, str) or not isinstance(data, dict) or not isinstance(mono_ns, int):
            continue
        place = bisect_right(at_ns, mono_ns) - 1
        if place < 0:
            found.append(DayEvent(kind=kind, data=data))
        else:
            _, frame, t_s = frames[place]
            found.append(DayEvent(kind=kind, frame=frame, t_s=round(t_s - origin_s, 6), data=data))
    return tuple(found)


def _frames(folder: Path) -> Iterator[tuple[int, int, float]]:
    for path in folder.glob("frames_*.jsonl"):
        for raw in _raw(path):
            try:
                line = read_json(raw, FrameLine)
            except ValueError:
                continue  # the log's witness, or a line torn by a power cut
            yield line.ns, line.i, line.t


def _events(folder: Path) -> Iterator[dict[str, Any]]:
    for path in log_files(folder):
        for raw in _raw(path):
            try:
                event = read_json(raw)
            except (ValueError, RecursionError):
                continue
            if isinstance(event, dict):
                yield event


def _raw(path: Path) -> list[bytes]:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).split(b"\n")
    except OSError:
        return []
