import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.capture.run_folder import RunFolder
from assistant.errors import EnvironmentError_, UsageError
from assistant.live.messages import Child, FaultNotice, Lines, LiveState, Message
from assistant.live.second_input import SecondInput
from assistant.live.session import LiveSession
from assistant.readings.live_line import FILES, lines_of
from assistant.settings.tree import Settings
from assistant.vocabulary import Distances, Priority
from tests.assistant.live.conftest import planned, until
from tests.small_run import pictures, plan_document
from tests.waiting import wait_until


@pytest.fixture
def events() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def second(run_file: Path, tmp_path: Path, events: list[dict[str, Any]]) -> Iterator[SecondInput]:
    def log(kind: str, **data: Any) -> None:
        events.append({"kind": kind, "data": data})

    made = SecondInput(f"loop:{run_file}", tmp_path, Settings(), log)
    made.begin(())
    yield made
    made.stop()


def poll(second: SecondInput, holds: Callable[[], bool], *, armed: bool = False) -> list[Message]:
    heard: list[Message] = []
    wait_until(holds, lambda: heard.extend(second.poll(armed=armed)), lambda: second.status, 0.01)
    return heard


def is_seen(second: SecondInput) -> bool:
    status = second.status
    return status is not None and status.state is LiveState.LIVE and status.drawable


def test_it_is_shown_recorded_and_analysed_with_lines_of_its_own(
    second: SecondInput, events: list[dict[str, Any]], tmp_path: Path
) -> None:
    assert second.newest_frame() is None
    assert second.status is None
    poll(second, lambda: second.status is not None and second.status.state is LiveState.UNKNOWN_VIEW)
    assert second.conditions == ()
    second.set_plan(plan_document(), [pictures(100)[2]])
    second.input.confirm_lines()
    poll(second, lambda: is_seen(second))
    assert second.status is not None
    assert second.status.moment is not None
    assert isinstance(second.status.moment.distances, Distances)
    poll(second, lambda: "A1" in [each.code for each in second.conditions], armed=True)
    (crossing,) = [each for each in second.conditions if each.code == "A1"]
    assert (crossing.view, crossing.priority) == ("LATERAL", Priority.HIGH)
    assert crossing.headline.startswith("LATERAL: ")
    assert {event["data"]["input"] for event in events} == {2}
    assert second.stop()
    assert second.stop()
    assert second.newest_frame() is None
    source = RunFolder(tmp_path / "second", "second")
    assert source.recorded.losses == ""
    assert any("row" in entry for entry in lines_of(next((tmp_path / "second").glob(FILES))))
    source.close()


def test_killed_its_processes_come_back_and_its_lines_are_not_confirmed(second: SecondInput) -> None:
    poll(second, lambda: second.newest_index > 3)
    second.set_plan(plan_document(), [pictures(100)[2]])
    second.input.confirm_lines()
    poll(second, lambda: is_seen(second))
    index = second.newest_index
    for child in (Child.CAPTURE, Child.ANALYSIS):
        pid = second.children[child].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    heard = poll(second, lambda: second.newest_index > index + 20, armed=True)
    assert second.children[Child.CAPTURE].restarts == 1
    assert second.input.session_state.lines is Lines.UNCONFIRMED
    texts = [message.happened for message in heard if isinstance(message, FaultNotice)]
    assert any(text.startswith("Second picture:") for text in texts)
    assert any("confirmed again" in text for text in texts)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "second").touch()
    with pytest.raises(EnvironmentError_, match="cannot be made"):
        SecondInput("play:x", tmp_path, Settings(), lambda *_args, **_more: None)


def test_a_session_with_two_inputs_tells_both_and_loses_one_without_the_other(
    session: LiveSession, run_file: Path
) -> None:
    """One plan for two inputs; what the second finds stands in the one list under the name of its view."""
    lateral = plan_document()["views"][0]
    both = {**plan_document(), "views": [lateral, {**lateral, "input": 2}]}
    still = pictures(100)[2]
    planned(session)
    with pytest.raises(UsageError, match="second input"):
        session.set_plan(both, [still, still])
    assert session.open_second(f"loop:{run_file}") == []
    second = session.second
    assert second is not None
    until(session, lambda _: second.newest_index > 3)
    session.set_plan(both, [still, still])
    session.confirm_lines()
    assert second.input.session_state.lines is Lines.UNCONFIRMED
    session.confirm_second_lines()
    until(session, lambda status: status.drawable and is_seen(second))
    assert session.arm() == ""
    assert session.open_second("")
    assert session.second is second
    until(session, lambda status: {("A1", ""), ("A1", "LATERAL")} <= {(a.code, a.view) for a in status.alarms})
    session.acknowledge()
    second.source = "play:nothing"
    pid = second.children[Child.CAPTURE].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(session, lambda status: ("A7", "LATERAL") in {(alarm.code, alarm.view) for alarm in status.alarms})
    (lost,) = [alarm for alarm in session.status.alarms if alarm.code == "A7"]
    assert lost.priority is Priority.MEDIUM
    until(session, lambda status: status.state is LiveState.LIVE)
    session.disarm()
    assert session.open_second("") == []
    session.poll()
    assert "LATERAL" not in {alarm.view for alarm in session.status.alarms if alarm.holds}
    document = (session.folder / "plan.json").read_text()
    assert document.count('"lateral"') == 1
    assert "input" not in (session.folder / "second" / "plan.json").read_text()
