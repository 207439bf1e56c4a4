"""The short self-test in the last step of the set-up: what is measured now, not what was true this morning."""

from __future__ import annotations

import functools
import shutil
from datetime import datetime

from assistant.errors import AssistantError
from assistant.live.status import LiveStatus
from assistant.model_packs.finding import find_pack
from assistant.system.places import data_home
from assistant.vocabulary import Unknown
from ui.keys.key_map import word
from ui.setup.host import SoundCheck
from ui.setup.rows import ChoiceRow

_LEAST_FREE = 2_000_000_000
_FIRST_YEAR, _LAST_YEAR = 2024, 2100


def checks_as_rows(sound: SoundCheck, status: LiveStatus | None) -> tuple[ChoiceRow, ...]:
    """Sound, disk, clock, model, rate and delay as rows."""
    heard = {True: "heard", False: "not heard", None: f"not confirmed · {word('setup', 'test sound')}: play it"}[
        sound.heard
    ]
    icon = "low" if sound.fault else "tick" if sound.heard else "sound"
    sound_row = ChoiceRow(text="Alarm sound", value=sound.fault or heard, icon=icon)
    return (sound_row, _disk(), _clock(), _model(), _rate(status), _delay(status))


def _clock() -> ChoiceRow:
    now = datetime.now()
    good = _FIRST_YEAR <= now.year <= _LAST_YEAR
    told = f"{now:%d %b %Y %H:%M}"
    return ChoiceRow(text="Clock", value=told if good else f"{told}: set it", icon="tick" if good else "low")


@functools.cache
def _model() -> ChoiceRow:
    """The model that types leaks, looked at once: its files are read byte by byte."""
    found = find_pack()
    if found.pack is None:
        return ChoiceRow(text="Model", value="none: the rule answers", icon="low")
    identity = found.pack.identity
    return ChoiceRow(text="Model", value=f"whole · {identity.sha256[:8]}", icon="tick")


def _disk() -> ChoiceRow:
    try:
        free = shutil.disk_usage(data_home()).free
    except (OSError, AssistantError) as error:
        return ChoiceRow(text="Disk", value=f"cannot be asked ({error})", icon="low")
    return ChoiceRow(text="Disk", value=f"{free / 1e9:.0f} GB free", icon="tick" if free > _LEAST_FREE else "low")


def _rate(status: LiveStatus | None) -> ChoiceRow:
    if status is None or isinstance(status.pictures_per_s, Unknown):
        return ChoiceRow(text="New pictures", value="not measured yet")
    return ChoiceRow(text="New pictures", value=f"{status.pictures_per_s:.1f} p/s", icon="tick")


def _delay(status: LiveStatus | None) -> ChoiceRow:
    if status is None or isinstance(status.lag_p95_ms, Unknown):
        return ChoiceRow(text="Delay", value="not measured yet")
    slow = status.lag_p95_ms > status.limits.slow_ms
    return ChoiceRow(text="Delay", value=f"p95 {status.lag_p95_ms:.0f} ms", icon="low" if slow else "tick")
