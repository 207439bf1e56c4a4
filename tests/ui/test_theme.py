"""The program's fonts: what is printed can be searched and copied."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtGui import QPainter, QPdfWriter
from PyQt6.QtPdf import QPdfDocument
from PyQt6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QWidget

from ui import theme

WORDS = "case K-HQG56 · L1 04:30 25 % (3 mm)"


@pytest.mark.parametrize("kind", [QComboBox, QDoubleSpinBox])
def test_the_edge_of_a_field_is_whole(qtbot, qapp: QApplication, kind: type[QWidget]) -> None:
    """The style's own buttons were painted over the right end of it."""
    before = qapp.styleSheet()
    theme.apply(qapp)
    field = kind()
    qtbot.addWidget(field)
    field.resize(200, 44)
    picture = field.grab().toImage()
    qapp.setStyleSheet(before)
    left, right = (
        [picture.pixelColor(x, y).lightness() for y in range(2, picture.height() - 2)] for x in (1, picture.width() - 2)
    )
    assert left == pytest.approx(right, abs=16)  # round corners are not drawn quite alike


@pytest.mark.usefixtures("qapp")
def test_what_is_printed_is_read_back_letter_by_letter(tmp_path: Path) -> None:
    theme.load_fonts()
    path = tmp_path / "words.pdf"
    writer = QPdfWriter(str(path))
    painter = QPainter(writer)
    painter.setFont(theme.printed_font(30))
    painter.drawText(200, 200, WORDS)
    painter.end()
    document = QPdfDocument(None)
    document.load(str(path))
    assert document.getAllText(0).text().strip() == WORDS
    document.close()
