"""The set-up by keyboard alone, on a fake session and on the demo played as if it were live."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent

from assistant.capture.camera.devices import QUALIFIED
from assistant.live.messages import LiveState
from assistant.run_facts import RunFacts
from assistant.settings.tree import AlarmSettings, Settings
from assistant.setup.model import PointStatus, SetUp, Step
from assistant.setup.sources import SourceChoice
from assistant.system.places import demo_run
from assistant.vocabulary import Unknown
from tests.ui.theatre.fake_session import FakeSession
from tests.waiting import HUNG_S
from ui.setup import proposal_child, proposals
from ui.setup.checks import checks_as_rows
from ui.setup.scale import Scale
from ui.setup.steps import StepContext, show_step
from ui.shell import Shell
from ui.theatre.page import TheatrePage

K = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _nothing_is_proposed(request, monkeypatch) -> None:
    if "child" not in request.node.name:
        monkeypatch.setattr(proposals, "ask", lambda *_args: Unknown("Nothing is proposed in this test."))


@pytest.fixture
def page(qtbot) -> Iterator[TheatrePage]:
    shell = Shell(Settings(), {"theatre": lambda settings: TheatrePage(settings, FakeSession)})
    shell.resize(1920, 1080)
    qtbot.addWidget(shell)
    shell.show()
    shell.go_to("theatre")
    made = shell.page("theatre")
    made.setup.controller.choose_source("play:nothing")
    qtbot.waitUntil(lambda: made.setup.state.step is Step.ORIENTATION)
    yield made
    if made.session is not None:
        made.session.armed = False
    shell.close()


def _key(page: TheatrePage, key: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    page.press(QKeyEvent(QEvent.Type.KeyPress, key, modifiers))
    page.release(QKeyEvent(QEvent.Type.KeyRelease, key, modifiers))


def _to_points(page: TheatrePage) -> None:
    _key(page, K.Key_Y)
    _key(page, K.Key_Return)
    assert page.setup.state.step is Step.POINTS


def test_steps_whose_ground_is_missing_are_not_entered(page) -> None:
    page.setup.controller.go(Step.LINE)
    assert page.setup.state.step is Step.POINTS
    assert "Confirm all six points" in page.setup.state.message


def test_any_step_is_done_again_by_one_key(page) -> None:
    _to_points(page)
    for number in (1, 3, 2, 4):
        _key(page, K.Key_0 + number, Qt.KeyboardModifier.ControlModifier)
        assert page.setup.state.step is Step(number)
    _key(page, K.Key_6, Qt.KeyboardModifier.ControlModifier)
    assert page.setup.state.step is Step.POINTS


def test_points_are_used_only_after_each_was_confirmed(page) -> None:
    _to_points(page)
    view = page.setup.state.setup.view
    assert view.placed
    assert not view.whole
    for number in range(6):
        assert page.setup.state.setup.document()["views"] == []
        _key(page, K.Key_Return)
        assert view.points[number].status is PointStatus.CONFIRMED
    assert page.setup.state.step is Step.SCALE


def test_a_confirmed_point_that_is_moved_has_to_be_looked_at_again(page) -> None:
    _to_points(page)
    _key(page, K.Key_Return)
    _key(page, K.Key_Tab)
    for _ in range(5):
        _key(page, K.Key_Tab)
    view = page.setup.state.setup.view
    view.active = 0
    before = view.points[0].at
    _key(page, K.Key_Right)
    _key(page, K.Key_Down, SHIFT)
    assert view.points[0].status is PointStatus.CHECK
    assert view.points[0].at == (before[0] + 1, before[1] + 10)
    _key(page, K.Key_Z, CONTROL)
    _key(page, K.Key_Z, CONTROL)
    assert view.points[0].at == before
    assert view.points[0].status is PointStatus.CONFIRMED
    _key(page, K.Key_Y, CONTROL)
    assert view.points[0].status is PointStatus.CHECK


def test_arrows_move_as_on_the_screen_when_the_picture_is_flipped_or_turned(page) -> None:
    _key(page, K.Key_H)
    _key(page, K.Key_R)
    _to_points(page)
    view, turn = page.setup.state.setup.view, page.picture.turn
    before = turn.forward(np.array([view.points[0].at]))[0]
    _key(page, K.Key_Right)
    after = turn.forward(np.array([view.points[0].at]))[0]
    assert after - before == pytest.approx([1.0, 0.0])


def test_set_up_ends_armed_with_confirmed_lines(page, qtbot) -> None:
    _to_points(page)
    for _ in range(6):
        _key(page, K.Key_Return)
    for key in (K.Key_0, K.Key_Period, K.Key_2, K.Key_7):
        _key(page, key)
    _key(page, K.Key_Return)
    assert page.setup.state.step is Step.LINE
    for _ in range(3):
        _key(page, K.Key_Plus)
    _key(page, K.Key_Minus)
    _key(page, K.Key_Return)
    qtbot.waitUntil(lambda: page.session.armed)
    assert page.session.acts == ["start", "set_plan", "confirm_lines", "arm"]
    view = page.session.document["views"][0]
    assert view["mm_per_px"] == 0.27
    assert view["warning_line_fraction"] == 0.27
    assert view["calibrated"]
    assert not page.in_set_up


def test_uncalibrated_shows_shares_of_the_depth_and_no_millimetres(page, qtbot) -> None:
    _to_points(page)
    for _ in range(6):
        _key(page, K.Key_Return)
    _key(page, K.Key_U)
    _key(page, K.Key_Return)
    qtbot.waitUntil(lambda: page.session.armed)
    page.refresh()
    told = page.display.distances.spoken()
    assert "uncal." in told
    assert "mm" not in told


def test_a_second_view_has_its_own_picture_and_points(page, qtbot) -> None:
    _to_points(page)
    for _ in range(6):
        _key(page, K.Key_Return)
    for key in (K.Key_0, K.Key_Period, K.Key_3):
        _key(page, key)
    _key(page, K.Key_Return)
    page.session.next_frame()
    qtbot.waitUntil(lambda: page.procedure.frame.index == 1)
    _key(page, K.Key_A)
    assert page.setup.state.step is Step.POINTS
    for _ in range(6):
        _key(page, K.Key_Return)
    _key(page, K.Key_Return)
    views = page.setup.state.setup.document()["views"]
    assert [(view["view"], view["reference_frame"]) for view in views] == [("lateral", 0), ("ap", 1)]
    assert views[1]["mm_per_px"] == 0.3


def test_set_up_closes_by_a_key_and_the_session_goes_on(page) -> None:
    _key(page, K.Key_Escape)
    assert not page.in_set_up
    assert page.session is not None


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 1024), (1100, 700), (3840, 2160)])
def test_every_step_is_painted_in_every_size(page, size) -> None:
    page.window().resize(*size)
    for _ in range(10):
        page.grab()
        _key(page, K.Key_Return)


def test_scale_refuses_what_cannot_be() -> None:
    view = SetUp(lines=AlarmSettings().warning_lines).view
    scale = Scale()
    assert "Measure" in scale.use(view, None)
    for character in "99":
        scale.type_in(character)
    assert "between" in scale.use(view, None)
    assert view.mm_per_px is None
    assert scale.use(view, None)
    assert Scale().use(view, 0.25) == ""
    assert view.scale_by == "from the file"


def test_from_a_cold_start_to_armed_on_the_demo_by_keyboard(qtbot) -> None:
    """The whole way with real processes: window, source, six points, scale, line, armed. How soon: `bench_ways.py`."""
    shell = Shell(Settings())
    shell.resize(1920, 1080)
    qtbot.addWidget(shell)
    shell.show()
    qtbot.keyClick(shell, K.Key_F1)
    page = shell.page("theatre")
    try:
        demo = next(k for k, choice in enumerate(page.setup.state.choices) if choice.address == f"play:{demo_run()}")
        qtbot.keyClick(shell, K(K.Key_1 + demo))
        qtbot.keyClick(shell, K.Key_Return)
        qtbot.waitUntil(lambda: page.setup.state.step is Step.ORIENTATION)
        qtbot.keyClick(shell, K.Key_Y)
        qtbot.keyClick(shell, K.Key_Return)
        for _ in range(6):
            qtbot.keyClick(shell, K.Key_Return)
        qtbot.keyClick(shell, K.Key_Return)
        qtbot.keyClick(shell, K.Key_T)
        qtbot.keyClick(shell, K.Key_Return)
        qtbot.waitUntil(lambda: page.session.status.armed)
        qtbot.waitUntil(lambda: page.session.status.state is LiveState.LIVE)
    finally:
        if page.session is not None:
            page.session.disarm()
            qtbot.waitUntil(lambda: not page.session.status.armed)
        assert shell.close()


def test_a_proposal_comes_behind_the_window_and_is_only_proposed(page, qtbot, monkeypatch) -> None:
    places = [(200.0, 200.0), (250.0, 198.0), (300.0, 201.0), (200.0, 260.0), (250.0, 262.0), (300.0, 259.0)]
    asked = []

    def ask(grey, white, view, click_px):
        asked.append((view, click_px))
        return list(places)

    monkeypatch.setattr(proposals, "ask", ask)
    _to_points(page)
    view = page.setup.state.setup.view
    qtbot.waitUntil(lambda: view.points[0].status is PointStatus.PROPOSED)
    assert view.points[5].at == (300.0, 259.0)
    assert page.setup.state.setup.document()["views"] == []
    _key(page, K.Key_Right)
    assert view.points[0].status is PointStatus.CHECK
    _key(page, K.Key_P)
    qtbot.waitUntil(lambda: view.points[0].at == (200.0, 200.0))
    assert asked == [("lateral", None), ("lateral", (201.0, 200.0))]


def test_a_proposal_that_comes_late_does_not_move_what_the_person_placed(page, qtbot, monkeypatch) -> None:
    go_on = threading.Event()

    def ask(*_args):
        go_on.wait(HUNG_S)
        return [(1.0, 1.0)] * 6

    monkeypatch.setattr(proposals, "ask", ask)
    _to_points(page)
    _key(page, K.Key_Right)
    before = page.setup.state.setup.view.points[0].at
    go_on.set()
    qtbot.waitUntil(lambda: "after you had begun" in page.setup.state.setup.view.proposal_note)
    assert page.setup.state.setup.view.points[0].at == before


def test_without_a_proposal_the_points_are_left_to_the_person(page, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(proposals, "ask", lambda *_args: Unknown("Place the points."))
    _to_points(page)
    view = page.setup.state.setup.view
    qtbot.waitUntil(lambda: view.proposal_note == "Place the points.")
    assert view.placed
    assert not any(point.status is PointStatus.PROPOSED for point in view.points)


def test_the_child_that_looks_for_points_answers_or_says_why_not(monkeypatch) -> None:
    flat = np.full((64, 64), 90, np.uint8)
    answer = proposal_child.ask(flat, 255, "lateral", None)
    assert isinstance(answer, Unknown)
    assert answer.reason
    assert "must be" in proposal_child.ask(flat, 255, "oblique", None).reason
    monkeypatch.setattr(proposal_child, "LIMIT_S", 0.01)
    assert "within" in proposal_child.ask(flat, 255, "lateral", None).reason


def test_what_was_measured_of_a_grabber_is_told_and_that_none_is_qualified(page) -> None:
    page.setup.begin("source")
    panel, controller = page.setup.state, page.setup.controller
    camera = SourceChoice(address="camera:0", name="Grabber", detail="")
    panel.choices, panel.chosen = [camera, *panel.choices], 0
    assert show_step(controller, StepContext()).foot == QUALIFIED
    panel.setup.source = camera.address
    notes = ("The camera mixes half pictures: 12 of 12 pictures at the start are two half pictures in one.",)
    panel.facts = RunFacts(source="x", width_px=720, height_px=576, fps=25.0, frame_count=None, notes=notes)
    assert show_step(controller, StepContext()).foot == notes[0]
    panel.chosen = 1
    assert "rehearsal" in show_step(controller, StepContext()).foot


def test_the_short_self_test_tells_sound_disk_clock_model_rate_and_delay(page) -> None:
    rows = {row.text: row for row in checks_as_rows(page.sound, page.setup.state.status)}
    assert list(rows) == ["Alarm sound", "Disk", "Clock", "Model", "New pictures", "Delay"]
    assert rows["Clock"].icon == "tick"
    assert rows["Model"].value.startswith(("whole", "none"))
    page.sound.fault, page.sound.heard = "", None
    (sound, *_) = checks_as_rows(page.sound, page.setup.state.status)
    assert "not confirmed" in sound.value
    page.sound.heard = True
    assert checks_as_rows(page.sound, page.setup.state.status)[0].value == "heard"
