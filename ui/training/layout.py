"""Puts the parts of the page of training in their places."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from ui import theme
from ui.training import training_words as words
from ui.training.answer_charts import StopAxis
from ui.training.clip_view import ClipView
from ui.training.dashboard import Dashboard
from ui.training.feedback_panel import FeedbackPanel
from ui.training.instructor import InstructorView
from ui.training.question_panel import QuestionPanel
from ui.training.violet import GROUND, TrainingBand, TrainingCard, TrainingHeader, label
from ui.training.welcome import Welcome
from ui.widgets.page_tabs import PageTabs


@dataclass(slots=True, kw_only=True, eq=False)
class TrainingWidgets:
    """The widgets of the page."""

    header: TrainingHeader
    note: QLabel
    view: ClipView
    question: QuestionPanel
    feedback: FeedbackPanel
    axis_card: TrainingCard
    axis: StopAxis
    axis_words: QLabel
    panels: QStackedWidget
    case: QWidget
    welcome: Welcome
    dashboard: Dashboard
    instructor_view: InstructorView
    stack: QStackedWidget
    tabs: PageTabs


def lay_out(page: QWidget) -> TrainingWidgets:
    """Make the widgets of the page and arrange them in it."""
    parts = TrainingWidgets(
        header=TrainingHeader(),
        note=label("", 19, 600, wrap=True),
        view=ClipView(),
        question=QuestionPanel(),
        feedback=FeedbackPanel(),
        axis_card=TrainingCard(words.AGAINST),
        axis=StopAxis(),
        axis_words=label("", 18, 500),
        panels=QStackedWidget(),
        case=QWidget(),
        welcome=Welcome(),
        dashboard=Dashboard(),
        instructor_view=InstructorView(),
        stack=QStackedWidget(),
        tabs=PageTabs("training"),
    )
    parts.note.setContentsMargins(16, 6, 16, 6)
    parts.note.hide()
    parts.axis_card.right.setText(words.TO_EVENT)
    parts.axis_card.column.addWidget(parts.axis, 1)
    parts.axis_card.column.addWidget(parts.axis_words)
    left = QVBoxLayout()
    left.setSpacing(14)
    left.addWidget(parts.view, 3)
    left.addWidget(parts.axis_card, 1)
    parts.panels.addWidget(parts.question)
    parts.panels.addWidget(parts.feedback)
    row = QHBoxLayout(parts.case)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(20)
    row.addLayout(left, 1)
    row.addWidget(parts.panels)
    for widget in (parts.welcome, parts.case, parts.dashboard, parts.instructor_view):
        parts.stack.addWidget(widget)
    _frame(page, parts)
    return parts


def _frame(page: QWidget, parts: TrainingWidgets) -> None:
    """The header and the sentence above, the ways to the other pages below."""
    content = QWidget()
    palette = content.palette()
    palette.setColor(QPalette.ColorRole.Window, GROUND)
    content.setPalette(palette)
    content.setAutoFillBackground(True)
    content.setFont(theme.font(18))
    content.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(parts.header)
    column.addWidget(parts.note)
    inside = QVBoxLayout()
    inside.setContentsMargins(16, 16, 16, 12)
    inside.setSpacing(10)
    inside.addWidget(parts.stack, 1)
    low = QHBoxLayout()
    low.addStretch(1)
    low.addWidget(parts.tabs)
    inside.addLayout(low)
    column.addLayout(inside, 1)
    outer = QVBoxLayout(page)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(TrainingBand(content))
