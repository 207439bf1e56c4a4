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


def distance(page: ReviewPage, frame: int) -> str:
    page.player.go(frame)
    return dict(page.state.board.figures())["Distance"]


def test_in_its_own_scale(window: ReviewPage, qtbot: Any, tmp_path: Path) -> None:
    page = opened(window, qtbot, tmp_path / "run", displays=[{"zoom": ZOOM}])
    page.measure.choose("distance")
    page.state.board.points["distance"] = [(100.0, 100.0), (150.0, 100.0)]
    moment = page.session.moments.at(COUNT - 6)
    assert moment is not None
    assert isinstance(moment.motion, Motion)
    assert moment.motion.similarity.scale == pytest.approx(ZOOM, rel=0.03)
    assert distance(page, 2) == "≈ 20.0 mm", "the plan's own frame"
    assert distance(page, BEGINS - 4) == "≈ 20.0 mm"
    assert float(distance(page, COUNT - 6).split()[1]) == pytest.approx(20.0 / ZOOM, abs=0.5)
    page.reviewing.keep_measures()
    (kept,) = [entry.value for entry in page.state.review.standing if entry.about.value == "measure"]
    assert kept["mm_per_px"] == pytest.approx(0.4 / ZOOM, rel=0.03)
    page.exporter.export("dicom")
    qtbot.waitUntil(lambda: not page.exporter.busy and page.export.stop.isHidden())
    (written,) = page.exporter.folder().rglob("*.dcm")
    about = str(pydicom.dcmread(written).ImageComments)
    assert f"{kept['mm_per_px']:#.3g} mm/px" in about


def test_in_px_where_nobody_took_it_over(window: ReviewPage, qtbot: Any, tmp_path: Path) -> None:
    page = opened(window, qtbot, tmp_path / "run")
    page.measure.choose("distance")
    page.state.board.points["distance"] = [(100.0, 100.0), (150.0, 100.0)]
    moment = page.session.moments.at(COUNT - 6)
    assert moment is not None
    assert isinstance(moment.motion, Unknown)
    assert distance(page, BEGINS - 4) == "≈ 20.0 mm"
    assert distance(page, COUNT - 6) == "≈ 50.0 px uncal."
    assert "the scale of this picture is not known" in page.measure.hint.text()
    assert "zoomed" in page.measure.hint.text()
