"""The console zooms, a person takes it over, and goes on to the next level: its scale is that of the zoomed picture."""

from __future__ import annotations

import json
from typing import Any

import pytest
from PyQt6.QtCore import Qt

from assistant.setup.model import Step
from tests.journeys.room import Room
from tests.journeys.test_console_display import mirrored, zoomed
from tests.journeys.test_console_display_live import grainy, press
from tests.small_run import COLS, INFERIOR, ROWS, SUPERIOR
from ui.setup import proposals

K = Qt.Key
ZOOM, SCALE = 1.35, 0.4
POINTS = [*SUPERIOR, *INFERIOR]


class Theatre(Room):
    """With lines placed by keys, and a scale that was typed."""

    def __init__(self, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(qtbot, monkeypatch)
        self._qtbot, self.zoom = qtbot, 1.0
        monkeypatch.setattr(proposals, "ask", lambda *_args: self.points)
        self.made = iter(grainy(80))

    @property
    def points(self) -> list[tuple[float, float]]:
        """Of the body, as the picture shows it now."""
        x0, y0 = (COLS - 1) / 2, (ROWS - 1) / 2
        return [(x0 + self.zoom * (x - x0), y0 + self.zoom * (y - y0)) for x, y in POINTS]

    def film(self, count: int) -> None:
        """So many frames."""
        for _ in range(count):
            grey = next(self.made)
            self.show(grey if self.zoom == 1.0 else zoomed(self.zoom)(grey))

    def confirm_points(self) -> None:
        """All six, as they are proposed."""
        view = self.page.setup.state.setup.view
        self._qtbot.waitUntil(lambda: view.points[5].at == pytest.approx(self.points[5]))
        for _ in range(6):
            press(self, K.Key_Return)
        assert self.page.setup.state.step is Step.SCALE

    def arm(self) -> float:
        """From the line to injecting; the scale of the plan on the disk."""
        assert self.page.setup.state.step is Step.LINE
        press(self, K.Key_Return)
        self.until(lambda status: status.armed, lambda: self.film(1), most=12)
        plan = json.loads((self.session.folder / "plan.json").read_text(encoding="utf-8"))
        return float(plan["views"][0]["mm_per_px"])

    def first_level(self) -> None:
        """Lines of the first level, injecting, and its end."""
        self.film(4)
        self.page.controller.begin_set_up(at="level")
        press(self, K.Key_Return)
        self.confirm_points()
        for key in (K.Key_0, K.Key_Period, K.Key_4, K.Key_Return):
            press(self, key)
        assert self.arm() == SCALE
        self.film(6)

    def end_injecting(self) -> None:
        """`I` held; by a clock turned by hand nobody holds a key."""
        self.session.disarm()
        self.tick()

    @property
    def told(self) -> str:
        """What the panel of the set-up says."""
        state = self.page.setup.state
        return f"{state.message} {state.scale.note}"


@pytest.fixture
def theatre(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Theatre:
    made = Theatre(qtbot, monkeypatch)
    made.first_level()
    return made


def next_level(theatre: Theatre) -> None:
    theatre.end_injecting()
    press(theatre, K.Key_N)
    theatre.film(1)
    press(theatre, K.Key_Return)
    theatre.confirm_points()


def test_a_zoom_that_was_taken_over_divides_the_scale_of_the_next_level(theatre: Theatre) -> None:
    theatre.zoom = ZOOM
    theatre.film(12)
    press(theatre, K.Key_T)
    theatre.film(6)
    next_level(theatre)
    press(theatre, K.Key_Return)
    assert theatre.arm() == pytest.approx(SCALE / ZOOM, rel=0.015)
    (view,) = json.loads((theatre.session.folder / "plan.json").read_text(encoding="utf-8"))["views"]
    assert "typed" in view["scale_by"]
    assert "divided by the zoom ×1.3" in view["scale_by"]
    # The new lines are of the zoomed picture: one more level in the same picture has the same scale.
    theatre.film(6)
    next_level(theatre)
    press(theatre, K.Key_Return)
    assert theatre.arm() == pytest.approx(SCALE / ZOOM, rel=0.015)


def test_after_a_mirror_the_next_level_asks_which_way_round_the_picture_is(theatre: Theatre) -> None:
    for _ in range(12):
        theatre.show(mirrored(next(theatre.made)))
    press(theatre, K.Key_T)
    for _ in range(6):
        theatre.show(mirrored(next(theatre.made)))
    theatre.end_injecting()
    press(theatre, K.Key_N)
    state = theatre.page.setup.state
    assert (state.step, Step.ORIENTATION in state.done) == (Step.ORIENTATION, False)
    assert "The picture is mirrored since" in state.message
    press(theatre, K.Key_Return)
    assert (state.step, Step.ORIENTATION in state.done) == (Step.LEVEL, True)


def test_a_zoom_that_went_back_leaves_the_scale_as_it_was(theatre: Theatre) -> None:
    theatre.zoom = ZOOM
    theatre.film(12)
    press(theatre, K.Key_T)
    theatre.film(6)
    theatre.zoom = 1.0
    theatre.film(8)
    next_level(theatre)
    press(theatre, K.Key_Return)
    assert theatre.arm() == pytest.approx(SCALE, rel=0.001)


def test_of_a_zoom_that_nobody_took_over_no_scale_is_proposed_and_it_is_said_why(theatre: Theatre) -> None:
    theatre.zoom = ZOOM
    theatre.film(12)
    next_level(theatre)
    assert not theatre.page.setup.state.scale.typed
    assert "No scale is proposed: the picture is zoomed ×1.3" in theatre.told
    assert "Measure the cannula" in theatre.told
    press(theatre, K.Key_Return)
    assert theatre.page.setup.state.step is Step.SCALE, "nothing is used"


def test_a_fresh_picture_of_another_zoom_gets_the_scale_as_a_proposal(theatre: Theatre) -> None:
    theatre.zoom = ZOOM
    theatre.film(12)
    press(theatre, K.Key_T)
    theatre.film(6)
    theatre.end_injecting()
    press(theatre, K.Key_L)  # the points of this level again, on a fresh picture
    state = theatre.page.setup.state
    assert state.step is Step.POINTS
    press(theatre, K.Key_F)
    assert state.setup.view.mm_per_px is None
    for _ in range(6):
        press(theatre, K.Key_Return)
    assert float(state.scale.typed) == pytest.approx(SCALE / ZOOM, rel=0.015)


def test_an_ap_picture_never_uses_the_lateral_scale_by_itself(theatre: Theatre) -> None:
    next_level(theatre)
    press(theatre, K.Key_Return)
    theatre.zoom = ZOOM
    theatre.film(12)
    state = theatre.page.setup.state
    press(theatre, K.Key_A)
    assert state.setup.view.view == "ap"
    assert state.setup.view.mm_per_px is None, "never used by itself"
    assert not state.scale.typed
    assert "No scale is proposed" in theatre.told
