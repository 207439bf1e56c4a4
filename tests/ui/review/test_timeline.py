"""The review's curve and the report's never hide the wall."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtPdf import QPdfDocument

from assistant.plan import PlannedView
from assistant.reports.facts import ReportFacts
from assistant.review.curves import Curves
from assistant.review.event_list import EventRow
from assistant.vocabulary import Priority
from tests.assistant.reports.test_tables import IDENTITY
from tests.ui.curves import ASSUMED, CALIBRATED, PLACES_MM, all_differ, pixels, rows_of, standing
from ui import theme
from ui.review import report_pdf
from ui.review.report_pdf import CURVE_COLUMNS, write_report
from ui.review.timeline import Timeline

COUNT = 450


def timeline(qtbot, line_mm: float, views: tuple[PlannedView, ...] = CALIBRATED) -> QImage:
    line = Timeline(Curves())
    qtbot.addWidget(line)
    ground = line.palette()
    ground.setColor(line.backgroundRole(), theme.GROUND)
    line.setPalette(ground)
    line.resize(1200, 330)
    line.set_run(COUNT, 15.0)
    line.curves.forget(views)
    line.curves.take(standing(line_mm, COUNT))
    return line.grab().toImage()


def report(
    folder: Path, line_mm: float, views: tuple[PlannedView, ...] = CALIBRATED, rows: tuple[EventRow, ...] = ()
) -> tuple[QImage, str]:
    """The page as a picture, and the words on it."""
    curves = Curves()
    curves.forget(views)
    curves.take(standing(line_mm, COUNT))
    facts = ReportFacts(
        identity=IDENTITY, origin="", head=(), final=(), events=(), leaks=(), reviewer=(), notes=(), trouble=""
    )
    path = folder / "report.pdf"
    write_report(path, facts, (), curves.columns(CURVE_COLUMNS, COUNT), COUNT, COUNT / 15, rows)
    document = QPdfDocument(None)
    assert document.load(str(path)) is QPdfDocument.Error.None_
    image = document.render(0, QSize(1190, 1684))
    page = QImage(image.size(), QImage.Format.Format_RGB888)
    page.fill(QColor("white"))
    painter = QPainter(page)
    painter.drawImage(QRectF(page.rect()), image)
    painter.end()
    return page.copy(0, 60, 1190, 340), document.getAllText(0).text()


def test_each_place_of_the_cement_has_a_look_of_its_own(qtbot) -> None:
    images = [timeline(qtbot, mm) for mm in PLACES_MM]
    all_differ(images)
    before, past, at_wall, behind = (rows_of(each, theme.TEXT_1, theme.HIGH_FIGURE) for each in images[:4])
    assert before.mean() < past.mean() < at_wall.mean() < behind.mean()
    assert len(rows_of(images[4], theme.HIGH_FIGURE)) == 0
    assert len(rows_of(images[0], theme.BONE))


def test_on_paper_too(qtbot, tmp_path: Path) -> None:
    made = [report(tmp_path, mm) for mm in PLACES_MM]
    images = [image for image, _ in made]
    all_differ(images)
    past, at_wall, behind = (rows_of(each, report_pdf._INK, report_pdf._PAST_WALL) for each in images[1:4])
    assert past.mean() < at_wall.mean() < behind.mean()
    assert all("wall" in text for _, text in made)
    assert "mm past" in made[4][1]
    assert "mm past" not in made[3][1]


@pytest.mark.parametrize(("views", "unit", "other"), [(CALIBRATED, "mm to line b", "uncal"), (ASSUMED, "uncal", "mm")])
def test_the_unit_on_paper(tmp_path: Path, qtbot, views, unit: str, other: str) -> None:
    _, text = report(tmp_path, PLACES_MM[4], views)
    assert unit in text
    assert other not in text


def test_no_lower_alarm_covers_a_higher_one_on_paper(tmp_path: Path, qtbot) -> None:
    high, low = (EventRow(frame=200, t_s=13.3, title="told", priority=each) for each in (Priority.HIGH, Priority.LOW))
    alone, both, turned = (report(tmp_path, PLACES_MM[0], rows=rows)[0] for rows in ((high,), (high, low), (low, high)))
    red = [
        int((np.abs(pixels(image) - theme.HIGH[0].getRgb()[:3]) < 24).all(axis=2).sum())
        for image in (alone, both, turned)
    ]
    assert red[0] == red[1] == red[2] > 50
