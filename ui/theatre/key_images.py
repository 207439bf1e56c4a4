"""Key images: the picture as captured and as shown, written beside the recording without the window waiting."""

from __future__ import annotations

from pathlib import Path

import cv2
from PyQt6.QtCore import QObject, QThreadPool, pyqtSignal
from PyQt6.QtGui import QPixmap

from assistant import language
from assistant.language import tr
from assistant.live.messages import StampedFrame


class KeyImageWriter(QObject):
    """Writes key images in the background.

    Attributes
    ----------
    message : signal (str)
        One could not be kept; why.
    """

    message = pyqtSignal(str)

    def keep(self, folder: Path, number: int, frame: StampedFrame, screen_picture: QPixmap) -> str:
        """Begin to write a key image; gives its name."""
        name = f"key_{number:03d}_frame_{frame.index:06d}"
        image = screen_picture.toImage()

        def write() -> None:
            try:
                place = folder / "key_images"
                place.mkdir(parents=True, exist_ok=True)
                bare = cv2.imwrite(str(place / f"{name}.png"), frame.grey)
                seen = image.save(str(place / f"{name}_shown.png"))
            except (OSError, cv2.error) as error:
                self.message.emit(tr("The key image cannot be kept ({error}).", error=language.translate(error)))
                return
            if not (bare and seen):
                self.message.emit(tr("The key image cannot be kept: the disk takes nothing."))

        pool = QThreadPool.globalInstance()
        assert pool is not None
        pool.start(write)
        return name
