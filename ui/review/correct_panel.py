"""The reviewer's own view of a run: site, route, shape, notes; with author, time and undo."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from assistant.reviews import SHAPES, YEOM_TYPES, About, Entry, Review
from ui import theme, words
from ui.review import review_words
from ui.review.leak_book import LeakStory
from ui.review.transport import key_button


class NoteField(QLineEdit):
    """A line for a note: Enter keeps it, Escape leaves it; keys typed here are no acts of the page."""

    kept = pyqtSignal(str)
    left = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(review_words.CORRECT_NOTE)
        self.setMinimumHeight(44)
        self.setMaxLength(2000)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """Enter and Escape are ours; the rest is text."""
        if a0 is None:
            return
        if a0.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            text = self.text().strip()
            self.clear()
            self.clearFocus()
            if text:
                self.kept.emit(text)
        elif a0.key() == Qt.Key.Key_Escape:
            self.clear()
            self.clearFocus()
            self.left.emit()
        else:
            super().keyPressEvent(a0)
            a0.accept()


class CorrectPanel(QWidget):
    """Says what a reviewer sees. Nothing here touches the program's figures."""

    said = pyqtSignal(object, str, object)
    """About, text, number of the leak or None."""
    undo_wanted = pyqtSignal()
    redo_wanted = pyqtSignal()
    points_wanted = pyqtSignal()
    jump = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = NoteField()
        self.leak, self.site, self.yeom, self.shape = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self.site.addItems([review_words.BLANK, *review_words.SITES])
        self.yeom.addItems([review_words.BLANK, *YEOM_TYPES])
        self.shape.addItems([review_words.BLANK, *SHAPES])
        form = QFormLayout()
        form.setSpacing(6)
        for name, box in (
            (review_words.CORRECT_LEAK, self.leak),
            (review_words.CORRECT_SITE, self.site),
            (review_words.CORRECT_YEOM, self.yeom),
            (review_words.CORRECT_SHAPE, self.shape),
        ):
            box.setMinimumHeight(44)
            box.setAccessibleName(name)
            box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            form.addRow(name, box)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for text, act in (
            (review_words.CORRECT_KEEP, self._keep),
            (review_words.CORRECT_NO_LEAK, lambda: self.said.emit(About.NO_LEAK, "", self._leak_number())),
            (review_words.CORRECT_POINTS, self.points_wanted.emit),
            (review_words.CORRECT_UNDO, self.undo_wanted.emit),
            (review_words.CORRECT_REDO, self.redo_wanted.emit),
        ):
            acts.addWidget(key_button(text, text, act))
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(review_words.CORRECT_TITLE)
        self.list.setFont(theme.font(16, 550))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda item: self.jump.emit(int(item.data(Qt.ItemDataRole.UserRole))))
        title = QLabel(review_words.CORRECT_TITLE)
        title.setFont(theme.font(18, 700))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 6, 16, 12)
        column.setSpacing(6)
        for part in (title, self.note):
            column.addWidget(part)
        column.addLayout(form)
        column.addLayout(acts)
        column.addWidget(self.list, 1)
        self.note.kept.connect(lambda text: self.said.emit(About.NOTE, text, None))
        self.set_leaks(())

    def set_leaks(self, stories: Sequence[LeakStory]) -> None:
        """The program's leaks, to say something of each; and one that it did not list."""
        names = [f"{story.number} · {words.LEAK_SITE[story.site]}" for story in stories] + [review_words.CORRECT_NEW]
        if names != [self.leak.itemText(k) for k in range(self.leak.count())]:
            at = self.leak.currentIndex()
            self.leak.clear()
            self.leak.addItems(names)
            self.leak.setCurrentIndex(max(0, min(at, len(names) - 1)))

    def _leak_number(self) -> int | None:
        at = self.leak.currentIndex()
        return at + 1 if at < self.leak.count() - 1 else None

    def _keep(self) -> None:
        number = self._leak_number()
        for about, box in ((About.LEAK_SITE, self.site), (About.YEOM, self.yeom), (About.SHAPE, self.shape)):
            if box.currentIndex() > 0:
                self.said.emit(about, box.currentText(), number)
                box.setCurrentIndex(0)

    def show_review(self, review: Review) -> None:
        """List what stands, newest first."""
        self.list.clear()
        for entry in reversed(review.standing):
            item = QListWidgetItem(told(entry))
            item.setData(Qt.ItemDataRole.UserRole, entry.frame)
            self.list.addItem(item)


def told(entry: Entry) -> str:
    """An entry on one line: what, of which leak, who, when."""
    of = f" (leak {entry.leak})" if entry.leak is not None else ""
    what = f"{review_words.ABOUT[entry.about.value]}{of}"
    figures = entry.value.get("figures")
    if isinstance(figures, dict):
        what += ": " + ", ".join(f"{name} {value}" for name, value in figures.items())
    elif entry.text:
        what += f": {entry.text}"
    return review_words.ENTRY.format(what, entry.author, entry.said_at[:16].replace("T", " "))
