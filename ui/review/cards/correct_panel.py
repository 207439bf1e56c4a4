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

from assistant.language import translate
from assistant.review.annotations import LABELS, SHAPES, SITES, YEOM_TYPES, About, Entry, LeakKey, Review
from assistant.vocabulary import LeakSite
from ui import theme, words
from ui.review import review_words
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

    label_chosen = pyqtSignal(object, str, object)
    """About, text, the leak or None."""
    person_wanted = pyqtSignal(str)
    """Id of who reviews now; empty for somebody new."""
    refused = pyqtSignal(str)
    """Why nothing was said."""
    undo_wanted = pyqtSignal()
    redo_wanted = pyqtSignal()
    points_wanted = pyqtSignal()
    jump = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = NoteField()
        self.who, self.leak, self.site, self.yeom, self.shape = (QComboBox() for _ in range(5))
        self._leaks: tuple[LeakKey, ...] = ()
        for box, labels in ((self.site, SITES), (self.yeom, YEOM_TYPES), (self.shape, SHAPES)):
            box.addItem(review_words.BLANK)
            for label in labels:
                box.addItem(review_words.label_words(label), label)
        form = QFormLayout()
        form.setSpacing(6)
        for name, box in (
            (review_words.REVIEWER, self.who),
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
            (review_words.CORRECT_NO_LEAK, lambda: self.label_chosen.emit(About.NO_LEAK, "", self._leak())),
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
        self.note.kept.connect(lambda text: self.label_chosen.emit(About.NOTE, text, None))
        self.who.activated.connect(lambda _: self.person_wanted.emit(self.who.currentData() or ""))
        self.set_leaks((), ())

    def set_people(self, people: Sequence[tuple[str, str]], present: str) -> None:
        """Who may review, by id and name; others see the id alone."""
        listed = [(f"{id_} · {name}" if name else id_, id_) for id_, name in people]
        listed.append((review_words.NEW_REVIEWER, ""))
        if self.who.currentData() == present and listed == [
            (self.who.itemText(k), self.who.itemData(k)) for k in range(self.who.count())
        ]:
            return
        self.who.clear()
        for text, id_ in listed:
            self.who.addItem(text, id_)
        at = self.who.findData(present)
        self.who.setCurrentIndex(at if at >= 0 else self.who.count() - 1)

    def set_leaks(self, seen: Sequence[LeakKey], added: Sequence[LeakKey]) -> None:
        """The program's leaks and those that reviewers added, to say something of each; and a further one."""
        self._leaks = (*seen, *added)
        names = [f"{k} · {words.LEAK_SITE[LeakSite(key.site)]}" for k, key in enumerate(seen, start=1)]
        names += [review_words.ADDED.format(words.LEAK_SITE[LeakSite(key.site)]) for key in added]
        names.append(review_words.CORRECT_NEW)
        if names != [self.leak.itemText(k) for k in range(self.leak.count())]:
            at = self.leak.currentIndex()
            self.leak.clear()
            self.leak.addItems(names)
            self.leak.setCurrentIndex(max(0, min(at, len(names) - 1)))

    def _leak(self) -> LeakKey | None:
        """The chosen leak; one that nobody listed yet has the site that is chosen for it."""
        at = self.leak.currentIndex()
        if 0 <= at < len(self._leaks):
            return self._leaks[at]
        return LeakKey(self.site.currentData(), None) if self.site.currentIndex() > 0 else None

    def _keep(self) -> None:
        key = self._leak()
        if key is None:
            self.refused.emit(review_words.CHOOSE_SITE)
            return
        for about, box in ((About.LEAK_SITE, self.site), (About.YEOM, self.yeom), (About.SHAPE, self.shape)):
            if box.currentIndex() > 0:
                self.label_chosen.emit(about, box.currentData(), key)
                box.setCurrentIndex(0)

    def show_review(self, review: Review) -> None:
        """List what stands, newest first."""
        self.list.clear()
        for entry in reversed(review.standing):
            item = QListWidgetItem(entry_words(entry))
            item.setData(Qt.ItemDataRole.UserRole, entry.frame)
            self.list.addItem(item)


def entry_words(entry: Entry) -> str:
    """An entry on one line: what, of which leak, who, when."""
    of = f" ({leak_words(entry)})" if entry.key is not None or entry.leak is not None else ""
    what = f"{review_words.ABOUT[entry.about.value]}{of}"
    figures = entry.value.get("figures")
    if isinstance(figures, dict):
        what += ": " + ", ".join(f"{translate(name)} {translate(value)}" for name, value in figures.items())
    elif entry.text:
        what += f": {review_words.label_words(entry.text) if entry.about in LABELS else entry.text}"
    return review_words.ENTRY.format(what, entry.author, entry.said_at[:16].replace("T", " "))


def leak_words(entry: Entry) -> str:
    """Of which leak an entry speaks."""
    if entry.key is None:
        return review_words.LEAK_OF_OLD.format(entry.leak)
    site = words.LEAK_SITE[LeakSite(entry.site)]
    return site if entry.first_frame is None else review_words.LEAK_FROM.format(site, entry.first_frame)
