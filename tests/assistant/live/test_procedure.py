"""A procedure: its session with lines, newest frames, log and name; what ends with it and what goes on."""

from types import SimpleNamespace
from typing import Any

import pytest

from assistant.errors import UsageError
from assistant.live.procedure import Procedure
from assistant.live.processes.running_session import Running
from assistant.plan import plan_from_document
from assistant.settings.tree import Settings
from assistant.vocabulary import Frame
from tests.ui.theatre.fake_session import DOCUMENT, PLAN, FakeSession, picture, status


@pytest.fixture
def procedure() -> Any:
    made = Procedure(Settings(), FakeSession)
    made.start("camera:0")
    return made


def reference() -> Frame:
    return Frame(index=0, t_s=0.0, grey=picture().grey)


def test_before_a_session_nothing_is_known() -> None:
    made = Procedure(Settings(), FakeSession)
    assert (made.status, made.armed, made.views, made.second_views, made.case) == (None, False, (), (), "")
    made.take_plan(PLAN, ())
    made.note("pause", "Pause")
    assert made.plan is None
    assert made.open_second("camera:1") == []
    assert not made.look(status())
    assert made.end()


def test_it_is_known_by_its_id_then_by_level_and_view(procedure: Any) -> None:
    assert procedure.case == "K-7F3QD"
    procedure.take_plan(PLAN, (reference(),))
    assert procedure.case == "K-7F3QD · L1 · lateral"
    assert (procedure.log.level, len(procedure.references)) == ("L1", 1)


def test_lines_of_two_inputs_are_parted(procedure: Any) -> None:
    ap = {**DOCUMENT["views"][0], "view": "ap", "input": 2}
    both = plan_from_document({**DOCUMENT, "views": [*DOCUMENT["views"], ap]}, 0.25)
    procedure.take_plan(both, (reference(), reference()))
    assert [view.view for view in procedure.views] == ["lateral"]
    assert [view.view for view in procedure.second_views] == ["ap"]
    assert procedure.case == "K-7F3QD · L1 · lateral + ap"
    assert len(procedure.references) == 1, "of the first input"
    procedure.open_second("")
    assert procedure.second_views == ()


def test_each_new_frame_is_taken_over_once(procedure: Any) -> None:
    session = procedure.session
    assert procedure.look(status())
    assert not procedure.look(status())
    session.next_frame()
    session.second = SimpleNamespace(newest_index=7, newest_frame=lambda: picture(7), status=None)
    assert procedure.look(status())
    assert (procedure.frame.index, procedure.second_frame.index) == (1, 7)
    session.second.newest_frame = lambda: None  # overwritten while it was read
    session.second.newest_index = 8
    procedure.look(status())
    assert procedure.second_frame.index == 7


def test_its_end_keeps_the_log_and_forgets_the_pictures(procedure: Any) -> None:
    procedure.take_plan(PLAN, (reference(),))
    procedure.look(status())
    procedure.log.put_in()
    session = procedure.session
    assert procedure.end()
    assert session.stopped
    assert session.xray[-1][0] == "xray"
    assert (procedure.session, procedure.plan, procedure.frame, procedure.case) == (None, None, None, "")
    assert procedure.log.total_ml == pytest.approx(0.2)
    procedure.start("camera:0")
    assert procedure.log.entries_ml == {}


def test_what_a_dead_window_left_goes_on(procedure: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeSession, "events", ({"kind": "pause", "wall_ns": 0, "data": {}},), raising=False)
    procedure.end()
    procedure.start("resume:", Running(session_memory=None, folder=tmp_path, source="camera:3", window_pid=1))
    assert (procedure.session.source, procedure.session.folder) == ("camera:3", tmp_path)
    assert procedure.log.pauses == 1
    assert procedure.plan is None, "there was none"


def test_a_session_that_cannot_be_started_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_session: FakeSession) -> None:
        raise UsageError("no such camera")

    monkeypatch.setattr(FakeSession, "start", fails)
    made = Procedure(Settings(), FakeSession)
    with pytest.raises(UsageError):
        made.start("camera:9")
    assert made.session is None
