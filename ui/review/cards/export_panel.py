"""Key images, and what leaves the program: report, tables, picture, video."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from assistant.language import tr
from ui import theme
from ui.keys.key_map import with_keys
from ui.review import review_words
from ui.review.transport import Card, key_button

MOST_SHOWN = 3
_BREAKS = re.compile(r"([/\\_-])")
_LINES = 3
"""Of what is told of an export: a whole path in the small window."""


class KeyImages(QWidget):
    """The last key images, each a jump to its moment."""

    jump = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(110)
        self._frames: tuple[tuple[int, str], ...] = ()
        self._images: dict[int, QImage] = {}

    def forget(self) -> None:
        """Another run."""
        self._frames = ()
        self._images.clear()
        self.update()

    def set_frames(self, frames: Sequence[tuple[int, str]]) -> None:
        """Frame and caption of each."""
        self._frames = tuple(frames)[-MOST_SHOWN:]
        self.setAccessibleName(
            f"{review_words.KEY_IMAGES}: {', '.join(text for _, text in self._frames) or tr('none')}"
        )
        self.update()

    def set_image(self, frame: int, image: QImage) -> None:
        """The picture of one of them."""
        if any(frame == known for known, _ in self._frames):
            self._images[frame] = image
            self.update()

    def lacks(self) -> tuple[int, ...]:
        """Frames whose pictures are wanted."""
        return tuple(frame for frame, _ in self._frames if frame not in self._images)

    def _box(self, k: int) -> QRectF:
        each = (self.width() - 2 * 8) / MOST_SHOWN
        return QRectF(k * (each + 8), 0, each, self.height() - 26)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the pictures with their captions."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(theme.font(17, 550))
        if not self._frames:
            painter.setPen(theme.TEXT_3)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, with_keys(review_words.NO_KEY_IMAGE))
            return
        for k, (frame, caption) in enumerate(self._frames):
            box = self._box(k)
            image = self._images.get(frame)
            painter.setPen(QPen(theme.HAIRLINE, 1))
            painter.fillRect(box, theme.BARS)
            painter.drawRect(box)
            if image is not None:
                factor = max(box.width() / image.width(), box.height() / image.height())
                part = QRectF(0, 0, box.width() / factor, box.height() / factor)
                part.moveCenter(QRectF(image.rect()).center())
                painter.drawImage(box, image, part)
            painter.setPen(theme.TEXT_2)
            place = QRectF(box.left(), box.bottom() + 2, box.width(), 24)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, caption)

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """Go there."""
        if a0 is not None:
            for k, (frame, _) in enumerate(self._frames):
                if self._box(k).contains(a0.position()):
                    self.jump.emit(frame)


class ExportPanel(Card):
    """Key images above, export below."""

    key_image_wanted = pyqtSignal()
    export_wanted = pyqtSignal(str)
    """"pdf", "csv", "png", "video" or "dicom"."""
    stop_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(review_words.KEY_IMAGES)
        title.setFont(theme.font(22, 750))
        top = QHBoxLayout()
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(
            key_button("{}  " + review_words.ADD, tr("Key image"), self.key_image_wanted.emit, key="key image")
        )
        self.images = KeyImages()
        buttons = QGridLayout()
        buttons.setSpacing(8)
        for k, (kind, text) in enumerate(
            (
                ("pdf", review_words.REPORT),
                ("video", review_words.VIDEO),
                ("csv", review_words.CSV),
                ("png", review_words.PNG),
                ("dicom", review_words.DICOM),
            )
        ):
            key = "report" if kind == "pdf" else ""
            button = key_button(text, text.format("").strip(), partial(self.export_wanted.emit, kind), key=key)
            if kind == "pdf":
                button.setStyleSheet("QPushButton{background:#F2F5F8;color:#07090C;font-weight:700;}")
            buttons.addWidget(button, k // 3, k % 3)
        self.status, self.whole = QLabel(), QLabel()
        for label in (self.status, self.whole):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setFont(theme.font(16, 550))
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.images, 1)
        column.addLayout(buttons)
        self.stop = key_button(review_words.EXPORT_STOP, tr("Stop writing"), self.stop_wanted.emit, key="leave")
        keeps_place = self.stop.sizePolicy()
        keeps_place.setRetainSizeWhenHidden(True)  # nothing moves, and the time line is not drawn anew
        self.stop.setSizePolicy(keeps_place)
        self.stop.hide()
        self.status.setAlignment(Qt.AlignmentFlag.AlignTop)  # of more than there is room for, the folder is read
        self.status.setFixedHeight(_LINES * self.status.fontMetrics().lineSpacing())
        buttons.addWidget(self.stop, 1, 2)  # below the last kind: a long path has the whole width
        column.addWidget(self.status)
        column.addWidget(self.whole)

    @property
    def message(self) -> str:
        """How an export goes, as it was said."""
        return self.status.accessibleName()

    def show_message(self, text: str) -> None:
        """How an export goes; a long path may be broken behind its signs, and stands whole in the tip."""
        self.status.setAccessibleName(text)
        self.status.setToolTip(text)
        self.status.setText(_BREAKS.sub("\\1\u200b", text))

    def set_busy(self, on: bool) -> None:
        """Whether something is being written, and may be stopped."""
        self.stop.setVisible(on)

    def tell_run(self, text: str) -> None:
        """Whether the recording is whole and how far it is analysed."""
        if text != self.whole.text():
            self.whole.setText(text)
