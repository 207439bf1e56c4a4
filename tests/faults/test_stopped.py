"""Ctrl-C, SIGTERM and kill -9 in the middle of an analysis, from outside."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_run import REFERENCE, SmallRun, write_small_run
from tests.waiting import HUNG_S

ROOT = Path(__file__).resolve().parents[2]
# The real command, slowed down so that the signal finds it at work: it says "ready" after the given frame, and goes on
# only when a signal has come (or the test is long over).
PROGRAM = """
import signal, sys, threading
from assistant import analysis, cli
from assistant.guarded_pipeline import GuardedPipeline
real, came = GuardedPipeline.process, threading.Event()
def process(self, frame, on_alarm=None):
    reading = real(self, frame, on_alarm)
    if frame.index == int(sys.argv[1]):
        handler = signal.getsignal(signal.SIGINT)
        def heard(number, at):
            came.set()
            handler(number, at)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, heard)
        sys.stdout.write("ready\\n")
        sys.stdout.flush()
        came.wait(120)
    return reading
GuardedPipeline.process = process
analysis.SAVE_EVERY_S = 0.0
sys.exit(cli.main(sys.argv[2:]))
"""


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return write_small_run(tmp_path, 46)


def stop_at(run: SmallRun, frame: int, number: signal.Signals) -> tuple[int, str]:
    """Analyse, send a signal at a frame; gives the exit status and what was said."""
    command = [sys.executable, "-c", PROGRAM, str(frame), *run.arguments("--masks")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        told = process.stderr.read()
        return process.wait(HUNG_S), told


@pytest.mark.skipif(sys.platform == "win32", reason="signals come otherwise only on Windows")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle_what_was_analysed_is_kept(run: SmallRun, number: signal.Signals) -> None:
    status, told = stop_at(run, 20, number)
    assert status == 130
    assert told == (
        f"{run.video}: stopped after 21 frames; what was analysed (21 frames) is in {run.out}, marked incomplete\n"
    )
    result = json.loads((run.out / "result.json").read_text())
    assert (result["complete"], result["run"]["frames"]) == (False, 21)
    assert len((run.out / "measurements.csv").read_text().splitlines()) == 22
    assert len(list((run.out / "masks").iterdir())) == 21 - REFERENCE  # before it nothing is measured
    assert sorted(path.name for path in run.out.iterdir()) == ["masks", "measurements.csv", "result.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals come otherwise only on Windows")
def test_killed_what_was_saved_is_whole_and_marked_incomplete(run: SmallRun) -> None:
    status, _ = stop_at(run, 20, signal.SIGKILL)
    assert status == -signal.SIGKILL
    result = json.loads((run.out / "result.json").read_text())
    assert (result["complete"], result["run"]["frames"]) == (False, 20)
    validate = [sys.executable, "-m", "assistant", "validate", str(run.out)]
    done = subprocess.run(validate, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "incomplete" in done.stdout
    # The next analysis takes the place of what the killed one left.
    again = subprocess.run([sys.executable, "-m", "assistant", *run.arguments()], cwd=ROOT, check=False)
    assert again.returncode == 0
    assert sorted(path.name for path in run.out.iterdir()) == ["measurements.csv", "result.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals come otherwise only on Windows")
def test_stopped_before_the_first_frame_leaves_nothing(run: SmallRun, tmp_path: Path) -> None:
    """The run is a pipe that nobody writes to in time: opening it hangs, as a dead network drive does."""
    program = (
        "import sys, time\n"
        "from assistant import cli\n"
        "from assistant.capture import opening\n"
        "def hang(*_):\n    sys.stdout.write('ready\\n'); sys.stdout.flush(); time.sleep(600)\n"
        "opening.open_source = hang\n"
        "sys.exit(cli.main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, *run.arguments()]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stderr.read() == "stopped; nothing was written\n"
        assert process.wait(HUNG_S) == 130
    assert not run.out.exists()
