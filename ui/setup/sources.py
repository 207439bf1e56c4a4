"""What can be chosen as a source: cameras and grabbers of this machine, the demo, a recorded run as a rehearsal."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass

from assistant.capture.devices import Device, list_devices
from assistant.capture.play import is_played
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


def choices(in_use: tuple[str, ...] = ()) -> list[Choice]:
    """All that can be chosen now, cameras first; sources in use are there whatever they are."""
    made = _left_open() + _cameras()
    try:
        demo = demo_run()
    except AssistantError as error:
        log.warning("%s", error)
    else:
        made.append(
            Choice(address=f"play:{demo}", name="Demo recording", detail="rehearsal, plays as if live", rehearsal=True)
        )
    made.append(Choice(address="", name="Recorded run…", detail="rehearsal, never a patient", rehearsal=True))
    known = {choice.address for choice in made}
    for address in in_use:
        if address not in known:
            played = is_played(address)
            name = address.partition(":")[2].rpartition("/")[2] if played else address
            detail = "rehearsal, plays as if live" if played else "named by hand"
            made.insert(0, Choice(address=address, name=name or address, detail=detail, rehearsal=played))
    return made


def _left_open() -> list[Choice]:
    """A session that a window left when it died: first choice, never taken unasked."""
    left = find_running()
    if left is None or left.has_window:
        return []
    detail = f"{left.source} · lines must be confirmed again"
    return [Choice(address="resume:", name="Go on with the interrupted session", detail=detail)]


def _cameras() -> list[Choice]:
    """The devices as the system lists them; elsewhere than on Linux the first one."""
    if sys.platform.startswith("linux"):
        return [Choice(address=each.address, name=each.name, detail=_detail(each)) for each in list_devices()[:6]]
    return [Choice(address="0", name="Camera 1", detail="the first camera of this machine")]


def _detail(device: Device) -> str:
    """Its largest mode, the rate of that, and where it is plugged in."""
    if not device.modes:
        return device.note or device.bus
    best = max(device.modes, key=lambda mode: mode.width_px * mode.height_px)
    rate = f" · {best.fps[0]:g} Hz" if best.fps else ""
    return f"{best.width_px} × {best.height_px}{rate} · {device.bus}"
