"""What goes wrong between the picture and the person: a step that fails, a screen of another size.

What was told before stands, what was not measured is told as such, and nothing of an older picture is shown for it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from assistant import pipeline as pipeline_module
from assistant.cli import main
from assistant.live.messages import Lines
from assistant.steps.liveness import ScreenWatch
from assistant.vocabulary import Alarm, EventKind, Frame, FrameState, Liveness, Unknown
from tests.journeys.alarm_causes import FILMS, clean_pictures
from tests.journeys.room import Room
from tests.small_run import pictures, plan_document, write_video

_IN_DISC = "CEMENT IN DISC"


def fails(*_: object, **__: object) -> Any:
    """In the place of a step."""
    raise KeyError(101)


def test_an_alarm_stands_though_a_step_after_it_fails(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The alarms of a picture are handed out before their words are made: a fault there takes none of them back."""
    worded = pipeline_module._worded

    def of_a_leak(standing: tuple[Alarm, ...], *others: Any) -> tuple[Alarm, ...]:
        return fails() if any(alarm.kind is EventKind.LEAK for alarm in standing) else worded(standing, *others)

    monkeypatch.setattr(pipeline_module, "_worded", of_a_leak)
    film = FILMS["cement runs up"]()
    room = Room(qtbot, monkeypatch)
    room.set_up(film.document, film.references)
    stood = False
    for grey in film.frames[1:]:
        room.show(grey)
        stands = any(alarm.headline.startswith(_IN_DISC) and alarm.holds for alarm in room.status.alarms)
        assert stands or not stood, "it stands as long as the leak does"
        stood = stands
    assert stood
    log = room.end()
    assert "pipeline_alarm" in {one["kind"] for one in log if one["data"].get("alarm") == "leak"}
    assert any(one["kind"] == "alarm_sounded" and one["data"]["event"] == "leak" for one in log)

    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(film.document), encoding="utf-8")
    video = write_video(tmp_path / "run.mkv", film.frames)
    assert main(["analyze", str(video), "--plan", str(plan), "--out", str(tmp_path / "out"), "--defaults"]) != 0
    events = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))["events"]
    assert any(event["kind"] == "leak" and event["text"].startswith(_IN_DISC) for event in events)
    assert sum(event["text"].startswith("CEMENT NOT TRACKED") for event in events) == 1, "one fault is one event"


def _in_cement(patch: pytest.MonkeyPatch, bad: Callable[[], bool]) -> None:
    find = pipeline_module.find_cement
    patch.setattr(pipeline_module, "find_cement", lambda *args, **more: fails() if bad() else find(*args, **more))


def _in_liveness(patch: pytest.MonkeyPatch, bad: Callable[[], bool]) -> None:
    """The first step of all: it has seen the picture, and what repeats it is known as a repeat."""
    judge = ScreenWatch.judge

    def judged(self: ScreenWatch, frame: Frame) -> Liveness:
        found = judge(self, frame)
        return fails() if found.state is FrameState.LIVE and bad() else found

    patch.setattr(ScreenWatch, "judge", judged)


@pytest.mark.parametrize("step", [_in_cement, _in_liveness])
def test_what_repeats_a_picture_that_could_not_be_analysed_has_no_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: Callable[[pytest.MonkeyPatch, Callable[[], bool]], None]
) -> None:
    """A grabber shows each X-ray picture twice: the second frame must not carry the figures of the picture before."""
    pictures_seen = [0]

    def bad() -> bool:
        pictures_seen[0] += 1
        return 12 <= pictures_seen[0] < 18

    step(monkeypatch, bad)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(plan_document()), encoding="utf-8")
    video = write_video(tmp_path / "run.mkv", pictures(60))
    assert main(["analyze", str(video), "--plan", str(plan), "--out", str(tmp_path / "out"), "--defaults"]) != 0
    with (tmp_path / "out" / "measurements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    failed = [k for k, row in enumerate(rows) if row["state"] == "unusable"]
    assert len(failed) == 6
    for k in failed:
        assert rows[k + 1]["state"] == "repeat"
        assert rows[k + 1]["cement_area_mm2"] == rows[k]["cement_area_mm2"] == ""
    assert rows[failed[-1] + 3]["cement_area_mm2"] != ""
    events = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))["events"]
    told = [event for event in events if event["text"].startswith("CEMENT NOT TRACKED")]
    assert [(event["first_frame"], event["last_frame"]) for event in told] == [(failed[0], failed[-1] + 1)]


def test_no_outline_is_drawn_on_what_repeats_a_picture_whose_liveness_failed(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [False]
    _in_liveness(monkeypatch, lambda: failing[0])
    film = FILMS["cement runs up"]()
    room = Room(qtbot, monkeypatch)
    room.set_up(film.document, film.references)
    for grey in film.frames[1:]:
        room.show(grey)
        if room.status.moment is not None and room.status.moment.outline:
            break
    assert room.status.moment.outline
    failing[0] = True
    said: set[str] = set()
    for grey in film.frames[-24:]:
        for _ in range(2):
            room.show(grey)
            assert room.status.moment.outline == ()
            assert isinstance(room.status.moment.distances, Unknown)
        said |= {alarm.headline for alarm in room.status.alarms}
    assert "CEMENT NOT TRACKED" in said
    room.end()


def test_a_screen_of_another_size_voids_the_lines(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The boxes and the lines of the old size say nothing of it."""
    room = Room(qtbot, monkeypatch)
    room.set_up(plan_document(reference_frame=0), [clean_pictures(18)[0]])
    for grey in clean_pictures(18)[1:]:
        room.show(grey)
    assert room.status.drawable
    assert room.status.lines is Lines.CONFIRMED
    for grey in clean_pictures(18):
        room.show(cv2.resize(grey, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_AREA))
        assert not room.status.drawable
    assert room.status.lines is Lines.UNCONFIRMED
    assert [alarm.headline for alarm in room.status.alarms] == ["LINES NOT VALID"]
    for grey in clean_pictures(18):
        room.show(np.asarray(grey))
    assert room.status.lines is Lines.UNCONFIRMED, "also when the old size is back: a person looks first"
    log = room.end()
    assert "size" in next(one["data"]["reason"] for one in log if one["kind"] == "lines_void")
