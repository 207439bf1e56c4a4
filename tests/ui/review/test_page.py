"""The replay window driven as a person would: keys, seeking, placing points, dropping lines that are not known."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QApplication, QWidget

from assistant.plan import read_plan
from assistant.review.event_list import EventList
from assistant.review.picture_reader import PictureRing
from assistant.vocabulary import FrameState, Motion, Priority, Unknown
from tests.small_run import INFERIOR, SUPERIOR, SmallRun, write_video
from ui import app, words
from ui.review.cards.events_panel import EventsPanel
from ui.review.page import ReviewPage
from ui.review.run_book import RunBook
from ui.widgets import overlay
from ui.widgets.alarm_bar import message_for

COUNT = 60


def analysed(qtbot, window: ReviewPage, count: int = COUNT) -> None:
    qtbot.waitUntil(lambda: len(window.session.moments) >= min(count, COUNT))


def test_an_empty_window_says_so(window: ReviewPage) -> None:
    assert window.message.message.headline == words.NO_RUN
    assert not window.message.message.known


def test_the_run_is_analysed_and_shown(qtbot, opened: ReviewPage) -> None:
    analysed(qtbot, opened)
    opened.player.go(40)
    moment = opened.session.moment()
    assert moment is not None
    assert isinstance(moment.motion, Motion)
    assert overlay.has_lines(moment)
    qtbot.waitUntil(lambda: opened.session.picture() is not None)


def test_keys_step_seek_and_change_speed(qtbot, opened: ReviewPage) -> None:
    analysed(qtbot, opened)
    opened.player.go(10)
    qtbot.keyClick(opened, Qt.Key.Key_Period)
    assert opened.session.playhead.frame == 11
    qtbot.keyClick(opened, Qt.Key.Key_Comma, Qt.KeyboardModifier.ShiftModifier)
    assert opened.session.playhead.frame == 1
    qtbot.keyClick(opened, Qt.Key.Key_End)
    assert opened.session.playhead.frame == COUNT - 1
    qtbot.keyClick(opened, Qt.Key.Key_Home)
    assert opened.session.playhead.frame == 0
    qtbot.keyClick(opened, Qt.Key.Key_L)
    assert opened.player.speed == 2.0
    qtbot.keyClick(opened, Qt.Key.Key_J)
    qtbot.keyClick(opened, Qt.Key.Key_J)
    assert opened.player.speed == 0.5


def test_playing_goes_to_the_end_and_stops(qtbot, opened: ReviewPage) -> None:
    opened.player.speed = 8.0
    qtbot.keyClick(opened, Qt.Key.Key_Space)
    assert opened.playing
    qtbot.waitUntil(lambda: not opened.playing and opened.session.at_end())


def test_events_are_listed_and_reached_by_key(qtbot, opened: ReviewPage) -> None:
    analysed(qtbot, opened)
    qtbot.waitUntil(lambda: len(opened.events.frames()) > 0)
    opened.player.go(0)
    qtbot.keyClick(opened, Qt.Key.Key_BracketRight)
    assert opened.session.playhead.frame == min(opened.events.frames())
    assert opened.message.message.priority > Priority.NONE or opened.session.moment().standing


def test_the_raw_picture_is_seen_while_the_key_is_held(qtbot, opened: ReviewPage) -> None:
    qtbot.keyPress(opened, Qt.Key.Key_O)
    assert opened.picture.raw
    qtbot.keyRelease(opened, Qt.Key.Key_O)
    assert not opened.picture.raw


def test_lines_vanish_where_nothing_is_known(qtbot, opened: ReviewPage) -> None:
    from dataclasses import replace

    analysed(qtbot, opened)
    known = opened.session.moments.at(30)
    lost = replace(known, motion=Unknown("not found"), distances=Unknown("not found"), standing=())
    assert not overlay.has_lines(lost)
    message = message_for(lost, has_run=True, has_plan=True)
    assert message.headline == words.NOT_KNOWN
    assert message.action == "not found"
    held = replace(known, standing=(), liveness=replace(known.liveness, state=FrameState.FROZEN, reason="held"))
    assert message_for(held, has_run=True, has_plan=True).headline == words.NOT_KNOWN


def test_a_quiet_bar_needs_everything_known(qtbot, opened: ReviewPage) -> None:
    analysed(qtbot, opened, 12)
    message = message_for(opened.session.moments.at(5), has_run=True, has_plan=True)
    assert message.headline == words.NO_CROSSING
    assert message_for(None, has_run=True, has_plan=True).headline == words.NOT_KNOWN


def test_a_held_picture_does_not_look_live(qtbot, opened: ReviewPage) -> None:
    from dataclasses import replace

    analysed(qtbot, opened, 12)
    live = opened.session.moments.at(5)
    opened.player.go(5)
    views = opened.session.plan.views
    opened.picture.show_moment(live, views)
    bright = brightness(opened)
    held = replace(live, liveness=replace(live.liveness, state=FrameState.FROZEN))
    opened.picture.show_moment(held, views)
    assert brightness(opened) < 0.8 * bright


def brightness(window: ReviewPage) -> float:
    image = window.picture.grab().toImage()
    points = [(x, y) for x in range(250, image.width() - 250, 29) for y in range(200, image.height() - 150, 31)]
    return float(np.mean([image.pixelColor(x, y).lightness() for x, y in points]))


def place_all(qtbot, window: ReviewPage) -> None:
    view = window.picture.transform()
    for x, y in [*SUPERIOR, *INFERIOR]:
        at = view.to_screen(np.array([[x, y]]))[0]
        qtbot.mouseClick(window.picture, Qt.MouseButton.LeftButton, pos=QPointF(*at).toPoint())


def test_six_points_make_a_plan_that_the_program_reads(qtbot, window: ReviewPage, run: SmallRun) -> None:
    lone = run.folder.parent / "lone.mkv"
    lone.write_bytes(run.video.read_bytes())
    assert window.open(str(lone), None)
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert window.editing
    place_all(qtbot, window)
    assert window.plan_panel.missing().startswith("Set the scale")
    window.plan_panel.scale.setValue(0.4)
    assert window.plan_panel.missing() == ""
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert not window.editing
    plan = read_plan(lone.with_suffix(".plan.json"), 0.25)
    assert np.abs(plan.views[0].superior - np.array(SUPERIOR)).max() < 1.0
    analysed(qtbot, window, 20)
    assert isinstance(window.session.moments.at(10).motion, Motion)


def test_points_are_nudged_and_taken_back(qtbot, window: ReviewPage, run: SmallRun) -> None:
    assert window.open(str(run.folder), str(run.plan))
    window.controller.edit_plan()
    place_all(qtbot, window)
    points = window.plan_panel.points
    points.active = 2
    before = points.places[2]
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.keyClick(window, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert points.places[2] == (before[0] + 1, before[1] + 10)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert points.places[2] == before
    qtbot.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert points.places[2] == (before[0] + 1, before[1])


def test_the_cannula_gives_the_scale(qtbot, window: ReviewPage, run: SmallRun) -> None:
    assert window.open(str(run.folder), str(run.plan))
    window.controller.edit_plan()
    qtbot.keyClick(window, Qt.Key.Key_G)
    view = window.picture.transform()
    for x, y in ((100.0, 100.0), (110.0, 100.0)):
        at = view.to_screen(np.array([[x, y]]))[0]
        qtbot.mouseClick(window.picture, Qt.MouseButton.LeftButton, pos=QPointF(*at).toPoint())
    assert window.plan_panel.scale.value() == pytest.approx(3.05 / 10, rel=0.1)


def test_a_run_that_cannot_be_opened_is_told_and_the_window_lives(window: ReviewPage, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_text("no video")
    assert not window.open(str(broken), None)
    assert "broken.mp4" in window.note.text()
    assert window.session is None


def test_a_bad_plan_is_told(window: ReviewPage, run: SmallRun, tmp_path: Path) -> None:
    plan = tmp_path / "bad.json"
    plan.write_text(json.dumps({"schema": "something else"}))
    assert window.open(str(run.folder), str(plan))  # looking needs no plan
    assert "bad.json" in window.note.text()
    assert window.session is not None
    assert window.session.plan is None


def test_an_error_in_a_slot_is_told_and_ends_nothing(window: ReviewPage) -> None:
    try:
        raise ValueError("from a slot")
    except ValueError as error:
        app.report_error(type(error), error, error.__traceback__)
    assert "ValueError" in window.note.text()
    assert window.isVisible()


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 1024)])
def test_the_window_fits_its_size(qtbot, opened: ReviewPage, size: tuple[int, int]) -> None:
    opened.window().resize(*size)
    QApplication.processEvents()
    assert (opened.width(), opened.height()) == size
    picture = opened.picture.width() * opened.picture.height()
    assert picture > 0.2 * size[0] * size[1]  # sheet 06: 0.22
    assert picture > opened.side.width() * opened.side.height()


def test_bare_view_leaves_the_picture(qtbot, opened: ReviewPage) -> None:
    qtbot.keyClick(opened, Qt.Key.Key_Tab)
    assert not opened.side.isVisible()
    qtbot.waitUntil(lambda: opened.picture.width() > 0.9 * opened.width())
    assert opened.picture.height() > 0.75 * opened.height()
    qtbot.keyClick(opened, Qt.Key.Key_Tab)
    assert opened.side.isVisible()
    qtbot.waitUntil(lambda: opened.picture.width() < 0.6 * opened.width())


def painted_plates(picture: QWidget, monkeypatch: pytest.MonkeyPatch) -> list[QRectF]:
    """All plates and names on a picture."""
    plates: list[QRectF] = []
    draw = QPainter.drawRoundedRect

    def drawn(painter: QPainter, *given: object) -> None:
        plates.extend(each for each in given if isinstance(each, QRectF))
        draw(painter, *given)

    with monkeypatch.context() as patched:
        patched.setattr(QPainter, "drawRoundedRect", drawn)
        picture.grab()
    return plates


@pytest.mark.parametrize("size", [(1280, 1024), (1920, 1080)])
def test_nothing_on_the_picture_covers_another_name_or_the_figure(qtbot, opened: ReviewPage, monkeypatch, size) -> None:
    opened.resize(*size)
    opened.jump(50)
    qtbot.waitUntil(lambda: opened.picture.frame_index == 50)
    analysed(qtbot, opened)
    for key in (Qt.Key.Key_Z, Qt.Key.Key_D, Qt.Key.Key_C):  # near, with the difference, beside another picture
        qtbot.keyClick(opened, key)
        qtbot.wait(200)
        opened.refresh()
        pictures = [opened.picture, opened.beside.picture] if opened.beside.isVisible() else [opened.picture]
        for picture in pictures:
            plates = painted_plates(picture, monkeypatch)
            assert len(plates) > 4
            assert [(a, b) for a, b in itertools.combinations(plates, 2) if a.intersects(b)] == [], key


def test_no_word_promises_safety() -> None:
    text = " ".join(
        str(value) for name, value in vars(words).items() if not name.startswith("_") and isinstance(value, str)
    ).lower()
    for word in ("safe", "clear", "no leak", "all good"):
        assert word not in text.replace("none seen in this view", "")


def test_another_run_shows_nothing_of_the_one_before(window: ReviewPage, run: SmallRun, tmp_path: Path) -> None:
    other = write_video(tmp_path / "other.mkv", [np.full((200, 240), 90, np.uint8) + k for k in range(4)])
    assert window.open(str(run.folder), str(run.plan))
    window.playing = False
    window.player.go(0)
    assert window.open(str(other), None)
    image = window.picture._image
    assert (image.width(), image.height()) == (240, 200)
    assert window.events.frames() == []


def test_lines_never_stand_on_the_picture_of_another_frame(qtbot, opened: ReviewPage) -> None:
    analysed(qtbot, opened)
    opened.player.go(50)
    qtbot.waitUntil(lambda: opened.picture.frame_index == 50)
    opened.session.pictures._reader.ring = PictureRing(1)
    opened.session.pictures._reader.want = lambda index, goes_on=False: None
    opened.player.go(7)
    assert opened.picture.fetching
    assert opened.picture._moment is None


def test_nothing_is_called_quiet_while_points_are_placed(qtbot, opened: ReviewPage) -> None:
    analysed(qtbot, opened, 12)
    opened.player.go(5)
    opened.controller.edit_plan()
    assert opened.message.message.headline == words.SET_UP
    assert opened.picture._moment is None
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert opened.message.message.headline == words.NO_CROSSING


def test_an_analysis_that_broke_off_says_so(qtbot, opened: ReviewPage) -> None:
    analysed(qtbot, opened)
    opened.session.failure = "the file ends early"
    message = message_for(None, has_run=True, has_plan=True, failure="the file ends early")
    assert message.headline == words.ANALYSIS_STOPPED
    assert not message.known


def test_an_earlier_plan_is_kept(qtbot, opened: ReviewPage, run: SmallRun) -> None:
    before = run.plan.read_bytes()
    opened.controller.edit_plan()
    place_all(qtbot, opened)
    opened.plan_panel.scale.setValue(0.5)
    qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert read_plan(run.plan, 0.25).views[0].mm_per_px == 0.5
    assert (run.folder / "plan.before-1.json").read_bytes() == before
    assert "plan.before-1.json" in opened.note.text()


def test_a_plan_that_cannot_be_saved_is_not_called_saved(qtbot, opened: ReviewPage, run: SmallRun) -> None:
    opened.controller.edit_plan()
    opened.plan_panel.draft.path = run.folder / "gone" / "plan.json"
    place_all(qtbot, opened)
    opened.plan_panel.scale.setValue(0.5)
    qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert "cannot be saved" in opened.note.text()
    assert opened.session.plan.views[0].mm_per_px == 0.5


def test_playing_waits_where_the_analysis_has_not_come_to(opened: ReviewPage) -> None:
    opened.session.analysis.want = lambda index: None
    opened.session.playhead.go(COUNT - 5)
    opened.session.playhead.advance(0.05)
    assert opened.session.playhead.frame == COUNT - 5
    assert opened.session.playhead.waiting


def test_the_picture_is_moved_by_keys(qtbot, opened: ReviewPage) -> None:
    left = opened.picture.transform().left
    qtbot.keyClick(opened, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert opened.picture.transform().left == left - 60


def test_every_state_of_the_recording_is_on_the_time_line(qtbot, opened: ReviewPage) -> None:
    analysed(qtbot, opened)
    opened.player.go(0)
    # Noted when the window next looks, which a busy machine puts off.
    qtbot.waitUntil(lambda: len(opened.state.curves) == COUNT)


def test_none_seen_is_said_only_of_a_run_looked_at_to_its_end_and_of_a_measured_picture(
    qtbot, opened: ReviewPage
) -> None:
    from dataclasses import replace

    analysed(qtbot, opened)
    qtbot.waitUntil(lambda: opened.session.ended)
    live = opened.session.moments.at(5)
    views = opened.session.plan.views
    opened.state.book = RunBook()
    opened.state.book.measured = True
    opened.presenter.show_figures(opened.session, live, views)
    assert opened.leak.site_words() == "none seen in this view"
    held = replace(live, liveness=replace(live.liveness, state=FrameState.FROZEN))
    opened.presenter.show_figures(opened.session, held, views)
    assert opened.leak.site_words() == "not visible"
    opened.presenter.show_figures(opened.session, replace(live, distances=Unknown("lost")), views)
    assert opened.leak.site_words() == "not visible"
    opened.session.ended = False
    opened.presenter.show_figures(opened.session, live, views)
    assert opened.leak.site_words() == f"{min(99, 100 * len(opened.session.moments) // COUNT)} % looked at"


def test_an_alarm_from_before_the_xray_went_off_says_so(qtbot, opened: ReviewPage) -> None:
    from dataclasses import replace

    analysed(qtbot, opened)
    moments = opened.session.moments.between(0, COUNT)
    near = next(m for m in moments if m.standing and m.standing[0].site is not None and m.standing[0].action)
    held = replace(near, liveness=replace(near.liveness, state=FrameState.FROZEN))
    message = message_for(held, has_run=True, has_plan=True)
    assert message.priority is near.standing[0].priority
    assert message.action == words.BEFORE_OFF.format(near.standing[0].action)


def test_arrows_belong_to_the_points_from_the_start(qtbot, opened: ReviewPage) -> None:
    opened.activateWindow()
    opened.controller.edit_plan()
    assert not opened.plan_panel.view.hasFocus()
    place_all(qtbot, opened)
    qtbot.keyClick(opened.picture, Qt.Key.Key_Down)
    assert opened.plan_panel.view.currentText() == "lateral"


def test_a_field_says_what_was_said_last_after_the_layout_has_changed(qtbot: Any) -> None:
    """From the large layout to the small one and back: the filter of the events stood there without a word."""
    panel = EventsPanel(EventList())
    qtbot.addWidget(panel)
    panel.show()
    said = panel.filter.text()
    assert "filter" in said
    panel.hide()
    panel.show()
    assert panel.filter.text() == said
