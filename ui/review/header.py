"""The header of a replay: filled with the mode's colour, so that it never looks live."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from assistant.identity import Identity
from assistant.language import tr, translate
from ui import theme, words
from ui.review import review_words
from ui.review.transport import key_button


class Header(QWidget):
    """Mode, when and what was recorded, whose figures are shown, and the way out."""

    close_wanted = pyqtSignal()
    figures_wanted = pyqtSignal()
    live_wanted = pyqtSignal()
    open_wanted = pyqtSignal()
    anew_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(58)
        self._ids = ""
        self._parts: tuple[str, ...] = ()
        self._notes = _Notes(self)
        self.about = key_button(tr("{}  Notes"), tr("What was assumed or mended"), self.toggle_notes, key="notes")
        self.about.hide()
        self.figures = key_button("", tr("As seen live or recomputed"), self.figures_wanted.emit, key="figures")
        self.live = key_button(review_words.GO_LIVE, tr("Go live"), self.live_wanted.emit, key="live")
        self.live.hide()
        self.anew = key_button(review_words.ANALYSE_ANEW, tr("Analyse anew"), self.anew_wanted.emit, key="anew")
        self.anew.hide()
        self._short = False
        opening = key_button(tr("{}  Open"), tr("Open a recording"), self.open_wanted.emit, key="open")
        close = key_button("{}  " + review_words.CLOSE, review_words.CLOSE, self.close_wanted.emit, key="leave")
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 6, 20, 6)
        row.setSpacing(10)
        row.addStretch(1)
        for button in (self.about, self.live, self.figures, self.anew, opening, close):
            row.addWidget(button)
            button.setStyleSheet(_FIELD)

    def show_identity(
        self,
        identity: Identity | None,
        name: str,
        about: str,
        *,
        as_seen: bool,
        has_record: bool,
        mark: str = "",
        result: str = "",
        is_other: bool = False,
        notes: tuple[str, ...] = (),
    ) -> None:
        """Say what is open; None where nothing is.

        ``name`` is that of a file in no case, for this screen alone. ``mark``: what is read first, such
        as that it is a rehearsal. ``result``: what is to be known of a result that
        is shown in place of an analysis of now; ``is_other``: it would be made otherwise now. ``notes``: what the
        source and the analysis assumed or mended.
        """
        self._notes.take(notes)
        self.about.setVisible(bool(notes))
        if identity is None:
            self._ids, self._parts = "", ()
        else:
            session = tr("session {session_id}", session_id=identity.session_id) if identity.session_id else ""
            parts = (mark, result, session, translate(identity.recorded_words), about, review_words.NOT_LIVE, name)
            self._ids = f"{translate(identity.heading)} · {tr('run {run_id}', run_id=identity.run_id)}"
            self._parts = tuple(part for part in parts if part)
        self.anew.setVisible(bool(result))
        word = review_words.AS_SEEN_LIVE if as_seen else review_words.EARLIER if is_other else review_words.RECOMPUTED
        self.figures.say(f"{{}}  {word}")
        self.figures.setEnabled(has_record)
        self.figures.setVisible(identity is not None)
        self.setAccessibleName(f"{words.REPLAY}: {', '.join((self._ids, *self._parts))}, {word}")
        self.update()

    def set_live_picture(self, there: bool) -> None:
        """Whether a live picture waits in the theatre."""
        self.live.setVisible(there)

    def toggle_notes(self) -> None:
        """Show the notes under the header, or put them away."""
        if self._notes.isVisible() or not self._notes.text():
            self._notes.hide()
            return
        self._notes.setFixedWidth(min(760, self.width()))
        self._notes.adjustSize()
        corner = self.about.mapToGlobal(self.about.rect().bottomLeft())
        right = self.mapToGlobal(self.rect().bottomRight()).x()
        self._notes.move(min(corner.x(), right - self._notes.width()), corner.y() + 8)
        self._notes.show()

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """A narrow header has short words in its fields: the ids keep their room."""
        short = self.width() < _WIDE_PX
        if short is not self._short:
            self._short = short
            self.anew.say(review_words.ANEW_SHORT if short else review_words.ANALYSE_ANEW)
            self.live.say(review_words.LIVE_SHORT if short else review_words.GO_LIVE)
        super().resizeEvent(a0)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the words, who it is above, whole; what does not fit below is left out from the right."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.REPLAY)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.TEXT_1, 2.5))
        painter.drawArc(QRectF(22, 19, 20, 20), -150 * 16, 300 * 16)
        painter.drawLine(20, 20, 23, 27)
        painter.drawLine(23, 27, 30, 25)
        painter.setFont(theme.font(30, 800, spacing_percent=4))
        x = 58
        width = painter.fontMetrics().horizontalAdvance(words.REPLAY)
        painter.drawText(QRectF(x, 0, width + 8, self.height()), Qt.AlignmentFlag.AlignVCenter, words.REPLAY)
        x += width + 24
        room = min([b.x() for b in self.findChildren(QPushButton) if b.isVisible()], default=self.width()) - 16
        lines = ((self._ids, 19, 700, 7.0), (" · ".join(self._parts), 16, 550, 30.0))
        for part, size_px, weight, top in lines:
            painter.setFont(theme.font(size_px, weight))
            while (
                part is self._ids and size_px > _LEAST_PX and painter.fontMetrics().horizontalAdvance(part) > room - x
            ):
                size_px -= 1
                painter.setFont(theme.font(size_px, weight))
            is_cut = painter.fontMetrics().elidedText(part, Qt.TextElideMode.ElideRight, room - x) != part
            if part is self._ids and is_cut:
                # The ids alone stand whole, their words give way.
                case, run = tr("case {case_id}", case_id=""), tr("run {run_id}", run_id="")
                part = part.replace(case, "").replace(run, "")
            text = painter.fontMetrics().elidedText(part, Qt.TextElideMode.ElideRight, room - x)
            painter.drawText(QRectF(x, top, room - x, 22), Qt.AlignmentFlag.AlignVCenter, text)


class _Notes(QLabel):
    """The notes as a small sheet; a key or a click anywhere puts it away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setFont(theme.font(18, 500))
        self.setStyleSheet("background:#20262E;color:#F2F5F8;border:1px solid #B9CCFF;padding:14px;")

    def take(self, notes: tuple[str, ...]) -> None:
        """Other notes."""
        text = "\n".join(f"• {translate(note)}" for note in notes)
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.hide()

    def keyPressEvent(self, ev: QKeyEvent | None) -> None:
        """Any key puts it away."""
        self.hide()


_WIDE_PX = 1500
_LEAST_PX = 13
"""An id is written smaller before it is cut: half an id is that of another run."""
_FIELD = (
    "QPushButton{background:#17409F;border:1px solid #B9CCFF;border-radius:6px;padding:4px 14px;color:#F2F5F8;}"
    "QPushButton:disabled{color:#B9CCFF;border-color:#17409F;}"
)
