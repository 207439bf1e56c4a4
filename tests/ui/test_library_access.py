"""The window's library: opened once, closed with its last page, and still while a procedure runs."""

import pytest

from assistant.errors import UsageError
from assistant.settings.tree import Settings
from ui.library_access import library_of_window
from ui.page import Page
from ui.shell import Shell


class ProcedurePage(Page):
    """Stands for a page with a procedure under way."""

    reason = ""

    def stay(self) -> str:
        return self.reason

    def show_message(self, text: str) -> None:
        """Nothing to tell."""


@pytest.fixture
def shell(qtbot):
    theatre = ProcedurePage()
    made = Shell(Settings(), {"theatre": lambda _: theatre})
    qtbot.addWidget(made)
    made.go_to("theatre")
    made.show()
    yield made
    made.close()


def test_F_69_a_page_that_cannot_be_left_holds_all_background_work(qtbot, shell):
    held = library_of_window()
    held.enter()
    assert held.open(Settings())
    shell.page("theatre").reason = "Injecting is on."
    qtbot.waitUntil(lambda: bool(held.jobs.held))
    with pytest.raises(UsageError, match="Finish the procedure first"):
        held.jobs.bring_in("run.mkv")
    shell.page("theatre").reason = ""
    qtbot.waitUntil(lambda: not held.jobs.held)
    held.leave()
    assert held.library is None


def test_the_last_page_closes_it(qtbot):
    held = library_of_window()
    held.enter()
    held.enter()
    assert held.open(Settings())
    held.leave()
    assert held.library is not None
    held.leave()
    assert held.library is None
