"""What came of the answer: the verdict, what gave it away, others' answers, and the CT."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from assistant.language import tr, translate
from assistant.training.scoring import Score
from assistant.training.trainer import SHAPE, SITE, Given
from ui import theme
from ui.training import training_words as words
from ui.training.answer_charts import AnswerBars
from ui.training.feedback import Feedback
from ui.training.violet import TrainingCard, label
from ui.widgets import icons
from ui.widgets.keycap import Keycap


class FeedbackPanel(QWidget):
    """The right side of the feedback."""

    act = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        first = TrainingCard()
        row = QHBoxLayout()
        self.mark = VerdictMark()
        row.addWidget(self.mark)
        words_column = QVBoxLayout()
        self.headline = label("", 34, 750, wrap=True)
        self.second = label("", 20, 500, colour="#BAC6D1", wrap=True)
        words_column.addWidget(self.headline)
        words_column.addWidget(self.second)
        row.addLayout(words_column, 1)
        first.column.addLayout(row)
        self.gave_away = label("", 20, 500, colour="#BAC6D1", wrap=True)
        first.column.addWidget(self.gave_away)
        first.column.addStretch(1)
        column.addWidget(first, 4)
        self.answers_card = TrainingCard(words.ANSWERS_TITLE)
        self.bars = AnswerBars()
        self.answers_card.column.addWidget(self.bars, 1)
        self.answers_card.column.addWidget(label(words.ONE_VIEW, 17, 500, colour="#BAC6D1", wrap=True))
        column.addWidget(self.answers_card, 5)
        ct = TrainingCard(words.CT_TITLE)
        self.ct = label("", 19, 500, wrap=True)
        self.back = label("", 18, 500, colour="#A99BC9", wrap=True)
        ct.column.addWidget(self.ct)
        ct.column.addWidget(self.back)
        ct.column.addStretch(1)
        column.addWidget(ct, 3)
        last = TrainingCard()
        row = QHBoxLayout()
        for act, text in (("next", words.NEXT), ("run", words.SEE), ("flag", words.FLAG)):
            cap = Keycap.of("training", act, text)
            cap.pressed.connect(self.act)
            cap.setFixedWidth(cap.sizeHint().width() + 4)
            row.addWidget(cap)
        row.addStretch(1)
        last.column.addLayout(row)
        self.answers_card.right.setText(words.ONLY_YOU)
        column.addWidget(last, 1)

    def show_feedback(self, feedback: Feedback) -> None:
        """The verdict in words, and what stands beside it."""
        facts, given, result = feedback.clip.facts, feedback.given, feedback.result
        self.mark.show_verdict(result.is_right)
        headline = words.headline(result.verdict, result.early_s, facts.event, facts.trap)
        if given.task in (SITE, SHAPE):
            true = facts.shape if given.task == SHAPE else " and ".join(facts.leak_sites) or "stays in"
            headline = f"{tr('Right') if result.is_right else tr('Not right')}: {translate(true)}"
        self.headline.setText(headline)
        self.second.setText(_second_line(given, result))
        self.gave_away.setText(translate(feedback.gave_away))
        self.bars.show_answers(feedback.others, given.answer)
        self.answers_card.setVisible(feedback.is_about_stopping)
        self.ct.setText(translate(feedback.known))
        self.back.setText(feedback.back)


class VerdictMark(QWidget):
    """Tick or cross; never green, and never beside the picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(64, 64)
        self._is_right = False

    def show_verdict(self, is_right: bool) -> None:
        """Right or not."""
        self._is_right = is_right
        self.setAccessibleName(tr("right") if is_right else tr("not right"))
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the mark."""
        painter = QPainter(self)
        icons.draw(painter, "tick" if self._is_right else "cross", QRectF(6, 6, 52, 52), theme.TEXT_1)


def _second_line(given: Given, result: Score) -> str:
    parts = []
    early = words.early_words(result)
    if early:
        parts.append(f"{early[:1].upper()}{early[1:]}.")
    if given.direction is not None and result.direction_right is not None:
        parts.append(
            tr("Direction right: {direction}.", direction=translate(given.direction))
            if result.direction_right
            else tr("Direction not right: {direction}.", direction=translate(given.direction))
        )
    if given.sure_percent is not None:
        so = tr("and it was so") if result.is_right else tr("and it was not so")
        parts.append(tr("{sure_percent} % sure, {so}.", sure_percent=given.sure_percent, so=so))
    return " ".join(parts)
