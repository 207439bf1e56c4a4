"""``resume:`` goes on with memory and a note that it did not make: what may be another's is not believed or run."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.live.processes.running_session import find_running, note_running
from assistant.live.session import LiveSession
from assistant.live.shared.mailbox import Mailbox
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.settings.tree import Settings
from assistant.system.places import data_home

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="only on Windows: rights are access lists")


class Canary:
    """Makes a file when somebody unpickles it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (os.mkdir, (str(self._path),))


def speak(box: Mailbox, payload: bytes) -> None:
    """Bytes in a mailbox, whole by its own rules."""
    box._store(0, len(payload).to_bytes(4, "little") + zlib.crc32(payload).to_bytes(4, "little") + payload)
    box._marks[0] = len(payload) + 8


@pytest.fixture
def left(tmp_path: Path) -> Iterator[SessionMemory]:
    """The memory of a session whose window died, with a process that answers, and a pickle that waits to be read."""
    session_memory = SessionMemory.make()
    child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    for pid, beat in ((Register.CAPTURE_PID, Register.CAPTURE_BEAT), (Register.ANALYSIS_PID, Register.ANALYSIS_BEAT)):
        session_memory.put(pid, child.pid)
        session_memory.beat(beat)
    canary = pickle.dumps(Canary(tmp_path / "canary"))
    for box in (
        session_memory.capture_says,
        session_memory.analysis_says,
        session_memory.to_capture,
        session_memory.to_analysis,
    ):
        speak(box, canary)
    (tmp_path / "session").mkdir()
    note_running(session_memory, tmp_path / "session", "play:none", 2**22 - 3)
    yield session_memory
    child.kill()
    child.wait()
    session_memory.remove()


def gone_on_with(folder: Path) -> bool:
    """Go on with the session for a moment, as ``resume:`` does; whether the memory was taken over."""
    session = LiveSession("play:none", folder, Settings())
    session.start()
    try:
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            session.poll()
            time.sleep(0.02)
        return session.goes_on
    finally:
        session.stop()


def test_a_pickle_in_our_own_memory_is_not_run(left: SessionMemory, tmp_path: Path) -> None:
    assert gone_on_with(tmp_path / "session")
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("how", ["others may write", "of another account", "a link"])
def test_memory_that_could_be_anothers_is_not_believed(left: SessionMemory, tmp_path: Path, how: str) -> None:
    if how == "others may write":
        left.path.chmod(0o666)
    elif how == "a link":
        real = left.path.rename(left.path.with_suffix(".real"))
        left.path.symlink_to(real)
    elif os.geteuid() != 0:
        pytest.skip("only root gives files away")
    else:
        os.chown(left.path, 65534, 65534)
    try:
        assert not gone_on_with(tmp_path / "session")
        assert not (tmp_path / "canary").exists()
    finally:
        left.path.with_suffix(".real").unlink(missing_ok=True)


def test_a_note_that_could_be_anothers_names_no_session(left: SessionMemory) -> None:
    assert find_running() is not None
    note = data_home() / "running.json"
    note.chmod(0o666)
    assert find_running() is None
    note.chmod(0o600)
    assert find_running() is not None
    assert np.all(left.registers[:1] != 0)
