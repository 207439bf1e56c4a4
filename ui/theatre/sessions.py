"""How the theatre's sessions are begun: with a watchdog that can show its window and start the program again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from assistant.live.session import LiveSession
from assistant.settings.tree import Settings

_AGAIN: Final = "import sys; from ui.entry import main; sys.exit(main(['--live', 'resume:']))"


def make_session(source: str, folder: Path, settings: Settings) -> LiveSession:
    """A session whose watchdog can show its window and start the program again."""
    return LiveSession(
        source,
        folder,
        settings,
        watchdog_window=(sys.executable, "-m", "ui.system.watchdog_window"),
        restart=(sys.executable, "-c", _AGAIN),
    )
