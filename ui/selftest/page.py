"""The self-test page (F5): start of the list. Runs each check once, asks for the sound, is signed with one key."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PyQt6.QtCore import QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QWidget

from assistant.language import tr, translate
from assistant.language.days import month_word
from assistant.settings.tree import Settings
from ui import theme
from ui.keys.key_map import current, word
from ui.keys.keyboard import chords
from ui.keys.table import KeyAction
from ui.page import Page
from ui.selftest.check import CheckOutcome, CheckStatus
from ui.selftest.checks import AFTER_SOUND, BEFORE_SOUND
from ui.selftest.controller import SOUND, SelfTestController
from ui.selftest.fidelity import fidelity
from ui.selftest.keys_editor import KeysEditor
from ui.selftest.model_cards import ModelCards
from ui.selftest.picture import draw_card, draw_title, paint_lists, paint_row, paint_test_picture
from ui.system.alarm_sound import AlarmSound
from ui.widgets.keycap import Keycap
from ui.widgets.page_tabs import PageTabs

_SOUND_GAP_MS: Final = 2600
_V = Qt.AlignmentFlag.AlignVCenter
_R = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class SelfTestPage(Page):
    """Shows the list, the result, the test picture and the last lists; what lies over the list.

    Attributes
    ----------
    controller : SelfTestController
        The rules and acts of the list.
    """

    measured = pyqtSignal(str, object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sound = AlarmSound(self)
        self.controller = SelfTestController(settings, self, self.sound, BEFORE_SOUND, AFTER_SOUND)
        self.tabs = PageTabs("selftest", self)
        self.tabs.wanted.connect(self.wanted)
        self._caps = [
            Keycap.of("selftest", act, parent=self) for act in ("heard", "not heard", "again", "sign", "keys", "cards")
        ]
        for cap in self._caps:
            cap.pressed.connect(self.act)
        self.editor = KeysEditor(self)
        self.editor.hide()
        self.editor.closed.connect(self._keys_changed)
        self.cards = ModelCards(self)
        self.cards.hide()
        self._sound_timer = QTimer(self)
        self._sound_timer.setInterval(_SOUND_GAP_MS)
        self._sound_timer.timeout.connect(self.controller.next_sound)
        self.measured.connect(self._take)

    def _keys_changed(self) -> None:
        for cap in self._caps:
            cap.read_key()
        self.update()

    def enter(self) -> None:
        """The first look runs the list."""
        self.controller.enter()

    def show_outcomes(self) -> None:
        """An outcome of the list is other than before."""
        self.setAccessibleName(tr("Self-test: {result}", result=self.controller.result()))
        self.update()

    def show_note(self) -> None:
        """The line under the result is other than before."""
        self.update()

    def hand_over(self, name: str, outcome: CheckOutcome) -> None:
        """What a check in another thread came to."""
        self.measured.emit(name, outcome)

    def _take(self, name: str, outcome: object) -> None:
        """In the thread of the window again."""
        assert isinstance(outcome, CheckOutcome)
        self.controller.take(name, outcome)

    def word(self, page: str, act: str) -> str:
        """What is drawn on the cap of an act now."""
        return word(page, act)

    def picture_fidelity(self) -> CheckOutcome:
        """Whether the live picture shows every grey step as it came."""
        return fidelity()

    def pace_sounds(self, *, on: bool) -> None:
        """The next sound every few seconds, or none any more."""
        if on:
            self._sound_timer.start()
        else:
            self._sound_timer.stop()

    def open_theatre(self) -> None:
        """The list is signed."""
        self.wanted.emit("theatre", None)

    def act(self, name: str) -> None:
        """Do what a key or a cap says."""
        if name == "keys":
            self.editor.open()
        elif name == "cards":
            self.cards.open()
        else:
            self.controller.do(name)
        for cap in self._caps:
            cap.set_down(False)

    def show_message(self, text: str) -> None:
        """A line under the result."""
        self.controller.show_message(text)

    def places(self) -> tuple[str, ...]:
        """Keys of the list, of the cards or of the keys' editor: what lies on top."""
        if not self.editor.isHidden():
            return ("selftest.keys",)
        return ("selftest.cards",) if not self.cards.isHidden() else ("selftest.list",)

    def begin_act(self, act: KeyAction) -> None:
        """Do an act of what lies on top."""
        if not self.editor.isHidden():
            self.editor.act(act.name)
        elif not self.cards.isHidden():
            self.cards.act(act.name)
        else:
            self.act(act.name)

    def press(self, event: QKeyEvent) -> bool:
        """Keys of the page; a pedal is a key."""
        if not self.editor.isHidden() and self.editor.waiting:
            if not event.isAutoRepeat():
                self.editor.take(event)
            return True
        if super().press(event) or not (self.editor.isHidden() and self.cards.isHidden()):
            return True
        act = current().find(("theatre",), chords(event))
        if act is not None:
            self.controller.pedal(act.name)
        return act is not None

    def shut(self) -> None:
        """End the checks before the window goes."""
        self.controller.shut()
        self.cards.shut()
        self.controller.wait()

    def _factor(self) -> float:
        return max(min(self.height() / 1080, self.width() / 1280, 2.0), 0.55)

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Tabs and caps find their places."""
        factor = self._factor()
        wide = self.tabs.sizeHint().width()
        self.tabs.setGeometry(self.width() - wide - 16, 6, wide, round(52 * factor))
        for over in (self.editor, self.cards):
            over.factor = factor
            over.setGeometry(self._list_rect().toRect())
        x = round(20 * factor)
        for cap in self._caps:
            cap.factor = factor
            size = cap.sizeHint()
            cap.setGeometry(x, self.height() - round(62 * factor), size.width() + 6, round(52 * factor))
            x += size.width() + round(30 * factor)

    def _list_rect(self) -> QRectF:
        factor = self._factor()
        right = self.width() * (0.635 if self.width() > 1500 else 0.62)
        return QRectF(20 * factor, 84 * factor, right - 20 * factor, self.height() - (84 + 78) * factor)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw head, list, result, test picture, last lists."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.GROUND)
        factor = self._factor()
        painter.fillRect(QRectF(0, 0, self.width(), 64 * factor), theme.BARS)
        painter.setFont(theme.font(round(28 * factor), 800, spacing_percent=4))
        painter.setPen(theme.TEXT_1)
        narrow = self.width() < 1500
        head = QRectF(20 * factor, 0, 240 * factor, 64 * factor)
        painter.drawText(head, _V, tr("SELF-TEST"))
        if not narrow:
            painter.setFont(theme.font(round(20 * factor), 500))
            painter.setPen(theme.TEXT_2)
            now = datetime.now()
            date = f"{now:%d} {translate(month_word(now))} {now:%Y · %H:%M}"
            text = tr("Start of list · {now}", now=date)
            painter.drawText(QRectF(250 * factor, 0, 500 * factor, 64 * factor), _V, text)
        self._paint_list(painter, factor)
        self._paint_side(painter, factor)

    def _paint_list(self, painter: QPainter, factor: float) -> None:
        rect = self._list_rect()
        draw_card(painter, rect)
        step = rect.height() / len(self.controller.order)
        narrow = self.width() < 1500
        for k, name in enumerate(self.controller.order):
            outcome = self.controller.outcomes[name]
            row = QRectF(rect.left() + 10, rect.top() + k * step, rect.width() - 20, step)
            if name == SOUND and outcome.status is CheckStatus.OPEN:
                painter.setPen(QPen(theme.TEXT_1, 2))
                painter.setBrush(theme.RAISED)
                painter.drawRoundedRect(row.adjusted(0, 3, 0, -3), 8, 8)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            elif k:
                painter.setPen(QPen(theme.HAIRLINE, 1))
                painter.drawLine(row.topLeft(), row.topRight())
            paint_row(
                painter, row, (name, outcome.text, self.controller.word_of(name)), outcome.status, factor, narrow=narrow
            )

    def _paint_side(self, painter: QPainter, factor: float) -> None:
        rect = self._list_rect()
        left = rect.right() + 16 * factor
        wide = self.width() - left - 20 * factor
        top = rect.top()
        heights = (0.33, 0.37, 0.26)
        gap = 16 * factor
        cards = []
        for share in heights:
            cards.append(QRectF(left, top, wide, rect.height() * share))
            top += rect.height() * share + gap
        cards[-1].setBottom(rect.bottom())
        self._paint_result(painter, cards[0], factor)
        draw_card(painter, cards[1])
        paint_test_picture(painter, cards[1], factor)
        paint_lists(painter, cards[2], factor)

    def _paint_result(self, painter: QPainter, card: QRectF, factor: float) -> None:
        draw_card(painter, card)
        room = card.adjusted(22 * factor, 14 * factor, -18 * factor, -10 * factor)
        draw_title(painter, room, tr("Result"), factor)
        result = self.controller.result()
        for size in range(44, 21, -2):
            painter.setFont(theme.font(round(size * factor), 780))
            if painter.fontMetrics().horizontalAdvance(result) <= room.width():
                break
        painter.setPen(theme.TEXT_1)
        painter.drawText(QRectF(room.left(), room.top() + 34 * factor, room.width(), 60 * factor), _V, result)
        text = self.controller.may_sign() or (
            tr("Signed.")
            if self.controller.is_signed
            else tr("{key} signs the list and opens the theatre.", key=word("selftest", "sign"))
        )
        note = self.controller.note
        lines = [note] if note and note != text else []
        lines.append(text)
        if self.controller.outcomes[SOUND].status is not CheckStatus.PASSED:
            lines.append(tr("Without sound the assistant can be used; the bar will say NO ALARM SOUND."))
        painter.setFont(theme.font(round(20 * factor), 500))
        painter.setPen(theme.TEXT_2)
        place = QRectF(room.left(), room.top() + 100 * factor, room.width(), room.height() - 100 * factor)
        painter.drawText(place, Qt.TextFlag.TextWordWrap, "\n".join(lines))

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """The sound's row is touched: play again."""
        if a0 is None:
            return
        rect = self._list_rect()
        order = self.controller.order
        row = int((a0.position().y() - rect.top()) / max(rect.height() / len(order), 1.0))
        if rect.contains(a0.position()) and 0 <= row < len(order) and order[row] == SOUND:
            self.controller.play_sounds()


def make_page(settings: Settings) -> SelfTestPage:
    """The page, for the shell."""
    return SelfTestPage(settings)
