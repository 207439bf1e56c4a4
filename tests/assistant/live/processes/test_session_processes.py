from pathlib import Path

import msgspec
import pytest

from assistant.live.messages import Child, Condition
from assistant.live.orders import Start
from assistant.live.processes.running_session import find_running
from assistant.live.processes.session_processes import SessionProcesses, end_left
from assistant.live.shared.shared_memory import Register
from assistant.recording.schema import FrameLine
from assistant.settings.tree import Settings
from tests.waiting import HUNG_S


def crew(folder: Path) -> SessionProcesses:
    def orders(session_memory: str, epoch: int) -> Start:
        return Start(
            session_memory=session_memory, source="play:none", folder=str(folder), settings=Settings(), epoch=epoch
        )

    return SessionProcesses(folder, "play:none", orders)


def test_all_begin_and_all_end_in_order(tmp_path: Path) -> None:
    made = crew(tmp_path)
    assert set(made.states()) == set(Child)
    while {state.condition for state in made.states().values()} != {Condition.RUNNING}:
        made.look()
    assert find_running() is not None
    assert made.end(tmp_path, HUNG_S)
    assert find_running() is None
    assert not made.session_memory.path.exists()


def test_what_a_window_left_is_gone_on_with_in_the_same_folder(tmp_path: Path) -> None:
    first = crew(tmp_path)
    while {state.condition for state in first.states().values()} != {Condition.RUNNING}:
        first.look()
    pids = {child: state.pid for child, state in first.states().items()}
    second = crew(tmp_path)
    assert second.taken_over
    assert {child: state.pid for child, state in second.states().items()} == pids
    assert second.end(tmp_path, HUNG_S)
    assert all(supervisor.wait(HUNG_S) for supervisor in first._supervisors.values())


def test_what_a_window_left_elsewhere_is_ended_first(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    first = crew(tmp_path / "a")
    while {state.condition for state in first.states().values()} != {Condition.RUNNING}:
        first.look()
    left = find_running()
    assert left is not None
    end_left(left)
    assert all(supervisor.wait(HUNG_S) for supervisor in first._supervisors.values())
    assert left.living() == {}


def test_numbers_and_times_go_on_in_a_folder_that_was_recorded_into(tmp_path: Path) -> None:
    lines = [FrameLine(i=i, t=i * 0.04, ns=1_000 + i * 40_000_000, v=0, p=i) for i in range(5)]
    (tmp_path / "frames_000.jsonl").write_bytes(b"\n".join(msgspec.json.encode(line) for line in lines) + b'\n{"i":')
    made = crew(tmp_path)
    assert made.session_memory.get(Register.NEXT_INDEX) == 5
    assert made.session_memory.get(Register.ORIGIN_NS) == pytest.approx(1_000, abs=2)
    assert made.end(tmp_path, HUNG_S)
