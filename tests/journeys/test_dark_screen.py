"""A console whose screen is black or white until the pedal goes down: its first X-ray picture is one like any other."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from assistant.cli import main
from assistant.simulation.tabletop import COLS, ROWS
from assistant.vocabulary import Distances, FrameState
from tests.journeys.room import Room
from tests.small_run import pictures, plan_document, write_video

Grey8 = NDArray[np.uint8]
_BLACK = np.zeros((ROWS, COLS), np.uint8)
_ON_A_CABLE = np.clip(np.random.default_rng(1).normal(1.5, 1.0, (ROWS, COLS)), 0, 255).astype(np.uint8)
_WHITE = np.full((ROWS, COLS), 255, np.uint8)
SCREENS = {"black": _BLACK, "black with a cable's noise": _ON_A_CABLE, "white": _WHITE}
SHOT_FRAMES = 4


def _shown_between(screen: Grey8, film: list[Grey8]) -> list[Grey8]:
    """Single shots: the screen is blank, then one picture is held."""
    return [grey for shot in film for grey in [screen] * SHOT_FRAMES + [shot] * SHOT_FRAMES]


@pytest.mark.parametrize("name", SCREENS)
def test_in_the_theatre_each_shot_is_live_before_there_are_lines(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    room, film = Room(qtbot, monkeypatch), pictures(90)
    found = _shots(room, _shown_between(SCREENS[name], [film[k] for k in (0, 2, 4)]))
    assert found == [(FrameState.LIVE, FrameState.REPEAT, False)] * 3
    room.end()


@pytest.mark.parametrize("name", SCREENS)
def test_in_the_theatre_each_shot_has_figures(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    room, film = Room(qtbot, monkeypatch), pictures(90)
    room.set_up(plan_document(), [film[12]])
    found = _shots(room, _shown_between(SCREENS[name], [film[k] for k in (14, 20, 26, 32, 38)]))
    assert found == [(FrameState.LIVE, FrameState.REPEAT, True)] * 5
    room.end()


def _shots(room: Room, shown: list[Grey8]) -> list[tuple[FrameState, FrameState, bool]]:
    """Of each shot: what its first frame was, what the next one was, and whether both had figures."""
    found = []
    for grey in shown:
        room.show(grey)
        moment = room.status.moment
        assert moment is not None
        found.append((moment.liveness.state, isinstance(moment.distances, Distances)))
    first, then = found[SHOT_FRAMES :: 2 * SHOT_FRAMES], found[SHOT_FRAMES + 1 :: 2 * SHOT_FRAMES]
    return [(a, b, has and still_has) for (a, has), (b, still_has) in zip(first, then, strict=True)]


@pytest.mark.parametrize("name", SCREENS)
def test_on_the_command_line_each_shot_has_figures(tmp_path: Path, name: str) -> None:
    """The run begins with the blank screen; its first picture is the reference frame."""
    film = pictures(90)
    shown = _shown_between(SCREENS[name], [film[k] for k in (12, 14, 20, 26, 32)])
    video = write_video(tmp_path / "run.mkv", shown)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(plan_document(reference_frame=SHOT_FRAMES)), encoding="utf-8")
    asked = ["analyze", video, "--plan", plan, "--out", tmp_path / "out", "--defaults"]
    assert main([str(each) for each in asked]) == 0
    with (tmp_path / "out" / "measurements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = rows[SHOT_FRAMES :: 2 * SHOT_FRAMES]
    assert [row["state"] for row in first] == ["live"] * 5
    assert all(row["scale"] for row in first)
