"""The alarm table A1 to A18, whole and in one place: words, priority, sound, latch, advice, and who raises each row.

Every part of the program that tells an alarm reads it here: the pipeline, the live session, the guard, the watchdog,
the message bar, the lists, the review and the report. Priorities and words follow the project's alarm table (derived
from IEC 60601-1-8, Table 1); each needs clinical sign-off. Headline at most 5 words, action at most 8.

A condition that is worded or judged in more than one way has a row for each; they share the code. Rows of the pipeline
stand in the order in which they are decided: what is graver before what it takes the place of.
"""
# sentences: all

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from assistant.alarm_table.row import GRAVER, AlarmRow, PipelineRow, Raiser, RaisingRule, Watched
from assistant.alarm_table.sounds import BATTERY_GAP_S, CANAL_GAP_S
from assistant.lines import Line
from assistant.shape_words import shape_words
from assistant.vocabulary import Alarm, AlarmSite, EventKind, Leak, LeakSite, Priority, Shape

_LOW, _MEDIUM, _HIGH, _NONE = Priority.LOW, Priority.MEDIUM, Priority.HIGH, Priority.NONE
_PIPELINE, _BOTH = (Raiser.PIPELINE,), (Raiser.PIPELINE, Raiser.SESSION)
_VEIN_ADVICE = "Venous outflow: move the tip (Barriga-Martín 2022)"
_DISC_ADVICE = "Cannula back 2–3 mm, let it harden (Reyhani 2025)"
_OUTSIDE_ADVICE = "Plug with dough, then wire-drawing (Huang, preprint)"
WATCH_SECOND: Final = "Watch that C-arm's own screen."
"""Action where the second picture is not monitored."""


def _of_cement(
    code: str,
    rule: RaisingRule,
    place: tuple[EventKind, AlarmSite, Line],
    priority: Priority,
    words: tuple[str, str],
    names: tuple[str, str],
    advice: str = "",
    gap_s: float | None = None,
) -> PipelineRow:
    """A row that looks at the cement: as grave before the injection as during it; only being near lets go by itself."""
    return PipelineRow(
        code=code,
        raised_by=_PIPELINE,
        priority_injecting=priority,
        priority_before=priority,
        latched=rule is not RaisingRule.NEAR,
        gap_s=gap_s,
        headline=words[0],
        action=words[1],
        title=names[0],
        short=names[1],
        advice=advice,
        of_second=True,
        kind=place[0],
        site=place[1],
        watched=place[2],
        rule=rule,
    )


def _vein(site: AlarmSite, watched: Line) -> PipelineRow:
    words = ("POSSIBLE VENOUS LEAK", "Stop. Tell anaesthesia. Wait.")
    names = ("Possible venous leak", "venous leak?")
    return _of_cement("A3", RaisingRule.VEIN, (EventKind.LEAK, site, watched), _HIGH, words, names, _VEIN_ADVICE)


def _in_disc(site: AlarmSite, watched: Line) -> PipelineRow:
    """The second stage of A5: a leak stands in the disc. The shape is put into the headline by `with_shapes`."""
    words, names = ("CEMENT IN DISC", "Pause. Consider ending at this level."), ("Cement in disc", "cement in disc")
    return _of_cement("A5", RaisingRule.LEAK, (EventKind.LEAK, site, watched), _MEDIUM, words, names, _DISC_ADVICE)


def _at_endplate(site: AlarmSite, watched: Line, name: str) -> PipelineRow:
    """The first stage of A5: the front is at the endplate."""
    words = (f"CEMENT AT {name} ENDPLATE", "Pause. Pull back 2–3 mm, wait.")
    names = ("At endplate", f"{name.lower()} endplate")
    return _of_cement(
        "A5", RaisingRule.CROSSED, (EventKind.ENDPLATE, site, watched), _MEDIUM, words, names, _DISC_ADVICE
    )


def _outside(site: AlarmSite, watched: Line) -> PipelineRow:
    words, names = ("CEMENT OUTSIDE BODY", "Pause. Check second plane."), ("Cement outside body", "outside body")
    return _of_cement("A6", RaisingRule.LEAK, (EventKind.LEAK, site, watched), _MEDIUM, words, names, _OUTSIDE_ADVICE)


def _near_endplate(site: AlarmSite, watched: Line) -> PipelineRow:
    words, names = ("Near endplate", ""), ("Near endplate", "near endplate")
    return _of_cement("", RaisingRule.NEAR, (EventKind.APPROACHING_ENDPLATE, site, watched), _LOW, words, names)


CANAL: Final = _of_cement(
    "A2",
    RaisingRule.CROSSED,
    (EventKind.POSTERIOR_WALL, AlarmSite.POSTERIOR, Line.POSTERIOR_WALL),
    _HIGH,
    ("CEMENT IN CANAL ZONE", "Stop. Assess. Check AP."),
    ("In canal zone", "canal zone"),
    "Stop, look AP (posterior-quarter rule)",
    CANAL_GAP_S,
)
LINE: Final = _of_cement(
    "A1",
    RaisingRule.CROSSED,
    (EventKind.WARNING_LINE, AlarmSite.POSTERIOR, Line.WARNING_LINE),
    _HIGH,
    ("CEMENT AT POSTERIOR LINE", "Stop injecting. Check both planes."),
    ("At posterior line", "posterior line"),
    "Stop, wait, look AP (posterior-quarter rule)",
)
NEAR_LINE: Final = _of_cement(
    "A4",
    RaisingRule.NEAR,
    (EventKind.APPROACHING_POSTERIOR, AlarmSite.POSTERIOR, Line.WARNING_LINE),
    _MEDIUM,
    ("CEMENT NEAR POSTERIOR LINE", "Slow down. Take a picture."),
    ("Near posterior line", "near the line"),
    "Stiffer cement leaks less, on the bench (Habib 2010)",
)


def _technical(
    code: str,
    cause: tuple[EventKind, Watched],
    priorities: tuple[Priority, Priority],
    times_ms: tuple[float, float],
    words: tuple[str, str],
    names: tuple[str, str],
    *,
    by: tuple[Raiser, ...] = _BOTH,
    of_second: bool = False,
    silent: bool = False,
) -> PipelineRow:
    return PipelineRow(
        code=code,
        raised_by=by,
        priority_injecting=priorities[0],
        priority_before=priorities[1],
        silent=silent,
        headline=words[0],
        action=words[1],
        title=names[0],
        short=names[1],
        of_second=of_second,
        kind=cause[0],
        site=None,
        watched=cause[1],
        rule=RaisingRule.TECHNICAL,
        onset_ms=times_ms[0],
        hold_ms=times_ms[1],
    )


_NOT_MONITORING = ("NOT MONITORING", "Stop, or use C-arm screen.")
_NOT_VALID = ("LINES NOT VALID", "Re-confirm lines.")
NO_SIGNAL: Final = _technical(
    "A7",
    (EventKind.NO_SIGNAL, Watched.SIGNAL),
    (_HIGH, _LOW),
    (100, 300),
    _NOT_MONITORING,
    ("No signal", "not monitoring"),
    of_second=True,
)
MOVED: Final = _technical(
    "A8",
    (EventKind.REGISTRATION_LOST, Watched.REGISTRATION),
    (_HIGH, _MEDIUM),
    (120, 400),
    _NOT_VALID,
    ("Lines not valid", "lines not valid"),
    of_second=True,
)
VIEW_CHANGED: Final = _technical(
    "A8",
    (EventKind.VIEW_CHANGED, Watched.UNKNOWN_VIEW),
    (_HIGH, _MEDIUM),
    (600, 300),
    _NOT_VALID,
    ("View changed", "lines not valid"),
    by=_PIPELINE,
    of_second=True,
)
NOT_TRACKED: Final = _technical(
    "A11",
    (EventKind.UNUSABLE_IMAGE, Watched.IMAGE),
    (_MEDIUM, _LOW),
    (200, 500),
    ("CEMENT NOT TRACKED", "Judge by eye."),
    ("Picture not usable", "not tracked"),
    of_second=True,
)
OTHER_SIGN: Final = PipelineRow(
    code="A11",
    raised_by=_PIPELINE,
    priority_injecting=_MEDIUM,
    priority_before=_MEDIUM,
    latched=True,
    headline="CEMENT MAY BE MISSED",
    action="Picture inverted? Judge by eye.",
    title="Grows with the other sign",
    short="other sign grows",
    kind=EventKind.UNUSABLE_IMAGE,
    site=None,
    watched=Watched.POLARITY,
    rule=RaisingRule.OTHER_SIGN,
    hold_ms=2000,
    of_second=True,
)
SIGN_TURNED: Final = PipelineRow(
    code="A11",
    raised_by=_PIPELINE,
    priority_injecting=_MEDIUM,
    priority_before=_MEDIUM,
    latched=True,
    headline="DARK AND BRIGHT SWITCHED",
    action="Cement sought with other sign. Check by eye.",
    title="Sign of the picture changed",
    short="sign changed",
    kind=EventKind.UNUSABLE_IMAGE,
    site=None,
    watched=Watched.SIGN,
    rule=RaisingRule.SIGN_TURNED,
    hold_ms=2000,
    of_second=True,
)
HELD_RECORDED: Final = _technical(
    "A12",
    (EventKind.FROZEN, Watched.FREEZE),
    (_LOW, _LOW),
    (0, 0),
    ("HELD IMAGE", "Not live."),
    ("Held image", "held image"),
    by=_PIPELINE,
)
LIVE_OR_HELD: Final = _technical(
    "A11",
    (EventKind.UNUSABLE_IMAGE, Watched.LIVENESS),
    (_LOW, _LOW),
    (2000, 2000),
    ("LIVE OR HELD: NOT KNOWN", "Noisy video line. Watch C-arm screen."),
    ("Live or held: not known", "live or held?"),
    of_second=True,
)
OTHER_VIEW: Final = _technical(
    "",
    (EventKind.VIEW_CHANGED, Watched.OTHER_PLANNED_VIEW),
    (_LOW, _LOW),
    (0, 2000),
    ("OTHER VIEW SHOWN", "Its own lines are drawn."),
    ("View changed", "other view"),
    by=_PIPELINE,
)
SLOW: Final = _technical(
    "A16",
    (EventKind.SLOW_PROCESSING, Watched.PROCESSING),
    (_LOW, _LOW),
    (0, 2000),
    ("SLOW: {ms:.0f} ms", ""),
    ("Analysis slow", "slow"),
    silent=True,
)

FROM_PICTURES: Final[tuple[PipelineRow, ...]] = (
    CANAL,
    LINE,
    _vein(AlarmSite.ANTERIOR, Line.ANTERIOR_WALL),
    _vein(AlarmSite.LATERAL, Line.SIDE_WALL),
    _in_disc(AlarmSite.SUPERIOR_ENDPLATE, Line.SUPERIOR_ENDPLATE),
    _in_disc(AlarmSite.INFERIOR_ENDPLATE, Line.INFERIOR_ENDPLATE),
    _at_endplate(AlarmSite.SUPERIOR_ENDPLATE, Line.SUPERIOR_ENDPLATE, "SUPERIOR"),
    _at_endplate(AlarmSite.INFERIOR_ENDPLATE, Line.INFERIOR_ENDPLATE, "INFERIOR"),
    _outside(AlarmSite.ANTERIOR, Line.ANTERIOR_WALL),
    _outside(AlarmSite.LATERAL, Line.SIDE_WALL),
    NEAR_LINE,
    _near_endplate(AlarmSite.SUPERIOR_ENDPLATE, Line.SUPERIOR_ENDPLATE),
    _near_endplate(AlarmSite.INFERIOR_ENDPLATE, Line.INFERIOR_ENDPLATE),
    NO_SIGNAL,
    MOVED,
    VIEW_CHANGED,
    NOT_TRACKED,
    SIGN_TURNED,
    OTHER_SIGN,
    HELD_RECORDED,
    LIVE_OR_HELD,
    OTHER_VIEW,
    SLOW,
)
"""What the pipeline raises, in the order in which it is decided."""


def _of_session(
    code: str,
    priorities: tuple[Priority, Priority],
    words: tuple[str, str],
    names: tuple[str, str],
    *,
    by: Raiser = Raiser.SESSION,
    latched: bool = False,
    silent: bool = False,
    gap_s: float | None = None,
    of_second: bool = False,
) -> AlarmRow:
    injecting, before = priorities
    (headline, action), (title, short) = words, names
    return AlarmRow(
        code=code,
        raised_by=(by,),
        priority_injecting=injecting,
        priority_before=before,
        latched=latched,
        silent=silent,
        gap_s=gap_s,
        headline=headline,
        action=action,
        title=title,
        short=short,
        of_second=of_second,
    )


FROZEN: Final = _of_session(
    "A7", (_HIGH, _MEDIUM), _NOT_MONITORING, ("Picture frozen", "not monitoring"), of_second=True
)
LATE: Final = _of_session("A7", (_HIGH, _LOW), _NOT_MONITORING, ("Analysis late", "not monitoring"), of_second=True)
NOT_FLUOROSCOPY: Final = _of_session(
    "A7",
    (_HIGH, _MEDIUM),
    ("NOT FLUOROSCOPY", "Stop. Choose the right input."),
    ("Not fluoroscopy", "not fluoroscopy"),
    of_second=True,
)
UNCONFIRMED: Final = _of_session(
    "A8", (_MEDIUM, _MEDIUM), _NOT_VALID, ("Lines not valid", "lines not valid"), of_second=True
)
STOPPED: Final = _of_session(
    "A9",
    (_HIGH, _HIGH),
    ("ASSISTANT STOPPED", "Use C-arm screen."),
    ("Assistant stopped", "assistant stopped"),
    by=Raiser.WATCHDOG,
    latched=True,
)
NO_SOUND: Final = _of_session(
    "A10",
    (_MEDIUM, _MEDIUM),
    ("NO ALARM SOUND", "Watch the screen."),
    ("No alarm sound", "no alarm sound"),
    silent=True,
)
HELD: Final = _of_session(
    "A12", (_LOW, _NONE), ("HELD IMAGE {seconds:.0f} s", "Not live."), ("Held image", "held image")
)
NO_SHAPE: Final = _of_session(
    "A13", (_LOW, _LOW), ("SHAPE NOT AVAILABLE", ""), ("Shape not available", "no shape"), silent=True
)
NOT_RECORDING: Final = _of_session(
    "A14",
    (_LOW, _LOW),
    ("NOT RECORDING", "Monitoring continues."),
    ("Not recording", "not recording"),
    latched=True,
    of_second=True,
)
DISK: Final = _of_session("A15", (_LOW, _LOW), ("DISK: {minutes:.0f} min left", ""), ("Disk nearly full", "disk"))
PASSED_OVER: Final = _of_session(
    "A16", (_LOW, _LOW), ("SLOW: {percent:.0f} % passed over", ""), ("Analysis slow", "slow"), silent=True
)
LOG: Final = _of_session(
    "A17", (_LOW, _LOW), ("LOG NEEDS CHECK", ""), ("Log needs check", "log"), latched=True, silent=True
)
BATTERY: Final = _of_session(
    "A18", (_MEDIUM, _MEDIUM), ("PLUG IN", "{percent:.0f} % left"), ("Plug in", "battery"), gap_s=BATTERY_GAP_S
)

TABLE: Final[tuple[AlarmRow, ...]] = (
    *FROM_PICTURES,
    *(FROZEN, LATE, NOT_FLUOROSCOPY, UNCONFIRMED, STOPPED, NO_SOUND, HELD, NO_SHAPE),
    *(NOT_RECORDING, DISK, PASSED_OVER, LOG, BATTERY),
)
"""Every row."""
CODES: Final = tuple(f"A{number}" for number in range(1, 19))

SITE_OF_LEAK: Final = {
    LeakSite.POSTERIOR: AlarmSite.POSTERIOR,
    LeakSite.SUPERIOR_DISC: AlarmSite.SUPERIOR_ENDPLATE,
    LeakSite.INFERIOR_DISC: AlarmSite.INFERIOR_ENDPLATE,
    LeakSite.ANTERIOR: AlarmSite.ANTERIOR,
    LeakSite.LATERAL: AlarmSite.LATERAL,
}
"""Where a leak's alarm is said to be."""


def row_of(alarm: Alarm) -> PipelineRow:
    """The row that an alarm of the pipeline is of; of one from an older file, which may name no site, the nearest."""
    rows = [row for row in FROM_PICTURES if row.kind is alarm.kind]
    return min(
        rows,
        key=lambda row: (
            row.site is not alarm.site,
            alarm.priority not in (row.priority_injecting, row.priority_before),
            row.headline != alarm.headline,
            row.rule is not RaisingRule.CROSSED,
        ),
    )


def standing_row(code: str, kind: EventKind | None, site: AlarmSite | None, headline: str = "") -> AlarmRow | None:
    """The row of what stands on the screen: by its code, and by kind, site and words where the pipeline raised it."""
    rows = [row for row in TABLE if row.code == code]
    exact = [row for row in rows if isinstance(row, PipelineRow) and row.kind is kind and row.site is site]
    return next(iter([*(row for row in exact if row.headline == headline), *exact, *rows]), None)


def takes_place_of(row: PipelineRow) -> tuple[PipelineRow, ...]:
    """The rows that give place to this one: of the same line, and less grave."""
    return tuple(r for r in FROM_PICTURES if r.watched is row.watched and row.rule in GRAVER.get(r.rule, ()))


def with_shapes(alarms: Iterable[Alarm], leaks: Iterable[Leak]) -> tuple[Alarm, ...]:
    """The same alarms; those of a leak in a disc say its shape, as far as it is known."""
    shapes = {SITE_OF_LEAK[leak.site]: leak.shape for leak in leaks if leak.shape is not None}
    return tuple(_with_shape(alarm, shapes.get(alarm.site) if alarm.site is not None else None) for alarm in alarms)


def _with_shape(alarm: Alarm, shape: Shape | None) -> Alarm:
    if shape is None or alarm.kind is not EventKind.LEAK:
        return alarm
    shape_text = shape_words(shape.label, shape.p_spike, ", ")
    return replace(alarm, headline=f"{row_of(alarm).headline} (shape: {shape_text})")
