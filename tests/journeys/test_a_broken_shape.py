"""A shape model that breaks costs the shape of a leak alone: distances, leaks and alarms stand, and it is told."""

from __future__ import annotations

import csv
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main
from assistant.leak_shape.model_protocol import ShapeAnswer, ShapeLimits
from assistant.model_packs import starting
from assistant.vocabulary import ModelIdentity, Unknown
from tests.journeys.alarm_causes import FILMS, ended
from tests.journeys.room import Room
from tests.small_run import write_video


class BrokenShapes:
    """A model with a fault of the program in it."""

    identity = ModelIdentity(name="broken", sha256="0" * 64)
    limits = ShapeLimits(decide=0.5, strangeness=9.0, blur_mm=9.0)

    def ask(self, *_more: object) -> Any:
        raise ZeroDivisionError("no patch")


class TiredShapes(BrokenShapes):
    """One that knows the leak at first, and breaks while it grows."""

    def __init__(self) -> None:
        self.asked = 0

    def ask(self, *more: object) -> Any:
        self.asked += 1
        if self.asked > 4:
            raise ZeroDivisionError("no patch")
        return (ShapeAnswer(frame_index=int(str(more[1])), probabilities=(0.9, 0.05, 0.05), strangeness=0.0),)


def test_in_the_theatre(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never "cement not tracked": the alarms of the leak are those of a room without a model."""
    film = FILMS["cement runs up"]()
    told = []
    for shapes in (None, BrokenShapes()):
        room = Room(qtbot, monkeypatch, shapes=shapes)
        room.set_up(film.document, film.references)
        for grey in film.frames[1:]:
            room.show(grey)
        seen = ended(room)
        told.append([headline.partition(" (shape")[0] for headline, _ in seen.bar])
    assert told[1] == told[0]
    assert "CEMENT IN DISC" in told[1]
    raised = [one["headline"] for one in seen.logged("alarm")]
    assert "SHAPE NOT AVAILABLE" in raised
    assert any(each.startswith("CEMENT IN DISC") for each in raised)


def test_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = FILMS["cement runs up"]()
    plan, video = tmp_path / "plan.json", write_video(tmp_path / "run.mkv", film.frames)
    plan.write_text(json.dumps(film.document), encoding="utf-8")
    rows, results = [], []
    for name, shapes in (("none", Unknown("there is no model")), ("broken", BrokenShapes())):
        monkeypatch.setattr(starting, "recorded_shape_model", lambda found=shapes: nullcontext(found))
        out = tmp_path / name
        assert main(["analyze", str(video), "--plan", str(plan), "--out", str(out)]) == 0
        assert main(["validate", str(out)]) == 0
        with (out / "measurements.csv").open(encoding="utf-8", newline="") as file:
            rows.append([{**row, "processing_ms": ""} for row in csv.DictReader(file)])
        results.append(json.loads((out / "result.json").read_text(encoding="utf-8")))
    assert rows[1] == rows[0]
    broken = results[1]
    # How fast the machine was is an event of its own.
    told = [
        [(e["kind"], e["site"], e["first_frame"]) for e in result["events"] if e["kind"] != "slow_processing"]
        for result in results
    ]
    assert told[1] == told[0]
    shape = broken["leaks"][0]["shape"]
    assert (shape["label"], shape["p_spike"]) == ("undetermined", None)
    assert any("The shape of a leak could not be told from frame" in note for note in broken["run"]["notes"])


def test_what_the_model_told_before_it_broke_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = FILMS["cement runs up"]()
    plan, video = tmp_path / "plan.json", write_video(tmp_path / "run.mkv", film.frames)
    plan.write_text(json.dumps(film.document), encoding="utf-8")
    monkeypatch.setattr(starting, "recorded_shape_model", lambda: nullcontext(TiredShapes()))
    out = tmp_path / "out"
    assert main(["analyze", str(video), "--plan", str(plan), "--out", str(out)]) == 0
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert result["leaks"][0]["shape"]["label"] == "spike"
    assert any(e["text"].startswith("CEMENT IN DISC (shape: spike") for e in result["events"])
    assert any("The shape of a leak could not be told from frame" in note for note in result["run"]["notes"])
