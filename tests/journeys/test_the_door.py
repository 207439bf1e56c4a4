"""The door: whatever other people's programs wrote comes in with the right picture, time, scale and grey, or is told.

One table of inputs (`door_files.py`), each a row: what is opened, and what has to come of it. All are opened as every
part of the program opens a run; those in `WHOLE` go through the command to the files that it writes.
"""

from __future__ import annotations

import csv
import json
from contextlib import closing
from copy import deepcopy
from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.cli import main
from assistant.errors import InputError
from assistant.library.store import Library
from assistant.vocabulary import Frame
from tests.journeys.door_files import CASES, Bench, Case
from tests.small_run import pictures, plan_document

COUNT = 8
WHOLE = (
    *("dicom_vector_short", "dicom_no_time", "dicom_10_of_16_bits", "dicom_palette", "dicom_bad_table", "rle_too_long"),
    *("dicom_deflated", "length_past_the_end", "palette.avi", "still_first", "mkv_of_a_killed_recorder"),
    *("named 2026-11-29T10:30:00.mkv", "gif", "tiff_stack", "png_10_of_16_bits", "dicom_series", "dicomdir"),
    *("mjpeg_first_bad", "mjpeg_two_bad", "jpegls_without_end", "avi_dropped_frames"),
)


def small(count: int = COUNT) -> np.ndarray:
    rng = np.random.default_rng(0)
    base = np.linspace(30, 200, 48)[:, None] + np.linspace(0, 20, 64)[None, :]
    made = [np.clip(base + rng.normal(0, 6, (48, 64)), 1, 250) for _ in range(count)]
    for k, picture in enumerate(made):
        picture[4:24, 6 * k : 6 * k + 12] = 230 if k % 2 else 20
    return np.array(made).astype(np.uint8)


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("door"), small())


def given(row: Case, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a person types."""
    path = row.make(bench)
    if row.inside:
        monkeypatch.chdir(path.parent)
        return Path(path.name)
    return path


def of_255(frame: Frame) -> np.ndarray:
    return np.rint(frame.grey.astype(float) * 255 / frame.white).astype(int)


@pytest.mark.parametrize("row", CASES, ids=[row.name for row in CASES])
def test_what_comes_in(
    row: Case, bench: Bench, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = given(row, bench, monkeypatch)
    if row.refused:
        with pytest.raises(InputError) as told, closing(open_source(str(path), row.fps)) as source:
            for _ in source.frames():
                pass
        assert row.refused in str(told.value)
        assert str(told.value).startswith(str(path))
        assert "\n" not in str(told.value)
        assert capfd.readouterr() == ("", "")
        return
    source = open_source(str(path), row.fps)
    facts = source.facts
    shown = list(source.frames())
    due = COUNT if row.frames is None else row.frames
    assert (len(shown), facts.frame_count) == (due, due)
    assert [frame.index for frame in shown] == list(range(due))
    times_s = [k / 10 for k in range(due)] if row.times_s is None else row.times_s
    assert [frame.t_s for frame in shown] == pytest.approx(list(times_s), abs=2e-3)
    assert facts.clock.value == row.clock
    assert (facts.height_px, facts.width_px) == shown[0].grey.shape
    assert facts.mm_per_px_hint == (None if row.scale is None else pytest.approx(row.scale))
    for part in row.notes:
        assert any(part in note for note in facts.notes), facts.notes
    assert tuple(k for k, frame in enumerate(shown) if frame.lost) == row.lost
    for k, frame in enumerate(shown):
        if frame.lost:
            assert not frame.grey.any()
        elif row.worst is not None:
            assert np.abs(of_255(frame) - bench.pictures[k]).max() <= row.worst
        else:  # another scale of grey, but the same picture
            assert np.corrcoef(of_255(frame).ravel(), bench.pictures[k].ravel())[0, 1] > 0.99
            assert np.ptp(of_255(frame)) > 100
    # By number is in order, after any jump.
    for k in (due - 1, 0, due // 2, due // 2 - 1, due - 1, 1):
        again = source.frame_at(k)
        assert (again.index, again.t_s, again.white, again.lost) == (k, shown[k].t_s, shown[k].white, shown[k].lost)
        assert np.array_equal(again.grey, shown[k].grey)
    source.close()
    assert capfd.readouterr() == ("", "")


@pytest.fixture(scope="session")
def xray_bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    bench = Bench(tmp_path_factory.mktemp("door_xray"), np.array(pictures(COUNT, repeat_each=1)))
    bench.path("plan.json").write_text(json.dumps(plan_document()), encoding="utf-8")
    return bench


def analyzed(path: Path, bench: Bench, row: Case) -> tuple[int, Path]:
    out = bench.path(f"out_{row.name}")
    rate = [] if row.fps is None else ["--fps", f"{row.fps:g}"]
    status = main(["analyze", str(path), "--plan", str(bench.path("plan.json")), "--out", str(out), *rate])
    return status, out


def far_apart_mm(out: Path, other: Path) -> float:
    columns = []
    for folder in (out, other):
        with (folder / "measurements.csv").open(encoding="utf-8", newline="") as file:
            columns.append([row["warning_line_mm"] for row in csv.DictReader(file)])
    assert [bool(value) for value in columns[0]] == [bool(value) for value in columns[1]]
    return max(abs(float(a) - float(b)) for a, b in zip(*columns, strict=True) if a)


@pytest.fixture(scope="session")
def plain(xray_bench: Bench) -> Path:
    """What the command makes of the same pictures in the plainest file."""
    row = next(row for row in CASES if row.name == "dicom_frame_time")
    status, out = analyzed(row.make(xray_bench), xray_bench, row)
    assert status == 0
    return out


@pytest.mark.parametrize("name", WHOLE)
def test_the_whole_way(
    name: str, xray_bench: Bench, plain: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = next(row for row in CASES if row.name == name)
    path = given(row, xray_bench, monkeypatch)
    status, out = analyzed(path, xray_bench, row)
    told = capsys.readouterr().err
    if row.refused:
        assert status == 3
        assert row.refused in told
        assert told.splitlines()[-1].startswith(f"{path}: ")
        return
    assert status == 0
    run = json.loads((out / "result.json").read_text(encoding="utf-8"))["run"]
    assert (run["clock"], run["frames"]) == (row.clock, COUNT)
    for part in row.notes:
        assert any(part in note for note in run["notes"])
        assert part in told
    if row.lost:
        with (out / "measurements.csv").open(encoding="utf-8", newline="") as file:
            states = [each["state"] for each in csv.DictReader(file)]
        assert tuple(k for k, state in enumerate(states) if state == "unusable") == row.lost
        (note,) = (note for note in run["notes"] if "could not be decoded" in note)
        assert note.startswith(
            f"{len(row.lost)} of {COUNT} pictures could not be decoded (first in frame {row.lost[0]}: "
        )
        assert note in told
    elif row.clock != "assumed" and row.times_s is None:
        assert far_apart_mm(out, plain) <= 0.5


@pytest.mark.parametrize(
    ("name", "duration_s"), [("folder_of_a_uid", 0.8), ("dicom_vector", 0.7), ("dicom_series", 0.8), ("cd", 0.8)]
)
def test_taken_into_the_library(name: str, duration_s: float, bench: Bench) -> None:
    """By content; the list's length is from the stamps, the last picture standing as long as is usual."""
    row = next(row for row in CASES if row.name == name)
    path = row.make(bench)
    if name == "folder_of_a_uid":
        path = next(path.iterdir())  # a file whose name has the suffix ".30000"
    assert main(["import", "--no-analysis", str(path)]) == 0
    with Library() as library:
        (run,) = library.rows("runs")
    assert (run["frames"], run["duration_s"]) == (COUNT, pytest.approx(duration_s, abs=0.01))


def test_what_is_no_run_is_told_by_its_own_name(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    report = next(row for row in CASES if row.name == "folder_of_a_report").make(bench) / "SR1.dcm"
    assert main(["import", "--no-analysis", str(report)]) == 3
    told = capsys.readouterr().err
    assert told.startswith(f"{report}: a DICOM file that cannot be used: its header lacks Rows")


@pytest.mark.parametrize(("width_px", "told"), [(320, ""), (454, "an ellipse, 1.4")])
def test_a_picture_that_a_scaler_stretched_is_told(width_px: int, told: str, xray_bench: Bench) -> None:
    """1280 x 1024 to 1920 x 1080: each distance was wrong by up to 42 %, and not a word was said."""
    rows, cols = xray_bench.pictures.shape[1:]
    y, x = np.mgrid[0:rows, 0:cols]
    round_field = (x - cols / 2) ** 2 + (y - rows / 2) ** 2 <= (0.47 * rows) ** 2
    shown = [cv2.resize(np.where(round_field, p, 0).astype(np.uint8), (width_px, rows)) for p in xray_bench.pictures]
    document = deepcopy(plan_document())  # its lines are those of every test
    for line in document["views"][0]["landmarks"].values():
        line[:] = [[x * width_px / cols, y] for x, y in line]
    folder = xray_bench.path(f"stretched_{width_px}/x").parent
    (folder / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    film = xray_bench.video(f"stretched_{width_px}/run.mkv", "ffv1", "gray", pictures=np.array(shown))
    assert main(["analyze", str(film), "--plan", str(folder / "plan.json"), "--out", str(folder / "out")]) == 0
    notes = json.loads((folder / "out" / "result.json").read_text(encoding="utf-8"))["run"]["notes"]
    assert [note for note in notes if "ellipse" in note] == [note for note in notes if told and told in note]
    assert any("ellipse" in note for note in notes) == bool(told)


def test_a_run_without_a_usable_picture_says_which_greys_it_saw(
    xray_bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    row = Case("dark", lambda b: b.video("dark.mkv", "ffv1", "gray", pictures=b.pictures // 100 + 1))
    assert analyzed(row.make(xray_bench), xray_bench, row)[0] == 3
    assert "; grey values 1 to 3 of 255), so nothing is known of cement in it" in capsys.readouterr().err
