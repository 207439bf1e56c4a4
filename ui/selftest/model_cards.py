"""The cards of the models, to be read by a person; and another pack put into use. Lies over the self-test's list."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QFileDialog, QTextBrowser, QWidget

from assistant.errors import AssistantError
from assistant.language import tr, translate
from assistant.leak_shape.model_protocol import model_name
from assistant.model_packs.finding import find_pack, put_into_use
from assistant.system.places import models_folder
from ui import theme
from ui.keys.key_map import with_keys
from ui.selftest.picture import draw_card

_V = Qt.AlignmentFlag.AlignVCenter
_LANDMARKS: Final = "landmarks"
NAMES: Final = (tr("Shape of a leak"), tr("Points of a vertebra"))
USUAL: Final = tr(
    "[[selftest:left]] [[selftest:right]] other card · [[selftest:up]] [[selftest:down]] read on · "
    "[[selftest:use pack]] use another pack · [[selftest:close]] close. The packs before it stay."
)
_STEP_PX: Final = 60
CHECKING: Final = tr("The pack is checked …")


class ModelCards(QWidget):
    """One card at a time; takes all keys while it is open.

    Attributes
    ----------
    closed : signal
        The cards are done with.
    tried : signal of str
        What became of a pack that was to be used; from a thread.
    """

    closed = pyqtSignal()
    tried = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.factor = 1.0
        self.at = 0
        self.note = ""
        self.text = QTextBrowser(self)
        self.text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.text.setOpenLinks(False)
        self.text.setStyleSheet("QTextBrowser{background:transparent;border:none;color:#F2F5F8;}")
        self._trial: threading.Thread | None = None
        self.tried.connect(self._show_note)

    def open(self) -> None:
        """Show the card of the pack that is in use now."""
        self.show()
        self.raise_()
        self._fill("")

    def _fill(self, note: str) -> None:
        head, card = _shape_card() if self.at == 0 else _landmark_card()
        self.note = note or head
        self.text.setFont(theme.font(max(round(17 * self.factor), 13), 500))
        self.text.setMarkdown(card)
        self.setAccessibleName(f"{NAMES[self.at]}. {self.note}")
        self.update()

    def act(self, name: str) -> None:
        """Read on, change the card, put another pack into use, close."""
        bar = self.text.verticalScrollBar()
        assert bar is not None
        page = round(self.text.height() * 0.85)
        steps = {"up": -_STEP_PX, "down": _STEP_PX, "page up": -page, "page down": page}
        steps |= {"first": -bar.maximum(), "last": bar.maximum()}
        if name in steps:
            bar.setValue(bar.value() + steps[name])
        elif name in ("left", "right"):
            self.at = 1 - self.at
            self._fill("")
        elif name == "use pack":
            chosen = QFileDialog.getExistingDirectory(self, tr("Folder of the model pack"))
            if chosen:
                self.use(Path(chosen))
        elif name == "close":
            self.hide()
            self.closed.emit()

    def use(self, folder: Path) -> None:
        """Check a pack and use it from now on; what became of it is told in the lower line."""
        if self._trial is not None and self._trial.is_alive():
            return
        self._fill(CHECKING)
        self._trial = threading.Thread(target=self._try, args=(folder,), name="model pack", daemon=True)
        self._trial.start()

    def _try(self, folder: Path) -> None:
        try:
            pack = put_into_use(folder)
        except AssistantError as error:
            self.tried.emit(translate(error))
            return
        self.tried.emit(
            tr(
                "{identity} {version} is used from the next run on.",
                identity=model_name(pack.identity),
                version=pack.manifest.version,
            )
        )

    def _show_note(self, note: str) -> None:
        self.at = 0
        self._fill(note)

    def shut(self) -> None:
        """Wait for a pack that is being checked."""
        if self._trial is not None:
            self._trial.join(timeout=20)

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """The text lies between title and lower line."""
        top, foot = round(70 * self.factor), round(72 * self.factor)
        self.text.setGeometry(20, top, self.width() - 36, max(self.height() - top - foot, 10))

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the frame, the title and the lower line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.GROUND)
        draw_card(painter, QRectF(self.rect()))
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(round(26 * self.factor), 750))
        title = tr("Model card {at} of {names} · {names_2}", at=self.at + 1, names=len(NAMES), names_2=NAMES[self.at])
        painter.drawText(QRectF(28, 14, self.width() - 56, 52 * self.factor), _V, title)
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(round(18 * self.factor), 550))
        foot = QRectF(28, self.height() - 68 * self.factor, self.width() - 56, 62 * self.factor)
        painter.drawText(foot, _V | Qt.TextFlag.TextWordWrap, f"{self.note}\n{with_keys(USUAL)}")


def _shape_card() -> tuple[str, str]:
    found = find_pack()
    refused = "".join(f"{sentence}. " for sentence in found.refused)
    if found.pack is None:
        return tr("{refused}The geometric rule answers.", refused=refused), ""
    whence = tr("put into use here") if found.own else tr("came with the program")
    head = tr(
        "{refused}{identity} version {version}, {whence}, in use.",
        refused=refused,
        identity=model_name(found.pack.identity),
        version=found.pack.manifest.version,
        whence=whence,
    )
    return head, found.pack.card


def _landmark_card() -> tuple[str, str]:
    path = models_folder() / _LANDMARKS / "card.md"
    try:
        return tr("came with the program, in use."), path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return tr("{path}: the card cannot be read ({error})", path=path, error=translate(error)), ""
