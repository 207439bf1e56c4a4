"""The short self-test in the last step of the set-up: what is measured now, not what was true this morning."""

from __future__ import annotations

import functools
import shutil
from datetime import datetime

from assistant.errors import AssistantError
from assistant.language import tr, translate
from assistant.language.days import month_word
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
    heard = {
        True: "heard",
        False: "not heard",
        None: tr("not confirmed · {key}: play it", key=word("setup", "test sound")),
    }[sound.heard]
    icon = "low" if sound.fault else "tick" if sound.heard else "sound"
    sound_row = ChoiceRow(text=tr("Alarm sound"), value=sound.fault or heard, icon=icon)
    return (sound_row, _disk(), _clock(), _model(), _rate(status), _delay(status))


def _clock() -> ChoiceRow:
    now = datetime.now()
    good = _FIRST_YEAR <= now.year <= _LAST_YEAR
    date = f"{now:%d} {translate(month_word(now))} {now:%Y %H:%M}"
    return ChoiceRow(
        text=tr("Clock"), value=date if good else tr("{date}: set it", date=date), icon="tick" if good else "low"
    )


@functools.cache
def _model() -> ChoiceRow:
    """The model that types leaks, looked at once: its files are read byte by byte."""
    found = find_pack()
    if found.pack is None:
        return ChoiceRow(text=tr("Model"), value=tr("none: the rule answers"), icon="low")
    identity = found.pack.identity
    return ChoiceRow(text=tr("Model"), value=tr("whole · {sha256}", sha256=identity.sha256[:8]), icon="tick")


def _disk() -> ChoiceRow:
    try:
        free = shutil.disk_usage(data_home()).free
    except (OSError, AssistantError) as error:
        return ChoiceRow(text=tr("Disk"), value=tr("cannot be asked ({error})", error=translate(error)), icon="low")
    return ChoiceRow(
        text=tr("Disk"),
        value=tr("{free:.0f} GB free", free=free / 1000000000.0),
        icon="tick" if free > _LEAST_FREE else "low",
    )


def _rate(status: LiveStatus | None) -> ChoiceRow:
    if status is None or isinstance(status.pictures_per_s, Unknown):
        return ChoiceRow(text=tr("New pictures"), value=tr("not measured yet"))
    return ChoiceRow(
        text=tr("New pictures"), value=tr("{pictures_per_s:.1f} p/s", pictures_per_s=status.pictures_per_s), icon="tick"
    )


def _delay(status: LiveStatus | None) -> ChoiceRow:
    if status is None or isinstance(status.lag_p95_ms, Unknown):
        return ChoiceRow(text=tr("Delay"), value=tr("not measured yet"))
    slow = status.lag_p95_ms > status.limits.slow_ms
    return ChoiceRow(
        text=tr("Delay"),
        value=tr("p95 {lag_p95_ms:.0f} ms", lag_p95_ms=status.lag_p95_ms),
        icon="low" if slow else "tick",
    )
