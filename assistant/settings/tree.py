"""Settings: one frozen tree; each number carries its unit in its name, a range, a default and a sentence.

Numbers marked [P] are project proposals without a published source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from assistant.errors import UsageError
from assistant.language import sentence
from assistant.system.plain import json_canonical

NO_LEVELS: Final = "none"


@dataclass(frozen=True, slots=True)
class Gone:
    """A setting of earlier programs that has no equal.

    Attributes
    ----------
    now : str
        The setting in its place, which counts something else.
    why : str
        What holds now, for the end of a sentence.
    """

    now: str
    why: str


GONE: Final[Mapping[str, Gone]] = {
    "alarms.confirm_ms": Gone("alarms.evidence_sigma", sentence("evidence decides now")),
}
"""Never given another meaning: results, jobs and files of earlier programs name them."""


def _number(default: float, low: float, high: float, sentence: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "sentence": sentence})


def _choice(default: str, choices: tuple[str, ...], sentence: str) -> Any:
    return field(default=default, metadata={"choices": choices, "sentence": sentence})


def _word(default: str, sentence: str) -> Any:
    return field(default=default, metadata={"most_letters": 200, "sentence": sentence})


def _lines(default: str, low: float, high: float, sentence: str) -> Any:
    return field(default=default, metadata={"lines": (low, high), "sentence": sentence})


@dataclass(frozen=True, slots=True, kw_only=True)
class LivenessSettings:
    """When a picture counts as new, held, missing or unusable."""

    frozen_after_s: float = _number(
        1.0, 0.2, 5.0, sentence("Without a new X-ray picture for longer than this the source is frozen.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningLines:
    """Where the warning line stands in a view whose plan does not say, and what counts as near in any view.

    Attributes
    ----------
    fraction : float
        Share of the sagittal diameter from the posterior wall towards the anterior wall.
    by_level : mapping of str to float
        Such as ``{"L5": 0.3}``: other ones at these levels.
    posterior_band_mm, endplate_band_mm : float
        Cement this near to the warning line, or this near inside an endplate, is near.
    """

    fraction: float
    by_level: Mapping[str, float]
    posterior_band_mm: float
    endplate_band_mm: float

    def at(self, level: str | None) -> float:
        """The share at a level."""
        return self.fraction if level is None else self.by_level.get(level, self.fraction)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSettings:
    """Alarm limits. All times are frame time, all lengths mm in the plane of the vertebra."""

    warning_line_fraction: float = _number(
        0.25,
        0.0,
        0.6,
        sentence("Warning line: share of the sagittal diameter from the posterior wall (posterior-quarter rule)."),
    )
    warning_line_by_level: str = _lines(
        NO_LEVELS,
        0.0,
        0.6,
        sentence("Another warning line at some levels, such as: L4 0.28, L5 0.3; none: the same at every level."),
    )
    posterior_band_mm: float = _number(
        3.0, 0.5, 10.0, sentence("Band in front of the warning line that counts as near [P].")
    )
    posterior_time_s: float = _number(
        2.0, 0.0, 10.0, sentence("Predicted time to the warning line that counts as near.")
    )
    endplate_band_mm: float = _number(2.0, 0.5, 5.0, sentence("Band inside an endplate that counts as near [P]."))
    evidence_sigma: float = _number(
        0.3,
        0.1,
        10.0,
        sentence("A crossing counts when pictures together show so many standard deviations of the outline past [P]."),
    )
    release_mm: float = _number(
        0.8, 0.0, 5.0, sentence("A distance alarm ends only this far on the good side of its line [P].")
    )
    release_ms: float = _number(1000.0, 0.0, 10000.0, sentence("... and only after that has held for this long [P]."))
    slow_ms: float = _number(
        250.0, 50.0, 1000.0, sentence("Processing slower than this (95 of 100 pictures) raises LOW.")
    )

    @property
    def warning_lines(self) -> WarningLines:
        """Where a plan that does not say has its warning line, level by level."""
        return WarningLines(
            fraction=self.warning_line_fraction,
            by_level=_levels(self.warning_line_by_level) or {},
            posterior_band_mm=self.posterior_band_mm,
            endplate_band_mm=self.endplate_band_mm,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakSettings:
    """When cement beyond a line counts as a leak and how it is described."""

    area_mm2: float = _number(2.0, 0.5, 20.0, sentence("Visible area beyond the line from which it is a leak."))
    reach_mm: float = _number(1.0, 0.2, 5.0, sentence("Reach beyond the line from which it is a leak [P]."))
    confirm_ms: float = _number(200.0, 0.0, 2000.0, sentence("Time it has to stand."))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureSettings:
    """Where the live picture comes from and what of it is let through."""

    layout: str = _word(
        "auto",
        sentence(
            "Layout profile of the console: its name; auto: the X-ray field is found in the picture; whole: nothing is "
            "masked (only for a source without any text)."
        ),
    )
    deinterlace: str = _choice(
        "auto", ("auto", "on", "off"), sentence("Whether the two half pictures are taken apart.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSettings:
    """How a live run is kept on the disk."""

    sync_every_s: float = _number(1.0, 0.2, 10.0, sentence("So often the disk is asked to keep what was written."))
    segment_mb: float = _number(1024.0, 16.0, 8192.0, sentence("A new video file begins after so many MB."))
    reserve_mb: float = _number(
        64.0, 1.0, 4096.0, sentence("Left free on the disk for the event log and everybody else.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSettings:
    """How the processes of a live session look after each other."""

    grab_hangs_after_s: float = _number(
        2.0, 0.5, 10.0, sentence("A grab that takes longer has stopped: it is started again.")
    )
    open_hangs_after_s: float = _number(12.0, 2.0, 60.0, sentence("Opening the source takes this long at most."))
    orphan_after_s: float = _number(
        300.0, 5.0, 3600.0, sentence("Without a window for so long, capture and recording end by themselves, in order.")
    )
    watchdog_after_s: float = _number(
        0.8, 0.3, 5.0, sentence("A window that does not answer for so long is told by the watchdog.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TheatreSettings:
    """What the theatre page counts and names."""

    cement_stages: str = _word(
        "mixed, dough, wire-drawing, hardening",
        sentence(
            "Names of the cement's stages in the team's words, with commas between; the first is that of the start."
        ),
    )
    ap_again_s: float = _number(
        150.0,
        30.0,
        1800.0,
        sentence("So long after the last look in the other plane the bar asks for another one [P]."),
    )
    clip_s: float = _number(20.0, 5.0, 120.0, sentence("So much is kept when a clip is marked afterwards."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole tree."""

    liveness: LivenessSettings = LivenessSettings()
    alarms: AlarmSettings = AlarmSettings()
    leaks: LeakSettings = LeakSettings()
    capture: CaptureSettings = CaptureSettings()
    recording: RecordingSettings = RecordingSettings()
    live: LiveSettings = LiveSettings()
    theatre: TheatreSettings = TheatreSettings()


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
            fault = leaf_fault(leaf.metadata, getattr(branch, leaf.name))
            if fault:
                raise UsageError(f"setting {room.name}.{leaf.name} {fault}: {leaf.metadata['sentence']}")


def _levels(text: object) -> dict[str, float] | None:
    """Levels with their shares, of a setting such as "L4 0.28, L5 0.3"; None where it is not written so."""
    if not isinstance(text, str) or not text.strip():
        return None
    if text.strip() == NO_LEVELS:
        return {}
    found: dict[str, float] = {}
    for part in text.split(","):
        level, _, share = part.strip().partition(" ")
        try:
            found[level] = float(share)
        except ValueError:
            return None
        if not is_level(level):
            return None
    return found


def lines_at(fraction: float) -> WarningLines:
    """The default lines with the warning line at one share for every level."""
    return AlarmSettings(warning_line_fraction=fraction).warning_lines


def is_level(name: str) -> bool:
    """Whether a word names a vertebra that the program knows: T1 to T12, L1 to L6, S1."""
    numbers = {"T": range(1, 13), "L": range(1, 7), "S": range(1, 2)}
    letter, number = name[:1], name[1:]
    return (
        letter in numbers
        and number.isascii()
        and number.isdecimal()
        and number[0] != "0"
        and int(number) in numbers[letter]
    )


def changes_of(settings: Settings) -> dict[str, Any]:
    """The settings that are not the default, such as ``{"alarms.release_mm": 1.0}``; for files and child processes."""
    return {name: value for name, (value, default) in _values(settings).items() if value != default}


def _values(settings: Settings) -> dict[str, tuple[Any, Any]]:
    """Value and default of every setting."""
    return {
        f"{room.name}.{leaf.name}": (getattr(getattr(settings, room.name), leaf.name), leaf.default)
        for room in fields(settings)
        for leaf in fields(getattr(settings, room.name))
    }


def with_changes(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """A settings tree with some values changed.

    Parameters
    ----------
    settings : Settings
    changes : mapping
        ``room.setting`` to its value.

    Raises
    ------
    UsageError
        If there is no such setting or the value is out of its range.
    """
    for name, value in changes.items():
        room, _, leaf = name.partition(".")
        branch = getattr(settings, room, None) if room in {f.name for f in fields(settings)} else None
        if branch is None or leaf not in {f.name for f in fields(branch)}:
            raise no_such_setting(name)
        settings = replace(settings, **{room: replace(branch, **{leaf: value})})
    check(settings)
    return settings


def no_such_setting(name: str) -> UsageError:
    """The error for a name that is no setting, with what took the place of one of earlier programs."""
    gone = GONE.get(name)
    if gone is None:
        return UsageError(f"there is no setting {name}; fluoro-assistant settings lists them")
    return UsageError(f"there is no setting {name} any more: {gone.why}; leave it out, or set {gone.now} in its place")


def gone_from(changes: Mapping[str, Any]) -> tuple[str, ...]:
    """A sentence for each changed setting that a result or job was made with and that there is no longer."""
    return tuple(
        sentence(f"made with {name} = {was}, which the program no longer has: {GONE[name].why}")
        for name, was in changes.items()
        if name in GONE
    )


def record_of(settings: Settings) -> dict[str, Any]:
    """What a result says of the settings that it was made with: those other than the default, and a sum over all."""
    values = {name: value for name, (value, _) in _values(settings).items()}
    sha256 = hashlib.sha256(json_canonical(values).encode()).hexdigest()
    return {"changed": changes_of(settings), "sha256": sha256}


def without_words(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changed settings that hold no words of a site's own (stages of the cement, folders); for what leaves it.

    Figures, switches, choices and the lines of the levels stay: figures of a result rest on them, and so does the
    figure of a setting of an earlier program. A setting that there never was, or a value that its rule does not allow,
    is left out.
    """
    default = Settings()
    rules = {
        f"{room.name}.{leaf.name}": leaf.metadata
        for room in fields(default)
        for leaf in fields(getattr(default, room.name))
    }
    return {
        name: value
        for name, value in changes.items()
        if (name in GONE and _is_number(value))
        or (name in rules and "most_letters" not in rules[name] and not leaf_fault(rules[name], value))
    }


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def leaf_fault(rules: Mapping[str, Any], value: object) -> str:
    """What is wrong with a value by its field's rules, for the end of a sentence; empty when it is right."""
    if "low" in rules:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not rules["low"] <= value <= rules["high"]:
            return sentence(f"must lie between {rules['low']} and {rules['high']}, got {value}")
    elif "lines" in rules:
        low, high = rules["lines"]
        found = _levels(value)
        if found is None or not all(low <= share <= high for share in found.values()):
            return sentence(
                f'must be "none", or levels with shares between {low} and {high} such as "L4 0.28", got {value!r}'
            )
    elif "choices" in rules:
        if value not in rules["choices"]:
            return sentence(f"must be one of {', '.join(rules['choices'])}, got {value!r}")
    elif not isinstance(value, str) or not 0 < len(value) <= rules["most_letters"] or not value.isprintable():
        return sentence(f"must be a word of at most {rules['most_letters']} letters, got {value!r}")
    return ""
