"""A result that lies with a run is opened at once; one that would be made otherwise now is marked; U analyses anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt

from assistant.cli import main
from assistant.settings.tree import Settings, with_changes
from assistant.system.places import data_home
from tests.small_run import plan_document, write_small_run
from ui.review import review_words
from ui.review.page import ReviewPage, make_page
from ui.shell import Shell

K = Qt.Key


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of the library, analysed when it was taken in."""
    assert main(["import", str(write_small_run(tmp_path, 46).folder)]) == 0
    (run,) = (data_home() / "runs").glob("*/run")
    return run


def opened(qtbot, page: ReviewPage, run: Path) -> str:
    """Open a run and wait until it is through; what the header says."""
    assert page.open(str(run), None), page.note.text()
    page.playing = False
    through(qtbot, page)
    return page.header.accessibleName()


def through(qtbot, page: ReviewPage) -> None:
    qtbot.waitUntil(lambda: page.session is not None and page.session.ended)
    page.jump(40)
    qtbot.wait(50)


def test_a_run_of_the_library_is_not_analysed_twice(qtbot, review: ReviewPage, run: Path, monkeypatch) -> None:
    monkeypatch.setattr("assistant.review.opened_run.ReplayAnalysis", None)  # nothing is analysed
    told = opened(qtbot, review, run)
    assert review_words.KEPT_RESULT in told
    assert "made by" not in told
    session = review.session
    assert session is not None
    moment = session.moment()
    assert moment is not None
    assert moment.outline
    result = json.loads((run.parent / "result" / "result.json").read_text())
    assert {row.frame for row in review.events.rows()} >= {event["first_frame"] for event in result["events"]}
    assert [story.first_frame for story in review.state.book.leaks.stories()] == [
        leak["first_frame"] for leak in result["leaks"]
    ]
    assert review.picture.source_text == review_words.RECOMPUTED


def test_a_result_of_another_version_is_marked_and_analysed_anew_by_one_key(
    qtbot, review: ReviewPage, run: Path
) -> None:
    path = run.parent / "result" / "result.json"
    document = json.loads(path.read_text())
    document["program"]["version"] = "0.0.1"
    path.write_text(json.dumps(document))
    told = opened(qtbot, review, run)
    assert "made by version 0.0.1" in told
    assert review.picture.source_text == review_words.EARLIER
    assert review.header.anew.isVisible()
    qtbot.keyClick(review, K.Key_R)
    qtbot.waitUntil(lambda: not review.exporter.busy and review.export.stop.isHidden())
    assert review.exporter.material(review.session).report().origin == "made by version 0.0.1"
    qtbot.keyClick(review, K.Key_U)
    through(qtbot, review)
    assert "made by" not in review.header.accessibleName()
    assert not review.header.anew.isVisible()
    assert review.picture.source_text == review_words.RECOMPUTED


def test_a_plan_that_was_moved_since_is_told_and_counts_after_u(qtbot, review: ReviewPage, run: Path) -> None:
    (run / "plan.json").write_text(json.dumps(plan_document(warning_line_fraction=0.5)))
    assert "another plan" in opened(qtbot, review, run)
    session = review.session
    assert session is not None
    assert session.plan is not None
    assert session.plan.views[0].warning_line_fraction == 0.25  # the lines on the picture are those of the figures
    qtbot.keyClick(review, K.Key_U)
    through(qtbot, review)
    assert session.plan.views[0].warning_line_fraction == 0.5
    assert "made by" not in review.header.accessibleName()


def test_other_settings_are_told(qtbot, tmp_path: Path, run: Path) -> None:
    shell = Shell(with_changes(Settings(), {"alarms.posterior_band_mm": 4.0}), {"review": make_page})
    qtbot.addWidget(shell)
    shell.go_to("review")
    page = shell.page("review")
    assert isinstance(page, ReviewPage)
    try:
        assert "other settings" in opened(qtbot, page, run)
        qtbot.keyClick(page, K.Key_U)
        through(qtbot, page)
        assert "made by" not in page.header.accessibleName()
    finally:
        shell.close()


def test_a_result_that_the_command_wrote_beside_a_run_says_that_it_kept_no_outlines_and_u_makes_them(
    qtbot, review: ReviewPage, tmp_path: Path
) -> None:
    made = write_small_run(tmp_path, 46)
    assert main(["analyze", str(made.folder), "--plan", str(made.plan), "--out", str(made.folder / "result")]) == 0
    told = opened(qtbot, review, made.folder)
    assert review_words.KEPT_RESULT in told
    assert review_words.NO_OUTLINES in told
    assert review.header.anew.isVisible()
    session = review.session
    assert session is not None
    assert not session.moment().outline
    qtbot.keyClick(review, K.Key_U)
    through(qtbot, review)
    assert session.moment().outline
    assert review_words.NO_OUTLINES not in review.header.accessibleName()
