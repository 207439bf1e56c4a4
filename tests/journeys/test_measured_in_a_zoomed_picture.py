"""A reviewer measures in a picture that the console shows larger: in its own scale, in px where that is not known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest

from assistant.vocabulary import Motion, Unknown
from tests.journeys.test_console_display import BEGINS, COUNT, changed, zoomed
from tests.review_window import shown_review
from tests.small_run import plan_document, write_video
from ui.review.page import ReviewPage

ZOOM = 1.35


@pytest.fixture
def window(qtbot: Any) -> Iterator[ReviewPage]:
    yield from shown_review(qtbot)


def opened(window: ReviewPage, qtbot: Any, folder: Path, **more: Any) -> ReviewPage:
    folder.mkdir()
    plan = folder / "plan.json"
    plan.write_text(json.dumps(plan_document() | more), encoding="utf-8")
    assert window.open(str(write_video(folder / "run.mkv", changed(zoomed(ZOOM)))), str(plan))
    window.playing = False
    qtbot.waitUntil(lambda: len(window.session.moments) >= COUNT)
    return window


def distance(page: ReviewPage, frame: int, *, x: float = 150.0) -> str:
    """Between two points that are set on this picture."""
    page.player.go(frame)
    page.state.board.points.pop("distance", None)
    page.state.board._grounds.pop("distance", None)
    page.state.board.press(100.0, 100.0, 1.0)
    page.state.board.press(x, 100.0, 1.0)
    return told(page)


def told(page: ReviewPage) -> str:
    return dict(page.state.board.figures())["Distance"]


def test_in_its_own_scale(window: ReviewPage, qtbot: Any, tmp_path: Path) -> None:
    page = opened(window, qtbot, tmp_path / "run", displays=[{"zoom": ZOOM}])
    page.measure.choose("distance")
    moment = page.session.moments.at(COUNT - 6)
    assert moment is not None
    assert isinstance(moment.motion, Motion)
    assert moment.motion.similarity.scale == pytest.approx(ZOOM, rel=0.03)
    assert distance(page, 2) == "≈ 20.0 mm · frame 2", "the plan's own frame"
    assert distance(page, BEGINS - 4) == f"≈ 20.0 mm · frame {BEGINS - 4}"
    page.player.go(COUNT - 6)
    assert told(page) == f"≈ 20.0 mm · frame {BEGINS - 4}", "played on: it stays what was measured"
    assert page.state.board.lies_elsewhere("distance"), "drawn grey"
    page.state.board.press(150.0, 100.0, 1.0)
    assert told(page).startswith("— (the points lie on pictures that may differ in size")
    in_zoomed = distance(page, COUNT - 6)
    assert float(in_zoomed.split()[1]) == pytest.approx(20.0 / ZOOM, abs=0.5)
    page.player.go(2)
    assert told(page) == in_zoomed
    page.reviewing.keep_measures()
    (kept,) = [entry.value for entry in page.state.review.standing if entry.about.value == "measure"]
    assert kept["mm_per_px"] == pytest.approx(0.4 / ZOOM, rel=0.03)
    page.player.go(COUNT - 6)
    page.exporter.export("dicom")
    qtbot.waitUntil(lambda: not page.exporter.busy and page.export.stop.isHidden())
    (written,) = page.exporter.folder().rglob("*.dcm")
    about = str(pydicom.dcmread(written).ImageComments)
    assert f"{kept['mm_per_px']:#.3g} mm/px" in about


def test_in_px_where_nobody_took_it_over(window: ReviewPage, qtbot: Any, tmp_path: Path) -> None:
    page = opened(window, qtbot, tmp_path / "run")
    page.measure.choose("distance")
    moment = page.session.moments.at(COUNT - 6)
    assert moment is not None
    assert isinstance(moment.motion, Unknown)
    assert distance(page, BEGINS - 4) == f"≈ 20.0 mm · frame {BEGINS - 4}"
    assert distance(page, COUNT - 6) == f"≈ 50.0 px uncal. · frame {COUNT - 6}"
    assert "the scale of this picture is not known" in page.measure.hint.text()
    assert "zoomed" in page.measure.hint.text()
