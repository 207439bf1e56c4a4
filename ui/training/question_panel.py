"""The question beside the clip: answer, how sure, where; one key each, Enter locks."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from assistant.training.trainer import QUESTION, SHAPE, SITE, WATCHING
from ui.keys.key_map import with_keys
from ui.training import training_words as words
from ui.training.question import Question
from ui.training.violet import AnswerButton, TrainingCard, label
from ui.widgets.keycap import Keycap


class QuestionPanel(QWidget):
    """What is asked of a clip.

    Attributes
    ----------
    locked : signal
        The answer is given.
    chosen : signal (str)
        A field was touched: its key.
    """

    locked = pyqtSignal()
    chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        self.card = TrainingCard(words.WOULD_YOU, 34)
        self.card.title.setWordWrap(True)
        self.answers: list[AnswerButton] = []
        for key, _, text in words.ANSWER_KEYS:
            self.answers.append(self._choice(AnswerButton(key, text, words.HONEST if key == "3" else "")))
            self.card.column.addWidget(self.answers[-1])
        self.note = label("", 18, 500, colour="#BAC6D1", wrap=True)
        self.card.column.addWidget(self.note)
        column.addWidget(self.card, 5)
        self.sure_card = TrainingCard(words.HOW_SURE, 26)
        row = QHBoxLayout()
        self.sures = [self._choice(AnswerButton(key, f"{value} %", stacked=True)) for key, value in words.SURE.items()]
        for each in self.sures:
            row.addWidget(each)
        self.sure_card.column.addLayout(row)
        column.addWidget(self.sure_card, 3)
        self.where_card = TrainingCard(words.WHERE, 26)
        row = QHBoxLayout()
        self.wheres = [self._choice(AnswerButton(key, text, stacked=True)) for key, _, text in words.WHERE_LATERAL]
        for each in self.wheres:
            row.addWidget(each)
        self.where_card.column.addLayout(row)
        column.addWidget(self.where_card, 3)
        last = TrainingCard()
        row = QHBoxLayout()
        self.lock_cap = Keycap.of("training", "lock", words.LOCK)
        self.lock_cap.is_strong = True
        self.lock_cap.pressed.connect(lambda _: self.locked.emit())
        self.lock_cap.setFixedWidth(self.lock_cap.sizeHint().width() + 40)
        row.addWidget(self.lock_cap)
        row.addStretch(1)
        last.column.addLayout(row)
        self.hidden = label(words.HIDDEN, 18, 500, colour="#BAC6D1", wrap=True)
        last.column.addWidget(self.hidden)
        column.addWidget(last, 2)

    def _choice(self, made: AnswerButton) -> AnswerButton:
        made.chosen.connect(self.chosen)
        return made

    def ask(self, question: Question, *, with_assistant: bool = False) -> None:
        """Put a question, nothing chosen yet."""
        task = question.task
        self.hidden.setText(words.HIDDEN_WITH if with_assistant else words.HIDDEN)
        title = {SITE: words.SITE_TITLE, SHAPE: words.SHAPE_TITLE, WATCHING: words.WATCH_TITLE}
        self.card.title.setText(title.get(task, words.WOULD_YOU))
        for choice, (key, _, text) in zip(self.answers, question.answers, strict=True):
            choice.key, choice.text = key, text
            choice.note = words.HONEST if task == QUESTION and key == "3" else ""
            choice.setVisible(task in (QUESTION, SHAPE))
            choice.update()
        for choice, (_, _, text) in zip(self.wheres, question.wheres, strict=True):
            choice.text = text
            choice.setVisible(not (question.is_ap and choice.key == "A"))
            choice.update()
        self.sure_card.setVisible(task != WATCHING)
        self.where_card.setVisible(task in (QUESTION, SITE))
        self.where_card.title.setText(words.SITE_CHOICE if task == SITE else words.WHERE)
        self.lock_cap.label = words.STOP_NOW if task == WATCHING else words.LOCK
        self.lock_cap.update()
        self.show_chosen(question, words.WATCH_NOTE if task == WATCHING else "")

    def show_chosen(self, question: Question, note: str) -> None:
        """Mark what is chosen; a sentence under the answers."""
        self.note.setText(with_keys(note))
        for choice, (_, value, _) in zip(self.answers, question.answers, strict=True):
            choice.choose(value == question.answer)
        for choice, percent in zip(self.sures, words.SURE.values(), strict=True):
            choice.choose(percent == question.sure)
        marked = False
        for choice, (_, value, _) in zip(self.wheres, question.wheres, strict=True):
            choice.choose(bool(question.direction) and value == question.direction and not marked)
            marked = marked or choice.is_chosen
