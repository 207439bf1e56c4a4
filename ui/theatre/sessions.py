"""How the theatre's sessions are begun and gone on with: folders, the commands of the watchdog, what a crash left."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import cv2

from assistant.errors import AssistantError
from assistant.live.processes.running_session import Running, find_running
from assistant.live.session import LiveSession
from assistant.plan import Plan, PlannedView, read_plan
from assistant.settings.tree import Settings
from assistant.system.places import data_home
from assistant.vocabulary import Frame

RESUME: Final = "resume:"
"""Address that means: the session that a window left when it died."""
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


def new_folder() -> Path:
    """Where a new session is recorded."""
    return data_home() / "live" / datetime.now().strftime("%Y-%m-%d_%H-%M-%S_%f")[:-3]


def left_session() -> Running | None:
    """The session that a window left when it died."""
    left = find_running()
    return None if left is None or left.has_window else left


def left_plan(folder: Path, settings: Settings) -> tuple[Plan | None, tuple[Frame, ...]]:
    """The lines of such a session and their reference pictures: to be shown, never confirmed."""
    try:
        plan = read_plan(folder / "plan.json", settings.alarms.warning_lines)
    except AssistantError:
        return None, ()
    newest = sorted((folder / "references").glob("plan_*_view_*.png"))[-len(plan.views) :]
    frames = []
    for view, path in zip(plan.views, newest, strict=False):
        grey = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if grey is not None:
            white = 255 if grey.itemsize == 1 else 65535
            frames.append(Frame(index=view.reference_frame, t_s=0.0, grey=grey, white=white))
    return plan, tuple(frames)


def case_words(session: LiveSession | None, views: Sequence[PlannedView]) -> str:
    """Case, level and views for the strip, from the session's first moment on; its run will be kept under this id."""
    if session is None:
        return ""
    level = next((view.level for view in views if view.level), "")
    kinds = " + ".join(view.view for view in views)
    return " · ".join(part for part in (session.identity.case_id, level, kinds) if part)
