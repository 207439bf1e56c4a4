"""What the theatre says is what is seen: nothing graver is hidden, nothing is cut off, no sentence is fixed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PyQt6.QtGui import QPainter

from assistant.alarm_table.table import TABLE
from assistant.live.messages import LiveState
from assistant.live.status import LiveAlarm
from assistant.vocabulary import AlarmSite, EventKind, Priority
from tests.ui.theatre.fake_session import HIGH, MEDIUM, alarm
from ui import theme
from ui.theatre import bar as bar_of_theatre
from ui.theatre.page import TheatrePage

SIZES = ((1920, 1080), (1280, 1024), (1366, 768), (1024, 768))
BLIND = alarm("A7", Priority.HIGH, "NOT MONITORING", "Stop, or use C-arm screen.")
HELD = alarm("A12", Priority.LOW, "HELD IMAGE 12 s", "Not live.")
MOVED = alarm("A8", Priority.HIGH, "LINES NOT VALID", "Re-confirm lines.")
CANAL = alarm("A2", Priority.HIGH, "CEMENT IN CANAL ZONE", "Stop. Assess. Check AP.", latched=True)
DISC = alarm(
    "A5",
    Priority.MEDIUM,
    "CEMENT IN DISC (shape: undetermined, 0.55)",
    "Pause. Consider ending at this level.",
    kind=EventKind.LEAK,
    site=AlarmSite.SUPERIOR_ENDPLATE,
    latched=True,
)
Drawn = list[tuple[str, bool]]
Show = Callable[..., str]


class _Recording(QPainter):
    """Notes what is written, and whether it is whole within its place."""

    drawn: Drawn = []  # noqa: RUF012

    def drawText(self, *given: Any) -> Any:
        place, *_, text = given
        whole = self.fontMetrics().horizontalAdvance(text) <= place.width() + 1
        within = self.transform().mapRect(place)
        self.drawn.append((text, whole and within.right() <= self.device().width() + 1))
        return super().drawText(*given)


@pytest.fixture
def show(armed: TheatrePage, shell, qapp, monkeypatch: pytest.MonkeyPatch) -> Show:
    """The page shows alarms of a state at a size; gives what the bar then reads, all of it whole."""
    theme.apply(qapp)
    monkeypatch.setattr(bar_of_theatre, "QPainter", _Recording)

    def show(state: LiveState, alarms: tuple[LiveAlarm, ...], size: tuple[int, int] = SIZES[0], asked: str = "") -> str:
        shell.resize(*size)
        armed.session.state, armed.session.more = state, {"alarms": alarms}
        armed.ask(asked)
        armed.display.arrange()
        armed.display.say(armed.session.status)
        _Recording.drawn = []
        armed.display.bar.grab()
        assert all(whole for _, whole in _Recording.drawn), _Recording.drawn
        return "\n".join(text for text, _ in _Recording.drawn)

    return show


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", [LiveState.NO_SIGNAL, LiveState.FROZEN, LiveState.HELD, LiveState.UNKNOWN_VIEW])
def test_the_gravest_alarm_about_the_patient_keeps_its_name(
    show: Show, state: LiveState, size: tuple[int, int]
) -> None:
    technical = {LiveState.HELD: HELD, LiveState.UNKNOWN_VIEW: MOVED}.get(state, BLIND)
    for grave in (CANAL, HIGH, replace(CANAL, holds=False)):
        others = (grave, replace(MEDIUM, before_held=state is not LiveState.UNKNOWN_VIEW))
        alarms = (*others, technical) if technical.priority < Priority.HIGH else (technical, *others)
        read = show(state, alarms, size)
        assert grave.headline.lower() in read.lower(), f"{state} hides it: {read}"
        assert technical.priority < Priority.HIGH or technical.headline in read


@pytest.mark.parametrize("size", SIZES)
def test_no_headline_is_cut_whatever_stands_beside(show: Show, size: tuple[int, int]) -> None:
    told = {row.headline.format(seconds=599, minutes=29, ms=1999, percent=99) for row in TABLE} | {DISC.headline}
    for headline in sorted(told):
        longest = replace(DISC, headline=headline)
        for state, alarms in (
            (LiveState.LIVE, (longest, MEDIUM)),
            (LiveState.HELD, (longest, replace(DISC, before_held=True, site=AlarmSite.INFERIOR_ENDPLATE))),
            (LiveState.NO_SIGNAL, (replace(longest, code="A7", kind=None, site=None, latched=False), DISC)),
        ):
            read = show(state, alarms, size)
            assert headline in read
