"""A console that plays its last seconds again after the pedal is lifted: never taken for live, on the whole way."""

from __future__ import annotations

import csv
import itertools
import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from assistant.cli import main
from assistant.live.messages import LiveState
from assistant.simulation.building import build_flow
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.scenario import SourceFault
from assistant.simulation.tabletop import small_case, small_patient
from assistant.simulation.writing import write_run
from assistant.vocabulary import Distances, FrameState
from tests.journeys.room import Room
from tests.small_run import pictures, plan_document
from ui.theatre.looks import look_of

Grey8 = NDArray[np.uint8]
BEGINS_S, ENDS_S = 4.0, 7.0


def replaying(loop_s: float, output: str) -> Fluoroscope:
    """The small run, whose console plays its last seconds from one time to another."""
    case = small_case(dose_ngy=60.0)
    run = msgspec.structs.replace(case.run, output=output, crf=17)
    faults = (SourceFault(kind="replay", from_s=BEGINS_S, to_s=ENDS_S, loop_s=loop_s),)
    case = msgspec.structs.replace(case, run=run, faults=faults)
    return Fluoroscope(case, 0, small_patient(), build_flow(case, 0, small_patient()))


@pytest.mark.parametrize(("loop_s", "output"), [(1.0, "ffv1"), (3.0, "ffv1"), (1.4, "h264"), (3.0, "h264")])
def test_what_is_played_again_has_no_figures_and_the_run_says_so(tmp_path: Path, loop_s: float, output: str) -> None:
    folder = tmp_path / "run"
    write_run(replaying(loop_s, output), folder)
    asked = ["analyze", folder / "run.mkv", "--plan", folder / "plan.json", "--out", tmp_path / "out", "--defaults"]
    assert main([str(each) for each in asked]) == 0
    with (tmp_path / "out" / "measurements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    loop = [row for row in rows if BEGINS_S <= float(row["t_s"]) < ENDS_S]
    assert {row["state"] for row in loop} == {"repeat", "frozen"}
    told = [row for row in loop if row["reason"].startswith("replay")]
    assert len(told) >= len(loop) - 2  # the first frame may hold the newest picture still
    assert not any(row["posterior_wall_mm"] or row["cement_area_mm2"] or row["scale"] for row in told)
    ages = [float(row["xray_age_ms"]) for row in loop]
    assert all(later > earlier for earlier, later in itertools.pairwise(ages)), "X-ray time stands"
    after = [row for row in rows if float(row["t_s"]) >= ENDS_S + 0.2]
    assert any(row["state"] == "live" and row["posterior_wall_mm"] for row in after)
    result: dict[str, Any] = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    (note,) = [note for note in result["run"]["notes"] if "played" in note]
    assert "1 ×, first at" in note
    assert [event["kind"] for event in result["events"]].count("frozen") == 1


@cache
def _film() -> tuple[Grey8, ...]:
    return pictures(90)


def test_the_theatre_says_replay_at_once_and_after_new_lines_too(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was seen before the lines were confirmed was seen in this session."""
    room = Room(qtbot, monkeypatch)
    for grey in _film()[:24]:
        room.show(grey)
    room.set_up(plan_document(), [_film()[24]])
    for grey in _film()[26:60]:
        room.show(grey)
    assert room.status.state is LiveState.LIVE
    for grey in (*_film()[40:60], *_film()[4:20]):
        room.show(grey)
        assert room.status.state is LiveState.HELD
        assert room.status.reason == "replay on the console: not live"
        assert not room.status.drawable
    assert "REPLAY" in look_of(room.status).plate
    for grey in (*_film()[50:60], *[_film()[59]] * 18):
        room.show(grey)  # it comes to stand at the newest picture, and stays there for more than a second
    assert room.status.state is LiveState.HELD
    assert room.status.reason != "replay on the console: not live"
    assert isinstance(room.status.moment.distances, Distances)
    for grey in _film()[60:70]:
        room.show(grey)
    assert room.status.state is LiveState.LIVE
    room.end()


def test_an_analysis_that_is_started_again_knows_what_was_shown_before(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console plays its loop while the analysis dies: the new one must not take it for live."""
    room = Room(qtbot, monkeypatch)
    room.set_up(plan_document(), [_film()[12]])
    for grey in _film()[13:60]:
        room.show(grey)
    assert room.status.state is LiveState.LIVE
    loop = _film()[30:60]
    for grey in loop[:10]:
        room.show(grey)
    assert room.status.reason == "replay on the console: not live"
    room.start_analysis_again()
    for grey in loop[10:]:
        room.show(grey)
        assert room.status.state is not LiveState.LIVE
        assert not room.status.drawable
    assert room.status.reason == "replay on the console: not live"
    for grey in _film()[60:70]:
        room.show(grey)
    assert room.status.state is not LiveState.HELD
    room.end()


@pytest.mark.parametrize("line_grey", [0.0, 1.0])
def test_a_picture_that_is_held_while_the_analysis_is_started_again_is_held_still(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, line_grey: float
) -> None:
    """The pedal is up: what stands on the screen is as old as it is, whoever looks at it anew."""
    room = Room(qtbot, monkeypatch)
    chance = np.random.default_rng(5)

    def by_line(grey: Grey8) -> Grey8:
        noisy = grey + chance.normal(0.0, line_grey, grey.shape)
        return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)

    for grey in (*_film()[:40], *[_film()[39]] * 30):
        room.show(by_line(grey))
    before = room.status.moment
    assert before is not None
    assert before.liveness.state is FrameState.FROZEN
    room.start_analysis_again()
    for _ in range(4):
        room.show(by_line(_film()[39]))
        after = room.status.moment
        assert after is not None
        assert after.liveness.state is FrameState.FROZEN
        assert isinstance(after.liveness.xray_age_s, float)
        assert isinstance(before.liveness.xray_age_s, float)
        assert after.liveness.xray_age_s > before.liveness.xray_age_s
    states = set()
    for grey in _film()[40:50]:
        room.show(by_line(grey))
        assert room.status.moment is not None
        states.add(room.status.moment.liveness.state)
    assert FrameState.LIVE in states
    room.end()


@pytest.mark.parametrize("again", [False, True], ids=["one analysis", "started again"])
def test_pictures_of_another_size_in_between_take_nothing_from_what_is_known(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, *, again: bool
) -> None:
    """The grabber follows a zoom or a window of the console for half a second; then the console plays its loop."""
    room = Room(qtbot, monkeypatch)

    def shown(film: list[Grey8]) -> set[FrameState]:
        states = set()
        for grey in film:
            room.show(grey)
            assert room.status.moment is not None
            states.add(room.status.moment.liveness.state)
        return states

    smaller = [np.ascontiguousarray(grey[12:-12, 12:-12]) for grey in _film()[60:76]]
    assert FrameState.LIVE in shown(list(_film()[:60]))
    if again:
        room.start_analysis_again()
    assert FrameState.LIVE in shown(smaller)
    assert FrameState.LIVE not in shown(list(_film()[30:60]))
    assert FrameState.LIVE not in shown(smaller[4:12])
    assert FrameState.LIVE in shown(list(_film()[76:90]))
    room.end()
