"""What a window that died left of its session: how it is named, and its lines, to be shown and never confirmed."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

import cv2

from assistant.errors import AssistantError
from assistant.live.processes.running_session import Running, find_running
from assistant.plan import Plan, read_plan
from assistant.settings.tree import Settings
from assistant.vocabulary import Frame, Grey

RESUME: Final = "resume:"
"""Address that means: the session that a window left when it died."""


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
            frames.append(Frame(index=view.reference_frame, t_s=0.0, grey=cast("Grey", grey), white=white))
    return plan, tuple(frames)
