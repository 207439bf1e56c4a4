"""Colours, fonts and the palette of the design sheets; no green anywhere."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PyQt6.QtWidgets import QApplication, QWidget

from assistant.vocabulary import Priority

_ARROW = Path(__file__).parent / "arrow_down.svg"
GROUND = QColor("#07090C")
BARS = QColor("#0E1217")
CARD = QColor("#161C23")
RAISED = QColor("#222B35")
HAIRLINE = QColor("#34404C")
CONTROL_EDGE = QColor("#7A8A9A")
TEXT_1 = QColor("#F2F5F8")
TEXT_2 = QColor("#BAC6D1")
TEXT_3 = QColor("#8B99A7")
BONE = QColor("#7CBBFF")
LIMIT = QColor("#FF8AD8")
CEMENT = QColor("#FFFFFF")
HELD = QColor("#AEB6BE")
HIGH = (QColor("#CF1219"), QColor("#7A0B0F"))
HIGH_LINE = QColor("#FF3B30")
HIGH_FIGURE = QColor("#FF7A73")
MEDIUM = (QColor("#FFD400"), QColor("#3A3200"))
MEDIUM_TEXT = (QColor("#15120A"), QColor("#FFD400"))
LOW = QColor("#35D0E8")
LOW_TEXT = QColor("#06181C")
REPLAY = QColor("#1F57E0")
CASING = QColor(0, 0, 0, 166)

_FAMILY = "Inter"


def font(size_px: int, weight: int = 500, *, spacing_percent: float = 0.0) -> QFont:
    """The program's font with tabular figures, in px."""
    made = QFont(_FAMILY)
    made.setPixelSize(size_px)
    made.setWeight(QFont.Weight(weight))
    made.setFeature(QFont.Tag("tnum"), 1)
    if spacing_percent:
        made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 100 + spacing_percent)
    return made


def printed_font(size_px: int, weight: int = 500) -> QFont:
    """The same for a PDF: in letters alone, since what a font puts in their place cannot be searched or copied."""
    made = font(size_px, weight)
    for feature in ("tnum", "calt"):
        made.setFeature(QFont.Tag(feature), 0)
    return made


def priority_colour(priority: Priority) -> QColor:
    """The colour that speaks for a priority."""
    return {Priority.HIGH: HIGH_FIGURE, Priority.MEDIUM: MEDIUM[0], Priority.LOW: LOW, Priority.NONE: TEXT_1}[priority]


def load_fonts() -> None:
    """Make the program's own fonts known; once a process."""
    for file in sorted((Path(__file__).parent / "fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(file))


def apply(application: QApplication) -> None:
    """Put the fonts and the palette on the application (Fusion: the platform's theme does not reach it)."""
    load_fonts()
    application.setStyle("Fusion")
    palette = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, GROUND),
        (QPalette.ColorRole.Base, CARD),
        (QPalette.ColorRole.AlternateBase, RAISED),
        (QPalette.ColorRole.Button, RAISED),
        (QPalette.ColorRole.WindowText, TEXT_1),
        (QPalette.ColorRole.Text, TEXT_1),
        (QPalette.ColorRole.ButtonText, TEXT_1),
        (QPalette.ColorRole.PlaceholderText, TEXT_3),
        (QPalette.ColorRole.Highlight, REPLAY),
        (QPalette.ColorRole.HighlightedText, TEXT_1),
        (QPalette.ColorRole.ToolTipBase, RAISED),
        (QPalette.ColorRole.ToolTipText, TEXT_1),
    ):
        palette.setColor(role, colour)
    application.setPalette(palette)
    application.setFont(font(18))
    application.setStyleSheet(
        "QPushButton{background:#222B35;border:1px solid #7A8A9A;border-radius:6px;padding:4px 6px;}"
        "QPushButton:hover{background:#34404C;} QPushButton:disabled{color:#5b6773;border-color:#34404C;}"
        "QPushButton:focus,QLineEdit:focus,QComboBox:focus,QDoubleSpinBox:focus,QListWidget:focus"
        "{border:3px solid #7CBBFF;}"
        "QLineEdit,QComboBox,QDoubleSpinBox{background:#0E1217;border:1px solid #7A8A9A;border-radius:6px;padding:6px;}"
        # Without these the style paints its own buttons over the edge of the field.
        "QComboBox::drop-down{border:none;width:28px;}"
        f'QComboBox::down-arrow{{image:url("{_ARROW.as_posix()}");width:14px;height:8px;}}'
        "QDoubleSpinBox::up-button,QDoubleSpinBox::down-button{border:none;background:none;width:0px;}"
        "QListWidget{background:#161C23;border:1px solid #34404C;border-radius:6px;outline:none;}"
        "QListWidget::item{padding:6px;} QListWidget::item:selected{background:#2A3744;}"
        "QMenuBar{background:#0E1217;} QMenuBar::item:selected,QMenu::item:selected{background:#34404C;}"
        "QMenu{background:#161C23;border:1px solid #34404C;}"
    )


def apply_minimum(window: QWidget) -> None:
    """The least supported size is 1280 × 1024; a smaller window still works for review, and theatre refuses to arm."""
    window.setMinimumSize(1024, 640)
