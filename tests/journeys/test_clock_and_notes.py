"""What a source assumed or mended is told wherever its figures are: by command, file and key only."""

from __future__ import annotations

import csv
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.cli import main
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


@pytest.fixture(scope="module", params=["h264", "hevc"])
def bare(request, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real bare stream of a coding, without a container, made by FFmpeg at 10 pictures a second."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        pytest.skip("FFmpeg's command is not installed: no bare stream can be made")
    folder = tmp_path_factory.mktemp("bare")
    film = write_video(folder / "run.mkv", pictures(45, repeat_each=1))
    coding = {
        "h264": ["-c:v", "libx264", "-bf", "2"],
        "hevc": ["-c:v", "libx265", "-x265-params", "log-level=none:vui-timing-info=0"],
    }[request.param]
    made = folder / f"run.{request.param}"
    order = [ffmpeg, "-v", "error", "-r", "10", "-i", str(film), "-pix_fmt", "yuv420p", *coding]
    done = subprocess.run([*order, "-f", request.param, str(made)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this FFmpeg cannot make it: {done.stderr.strip()[-200:]}")
    return made


def test_a_bare_stream_has_no_clock_and_its_result_is_whole(bare: Path, tmp_path: Path) -> None:
    """FFmpeg makes stamps up for it, of 25 pictures a second: speeds and times to the line were 2.5 times too high."""
    assert analyze(bare, tmp_path / "assumed").returncode == 0
    assert analyze(bare, tmp_path / "stated", "--fps", "10").returncode == 0
    for name, clock, rate in (("assumed", "assumed", 15), ("stated", "option", 10)):
        out = tmp_path / name
        run = result(out)["run"]
        assert (run["clock"], run["frames"]) == (clock, 45)
        assert any(f"{rate} pictures a second" in note for note in run["notes"])
        with (out / "measurements.csv").open(encoding="utf-8", newline="") as file:
            assert [float(row["t_s"]) for row in csv.DictReader(file)] == pytest.approx(
                [k / rate for k in range(45)], abs=0.002
            )
        assert main(["validate", str(out)]) == 0
    assert column(tmp_path / "assumed", "approach_mm_per_s") == {""}
    assert column(tmp_path / "stated", "approach_mm_per_s") != {""}
    source = open_source(str(bare))
    assert [source.frame_at(k).t_s for k in (30, 3)] == pytest.approx([2.0, 0.2])  # and so it is played
    source.close()


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


def test_whoever_calls_the_command_hears_the_notes_too(folder: Path, tmp_path: Path) -> None:
    """Not only a person at a terminal: a script that keeps what the command says."""
    done = analyze(folder, tmp_path / "out")
    assert done.returncode == 0
    assert done.stdout == ""
    assert done.stderr.splitlines() == [f"{folder}: {note}" for note in result(tmp_path / "out")["run"]["notes"]]
    assert _ASSUMED in done.stderr


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
