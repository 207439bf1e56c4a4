"""A pytest that is killed leaves none of the sessions that its tests had begun."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.leftovers import marked
from tests.small_run import pictures, write_video
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[1]
CONFTEST = "from tests.leftovers import begin\n\ndef pytest_configure():\n    begin()\n"
BEGUN = """
import os, sys, time
from pathlib import Path
from assistant.live.messages import Child
from assistant.live.session import LiveSession
from assistant.settings.tree import Settings
from tests.leftovers import MARK

def test_begun():
    again = [sys.executable, "-c", "import time; time.sleep(600)"]
    session = LiveSession({source!r}, Path({folder!r}), Settings(), restart=again)
    session.start()
    while session.newest_index < 3 or None in [session.status.children[child].pid for child in Child]:
        session.poll()
        time.sleep(0.01)
    Path({begun!r}).write_text(os.environ[MARK])
    while True:
        session.poll()
        time.sleep(0.01)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists processes with their environment")
def test_a_killed_pytest_leaves_no_session(tmp_path: Path) -> None:
    source = f"loop:{write_video(tmp_path / 'run.mkv', pictures(100))}"
    begun, inner = tmp_path / "begun", tmp_path / "inner"
    inner.mkdir()
    (inner / "conftest.py").write_text(CONFTEST)
    test = inner / "test_inner.py"
    test.write_text(BEGUN.format(source=source, folder=str(tmp_path / "live"), begun=str(begun)))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(inner), str(test)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=inner, env=env, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: (begun.exists() and begun.read_text()) or process.poll() is not None)
        assert process.poll() is None
        mark = begun.read_text()
        assert len(marked(mark)) >= 3  # the children of the session
        process.kill()
        process.wait()
        wait_until(lambda: not marked(mark), told=lambda: marked(mark), every_s=0.1)
    finally:
        process.kill()
        process.wait()
