"""The self-test page (F5): start of the list. Runs each check once, asks for the sound, is signed with one key."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Final

from PyQt6.QtCore import QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QWidget

from assistant.errors import AssistantError
from assistant.language import sentence, shown, tr
from assistant.settings.tree import Settings
from assistant.vocabulary import Priority
from ui import theme
from ui.keys.key_map import current, word
from ui.keys.keyboard import chords
from ui.keys.table import ACKNOWLEDGE, KeyAction
from ui.page import Page
from ui.selftest import lists
from ui.selftest.checks import AFTER_SOUND, BEFORE_SOUND, Check, CheckOutcome, CheckStatus, run_safely
from ui.selftest.fidelity import fidelity
from ui.selftest.keys_editor import KeysEditor
from ui.selftest.model_cards import ModelCards
from ui.selftest.picture import draw_card, draw_title, paint_test_picture
from ui.system.alarm_sound import AlarmSound
from ui.widgets import icons
from ui.widgets.keycap import Keycap
from ui.widgets.page_tabs import PageTabs

SOUND, FIDELITY, PEDAL = sentence("Alarm sound"), sentence("Picture fidelity"), sentence("Foot switch")
_NOT_CONFIRMED: Final = sentence("not confirmed")
"""The word of the sound until the person says whether it was heard."""
_ORDER: Final = (
    *(each.name for each in BEFORE_SOUND),
    FIDELITY,
    SOUND,
    *(each.name for each in AFTER_SOUND),
    PEDAL,
)
_ICONS: Final = {
    CheckStatus.PASSED: "tick",
    CheckStatus.NOTE: "low",
    CheckStatus.OPEN: "unknown view",
    CheckStatus.FAILED: "cross",
    CheckStatus.RUNNING: "stale",
}
_SOUNDS: Final = (Priority.HIGH, Priority.MEDIUM, Priority.LOW)
_SOUND_GAP_MS: Final = 2600
_V = Qt.AlignmentFlag.AlignVCenter
_R = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class SelfTestPage(Page):
    """Checks of the equipment, never of a patient."""

    measured = pyqtSignal(str, object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.outcomes: dict[str, CheckOutcome] = {
            name: CheckOutcome(told=CheckStatus.OPEN, text=sentence("not run yet")) for name in _ORDER
        }
        self.note = ""
        self._signed = False
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.sound = AlarmSound(self)
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
        self._sounds: list[Priority] = []
        self._sound_timer = QTimer(self)
        self._sound_timer.setInterval(_SOUND_GAP_MS)
        self._sound_timer.timeout.connect(self._next_sound)
        self.measured.connect(self._take)

    def _keys_changed(self) -> None:
        for cap in self._caps:
            cap.read_key()
        self.update()

    @property
    def running(self) -> bool:
        """Whether checks still run."""
        return self._thread is not None and self._thread.is_alive()

    def enter(self) -> None:
        """The first look runs the list."""
        if all(outcome.told is CheckStatus.OPEN for outcome in self.outcomes.values()):
            self.run_again()

    def run_again(self) -> None:
        """Run all checks anew."""
        if self.running:
            return
        self._signed, self.note = False, ""
        for name in _ORDER:
            self.outcomes[name] = CheckOutcome(told=CheckStatus.RUNNING, text="…")
        self.outcomes[PEDAL] = CheckOutcome(
            told=CheckStatus.OPEN, text=sentence("press the foot switch, if there is one")
        )
        self._take(FIDELITY, fidelity())
        self._stop.clear()
        self._thread = threading.Thread(target=self._run_all, name="self-test", daemon=True)
        self._thread.start()
        self._play_sounds()

    def _run_all(self) -> None:
        each: Check
        for each in (*BEFORE_SOUND, *AFTER_SOUND):
            if self._stop.is_set():
                return
            outcome = run_safely(each, self._settings)
            if not self._stop.is_set():
                self.measured.emit(each.name, outcome)

    def _take(self, name: str, outcome: object) -> None:
        assert isinstance(outcome, CheckOutcome)
        self.outcomes[name] = outcome
        self.setAccessibleName(tr("Self-test: {result}", result=self.result()))
        self.update()

    def _play_sounds(self) -> None:
        self.sound.heard = None
        fault = self.sound.test(Priority.HIGH)
        if fault:
            self._take(
                SOUND,
                CheckOutcome(
                    told=CheckStatus.FAILED,
                    text=sentence(f"{fault}: connect a loudspeaker, then {word('selftest', 'again')}"),
                ),
            )
            return
        self._sounds = list(_SOUNDS[1:])
        self._sound_timer.start()
        self._take(SOUND, CheckOutcome(told=CheckStatus.OPEN, text=sentence("HIGH, MEDIUM, LOW are played. Heard?")))

    def _next_sound(self) -> None:
        if not self._sounds:
            self._sound_timer.stop()
            return
        self.sound.test(self._sounds.pop(0))

    def result(self) -> str:
        """The list in one line."""
        return lists.summary([str(outcome.told) for outcome in self.outcomes.values()])

    def word_of(self, name: str) -> str:
        """The word of a check at the right of its row."""
        told = self.outcomes[name].told
        if told in (CheckStatus.RUNNING, CheckStatus.OPEN):
            return _NOT_CONFIRMED if name == SOUND and told is CheckStatus.OPEN else ""
        return str(told)

    def act(self, name: str) -> None:
        """Do what a key or a cap says."""
        if name in ("heard", "not heard"):
            if self.outcomes[SOUND].told is not CheckStatus.FAILED or self.sound.heard is False:
                heard = name == "heard"
                self.sound.was_heard(heard=heard)
                told = CheckStatus.PASSED if heard else CheckStatus.FAILED
                text = (
                    sentence("HIGH, MEDIUM, LOW heard")
                    if heard
                    else sentence(f"not heard: connect a loudspeaker, then {word('selftest', 'again')}")
                )
                self._take(SOUND, CheckOutcome(told=told, text=text))
        elif name == "again":
            self.run_again()
        elif name == "sign":
            self.sign()
        elif name == "keys":
            self.editor.open()
        elif name == "cards":
            self.cards.open()
        for cap in self._caps:
            cap.set_down(False)

    def may_sign(self) -> str:
        """Why the list cannot be signed now; empty when it can."""
        if self.running or any(outcome.told is CheckStatus.RUNNING for outcome in self.outcomes.values()):
            return tr("The checks still run.")
        if self.outcomes[SOUND].told is CheckStatus.OPEN:
            return tr("Answer the sound question to finish.")
        return ""

    def sign(self) -> None:
        """Keep the list and go to the theatre."""
        why = self.may_sign()
        if why:
            self.tell(why)
            return
        if self.outcomes[PEDAL].told is CheckStatus.OPEN:
            self._take(PEDAL, CheckOutcome(told=CheckStatus.NOTE, text=sentence("not tried · keys and touch work")))
        try:
            lists.sign({name: (str(each.told), each.text) for name, each in self.outcomes.items()})
        except AssistantError as error:
            self.tell(shown(error))
            return
        self._signed = True
        self.tell(tr("Signed."))
        self.wanted.emit("theatre", None)

    def tell(self, text: str) -> None:
        """A line under the result."""
        self.note = text
        self.update()

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
        if act is not None and act.name in (ACKNOWLEDGE, "mark"):
            side = "right" if act.name == ACKNOWLEDGE else "left"
            text = sentence(f"{side} pedal answers ({word('theatre', act.name)})")
            self._take(PEDAL, CheckOutcome(told=CheckStatus.PASSED, text=text))
        return act is not None

    def shut(self) -> None:
        """End the checks before the window goes."""
        self._stop.set()
        self._sound_timer.stop()
        self.sound.stop()
        self.cards.shut()
        if self._thread is not None:
            self._thread.join(timeout=20)

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
            text = tr("Start of list · {now:%d %b %Y · %H:%M}", now=datetime.now())
            painter.drawText(QRectF(250 * factor, 0, 500 * factor, 64 * factor), _V, text)
        self._paint_list(painter, factor)
        self._paint_side(painter, factor)

    def _paint_list(self, painter: QPainter, factor: float) -> None:
        rect = self._list_rect()
        draw_card(painter, rect)
        step = rect.height() / len(_ORDER)
        for k, name in enumerate(_ORDER):
            outcome = self.outcomes[name]
            row = QRectF(rect.left() + 10, rect.top() + k * step, rect.width() - 20, step)
            if name == SOUND and outcome.told is CheckStatus.OPEN:
                painter.setPen(QPen(theme.TEXT_1, 2))
                painter.setBrush(theme.RAISED)
                painter.drawRoundedRect(row.adjusted(0, 3, 0, -3), 8, 8)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            elif k:
                painter.setPen(QPen(theme.HAIRLINE, 1))
                painter.drawLine(row.topLeft(), row.topRight())
            self._paint_row(painter, row, name, outcome, factor)

    def _paint_row(self, painter: QPainter, row: QRectF, name: str, outcome: CheckOutcome, factor: float) -> None:
        colour = {CheckStatus.NOTE: theme.LOW, CheckStatus.FAILED: theme.MEDIUM[0]}.get(outcome.told, theme.TEXT_1)
        size = 28 * factor
        icons.draw(
            painter, _ICONS[outcome.told], QRectF(row.left() + 14, row.center().y() - size / 2, size, size), colour
        )
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(round(22 * factor), 650))
        narrow = self.width() < 1500
        left = row.left() + 60 * factor
        share = 0.36 if not narrow else 0.4
        name_wide = row.width() * share - 60 * factor
        title = painter.fontMetrics().elidedText(shown(name), Qt.TextElideMode.ElideRight, int(name_wide))
        painter.drawText(QRectF(left, row.top(), name_wide, row.height()), _V, title)
        painter.setFont(theme.font(round(20 * factor), 650))
        painter.setPen(colour)
        word, text = shown(self.word_of(name)), shown(outcome.text)
        word_wide = painter.fontMetrics().horizontalAdvance(word) + 16
        painter.drawText(row.adjusted(0, 0, -14, 0), _R, word)
        painter.setFont(theme.font(round((20 if not narrow else 18) * factor), 500))
        painter.setPen(theme.TEXT_2)
        text_left = row.left() + row.width() * share
        room = QRectF(text_left, row.top() + 2, row.right() - word_wide - 20 - text_left, row.height() - 4)
        if painter.boundingRect(room, _V | Qt.TextFlag.TextWordWrap, text).height() > room.height():
            painter.setFont(theme.font(round(14 * factor), 500))
        painter.drawText(room, _V | Qt.TextFlag.TextWordWrap, text)

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
        self._paint_lists(painter, cards[2], factor)

    def _paint_result(self, painter: QPainter, card: QRectF, factor: float) -> None:
        draw_card(painter, card)
        room = card.adjusted(22 * factor, 14 * factor, -18 * factor, -10 * factor)
        draw_title(painter, room, tr("Result"), factor)
        result = self.result()
        for size in range(44, 21, -2):
            painter.setFont(theme.font(round(size * factor), 780))
            if painter.fontMetrics().horizontalAdvance(result) <= room.width():
                break
        painter.setPen(theme.TEXT_1)
        painter.drawText(QRectF(room.left(), room.top() + 34 * factor, room.width(), 60 * factor), _V, result)
        text = self.may_sign() or (
            tr("Signed.")
            if self._signed
            else tr("{key} signs the list and opens the theatre.", key=word("selftest", "sign"))
        )
        lines = [self.note] if self.note and self.note != text else []
        lines.append(text)
        if self.outcomes[SOUND].told is not CheckStatus.PASSED:
            lines.append(tr("Without sound the assistant can be used; the bar will say NO ALARM SOUND."))
        painter.setFont(theme.font(round(20 * factor), 500))
        painter.setPen(theme.TEXT_2)
        place = QRectF(room.left(), room.top() + 100 * factor, room.width(), room.height() - 100 * factor)
        painter.drawText(place, Qt.TextFlag.TextWordWrap, "\n".join(lines))

    def _paint_lists(self, painter: QPainter, card: QRectF, factor: float) -> None:
        draw_card(painter, card)
        room = card.adjusted(22 * factor, 14 * factor, -22 * factor, -14 * factor)
        draw_title(painter, room, tr("Last lists"), factor)
        rows = lists.newest() or [(tr("none yet"), "")]
        step = 44 * factor
        for k, (day, told) in enumerate(rows):
            y = room.top() + 36 * factor + k * step
            painter.setFont(theme.font(round(18 * factor), 500))
            painter.setPen(theme.TEXT_2)
            painter.drawText(QRectF(room.left(), y, 150 * factor, step), _V, day)
            painter.setFont(theme.font(round(19 * factor), 650))
            painter.setPen(theme.TEXT_1)
            place = QRectF(room.left() + 150 * factor, y, room.width() - 150 * factor, step)
            whole = painter.fontMetrics().elidedText(told, Qt.TextElideMode.ElideRight, int(place.width()))
            painter.drawText(place, _V, whole)

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """The sound's row is touched: play again."""
        if a0 is None:
            return
        rect = self._list_rect()
        row = int((a0.position().y() - rect.top()) / max(rect.height() / len(_ORDER), 1.0))
        if rect.contains(a0.position()) and 0 <= row < len(_ORDER) and _ORDER[row] == SOUND:
            self._play_sounds()


def make_page(settings: Settings) -> SelfTestPage:
    """The page, for the shell."""
    return SelfTestPage(settings)
