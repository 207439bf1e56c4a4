"""F-37: a display that is lost leaves the window on the one that is there; nothing needs a graphics processor."""

from pathlib import Path

from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QApplication, QWidget

from ui.system.screens import OnScreen, seen_share

UI = Path(__file__).resolve().parents[3] / "ui"


def test_f37_a_window_whose_display_is_gone_comes_to_the_main_one(qtbot, qapp: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 400)
    window.show()
    OnScreen(qapp, window)
    window.move(9000, 5000)
    main = qapp.primaryScreen()
    assert seen_share(window.geometry(), qapp.screens()) == 0.0
    qapp.screenRemoved.emit(main)
    qtbot.waitUntil(lambda: seen_share(window.geometry(), qapp.screens()) == 1.0)
    window.move(main.geometry().topLeft() + QPoint(20, 30))
    qapp.screenAdded.emit(main)
    qtbot.wait(20)
    assert window.pos() == main.geometry().topLeft() + QPoint(20, 30), "what can be seen stays where it is"


def test_f37_a_window_larger_than_what_is_left_is_made_smaller(qtbot, qapp: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setGeometry(QRect(9000, 9000, 6000, 5000))
    window.show()
    OnScreen(qapp, window).bring()
    room = qapp.primaryScreen().availableGeometry()
    assert room.contains(window.geometry())


def test_f37_no_part_of_the_window_is_drawn_by_a_graphics_processor() -> None:
    users = [path.name for path in UI.rglob("*.py") if "OpenGL" in path.read_text() or "QtQuick" in path.read_text()]
    assert users == []
