import io
import os
import signal
import sys
from pathlib import Path

import pytest

from assistant.system import processes
from assistant.system.error_log import LastWords, exit_words
from assistant.system.processes import ChildProcess, Stream, TooLate, answer_of, framed, read_frame
from tests.waiting import HUNG_S

ENDS_WITH_ITS_INPUT = "import sys; print('here', flush=True); sys.stdin.read()"
NEVER_ENDS = "import signal, time; signal.signal(15, signal.SIG_IGN); print('here', flush=True); time.sleep(600)"


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-S", "-c", code, *arguments]


def test_a_module_is_found_wherever_it_is_started_and_nothing_is_imported_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('of somebody else')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    environment = processes.module_environment(MORE="1")
    command = processes.module_command("assistant.system.plain")  # which imports json
    told = answer_of(command, environment=environment, limit_s=HUNG_S)
    assert (told.status, told.errors) == (0, b"")
    assert environment["MORE"] == environment["OMP_NUM_THREADS"] == environment["ORT_DISABLE_TELEMETRY"] == "1"


def test_what_it_is_given_ends_its_input() -> None:
    child = ChildProcess(python("import sys; print(len(sys.stdin.read()))"), given=b"12345", out=Stream.PIPE)
    with child.output as said:
        assert said.read().split() == [b"5"]
    assert child.ended_within(HUNG_S)
    assert child.how_it_ended == "exit status 0"


def test_one_that_hears_nothing_any_more_is_no_fault_of_its_parent() -> None:
    child = ChildProcess(python("import os; os.close(0)"), given=bytes(1 << 20))
    assert child.ended_within(HUNG_S)


def test_it_ends_with_its_input_by_a_signal_or_at_once() -> None:
    gentle = ChildProcess(python(ENDS_WITH_ITS_INPUT), given=Stream.PIPE, out=Stream.PIPE)
    deaf = ChildProcess(python(NEVER_ENDS), out=Stream.PIPE)
    asked = ChildProcess(python("import time; time.sleep(600)"))
    for child in (gentle, deaf):
        assert child.output.readline().strip() == b"here"
        assert not child.ended_within(0.0)
    gentle.end(HUNG_S)
    assert gentle.how_it_ended == "exit status 0"
    deaf.end(0.1, by_signal=True)
    assert deaf.how_it_ended == f"signal {int(signal.SIGKILL)}"
    asked.end(HUNG_S, by_signal=True)
    assert asked.how_it_ended == f"signal {int(signal.SIGTERM)}"
    for child in (gentle, deaf):
        child.output.close()


def test_its_last_words_are_kept_where_it_crashed() -> None:
    words = LastWords("tested")
    child = ChildProcess(python("import os; os.write(2, b'Fatal Python error: x'); os.abort()"), words=words)
    assert child.ended_within(HUNG_S)
    kept = words.over(exit_words(child.returncode))
    assert kept is not None
    assert child.how_it_ended in kept.read_text()
    assert "Fatal Python error: x" in kept.read_text()


def test_an_answer_that_is_too_late_is_none() -> None:
    told = answer_of(python("import sys; print(sys.stdin.read()); sys.exit('why')"), given=b"asked", limit_s=HUNG_S)
    assert (told.status, told.out.strip(), told.errors.strip()) == (1, b"asked", b"why")
    with pytest.raises(TooLate):
        answer_of(python("import time; time.sleep(600)"), limit_s=0.01)
    assert processes.how_it_ended(None) == "no reason known"


def test_messages_are_read_as_they_were_written_and_half_of_one_is_none() -> None:
    pipe = io.BytesIO(framed(b"one") + framed(b"") + framed(b"cut off")[:-1])
    assert [read_frame(pipe) for _ in range(4)] == [b"one", b"", None, None]


@pytest.mark.skipif(not hasattr(os, "getsid"), reason="a system without sessions")
def test_one_apart_is_in_a_session_of_its_own() -> None:
    child = ChildProcess(python("import os; print(os.getsid(0))"), out=Stream.PIPE, apart=True)
    with child.output as said:
        assert int(said.read()) == child.pid
    assert child.ended_within(HUNG_S)
