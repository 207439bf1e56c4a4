"""What a window that died left: its session, its lines and the pictures that they were placed on."""

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.live.processes.running_session import note_running
from assistant.live.resuming import left_plan, left_session
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.settings.tree import Settings
from tests.small_run import plan_document

_NOBODY = 4_000_000
"""No process has this number."""


def test_a_session_whose_window_lives_is_not_left(tmp_path: Path) -> None:
    assert left_session() is None
    session_memory = SessionMemory.make(slots=2, slot_bytes=64)
    try:
        note_running(session_memory, tmp_path, "camera:0", _NOBODY)
        left = left_session()
        assert left is not None
        assert (left.source, left.folder) == ("camera:0", tmp_path.resolve())
        note_running(session_memory, tmp_path, "camera:0", os.getpid())
        session_memory.put(Register.WINDOW_BEAT, 1 << 62)
        assert left_session() is None
    finally:
        session_memory.remove()


@pytest.mark.parametrize(("kind", "white"), [(np.uint8, 255), (np.uint16, 65535)])
def test_its_lines_come_with_the_newest_picture_of_each_view(tmp_path: Path, kind: type, white: int) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(plan_document(level="L3")))
    (tmp_path / "references").mkdir()
    for number, grey in ((1, 20), (2, 70)):
        name = f"plan_{number:03d}_view_0.png"
        cv2.imwrite(str(tmp_path / "references" / name), np.full((8, 8), grey, kind))
    plan, frames = left_plan(tmp_path, Settings())
    assert plan is not None
    assert plan.views[0].level == "L3"
    assert [(frame.index, int(frame.grey[0, 0]), frame.white) for frame in frames] == [(2, 70, white)]


def test_without_lines_or_their_pictures_there_are_none(tmp_path: Path) -> None:
    assert left_plan(tmp_path, Settings()) == (None, ())
    (tmp_path / "plan.json").write_text("torn")
    assert left_plan(tmp_path, Settings()) == (None, ())
    (tmp_path / "plan.json").write_text(json.dumps(plan_document()))
    (tmp_path / "references").mkdir()
    (tmp_path / "references" / "plan_001_view_0.png").write_text("torn")
    plan, frames = left_plan(tmp_path, Settings())
    assert plan is not None
    assert frames == ()
