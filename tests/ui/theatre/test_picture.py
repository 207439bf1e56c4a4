"""The plates ANT and POST on the live picture: where the console shows them, and no word where that is not known."""

from dataclasses import replace
from typing import Any

import pytest

from assistant.console_display import ConsoleDisplay
from assistant.geometry import after, similarity_from_matrix
from assistant.live.messages import Lines, LiveMoment, LiveState
from assistant.vocabulary import REPLAYED, Motion, Unknown
from tests.ui.theatre.fake_session import PLAN, SIZE, moment, picture, status
from ui.theatre.picture import LivePicture
from ui.widgets import overlay

WORDLESS = (LiveState.NO_SIGNAL, LiveState.NOT_FLUOROSCOPY, LiveState.ANALYSIS_LATE)
"""Black, another input's picture, and pictures that nobody has looked at yet."""
AS_PLANNED = ConsoleDisplay()
MIRRORED, UPSIDE_DOWN = ConsoleDisplay(mirrored=True), ConsoleDisplay(turn_deg=180.0)


@pytest.fixture
def plates(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each pair of plates that was drawn: whether anterior is on the left."""
    drawn: list[bool] = []
    monkeypatch.setattr(overlay, "draw_sides", lambda _, *, anterior_left, **__: drawn.append(anterior_left))
    return drawn


def shown_as(display: ConsoleDisplay) -> LiveMoment:
    """A moment whose picture the console shows like that."""
    made = moment(10)
    assert isinstance(made.motion, Motion)
    similarity = made.motion.similarity
    matrix = after(display.current_from_planned(SIZE, SIZE), similarity.current_from_reference())
    laid = similarity_from_matrix(matrix, similarity.centre_px)
    return replace(made, motion=replace(made.motion, similarity=laid))


def paint(qtbot: Any, state: LiveState, *moments: LiveMoment, **more: Any) -> None:
    """The picture after these moments, one after another; only the last is painted."""
    live = LivePicture()
    qtbot.addWidget(live)
    live.resize(800, 800)
    for k, each in enumerate(moments):
        live.show_live(picture(10 + k), status(state, moment=each, **more), PLAN.views)
    live.grab()


@pytest.mark.parametrize("state", list(LiveState))
@pytest.mark.parametrize(
    ("display", "anterior_left"), [(AS_PLANNED, True), (MIRRORED, False), (UPSIDE_DOWN, False)], ids=str
)
def test_they_stand_where_the_console_shows_them_in_every_state(
    qtbot: Any, plates: list[bool], state: LiveState, display: ConsoleDisplay, anterior_left: bool
) -> None:
    paint(qtbot, state, shown_as(display), lines=Lines.UNCONFIRMED)
    assert plates == ([] if state in WORDLESS else [anterior_left])


@pytest.mark.parametrize("state", [LiveState.STALE, LiveState.UNKNOWN_VIEW, LiveState.HELD, LiveState.LIVE])
@pytest.mark.parametrize("offered", [None, MIRRORED], ids=["not found", "offered"])
def test_no_word_while_it_is_not_known_how_the_picture_is_shown(
    qtbot: Any, plates: list[bool], state: LiveState, offered: ConsoleDisplay | None
) -> None:
    lost = moment(11, motion=Unknown("the picture is mirrored against the plan"), offered=offered, cement_known=False)
    paint(qtbot, state, shown_as(AS_PLANNED), lost, drawable=False)
    assert plates == []


def test_no_word_on_a_replay_which_may_be_from_before_the_console_turned_it(qtbot: Any, plates: list[bool]) -> None:
    played = moment(11, motion=Unknown(REPLAYED), cement_known=False)
    paint(qtbot, LiveState.HELD, shown_as(MIRRORED), played, drawable=False, reason=REPLAYED)
    assert plates == []


@pytest.mark.parametrize("quarter_deg", [90.0, 270.0])
def test_neither_side_is_anterior_where_that_is_above_or_below(
    qtbot: Any, plates: list[bool], quarter_deg: float
) -> None:
    for state in (LiveState.LIVE, LiveState.STALE):
        paint(qtbot, state, shown_as(ConsoleDisplay(turn_deg=quarter_deg)))
    assert plates == []
