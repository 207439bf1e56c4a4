"""What a source assumed or mended is told wherever its figures are: by command, file and key only."""

from __future__ import annotations

import csv
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.small_run import COLS, ROWS, pictures, plan_document, write_small_run, write_video

_ASSUMED = "15 pictures a second are assumed"


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "assistant", *map(str, arguments)]


def analyze(run: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    plan = out.with_suffix(".json")
    plan.write_text(json.dumps(plan_document()), encoding="utf-8")
    return subprocess.run(
        command("analyze", run, "--plan", plan, "--out", out, *more), capture_output=True, text=True, check=False
    )


def result(out: Path) -> dict[str, Any]:
    return json.loads((out / "result.json").read_text(encoding="utf-8"))


def column(out: Path, name: str) -> set[str]:
    with (out / "measurements.csv").open(encoding="utf-8", newline="") as file:
        return {row[name] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Numbered pictures of a run without repeats; one number is missing."""
    folder = tmp_path_factory.mktemp("pictures") / "run"
    folder.mkdir()
    for number, picture in enumerate(pictures(90, repeat_each=1)):
        assert cv2.imwrite(str(folder / f"{number + (number > 20):04d}.png"), picture)
    return folder


def test_by_an_assumed_clock_no_speed_is_told_and_no_alarm_rests_on_one(folder: Path, tmp_path: Path) -> None:
    assert analyze(folder, tmp_path / "assumed").returncode == 0
    assert analyze(folder, tmp_path / "stated", "--fps", "15").returncode == 0
    assumed, stated = result(tmp_path / "assumed"), result(tmp_path / "stated")
    assert (assumed["run"]["clock"], stated["run"]["clock"]) == ("assumed", "option")
    assert any(_ASSUMED in note for note in assumed["run"]["notes"])
    assert any("1 between 0 and 90" in note for note in assumed["run"]["notes"])
    for name in ("approach_mm_per_s", "time_to_line_s"):
        assert column(tmp_path / "assumed", name) == {""}
        assert column(tmp_path / "stated", name) != {""}
    first = {each["kind"]: each["first_frame"] for each in reversed(assumed["events"])}
    early = {each["kind"]: each["first_frame"] for each in reversed(stated["events"])}
    # The stated clock lets a predicted time warn; without a clock the band alone does, and the crossing is told alike.
    assert early["approaching_posterior"] < first["approaching_posterior"]
    assert "warning_line" in first


def test_a_file_with_a_clock_says_so_and_has_nothing_to_note(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 24)
    assert analyze(run.video, tmp_path / "out").returncode == 0
    assert result(tmp_path / "out")["run"]["clock"] == "file"
    assert result(tmp_path / "out")["run"]["notes"] == []


@pytest.mark.skipif(os.name != "posix", reason="a terminal of its own is made the POSIX way")
def test_a_person_at_the_terminal_reads_the_notes(folder: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(plan_document()), encoding="utf-8")
    ours, theirs = pty.openpty()
    done = subprocess.run(
        command("analyze", folder, "--plan", plan, "--out", tmp_path / "out"), stdout=theirs, check=False
    )
    os.close(theirs)
    told = b""
    while chunk := _read(ours):
        told += chunk
    os.close(ours)
    assert done.returncode == 0
    assert _ASSUMED in told.decode()


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65536)
    except OSError:
        return b""  # Linux ends a terminal so


def test_a_run_without_one_usable_picture_ends_with_3_and_keeps_its_table(tmp_path: Path) -> None:
    """Black from its first picture on: an empty table with status 0 would read as "nothing was seen"."""
    black = write_video(tmp_path / "black.mkv", [np.zeros((ROWS, COLS), np.uint8)] * 12)
    done = analyze(black, tmp_path / "out")
    assert done.returncode == 3
    assert str(black) in done.stderr
    assert "not one picture could be measured" in done.stderr
    assert done.stderr.count("\n") == 1
    kept = result(tmp_path / "out")
    assert (kept["complete"], kept["run"]["frames"]) == (False, 12)
