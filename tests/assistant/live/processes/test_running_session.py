import os
from pathlib import Path

import pytest

from assistant.live.messages import Child
from assistant.live.processes.running_session import find_running, note_ended, note_running, remove_forgotten
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.system.places import data_home


def test_a_session_is_found_until_it_ends_in_order(session_memory: SessionMemory, tmp_path: Path) -> None:
    assert find_running() is None
    note_running(session_memory, tmp_path, "play:x", os.getpid())
    session_memory.beat(Register.WINDOW_BEAT)
    found = find_running()
    assert found is not None
    assert (found.folder, found.source, found.has_window) == (tmp_path.resolve(), "play:x", True)
    note_ended()
    assert find_running() is None
    note_ended()


def test_a_window_that_is_gone_or_long_silent_is_none(session_memory: SessionMemory, tmp_path: Path) -> None:
    note_running(session_memory, tmp_path, "play:x", 2**22 - 3)
    session_memory.beat(Register.WINDOW_BEAT)
    found = find_running()
    assert found is not None
    assert not found.has_window
    note_running(session_memory, tmp_path, "play:x", os.getpid())
    session_memory.put(Register.WINDOW_BEAT, session_memory.get(Register.WINDOW_BEAT) - 70_000_000_000)
    again = find_running()
    assert again is not None
    assert not again.has_window


def test_only_children_that_answer_count(session_memory: SessionMemory, tmp_path: Path) -> None:
    note_running(session_memory, tmp_path, "play:x", 1)
    found = find_running()
    assert found is not None
    assert found.living() == {}
    session_memory.put(Register.CAPTURE_PID, os.getpid())
    session_memory.beat(Register.CAPTURE_BEAT)
    assert found.living() == {Child.CAPTURE: os.getpid()}


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"deck": 1, "folder": "x"}', b"\xff"])
def test_a_broken_note_is_no_session(content: bytes) -> None:
    (data_home() / "running.json").write_bytes(content)
    assert find_running() is None


def test_memory_that_went_with_the_machine_leaves_the_folder_to_go_on_with(
    session_memory: SessionMemory, tmp_path: Path
) -> None:
    note_running(session_memory, tmp_path, "play:x", 1)
    session_memory.remove()
    found = find_running()
    assert found is not None
    assert (found.session_memory, found.has_window, found.living()) == (None, False, {})


def test_memory_that_everybody_has_left_is_given_back_and_no_other(session_memory: SessionMemory) -> None:
    session_memory.beat(Register.WINDOW_BEAT)
    remove_forgotten()
    assert session_memory.path.exists()
    session_memory.put(Register.WINDOW_BEAT, session_memory.get(Register.WINDOW_BEAT) - 70_000_000_000)
    session_memory.put(Register.CAPTURE_PID, os.getpid())
    remove_forgotten()
    assert session_memory.path.exists()
    session_memory.put(Register.CAPTURE_PID, 2**22 - 3)
    assert remove_forgotten() >= 1
    assert not session_memory.path.exists()
