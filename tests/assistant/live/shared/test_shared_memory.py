from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import EnvironmentError_
from assistant.live.processes.running_session import remove_forgotten
from assistant.live.shared.shared_memory import Register, SessionMemory, is_orphan, read_signs
from assistant.settings.tree import LiveSettings, Settings
from assistant.vocabulary import Unknown


def test_another_process_finds_everything_by_the_path(session_memory: SessionMemory) -> None:
    other = SessionMemory.open(session_memory.path)
    session_memory.put(Register.ARMED, 1)
    session_memory.to_analysis.put("order")
    session_memory.ring.publish(0, 0, 0, 0, np.zeros((4, 4), np.uint8))
    assert other.get(Register.ARMED) == 1
    assert other.to_analysis.take() == ["order"]
    assert other.ring.newest_index == 0


def test_the_boxes_do_not_lie_in_each_other(session_memory: SessionMemory) -> None:
    boxes = (
        session_memory.capture_says,
        session_memory.analysis_says,
        session_memory.watchdog_says,
        session_memory.to_capture,
        session_memory.to_analysis,
    )
    for k, box in enumerate(boxes):
        while box.put((k, "x" * 5000)):
            pass
    session_memory.ring.publish(0, 0, 0, 0, np.full((48, 64), 255, np.uint8))
    for k, box in enumerate(boxes):
        assert {message[0] for message in box.take()} == {k}


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(bytes(100_000))
    with pytest.raises(EnvironmentError_, match="no memory of a session"):
        SessionMemory.open(path)


def test_what_another_version_left_behind_is_refused_and_stops_no_session(session_memory: SessionMemory) -> None:
    """Laid out for more than it holds, as that of a version with other rooms is."""
    session_memory.put(Register.SEEN_PICTURES, session_memory.get(Register.SEEN_PICTURES) + 100_000)
    with pytest.raises(EnvironmentError_, match="no memory of a session"):
        SessionMemory.open(session_memory.path)
    remove_forgotten()


def test_a_session_without_a_window_is_an_orphan_after_a_while(session_memory: SessionMemory) -> None:
    settings = replace(Settings(), live=LiveSettings(orphan_after_s=5.0))
    session_memory.beat(Register.WINDOW_BEAT)
    assert not is_orphan(session_memory, settings)
    session_memory.put(Register.WINDOW_BEAT, session_memory.get(Register.WINDOW_BEAT) - 6_000_000_000)
    assert is_orphan(session_memory, settings)


def test_what_the_capture_sees_of_the_console(session_memory: SessionMemory) -> None:
    assert read_signs(session_memory).mark_lit is None
    assert isinstance(read_signs(session_memory).let_through, Unknown)
    session_memory.put(Register.MARK_LIT, 1)
    session_memory.put(Register.LET_THROUGH, 625)
    assert read_signs(session_memory).mark_lit is True
    assert read_signs(session_memory).let_through == 0.625
    session_memory.put(Register.MARK_LIT, 0)
    assert read_signs(session_memory).mark_lit is False
