"""What a reviewer does on the page: compare, measure, correct, ask what if, export; by keys and by touch."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import av
import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent

from assistant.cli import main
from assistant.library.store import Library
from assistant.library.who_is_here import choose, enrol
from assistant.lines import Line
from assistant.review.annotations import About, LeakKey, read_review
from assistant.vocabulary import Motion
from tests.small_run import INFERIOR, SUPERIOR, SmallRun, plan_document
from ui.keys.key_map import with_keys
from ui.review import review_words
from ui.review.page import ReviewPage

COUNT = 60
K = Qt.Key


def through(qtbot, page: ReviewPage) -> None:
    """Wait until the run is analysed to its end."""
    qtbot.waitUntil(lambda: page.session is not None and page.session.ended)


def on_picture(page: ReviewPage, x_px: float, y_px: float):
    import numpy as np

    return QPointF(*page.picture.transform().to_screen(np.array([[x_px, y_px]]))[0]).toPoint()


def test_a_range_is_set_looped_and_taken_away(qtbot, opened: ReviewPage) -> None:
    through(qtbot, opened)
    opened.jump(20)
    qtbot.keyClick(opened, K.Key_A)
    opened.jump(30)
    qtbot.keyClick(opened, K.Key_B)
    qtbot.keyClick(opened, K.Key_P)
    assert opened.session.playhead.range == (20, 30)
    assert opened.session.playhead.is_looping
    for _ in range(40):
        opened.player.advance(0.1)
        assert 20 <= opened.session.playhead.frame <= 30
    opened.player.speed = -1.0
    for _ in range(40):
        opened.player.advance(0.1)
        assert 20 <= opened.session.playhead.frame <= 30
    opened.jump(30)
    qtbot.keyClick(opened, K.Key_B)
    assert opened.session.playhead.range == (20, None)
    assert not opened.session.playhead.is_looping


def test_slower_than_slowest_plays_backwards_to_the_start(qtbot, opened: ReviewPage) -> None:
    through(qtbot, opened)
    opened.jump(12)
    while opened.player.speed > -4:
        qtbot.keyClick(opened, K.Key_J)
    qtbot.keyClick(opened, K.Key_K)
    qtbot.waitUntil(lambda: not opened.playing and opened.session.playhead.frame == 0)


def test_every_frame_is_shown_when_asked(qtbot, opened: ReviewPage) -> None:
    through(qtbot, opened)
    opened.jump(5)
    qtbot.keyClick(opened, K.Key_F)
    seen: list[int] = []

    def a_tick_later() -> bool:
        opened.player.advance(0.5)
        if not seen or seen[-1] != opened.session.playhead.frame:
            seen.append(opened.session.playhead.frame)
        opened.session.picture(playing=True)
        return len(seen) > 10

    qtbot.waitUntil(a_tick_later)
    assert seen == list(range(seen[0], seen[-1] + 1))


def test_a_moment_is_held_beside_and_another_run_goes_along(qtbot, opened: ReviewPage, run: SmallRun) -> None:
    through(qtbot, opened)
    opened.jump(40)
    qtbot.keyClick(opened, K.Key_C)
    opened.jump(10)
    qtbot.waitUntil(lambda: opened.beside.picture.frame_index == 40)
    assert opened.picture.frame_index == 10 or opened.picture.fetching
    qtbot.keyClick(opened, K.Key_C)
    assert not opened.beside.isVisible()
    opened.controller.comparing.show_other(str(run.folder))
    opened.jump(25)
    qtbot.waitUntil(lambda: opened.beside.picture.frame_index == 25 - 10)


def test_the_difference_is_shown_only_where_the_vertebra_was_followed(qtbot, opened: ReviewPage) -> None:
    through(qtbot, opened)
    opened.jump(50)
    qtbot.keyClick(opened, K.Key_D)
    qtbot.waitUntil(lambda: _refreshed(opened).startswith("DIFFERENCE to frame 2"))
    assert opened.picture.image_for() is not opened.picture._image
    opened.session.moments._moments[50] = _lost(opened)
    opened.refresh()
    assert opened.picture.note_text.startswith("No difference")
    assert opened.picture.image_for() is opened.picture._image


def test_the_difference_comes_back_with_the_frame_after_one_without(qtbot, opened: ReviewPage) -> None:
    through(qtbot, opened)
    opened.jump(50)
    opened.session.moments._moments[51] = _lost(opened)
    qtbot.keyClick(opened, K.Key_D)
    qtbot.waitUntil(lambda: _refreshed(opened).startswith("DIFFERENCE to frame 2"))
    qtbot.keyClick(opened, K.Key_Right)
    qtbot.waitUntil(lambda: _refreshed(opened).startswith("No difference"))
    qtbot.keyClick(opened, K.Key_Left)
    qtbot.waitUntil(lambda: _refreshed(opened).startswith("DIFFERENCE to frame 2"))
    assert opened.picture.image_for() is not opened.picture._image, "under this plate stands the difference"


def _refreshed(page: ReviewPage) -> str:
    page.refresh()
    return page.picture.note_text


def _lost(page: ReviewPage):
    from dataclasses import replace

    from assistant.vocabulary import Unknown

    return replace(page.session.moment(), motion=Unknown("lost"))


def test_measures_are_taken_on_the_picture_and_kept(qtbot, opened: ReviewPage, run: SmallRun) -> None:
    through(qtbot, opened)
    qtbot.waitUntil(lambda: opened.picture.frame_index == opened.session.playhead.frame)
    qtbot.keyClick(opened, K.Key_M)
    opened.measure.choose("distance")
    for x, y in ((100, 100), (150, 100)):
        qtbot.mouseClick(opened.picture, Qt.MouseButton.LeftButton, pos=on_picture(opened, x, y))
    told = dict(opened.state.board.figures())["Distance"]
    assert told.endswith("mm · frame 0")
    assert float(told.split()[1]) == pytest.approx(20.0, abs=0.5)
    qtbot.keyClick(opened, K.Key_Return)
    entry = read_review(run.folder / "review.json").newest_entry(About.MEASURE)
    assert entry.value["figures"]["Distance"] == told
    qtbot.keyClick(opened, K.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(opened.state.board.points["distance"]) == 1


def test_notes_key_images_and_labels_are_kept_listed_and_undone(qtbot, opened: ReviewPage, run: SmallRun) -> None:
    through(qtbot, opened)
    opened.jump(33)
    qtbot.keyClick(opened, K.Key_S)
    qtbot.keyClick(opened, K.Key_N)
    qtbot.keyClicks(opened.correct.note, "safe? [no] , look again")
    assert opened.session.playhead.frame == 33  # what is typed is text, not acts
    qtbot.keyClick(opened.correct.note, K.Key_Return)
    before = [story.leak for story in opened.state.book.leaks.stories()]
    opened.correct.leak.setCurrentIndex(opened.correct.leak.count() - 1)  # one that the program did not list
    opened.correct._keep()
    assert opened.note.text() == review_words.CHOOSE_SITE
    opened.correct.shape.setCurrentText("round")
    opened.correct.site.setCurrentText("lateral")
    opened.correct._keep()
    key = LeakKey("lateral", 33)
    assert opened.correct.leak.itemText(opened.correct.leak.count() - 2).startswith("reviewer · ")
    rows = {(row.title, row.frame) for row in opened.events.rows()}
    assert {(review_words.NOTE_MARK, 33), (review_words.KEY_IMAGE_MARK, 33)} <= rows
    review = read_review(run.folder / "review.json")
    assert [e.about for e in review.standing] == [About.KEY_IMAGE, About.NOTE, About.LEAK_SITE, About.SHAPE]
    assert all(e.author and e.said_at and e.frame == 33 for e in review.entries)
    assert [story.leak for story in opened.state.book.leaks.stories()] == before
    qtbot.keyClick(opened, K.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert read_review(run.folder / "review.json").newest_entry(About.SHAPE, key) is None
    qtbot.keyClick(opened, K.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert read_review(run.folder / "review.json").newest_entry(About.SHAPE, key).text == "round"


def test_a_plan_is_edited_from_its_own_points_and_keeps_its_other_view(
    qtbot, window: ReviewPage, run: SmallRun
) -> None:
    document = plan_document()
    document["views"].append({**document["views"][0], "view": "ap", "reference_frame": 3, "mm_per_px": 0.41})
    run.save_plan(document)
    assert window.open(str(run.folder), None)
    window.playing = False
    window.controller.edit_plan()
    points = window.plan_panel.points
    assert [list(p) for p in points.places] == [*SUPERIOR, *INFERIOR]
    assert window.session.playhead.frame == 2
    qtbot.keyClick(window, K.Key_Right)
    assert points.places[0] == (SUPERIOR[0][0] + 1, SUPERIOR[0][1])
    qtbot.keyClick(window, K.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert points.places[0] == tuple(SUPERIOR[0])
    window.plan_panel.view.setCurrentText("ap")
    assert window.plan_panel.scale.value() == pytest.approx(0.41)
    window.plan_panel.view.setCurrentText("lateral")
    qtbot.keyClick(window, K.Key_Down)
    qtbot.keyClick(window, K.Key_Return)
    saved = json.loads(run.plan.read_text())
    assert {view["view"] for view in saved["views"]} == {"lateral", "ap"}
    lateral = next(view for view in saved["views"] if view["view"] == "lateral")
    assert lateral["landmarks"]["superior"][0] == [SUPERIOR[0][0], SUPERIOR[0][1] + 1]
    assert read_review(run.folder / "review.json").newest_entry(About.LANDMARKS) is not None


def test_another_line_is_tried_in_the_background_and_may_be_stopped(qtbot, opened: ReviewPage) -> None:
    through(qtbot, opened)
    opened.whatif.line.setValue(45)
    opened.whatif.begin(all_runs=False)
    qtbot.waitUntil(lambda: not opened.whatif.working)
    rows = opened.whatif.rows()
    assert [row.variant for row in rows] == ["as planned", "line b at 45 %"]
    assert rows[1].first("warning_line").frame <= rows[0].first("warning_line").frame
    assert rows[1].nearest_mm < rows[0].nearest_mm
    assert opened.whatif.table.rowCount() == 2
    assert opened.whatif.table.item(1, 0).text() == "line b at 45 %"
    told = f"L1 · {opened.session.identity.run_id} · line b at 45 % · leaks: "
    assert opened.whatif.table.item(1, 0).toolTip().startswith(told)
    opened.whatif.line.setValue(46)
    opened.whatif.begin(all_runs=False)
    opened.whatif.stop()
    assert not opened.whatif.working
    assert opened.whatif.state.text().startswith("Stopped after")
    opened.whatif.begin(all_runs=True)
    assert opened.whatif.state.text() == review_words.NO_LIBRARY


def test_as_seen_live_and_recomputed_are_told_apart(qtbot, window: ReviewPage, run: SmallRun) -> None:
    assert main(run.arguments()) == 0
    with (run.out / "measurements.csv").open(newline="", encoding="utf-8") as file:
        columns, *rows = list(csv.reader(file))
    lines = [{"columns": columns}, *({"row": row, "standing": []} for row in rows)]
    (run.folder / "readings_000.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert window.open(str(run.folder), None)
    window.playing = False
    through(qtbot, window)
    qtbot.waitUntil(lambda: window.session.as_seen is not None)
    window.jump(COUNT - 1)
    recomputed = window.session.moment().distances.mm[Line.WARNING_LINE]
    assert window.picture.source_text == review_words.RECOMPUTED
    qtbot.keyClick(window, K.Key_V)
    assert window.picture.source_text == review_words.AS_SEEN_LIVE
    assert window.session.moment().distances.mm[Line.WARNING_LINE] == pytest.approx(recomputed, abs=2e-3)
    assert isinstance(window.session.moment().motion, Motion)
    assert window.leak.site_words() == with_keys(review_words.LEAKS_NOT_KEPT)
    qtbot.keyClick(window, K.Key_V)
    assert window.picture.source_text == review_words.RECOMPUTED


def test_without_figures_of_the_day_v_says_so(qtbot, opened: ReviewPage) -> None:
    qtbot.keyClick(opened, K.Key_V)
    assert opened.note.text() == review_words.NO_RECORD


def test_from_a_dropped_file_to_an_exported_report(qtbot, window: ReviewPage, run: SmallRun, tmp_path: Path) -> None:
    """The way of a new user, by mouse and keys alone: drop, six points, scale, look, note, key image, report."""
    lone = tmp_path / "film.mkv"
    lone.write_bytes(run.video.read_bytes())
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(lone))])
    drop = QDropEvent(
        QPointF(100, 100),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(drop)
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert window.editing
    for x, y in [*SUPERIOR, *INFERIOR]:
        qtbot.mouseClick(window.picture, Qt.MouseButton.LeftButton, pos=on_picture(window, x, y))
    window.plan_panel.scale.setValue(0.4)
    qtbot.keyClick(window, K.Key_Return)
    through(qtbot, window)
    window.jump(0)
    qtbot.keyClick(window, K.Key_BracketRight)
    assert window.session.playhead.frame == min(window.events.frames())
    qtbot.keyClick(window, K.Key_S)
    qtbot.keyClick(window, K.Key_N)
    qtbot.keyClicks(window.correct.note, "seen")
    qtbot.keyClick(window.correct.note, K.Key_Return)
    qtbot.keyClick(window, K.Key_R)
    folder = window.exporter.folder()
    report = folder / window.session.identity.file("report", ".pdf")
    qtbot.waitUntil(lambda: str(report) in window.export.message)
    assert report.read_bytes().startswith(b"%PDF-")
    assert report.stat().st_size > 20_000
    qtbot.waitUntil(lambda: not window.exporter.busy)
    qtbot.keyClick(window, K.Key_E)
    qtbot.waitUntil(lambda: not window.exporter.busy)
    with (folder / window.session.identity.file("figures", ".csv")).open(newline="", encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == COUNT + 1
    assert len(list(folder.glob("*_frame_*.png"))) == 2
    window.exporter.export("video")
    qtbot.waitUntil(lambda: not window.exporter.busy)
    with av.open(str(next(folder.glob("*.mp4")))) as video:
        assert sum(1 for _ in video.decode(video=0)) == COUNT


def test_each_layer_is_switched_for_itself(qtbot, opened: ReviewPage) -> None:
    through(qtbot, opened)
    opened.jump(COUNT - 1)
    qtbot.waitUntil(lambda: opened.picture.frame_index == COUNT - 1)
    whole = opened.picture.grab().toImage()
    for layer in ("lines", "limit", "cement", "marks"):
        opened.figures._switch(layer)
        assert layer not in opened.picture.layers
        assert opened.picture.grab().toImage() != whole
        opened.figures._switch(layer)
    assert opened.picture.layers == frozenset(review_words.LAYERS)


def test_no_word_of_the_page_promises_safety() -> None:
    text = " ".join(str(v) for k, v in vars(review_words).items() if k.isupper()).lower()
    for word in ("safe", "clear", "all good"):
        assert word not in text


def test_the_page_behind_does_not_play_on(qtbot, opened: ReviewPage) -> None:
    opened.playing = True
    opened.leave()
    assert not opened.playing
    assert not opened._timer.isActive()
    opened.enter()
    assert opened._timer.isActive()


def test_who_reviews_is_a_person_of_the_library_and_changes_by_a_key(qtbot, window: ReviewPage, run: SmallRun) -> None:
    with Library() as library:
        people = sorted(enrol(library, name, consents=False).id for name in ("Anna", "Ben"))
        choose(library.folder, people[1])
    assert window.open(str(run.folder), None)
    window.playing = False
    assert window.correct.who.currentText().startswith(people[1])
    for expected in (people[0], people[1]):
        qtbot.keyClick(window, K.Key_H)
        assert window.note.text() == review_words.REVIEWS_NOW.format(expected)
        qtbot.keyClick(window, K.Key_S)
        assert read_review(run.folder / "review.json").standing[-1].author == expected
