import os
import subprocess
import sys

from assistant.live.processes.process_alive import Adopted, is_alive
from tests.waiting import HUNG_S

SLEEP = [sys.executable, "-c", "import time; print('go', flush=True); time.sleep(600)"]


def test_processes_that_are_there_and_not() -> None:
    assert is_alive(os.getpid())
    assert is_alive(0)
    process = subprocess.Popen(SLEEP)
    assert is_alive(process.pid)
    process.kill()
    while is_alive(process.pid):  # a zombie until it is waited for: counts as ended
        pass
    process.wait()
    assert not is_alive(process.pid)


def test_an_adopted_process_is_ended_and_waited_for() -> None:
    process = subprocess.Popen(SLEEP)
    adopted = Adopted(process.pid)
    assert adopted.poll() is None
    assert not adopted.ended_within(0.05)
    adopted.kill()
    assert adopted.ended_within(HUNG_S)
    assert adopted.poll() == -1
    process.wait()
    adopted.kill()
