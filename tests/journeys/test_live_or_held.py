"""A line so noisy that a new picture cannot be told from the last one again: said all the way, never guessed."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from assistant.cli import main
from assistant.live.messages import LiveState
from assistant.plan import read_plan
from assistant.reports.day_facts import day_rows
from assistant.review.session_reading import read_session_day
from assistant.review.stored import read_analysed
from assistant.vocabulary import CANNOT_TELL
from tests.journeys.room import Room
from tests.small_run import SmallRun, pictures, plan_document, write_video

Grey = NDArray[np.uint8]
NOISE_GREY, FILTER = 6.0, 0.2
HEADLINE = "LIVE OR HELD: NOT KNOWN"


@cache
def noisy_film(count: int = 90) -> tuple[Grey, ...]:
    """The small run, each picture shown twice, behind a strong filter and a bad cable."""
    rng, made = np.random.default_rng(0), pictures(count)
    shown, frames = made[0].astype(np.float64), []
    for k, picture in enumerate(made):
        if k % 2 == 0:
            shown = shown + FILTER * (picture - shown)
        noisy = shown + NOISE_GREY * rng.standard_normal(shown.shape)
        frames.append(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
    return tuple(frames)


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    folder = tmp_path / "run"
    folder.mkdir()
    film = noisy_film()
    video = write_video(folder / "run.mkv", film)
    made = SmallRun(folder=folder, video=video, plan=folder / "plan.json", frame_count=len(film))
    made.save_plan(plan_document())
    assert main(made.arguments()) == 0
    return made


def test_a_run_says_it_in_its_table_its_result_and_its_notes(run: SmallRun) -> None:
    with (run.out / "measurements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    in_doubt = [row for row in rows if row["new_picture"] == ""]
    assert len(in_doubt) > 40
    # Never blind: they are measured, and none is called held.
    assert {row["state"] for row in in_doubt} == {"live"}
    assert np.mean([row["registration_ok"] == "1" for row in in_doubt]) > 0.9
    assert not {row["state"] for row in rows} & {"frozen", "no_signal"}
    result: dict[str, Any] = json.loads((run.out / "result.json").read_text(encoding="utf-8"))
    assert result["run"]["xray_s"] is None
    assert result["run"]["exposures"] is None
    notes = [note for note in result["run"]["notes"] if "could not be told from held ones" in note]
    assert notes[-1].startswith("X-ray time and exposures are not known")
    assert any(note.startswith("From ") for note in notes)
    told = [event for event in result["events"] if event["kind"] == "unusable_image"]
    assert [event["priority"] for event in told] == ["low"] * len(told)
    assert told
    assert main(["validate", str(run.out / "result.json")]) == 0
    moments = read_analysed(run.out, read_plan(run.plan, 0.25), [], ())
    assert [m.frame_index for m in moments if m.liveness.doubt == CANNOT_TELL] == [int(r["frame"]) for r in in_doubt]


def test_the_theatre_says_it_and_counts_nothing_by_guess(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(qtbot, monkeypatch)
    film = noisy_film()
    for grey in film[:8]:
        room.show(grey)
    room.set_up(plan_document(), [film[8]])
    for grey in film[9:]:
        room.show(grey)
    assert room.status.state is LiveState.LIVE
    assert HEADLINE in {alarm.headline for alarm in room.status.alarms}
    assert not any("FROZEN" in headline or "HELD IMAGE" in headline for headline, _ in room.bar)
    folder = room.session.folder
    log = room.end()
    assert any(entry["data"].get("unknown") for entry in log if entry["kind"] == "xray")
    day = read_session_day(folder)
    assert day is not None
    assert day.levels[0].exposures is None
    assert day.levels[0].xray_s is None
    assert any("X-ray" in words and "not" in words for _, words in day_rows(day))
