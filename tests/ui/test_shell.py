import sys
from collections.abc import Iterator
from threading import Thread

import pytest
from PyQt6.QtCore import Qt

from assistant.settings.tree import Settings
from tests.waiting import HUNG_S
from ui.page import PAGES, Page
from ui.shell import Shell, load_pages


class Noted(Page):
    """A page that notes what it is told."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.heard = name, []
        self.reason = ""

    def enter(self) -> None:
        self.heard.append("enter")

    def stay(self) -> str:
        return self.reason

    def leave(self) -> None:
        self.heard.append("leave")

    def open_thing(self, thing: object) -> None:
        self.heard.append(("open", thing))

    def show_message(self, text: str) -> None:
        self.heard.append(("show_message", text))

    def press(self, event) -> bool:
        self.heard.append(("press", event.key()))
        return True

    def may_close(self) -> bool:
        return not self.reason

    def shut(self) -> None:
        self.heard.append("shut")


@pytest.fixture
def shell(qtbot) -> Iterator[Shell]:
    made = Shell(Settings(), {name: lambda _settings, name=name: Noted(name) for name in PAGES})
    qtbot.addWidget(made)
    made.show()
    yield made
    for page in (made.page(name) for name in PAGES):
        page.reason = ""
    made.close()


def test_function_keys_bring_pages_to_the_front(qtbot, shell: Shell) -> None:
    shell.go_to("cases")
    for key, name in zip(
        (Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F5), PAGES, strict=True
    ):
        qtbot.keyClick(shell, key)
        assert shell.current is shell.page(name)
    assert shell.page("review").heard == ["enter", "leave"]


def test_a_page_that_must_stay_keeps_the_front_and_says_why(shell: Shell) -> None:
    shell.go_to("theatre")
    shell.page("theatre").reason = "armed"
    assert not shell.go_to("review", "run")
    assert shell.current is shell.page("theatre")
    assert ("show_message", "armed") in shell.page("theatre").heard
    assert shell.page("review").heard == []


def test_pages_ask_for_each_other_and_hand_on_what_to_open(shell: Shell) -> None:
    shell.go_to("cases")
    shell.page("cases").wanted.emit("review", "a run")
    assert shell.current is shell.page("review")
    assert shell.page("review").heard == ["enter", ("open", "a run")]


def test_other_keys_go_to_the_page_in_front(qtbot, shell: Shell) -> None:
    shell.go_to("training")
    qtbot.keyClick(shell, Qt.Key.Key_A)
    qtbot.keyClick(shell, Qt.Key.Key_Tab)
    assert ("press", Qt.Key.Key_A) in shell.page("training").heard
    assert ("press", Qt.Key.Key_Tab) in shell.page("training").heard


def test_closing_asks_the_page_first_and_then_shuts_all(shell: Shell) -> None:
    shell.go_to("theatre")
    shell.go_to("cases")
    shell.page("theatre").reason = "armed"
    assert not shell.close()
    assert shell.current is shell.page("theatre")
    shell.page("theatre").reason = ""
    assert shell.close()
    assert "shut" in shell.page("theatre").heard
    assert "shut" in shell.page("cases").heard


def test_the_modules_of_all_pages_can_be_loaded_beside_the_window() -> None:
    loading = Thread(target=load_pages)
    loading.start()
    loading.join(HUNG_S)
    assert not loading.is_alive()
    assert all(f"ui.{name}.page" in sys.modules for name in PAGES)
