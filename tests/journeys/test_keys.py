"""Keys as a person's keyboard sends them, to the real window: whatever has the focus, whatever the layout."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from assistant.live.messages import Lines, LiveState
from assistant.settings.tree import Settings
from tests.journeys.hands import CONTROL, NONE, SHIFT, down, press, repeat_unmarked, up
from tests.small_run import SmallRun
from tests.ui.theatre.fake_session import PLAN, FakeSession
from tests.waiting import HUNG_MS
from ui.review.page import ReviewPage
from ui.shell import Shell
from ui.theatre.holding import HOLD_S, REST_S
from ui.theatre.page import TheatrePage

K = Qt.Key
PLACES = {"I": 31, "M": 58, "S": 39, "+": 21, "-": 20, "L": 46, "R": 27, "B": 56, "C": 54, "[": 34, "1": 10, ".": 60}
"""X11 codes of the keys where a US keyboard has these."""


@pytest.fixture
def theatre(qtbot, tmp_path) -> Iterator[TheatrePage]:
    """The window in the theatre, armed, on a session that is not there."""
    shell = Shell(Settings(), {"theatre": lambda settings: TheatrePage(settings, FakeSession)})
    shell.resize(1920, 1080)
    qtbot.addWidget(shell)
    shell.show()
    shell.activateWindow()
    shell.go_to("theatre")
    page = shell.page("theatre")
    page.host.start_session("play:x")
    page.procedure.plan, page.procedure.case = PLAN, "L1 · lateral"
    page.session.lines, page.session.state, page.session.armed = Lines.CONFIRMED, LiveState.LIVE, True
    page.host.end_set_up()
    qtbot.waitUntil(lambda: page.procedure.frame is not None)
    page.refresh()
    yield page
    page.session.armed = False
    shell.close()


@pytest.fixture
def review(qtbot, window: Shell, run: SmallRun) -> ReviewPage:
    """The window with a run open."""
    window.go_to("review", (str(run.folder), str(run.plan)))
    page = window.page("review")
    qtbot.waitUntil(lambda: len(page.session.moments) >= 60)
    page.playing = False
    return page


def noted(page: TheatrePage, kind: str) -> int:
    return sum(event == kind for event, *_ in page.session.notes)


def test_shift_let_go_before_the_plus_does_not_block_it(theatre: TheatrePage) -> None:
    window = theatre.window()
    for _ in range(3):
        down(window, K.Key_Shift, SHIFT, place=50)
        down(window, K.Key_Plus, SHIFT, place=PLACES["+"], text="+")
        up(window, K.Key_Shift, NONE, place=50)
        up(window, K.Key_Equal, NONE, place=PLACES["+"], text="=")
    assert theatre.procedure.log.total_ml == pytest.approx(0.6)


def test_a_held_key_never_repeats_its_act(theatre: TheatrePage) -> None:
    """Marked as a repeat, unmarked without a release, and unmarked with one in the same moment."""
    window = theatre.window()
    for key, place in ((K.Key_M, PLACES["M"]), (K.Key_Plus, PLACES["+"])):
        down(window, key, place=place)
        for _ in range(5):
            down(window, key, place=place, again=True)
        for _ in range(5):
            down(window, key, place=place)
        for at_ms in range(1000, 1200, 33):
            repeat_unmarked(window, key, place, at_ms)
        up(window, key, place=place)
    assert theatre.procedure.log.pauses == 1
    assert theatre.procedure.log.total_ml == pytest.approx(0.2)


def test_holding_ends_injecting_and_does_not_begin_it_again(theatre: TheatrePage, monkeypatch) -> None:
    window, place = theatre.window(), PLACES["I"]
    down(window, K.Key_I, place=place)
    at_ms = 1000
    for _ in range(round(1000 * HOLD_S + 600) // 40):
        # A keyboard that repeats with releases of its own, which nothing marks.
        at_ms += 40
        repeat_unmarked(window, K.Key_I, place, at_ms)
        QTest.qWait(40)
    assert not theatre.session.armed
    up(window, K.Key_I, place=place)
    with monkeypatch.context() as patched:
        patched.setattr("ui.theatre.holding.REST_S", HUNG_MS / 1000)  # however slow the machine: it comes at once
        press(window, K.Key_I, place=place)  # a hand that trembles
    assert not theatre.session.armed
    QTest.qWait(round(1000 * REST_S) + 50)
    press(window, K.Key_I, place=place)
    assert theatre.session.armed


KEYBOARDS = [
    pytest.param(0x041A, "к", "R", id="Russian"),
    pytest.param(0x03A1, "ρ", "R", id="Greek"),
    pytest.param(K.Key_R, "r", "R", id="AZERTY and QWERTZ: the letter as it is written"),
    pytest.param(0, "", "R", id="a keyboard that names nothing"),
]


@pytest.mark.parametrize(("key", "text", "place"), KEYBOARDS)
def test_a_letter_does_its_act_on_every_keyboard(theatre: TheatrePage, key: int, text: str, place: str) -> None:
    press(theatre.window(), key, place=PLACES[place], text=text)
    assert "20 s kept" in theatre.display.note or "No picture yet" in theatre.display.note


def test_on_a_french_keyboard_the_letters_as_written_count_and_the_digits_by_place(
    review: ReviewPage, window: Shell
) -> None:
    press(window, K.Key_Z, place=25, text="z")  # where a US keyboard has W
    assert review.picture._fit == "level"
    press(window, K.Key_Eacute, place=11, text="é")  # where a US keyboard has 2
    assert review.cards.names()[1] == review.cards.current
    press(window, K.Key_Comma, place=58, text=",")  # where a US keyboard has M: a step back, not the measures
    assert review.cards.names()[1] == review.cards.current
    review.jump(10)
    press(window, K.Key_Colon, place=PLACES["."], text=":")
    assert review.session.playhead.frame == 11


def test_on_a_german_keyboard_brackets_lie_where_ue_is(review: ReviewPage, window: Shell) -> None:
    review.jump(59)
    press(window, K.Key_Udiaeresis, place=PLACES["["], text="ü")
    assert review.session.playhead.frame < 59


def test_the_numeric_block_counts_too(theatre: TheatrePage, review: ReviewPage) -> None:
    pad = Qt.KeyboardModifier.KeypadModifier
    press(theatre.window(), K.Key_Plus, pad, place=86, text="+")
    press(theatre.window(), K.Key_Plus, pad, place=86, text="+")
    press(theatre.window(), K.Key_Minus, pad, place=82, text="-")
    assert theatre.procedure.log.total_ml == pytest.approx(0.2)
    press(review.window(), K.Key_2, pad, place=88, text="2")
    assert review.cards.names()[1] == review.cards.current


def _all_that_can_have_the_focus(page: QWidget) -> list[QWidget]:
    return [w for w in page.findChildren(QWidget) if w.isVisible() and w.focusPolicy() != Qt.FocusPolicy.NoFocus]


def test_a_key_does_its_act_whatever_has_the_focus_but_a_text_field(review: ReviewPage, window: Shell, qtbot) -> None:
    from PyQt6.QtWidgets import QAbstractSpinBox, QLineEdit, QPlainTextEdit

    tried = 0
    for card in range(5):
        press(window, K.Key_1 + card)
        for widget in _all_that_can_have_the_focus(review):
            widget.setFocus()
            if QApplication.focusWidget() is not widget:
                continue
            here = review.session.playhead.frame
            writes = isinstance(widget, QLineEdit | QAbstractSpinBox | QPlainTextEdit) and not (
                isinstance(widget, QPlainTextEdit) and widget.isReadOnly()
            )
            review.jump(20)
            press(window, K.Key_Period, text=".")
            press(window, K.Key_Space, text=" ")
            playing, review.playing = review.playing, False
            assert (review.session.playhead.frame >= 21) is not writes, widget
            assert playing is not writes, widget
            review.jump(here)
            tried += not writes
    assert tried > 3


def test_a_note_is_written_with_every_letter_in_it(review: ReviewPage, window: Shell) -> None:
    press(window, K.Key_N)
    for letter in "mosi k":
        press(window, ord(letter.upper()), text=letter)
    assert review.correct.note.text() == "mosi k"
    assert not review.playing


def test_a_key_changed_on_the_self_test_page_counts_on_every_page_and_stands_on_its_cap(
    review: ReviewPage, window: Shell, run: SmallRun, qtbot
) -> None:
    press(window, K.Key_F5)
    press(window, K.Key_K)
    press(window, K.Key_Right)
    press(window, K.Key_Right)
    editor = window.page("selftest").editor
    for act, key in (("every", K.Key_F9), ("key image", K.Key_F8)):
        while editor.row.name != act:
            press(window, K.Key_Down)
        press(window, K.Key_Return)
        press(window, key)
    assert "F8" in editor.note
    press(window, K.Key_Escape)
    press(window, K.Key_F2)
    press(window, K.Key_S)
    assert review.state.key_frames() == []
    review.jump(12)
    press(window, K.Key_F8)
    assert review.state.key_frames() == [12]
    assert "F9" in review.transport.every.text()
    press(window, K.Key_Z, CONTROL)
    assert review.state.key_frames() == []
    kept = json.loads((run.folder / "review.json").read_text("utf-8"))["entries"]
    assert [entry["about"] for entry in kept] == ["key_image", "undo"]
