"""What can be chosen as a source: cameras and grabbers of this machine, the demo, a recorded run as a rehearsal."""

from __future__ import annotations

import importlib
import logging
import sys
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError
from assistant.live.running import find_running
from assistant.places import demo_run

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One source.

    Attributes
    ----------
    address : str
        For the session; empty: a file has to be chosen first.
    name, detail : str
    rehearsal : bool
    """

    address: str
    name: str
    detail: str
    rehearsal: bool = False


def choices() -> list[Choice]:
    """All that can be chosen now, cameras first."""
    made = _left_open() + _cameras()
    try:
        demo = demo_run()
    except AssistantError as error:
        log.warning("%s", error)
    else:
        made.append(
            Choice(address=f"play:{demo}", name="Demo recording", detail="rehearsal, plays as if live", rehearsal=True)
        )
    made.append(
        Choice(address="", name="Recorded run…", detail="rehearsal, plays as if live, never a patient", rehearsal=True)
    )
    return made


def _left_open() -> list[Choice]:
    """A session that a window left when it died: first choice, never taken unasked."""
    left = find_running()
    if left is None or left.has_window:
        return []
    detail = f"{left.source} · lines must be confirmed again"
    return [Choice(address="resume:", name="Go on with the interrupted session", detail=detail)]


def _cameras() -> list[Choice]:
    """The devices as the capture lists them; else those that the system shows."""
    try:
        module = importlib.import_module("assistant.capture.devices")
        listed = module.list_devices()
        return [Choice(address=each.address, name=each.name, detail=each.detail) for each in listed]
    except (ImportError, AttributeError, OSError):
        pass
    if sys.platform.startswith("linux"):
        found = sorted(Path("/dev").glob("video[0-9]*"))
        return [Choice(address=str(path), name=f"Camera {path.name}", detail=str(path)) for path in found[:6]]
    return [Choice(address="0", name="Camera 1", detail="the first camera of this machine")]
