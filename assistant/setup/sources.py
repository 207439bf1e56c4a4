"""What can be chosen as a source: cameras and grabbers of this machine, the demo, a recorded run as a rehearsal."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass, replace

from assistant.capture.camera.devices import Device, Mode, list_devices, modes_to_choose, rate_to_ask
from assistant.capture.play import is_played
from assistant.errors import AssistantError
from assistant.language import sentence
from assistant.live.resuming import RESUME, left_session
from assistant.system.places import demo_run

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChoice:
    """One source.

    Attributes
    ----------
    address : str
        For the session; empty: a file has to be chosen first.
    name, detail : str
    rehearsal : bool
    modes : tuple of Mode
        Of a device, the best first; the address asks for one of them.
    """

    address: str
    name: str
    detail: str
    rehearsal: bool = False
    modes: tuple[Mode, ...] = ()


def choices(in_use: tuple[str, ...] = ()) -> list[SourceChoice]:
    """All that can be chosen now, cameras first; sources in use are there whatever they are."""
    made = _left_open() + _cameras()
    try:
        demo = demo_run()
    except AssistantError as error:
        log.warning("%s", error)
    else:
        made.append(
            SourceChoice(
                address=f"play:{demo}",
                name=sentence("Demo recording"),
                detail=sentence("rehearsal, plays as if live"),
                rehearsal=True,
            )
        )
    made.append(
        SourceChoice(
            address="", name=sentence("Recorded run…"), detail=sentence("rehearsal, never a patient"), rehearsal=True
        )
    )
    for address in in_use:
        same = [k for k, choice in enumerate(made) if choice.modes and _device(choice.address) == _device(address)]
        if same:
            made[same[0]] = replace(made[same[0]], address=address)
        elif address not in {choice.address for choice in made}:
            played = is_played(address)
            name = address.partition(":")[2].rpartition("/")[2] if played else address
            detail = sentence("rehearsal, plays as if live") if played else sentence("named by hand")
            made.insert(0, SourceChoice(address=address, name=name or address, detail=detail, rehearsal=played))
    return made


def _left_open() -> list[SourceChoice]:
    """A session that a window left when it died: first choice, never taken unasked."""
    left = left_session()
    if left is None:
        return []
    detail = sentence(f"{left.source} · lines must be confirmed again")
    return [SourceChoice(address=RESUME, name=sentence("Go on with the interrupted session"), detail=detail)]


def with_next_mode(choice: SourceChoice) -> SourceChoice:
    """The same device asked for its next size; a choice without sizes stays as it is."""
    if not choice.modes:
        return choice
    addresses = [_address(_device(choice.address), mode) for mode in choice.modes]
    at = addresses.index(choice.address) + 1 if choice.address in addresses else 0
    mode, address = choice.modes[at % len(addresses)], addresses[at % len(addresses)]
    return replace(choice, address=address, detail=_detail(mode, choice.detail.rpartition(" · ")[2]))


def _cameras() -> list[SourceChoice]:
    """The devices as the system lists them; elsewhere than on Linux the first one."""
    if sys.platform.startswith("linux"):
        return [_camera(each) for each in list_devices()[:6]]
    return [SourceChoice(address="0", name=sentence("Camera 1"), detail=sentence("the first camera of this machine"))]


def _camera(device: Device) -> SourceChoice:
    """A device with its best mode; one that does not say its modes is opened as it is."""
    modes = modes_to_choose(device.modes)
    if not modes:
        return SourceChoice(address=device.address, name=device.name, detail=device.note or device.bus)
    return SourceChoice(
        address=_address(device.address, modes[0]),
        name=device.name,
        detail=_detail(modes[0], device.bus),
        modes=modes,
    )


def _address(device: str, mode: Mode) -> str:
    rate = rate_to_ask(mode)
    return f"{device}@{mode.width_px}x{mode.height_px}" + (f"@{rate:g}" if rate else "")


def _device(address: str) -> str:
    return address.partition("@")[0]


def _detail(mode: Mode, bus: str) -> str:
    """Size, rate and where it is plugged in."""
    rate = rate_to_ask(mode)
    return f"{mode.width_px} × {mode.height_px}{f' · {rate:g} Hz' if rate else ''} · {bus}"
