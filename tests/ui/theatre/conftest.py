from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt

from assistant.live.messages import Lines, LiveState
from assistant.settings.tree import Settings
from assistant.vocabulary import Unknown
from tests.ui.theatre.fake_session import PLAN, FakeSession, picture
from ui.setup import proposals
from ui.shell import Shell
from ui.theatre.page import TheatrePage

K = Qt.Key


@pytest.fixture(autouse=True)
def _nothing_is_proposed(monkeypatch) -> None:
    """No process that looks for points is started."""
    monkeypatch.setattr(proposals, "ask", lambda *_args: Unknown("Nothing is proposed in this test."))


@pytest.fixture
def shell(qtbot) -> Iterator[Shell]:
    """A window with a theatre on a fake session; nothing set up yet."""
    made = Shell(Settings(), {"theatre": lambda settings: TheatrePage(settings, FakeSession)})
    made.resize(1920, 1080)
    qtbot.addWidget(made)
    made.show()
    made.go_to("theatre")
    yield made
    page = made.page("theatre")
    if page.session is not None:
        page.session.armed = False
    made.close()


@pytest.fixture
def page(shell: Shell) -> TheatrePage:
    return shell.page("theatre")


@pytest.fixture
def armed(page: TheatrePage, qtbot) -> TheatrePage:
    """Set up and armed."""
    page.host.start_session("play:x")
    page.procedure.plan, page.procedure.case = PLAN, "L1 · lateral"
    session = page.session
    session.lines, session.state, session.armed = Lines.CONFIRMED, LiveState.LIVE, True
    page.procedure.frame = None
    page.host.end_set_up()
    qtbot.waitUntil(lambda: page.procedure.frame is not None)
    page.refresh()
    return page


__all__ = ["K", "picture"]
