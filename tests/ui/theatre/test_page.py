"""The theatre on a fake session: what each key does, and what it must never do."""

import random
import time
from pathlib import Path

import pytest
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from assistant.live.messages import FaultNotice, Lines, LinesVoid, LiveState
from assistant.vocabulary import Unknown
from tests.ui.theatre.fake_session import HIGH, MEDIUM, PLAN, moment, status
from ui.theatre.page import TheatrePage
from ui.theatre.second import Second

K = Qt.Key


def _down(page: TheatrePage, key: int) -> None:
    page.press(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def _up(page: TheatrePage, key: int) -> None:
    page.release(QKeyEvent(QEvent.Type.KeyRelease, key, Qt.KeyboardModifier.NoModifier))


def _click(page: TheatrePage, key: int) -> None:
    _down(page, key)
    _up(page, key)


def test_pressing_the_injecting_key_again_does_not_disarm_but_holding_it_for_a_second_does(armed, qtbot) -> None:
    for _ in range(5):
        _click(armed, K.Key_I)
    assert armed.session.armed
    began = time.monotonic()
    _down(armed, K.Key_I)
    qtbot.waitUntil(lambda: not armed.session.armed)
    assert time.monotonic() - began >= 0.95
    _up(armed, K.Key_I)


def test_a_hold_ends_injecting_also_while_the_session_says_nothing(armed, qtbot, monkeypatch) -> None:
    def fails() -> None:
        raise ZeroDivisionError("by a planted fault")

    with qtbot.capture_exceptions() as faults, monkeypatch.context() as broken:
        broken.setattr(armed.session, "poll", fails)
        _down(armed, K.Key_I)
        qtbot.waitUntil(lambda: not armed.session.armed)
    assert faults
    _up(armed, K.Key_I)


def test_the_press_that_arms_does_not_disarm_however_long_it_is_held(armed, qtbot) -> None:
    armed.session.armed = False
    _down(armed, K.Key_I)
    assert armed.session.armed
    assert armed.controller.holding.act == ""
    _up(armed, K.Key_I)


def test_a_hold_ends_when_the_window_loses_the_keyboard(armed) -> None:
    _down(armed, K.Key_I)
    assert armed.controller.holding.act == "inject"
    armed.controller.let_go()
    assert armed.controller.holding.act == ""
    assert armed.session.armed


def test_a_window_that_is_too_small_refuses_to_arm(armed, shell) -> None:
    armed.session.armed = False
    shell.resize(1270, 1000)
    _click(armed, K.Key_I)
    assert not armed.session.armed
    assert "smaller" in armed.display.note


def test_without_confirmed_lines_the_session_says_why_it_does_not_arm(armed) -> None:
    armed.session.armed, armed.session.lines = False, Lines.UNCONFIRMED
    _click(armed, K.Key_I)
    assert not armed.session.armed
    assert "not confirmed" in armed.display.note


def test_lines_are_shown_before_they_can_be_confirmed(armed) -> None:
    armed.session.lines, armed.session.state = Lines.UNCONFIRMED, LiveState.UNKNOWN_VIEW
    _click(armed, K.Key_L)
    assert armed.picture.proposal is not None
    assert "confirm_lines" not in armed.session.acts
    assert "confirm" in armed.display.bar.message.action
    _click(armed, K.Key_L)
    assert armed.session.acts[-1] == "confirm_lines"
    assert armed.picture.proposal is None


def test_lines_cannot_be_changed_while_armed(armed) -> None:
    for key in (K.Key_L, K.Key_P, K.Key_N):
        _click(armed, key)
    assert not armed.in_set_up
    assert "set_plan" not in armed.session.acts


def test_millilitres_are_entered_taken_back_and_logged(armed) -> None:
    for key in (K.Key_Plus, K.Key_Plus, K.Key_Plus, K.Key_Minus):
        _click(armed, key)
    assert armed.procedure.log.total_ml == pytest.approx(0.4)
    assert [kind for kind, _ in armed.session.notes] == ["ml", "ml", "ml", "ml_back"]


def test_marks_looks_clips_and_key_images_are_logged(armed, qtbot) -> None:
    for key in (K.Key_M, K.Key_A, K.Key_B, K.Key_C, K.Key_X, K.Key_S, K.Key_R):
        _click(armed, key)
    kinds = [kind for kind, _ in armed.session.notes]
    assert kinds == ["pause", "ap_look", "bookmark", "cement_clock", "cement_stage", "key_image"]
    assert "clip" in armed.session.acts
    folder = armed.session.folder / "key_images"
    qtbot.waitUntil(lambda: len(list(folder.glob("key_001_*.png"))) == 2)


def test_the_cement_clock_starts_at_once_and_is_restarted_only_by_a_hold(armed, qtbot) -> None:
    _click(armed, K.Key_C)
    started = armed.procedure.log.mixed_ns
    _click(armed, K.Key_C)
    assert armed.procedure.log.mixed_ns == started
    _down(armed, K.Key_C)
    qtbot.waitUntil(lambda: armed.procedure.log.mixed_ns != started)
    _up(armed, K.Key_C)


def test_raw_only_while_the_key_is_held(armed) -> None:
    _down(armed, K.Key_O)
    assert armed.picture.raw
    _up(armed, K.Key_O)
    assert not armed.picture.raw


def test_bare_level_and_second_picture_leave_the_live_picture_uncovered(armed, shell) -> None:
    for key in (K.Key_Tab, K.Key_Z, K.Key_D, K.Key_D, K.Key_D):
        _click(armed, key)
        live = armed.picture.geometry()
        for other in armed.findChildren(QWidget):
            covers = other is not armed.picture and other.isVisibleTo(armed) and other.parent() is armed
            assert not (covers and other.geometry().intersects(live)), other
    assert armed.second.shows is Second.ADDED


def test_acknowledge_by_key_and_by_touch_on_the_bar(armed, qtbot) -> None:
    armed.session.more["alarms"] = (HIGH,)
    armed.refresh()
    _click(armed, K.Key_Space)
    bar = armed.display.bar
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.key_rect().center().toPoint())
    assert armed.session.acts.count("acknowledge") == 2


def test_another_page_or_closing_is_refused_while_armed_and_asked_once(armed, shell) -> None:
    assert armed.stay()
    assert not armed.may_close()
    assert "Close while injecting" in armed.display.bar.message.action
    _click(armed, K.Key_M)
    assert not armed.may_close()
    _click(armed, K.Key_Return)
    assert armed.may_close()


def test_messages_of_the_session_reach_the_person(armed, qtbot) -> None:
    armed.session.messages.append(FaultNotice(happened="The analysis stopped and starts again.", do="Judge by eye."))
    qtbot.waitUntil(lambda: "Judge by eye" in armed.display.note)
    armed.session.messages.append(LinesVoid(reason="the picture was lost"))
    qtbot.waitUntil(lambda: "the picture was lost" in armed.display.note)


@pytest.mark.parametrize("state", list(LiveState))
@pytest.mark.parametrize("size", [(1920, 1080), (1280, 1024), (2560, 1440)])
def test_every_state_is_painted_in_every_size_with_what_it_may_show(armed, shell, state, size) -> None:
    shell.resize(*size)
    armed.session.state = state
    armed.session.more["alarms"] = (MEDIUM,)
    armed.refresh()
    shell.grab()
    strip = armed.display.strip.left_words()
    assert strip[0] == str(state)
    assert strip[1].startswith("ARMED · ")
    told = armed.display.distances.spoken()
    if state is LiveState.LIVE:
        assert "≈ 8 mm" in told
    else:
        assert "mm" not in told


def test_states_look_different_from_each_other_in_grey(armed, shell) -> None:
    """Seven states, seven pictures: no two alike, also without colour."""
    seen = {}
    for state in LiveState:
        armed.session.state = state
        armed.refresh()
        image = armed.grab().toImage().scaled(240, 135).convertToFormat(image_format())
        seen[state] = bytes(image.constBits().asarray(image.sizeInBytes()))
    names = list(seen)
    for k, one in enumerate(names):
        for other in names[k + 1 :]:
            different = sum(abs(a - b) > 24 for a, b in zip(seen[one], seen[other], strict=True))
            assert different > 60, f"{one} and {other} differ in {different} of {len(seen[one])} places"


def image_format():
    from PyQt6.QtGui import QImage

    return QImage.Format.Format_Grayscale8


def test_another_state_is_told_everywhere_at_once(armed) -> None:
    """Strip, picture, bar and figures never speak of two states."""
    for state in (LiveState.NO_SIGNAL, LiveState.LIVE, LiveState.ANALYSIS_LATE, LiveState.NOT_FLUOROSCOPY):
        armed.session.state = state
        armed._tick()
        assert armed.display.strip.left_words()[0] == str(state)
        assert armed.picture.accessibleName().startswith(str(state))
        assert ("mm" in armed.display.distances.spoken()) is (state is LiveState.LIVE)


def test_figures_that_are_too_old_are_not_shown(armed) -> None:
    armed.session.more["drawable"] = False
    armed.refresh()
    assert "mm" not in armed.display.distances.spoken()


def test_rec_is_shown_only_while_the_file_grows(armed) -> None:
    assert armed.display.strip.recording_words()[0].startswith("REC 1.84 GB")
    old = status()
    stale = old.recording.__class__(folder="x", bytes_written=5, grew_ns=old.now_ns - 3_000_000_000)
    armed.session.more["recording"] = stale
    armed.refresh()
    assert armed.display.strip.recording_words() == ("NOT RECORDING", False, "")


def test_two_thousand_random_events_do_not_disarm_without_a_hold(armed, shell) -> None:
    press_at_random(shell, armed, 2000, seed=5)
    assert armed.session is None or "disarm" not in armed.session.acts


KEYS = [
    *(K(K.Key_A + k) for k in range(26)),
    *(K(K.Key_0 + k) for k in range(10)),
    K.Key_Space,
    K.Key_Return,
    K.Key_Tab,
    K.Key_Plus,
    K.Key_Minus,
    K.Key_Left,
    K.Key_Right,
    K.Key_Up,
    K.Key_Down,
    K.Key_Backspace,
    K.Key_Shift,
]


def press_at_random(shell, page: TheatrePage, count: int, seed: int, *, more_keys=(), armed: bool = True) -> set[str]:
    """Keys and touches in any order; the injecting key goes up at once each time, so that no hold is ever whole.

    The names of the pages that came to the front.
    """
    draw, seen = random.Random(seed), set()
    session = page.session
    keys = (*KEYS, *more_keys)
    for number in range(count):
        if draw.random() < 0.8:
            key = draw.choice(keys)
            QTest.keyPress(shell, key)
            if draw.random() < 0.9 or key == K.Key_I:
                QTest.keyRelease(shell, key)
        else:
            at = QPointF(draw.uniform(0, shell.width()), draw.uniform(0, shell.height()))
            target = shell.childAt(at.toPoint()) or shell
            place = QPointF(target.mapFrom(shell, at.toPoint()))
            for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
                left = Qt.MouseButton.LeftButton
                event = QMouseEvent(kind, place, at, left, left, Qt.KeyboardModifier.NoModifier)
                QApplication.sendEvent(target, event)
        seen.add(next((name for name, each in shell._pages.items() if each is shell.current), ""))
        if not armed:
            session.armed = False
            session = page.session or session
        if number % 10 == 0:
            session.next_frame()
            session.state = draw.choice(list(LiveState))
            session.more["alarms"] = draw.choice(((), (HIGH,), (MEDIUM,), (HIGH, MEDIUM)))
            session.more["moment"] = moment(number, draw.uniform(-3, 12))
            page._tick()
        if number % 200 == 0:
            QApplication.processEvents()
    return seen


def test_cement_that_grows_while_the_set_up_is_open_brings_the_theatre_back(armed, qtbot) -> None:
    armed.session.armed = False
    armed.controller.begin_set_up()
    assert armed.in_set_up
    armed.session.armed = True
    qtbot.waitUntil(lambda: not armed.in_set_up)
    assert "Cement grows" in armed.display.note
    assert armed.display.bar.isVisibleTo(armed)


def test_a_vertebra_that_is_not_found_is_named_in_the_place_of_the_figure(armed: TheatrePage) -> None:
    lost = moment(10, motion=Unknown("the vertebra was not found again"), cement_known=False)
    armed.session.more = {"moment": lost, "drawable": False}
    armed.refresh()
    told = armed.display.distances.accessibleName()
    assert "Not tracked" in told
    assert "mm" not in told


def test_a_held_picture_that_was_not_measured_says_why(armed: TheatrePage) -> None:
    """A single shot is looked at for many seconds: that it has no figure is not for the X-ray being off."""
    lost = moment(10, motion=Unknown("the vertebra was not found again"), cement_known=False)
    armed.session.state = LiveState.HELD
    armed.session.more = {"moment": lost, "drawable": False, "xray_age_s": 3.0}
    armed.refresh()
    told = armed.display.distances.accessibleName()
    assert "The vertebra was not found again." in told
    assert "mm" not in told


def test_a_session_is_known_by_its_ids_from_its_first_moment_on(page: TheatrePage, shell) -> None:
    page.host.start_session("play:x")
    shell.resize(1920, 1080)
    page.refresh()
    assert page.display.strip.left_words()[2].endswith("K-7F3QD · N-0A1B2C3D")
    assert page.host.take_plan(PLAN, (page.session.newest_frame(),))
    page.refresh()
    assert page.display.strip.left_words()[2].endswith("K-7F3QD · L1 · lateral · N-0A1B2C3D")
    page.display.strip.small = True
    page.refresh()
    assert page.display.strip.left_words()[2].endswith("K-7F3QD · L1 · lateral")


def test_an_alarm_is_in_the_bar_while_the_data_folder_is_gone(armed, qtbot, monkeypatch, tmp_path) -> None:
    """A network home that went away, or a disk that is unplugged: nothing of the screen hangs on it."""
    (tmp_path / "a file").touch()
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "a file" / "home"))
    armed.session.more = {"alarms": (HIGH,)}
    qtbot.waitUntil(lambda: armed.display.bar.message.headline == HIGH.headline)
    assert armed.display.bar.message.priority is HIGH.priority
    armed.session.more = {}
    qtbot.waitUntil(lambda: not armed.display.bar.message.priority)
    assert "No AP look yet: " in armed.display.bar.message.aside


def test_an_alarm_stands_in_the_bar_whatever_else_fails(armed, monkeypatch) -> None:
    def fails(*_args: object) -> str:
        raise RuntimeError("a fault beside")

    told: list[object] = []
    monkeypatch.setattr("sys.excepthook", lambda *args: told.append(args))
    monkeypatch.setattr(type(armed.procedure.log), "ap_words", fails)
    armed.session.more = {"alarms": (HIGH,)}
    armed.display.say(armed.session.status)
    assert armed.display.bar.message.headline == HIGH.headline
    assert not told
    armed.session.more = {}
    armed.display.say(armed.session.status)
    assert armed.display.bar.message.headline.startswith("NO CROSSING")
    assert told


def test_a_tick_asks_nothing_of_the_data_folder(armed, monkeypatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("assistant.system.places._data_home", lambda: asked.append(1) or Path("/nowhere"))
    monkeypatch.setattr("ui.keys.key_map.data_home", lambda: asked.append(1) or Path("/nowhere"))
    armed.session.more = {"alarms": (HIGH,)}
    for _ in range(3):
        armed._tick()
        armed.refresh()
    assert not asked
