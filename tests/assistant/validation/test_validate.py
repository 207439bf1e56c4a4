"""What `validate` finds of each kind of file, alone and together."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cli import main
from assistant.settings.tree import Settings
from assistant.validation.validate import validate
from tests.small_run import SmallRun, plan_document, write_small_run


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> SmallRun:
    run = write_small_run(tmp_path_factory.mktemp("validate"), 20)
    assert main(run.arguments("--masks")) == 0
    return run


@pytest.fixture
def out(done: SmallRun, tmp_path: Path) -> Path:
    return Path(shutil.copytree(done.out, tmp_path / "copy"))


def change(path: Path, **changes: Any) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(document | changes), encoding="utf-8")


def faults(path: Path) -> list[tuple[int, str]]:
    return [(finding.status, finding.text) for finding in validate(path, Settings()) if finding.status]


def test_whole_things_are_whole(done: SmallRun, out: Path) -> None:
    for path in (out, out / "result.json", out / "measurements.csv", done.folder, done.plan, done.video):
        assert faults(path) == []
    assert [finding.path.name for finding in validate(out, Settings())] == ["result.json", "measurements.csv"]
    assert [finding.path.name for finding in validate(done.folder, Settings())] == ["plan.json", "run"]


def test_progress_is_told_while_a_run_is_read(done: SmallRun) -> None:
    told: list[tuple[int, int | None]] = []
    validate(done.video, Settings(), lambda *at: told.append(at))
    assert told == [(k, 20) for k in range(1, 21)]


def test_what_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(tmp_path / "none")]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert str(tmp_path / "none") in told.err
    assert "cannot be read" in told.err


def test_an_empty_folder(tmp_path: Path) -> None:
    ((status, text),) = faults(tmp_path)
    assert status == 3
    assert "no run" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ('{"schema": NaN}', "NaN is not a number"),
        ("[" * 100_000, "not JSON"),
        ("[]", '"schema" must be'),
        ('{"schema": "fluoro-assistant/plan/2"}', '"schema" must be'),
        ('{"schema": "fluoro-assistant/plan/1"}', 'lacks "views"'),
        (json.dumps(plan_document(view="oblique")), "views[0].view must be one of lateral, ap"),
        (json.dumps(plan_document(level="L9")), "views[0].level must look like"),
        (json.dumps(plan_document(mm_per_px=99)), "scale"),
        ("\udcff", "not JSON"),
    ],
)
def test_a_file_that_is_not_well_formed_is_2_and_says_where(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    ((status, said),) = faults(path)
    assert status == 2
    assert words in said
    assert "\n" not in said


def test_a_cut_video_is_3(done: SmallRun, tmp_path: Path) -> None:
    path = tmp_path / "cut.mkv"
    path.write_bytes(done.video.read_bytes()[: done.video.stat().st_size // 2])
    ((status, said),) = faults(path)
    assert status == 3
    assert "ends after" in said


def test_a_plan_that_does_not_fit_its_run(done: SmallRun, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(done.folder, tmp_path / "run"))
    (folder / "plan.json").write_text(json.dumps(plan_document(reference_frame=20)))
    ((status, said),) = faults(folder)
    assert status == 2
    assert "reference_frame 20 is past the run's end" in said


@pytest.mark.parametrize("name", ["result.json", "measurements.csv"])
def test_a_result_without_one_of_its_files(out: Path, name: str) -> None:
    (out / name).unlink()
    assert faults(out) == [(3, "missing: the result is not whole")]


def test_events_and_leaks_lie_within_the_run(out: Path) -> None:
    event = {"kind": "frozen", "first_frame": 5, "last_frame": 4, "priority": "low", "text": "x"}
    for bad in (event, event | {"last_frame": 20}, event | {"first_frame": -1}, event | {"first_frame": 20}):
        change(out / "result.json", events=[bad])
        ((status, said),) = faults(out / "result.json")
        assert status == 2
        assert "events[0] runs from frame" in said
    leak = {"site": "anterior", "first_frame": 20, "area_mm2": 1, "length_mm": 1, "yeom": None, "magnitude": None}
    change(out / "result.json", events=[], leaks=[leak])
    assert "leaks[0] begins in frame 20" in faults(out / "result.json")[0][1]


def test_a_result_and_a_table_of_different_runs(out: Path) -> None:
    table = out / "measurements.csv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:-3]))
    assert (2, "not whole: result.json speaks of 20 frames and measurements.csv holds 17") in faults(out)


def test_of_a_killed_analysis_the_table_may_be_longer(out: Path) -> None:
    document = json.loads((out / "result.json").read_text())
    change(out / "result.json", complete=False, run=document["run"] | {"frames": 15}, events=[], leaks=[])
    assert faults(out) == []
    change(out / "result.json", complete=True)
    assert [status for status, _ in faults(out)] == [2]


def test_masks_are_looked_at(out: Path) -> None:
    (out / "masks" / "000010.png").unlink()
    ((status, said),) = faults(out)
    assert (status, "masks/000010.png is missing" in said) == (2, True)


def test_each_file_is_told_and_the_worst_counts(out: Path, done: SmallRun, capsys: pytest.CaptureFixture[str]) -> None:
    (out / "plan.json").write_text("{")
    (out / "measurements.csv").write_bytes(b"\xff")
    assert main(["validate", str(out)]) == 3
    told = capsys.readouterr()
    assert "result.json: a whole result of 20 frames, complete" in told.out
    assert told.err.count("\n") == 2
    assert f"{out / 'plan.json'}: not whole: not JSON" in told.err


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    for name in ("plan.json", "measurements.csv", "run.mkv"):
        (folder / name).write_bytes(content)
        (finding,) = validate(folder / name, Settings())
        assert finding.status in (2, 3)
        assert "\n" not in finding.text
