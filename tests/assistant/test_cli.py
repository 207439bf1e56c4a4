"""The commands of the contract as anyone calls them, on a small run."""

import csv
import io
import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import cv2
import jsonschema
import numpy as np
import pytest

from assistant import cli
from assistant.cli import ProgressLine, main
from assistant.errors import UsageError
from tests.small_run import COLS, REFERENCE, ROWS, SmallRun, pictures, plan_document, write_small_run

CONTRACT = (
    "frame,t_s,state,view,registration_ok,dx_px,dy_px,rotation_deg,scale,cement_area_mm2,posterior_wall_mm,"
    "warning_line_mm,superior_endplate_mm,inferior_endplate_mm,anterior_wall_mm,approach_mm_per_s,time_to_line_s,alarm,"
    "processing_ms"
)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> SmallRun:
    run = write_small_run(tmp_path_factory.mktemp("cli"))
    assert main(run.arguments("--masks")) == 0
    return run


def table(run: SmallRun) -> list[dict[str, str]]:
    with (run.out / "measurements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_has_the_columns_of_the_contract_first_and_a_row_for_each_frame(analysed: SmallRun) -> None:
    head = (analysed.out / "measurements.csv").read_text(encoding="utf-8").splitlines()[0]
    assert head.startswith(CONTRACT + ",")
    assert {"side_wall_mm", "posterior_upper_mm", "posterior_middle_mm", "posterior_lower_mm", "xray_age_ms"} <= set(
        head.split(",")
    )
    rows = table(analysed)
    assert [row["frame"] for row in rows] == [str(k) for k in range(analysed.frame_count)]
    assert float(rows[15]["t_s"]) == pytest.approx(1.0, abs=0.002)


def test_repeats_carry_the_figures_of_the_picture_they_repeat(analysed: SmallRun) -> None:
    rows = table(analysed)
    own = {"frame", "t_s", "state", "new_picture", "alarm", "processing_ms", "xray_age_ms"}
    repeats = [k for k, row in enumerate(rows) if row["state"] == "repeat"]
    assert len(repeats) >= analysed.frame_count // 3
    for k in repeats:
        assert {n: v for n, v in rows[k].items() if n not in own} == {
            n: v for n, v in rows[k - 1].items() if n not in own
        }
        assert float(rows[k]["xray_age_ms"]) > 0


def test_without_cement_the_area_is_0_and_the_distances_are_empty(analysed: SmallRun) -> None:
    before, first = table(analysed)[0], table(analysed)[REFERENCE]
    assert before["cement_area_mm2"] == "", "not looked for yet is another thing than none"
    assert before["reason"] == "before the reference frame: cement is not looked for yet"
    assert float(first["cement_area_mm2"]) == 0
    assert first["posterior_wall_mm"] == first["warning_line_mm"] == first["superior_endplate_mm"] == ""
    assert first["alarm"] == "none"


def test_the_cement_that_passes_the_lines_is_measured_and_told(analysed: SmallRun) -> None:
    last = table(analysed)[-1]
    assert float(last["warning_line_mm"]) < 0
    assert last["alarm"] == "high"
    result = json.loads((analysed.out / "result.json").read_text(encoding="utf-8"))
    assert ("warning_line", "high") in {(event["kind"], event["priority"]) for event in result["events"]}


def test_the_result_follows_the_contract_s_schema(analysed: SmallRun) -> None:
    result = json.loads((analysed.out / "result.json").read_text(encoding="utf-8"))
    schema = json.loads((ROOT / "assistant/schemas/result.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(result)
    assert result["complete"] is True
    assert result["plan"] == plan_document()
    assert result["run"] == {
        "source": str(analysed.video),
        "frames": analysed.frame_count,
        "width": COLS,
        "height": ROWS,
        "fps": 15.0,
        "clock": "file",
        "notes": [],
        "screen_changes": [],
        "exposures": 1,
        "xray_s": pytest.approx(46 / 15, abs=0.1),
    }
    assert 0 < result["timing"]["median_ms"] <= result["timing"]["p99_ms"] <= result["timing"]["max_ms"]


def test_masks_are_8_bit_source_size_and_as_large_as_the_area(analysed: SmallRun) -> None:
    rows = table(analysed)
    for k, row in enumerate(rows):
        path = analysed.out / "masks" / f"{k:06d}.png"
        assert path.is_file() == (row["cement_area_mm2"] != "") == (k >= REFERENCE)
        if k < REFERENCE:
            continue
        mask = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert mask.shape == (ROWS, COLS)
        assert mask.dtype == np.uint8
        assert set(np.unique(mask)) <= {0, 255}
        area_mm2 = np.count_nonzero(mask) * 0.4**2
        assert area_mm2 == pytest.approx(float(row["cement_area_mm2"]), rel=0.05, abs=1.0)


def test_nothing_but_the_results_lies_in_the_folder(analysed: SmallRun) -> None:
    assert sorted(path.name for path in analysed.out.iterdir()) == ["masks", "measurements.csv", "result.json"]


def test_validate_finds_the_run_the_plan_and_the_results_whole(
    analysed: SmallRun, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (analysed.out, analysed.folder, analysed.plan, analysed.video, analysed.out / "result.json"):
        assert main(["validate", str(path)]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert "a whole plan: lateral view of L1" in told.out
    assert f"a whole run: {analysed.frame_count} frames of {COLS} x {ROWS}" in told.out


def test_a_second_analysis_without_masks_replaces_the_first(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 8)
    assert main(run.arguments("--masks")) == 0
    (run.out / "notes.txt").write_text("mine")
    (run.out / "masks" / "000099.png").write_bytes(b"of a longer run")
    assert main(run.arguments()) == 0
    assert sorted(path.name for path in run.out.iterdir()) == ["measurements.csv", "notes.txt", "result.json"]


def test_the_run_folder_itself_may_take_the_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_small_run(tmp_path, 8)
    monkeypatch.chdir(run.folder)
    assert main(["analyze", ".", "--plan", "plan.json", "--out", ".", "--masks"]) == 0
    assert main(["analyze", ".", "--plan", "plan.json", "--out", "."]) == 0
    assert main(["validate", "."]) == 0


def test_the_same_run_gives_the_same_results(analysed: SmallRun, tmp_path: Path) -> None:
    again = write_small_run(tmp_path)
    assert main(again.arguments("--masks")) == 0
    # The alarm of a slow machine is the only one that may differ.
    timed = {"processing_ms", "alarm"}
    for one, other in zip(table(analysed), table(again), strict=True):
        assert {n: v for n, v in one.items() if n not in timed} == {n: v for n, v in other.items() if n not in timed}
    for mask in (analysed.out / "masks").iterdir():
        assert mask.read_bytes() == (again.out / "masks" / mask.name).read_bytes()


def test_pictures_take_their_clock_from_fps(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 4)
    folder = tmp_path / "pictures"
    folder.mkdir()
    for k, picture in enumerate(pictures(4)):
        cv2.imwrite(str(folder / f"{k}.png"), picture)
    line = ["analyze", str(folder), "--plan", str(run.plan), "--out", str(run.out)]
    assert main([*line, "--fps", "7.5"]) == 0
    assert float(table(run)[3]["t_s"]) == pytest.approx(0.4)
    assert main(line) == 0
    assert float(table(run)[3]["t_s"]) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["analyze"], "the following arguments are required: RUN, --plan, --out"),
        (["analyze", "run.mkv", "--plan", "p", "--out", "o", "--fps", "many"], "argument --fps"),
        (["bogus"], "invalid choice: 'bogus'"),
        (["validate"], "the following arguments are required: FILE"),
        (["analyze", "run.mkv", "--bogus"], "required"),
    ],
)
def test_wrong_arguments_are_one_sentence_and_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    told = capsys.readouterr().err
    assert end.value.code == 2
    assert words in told
    assert "--help" in told
    assert told.count("\n") == 1


def test_no_command_shows_the_help_and_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "analyze" in capsys.readouterr().err


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["analyze", "--help"], ["validate", "--help"], ["--version"]):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 0
    told = capsys.readouterr().out
    assert "Exit status" in told
    assert f"fluoro-assistant {metadata.version('fluoro-assistant')}" in told


def test_simulate_and_evaluate_are_handed_on(capsys: pytest.CaptureFixture[str]) -> None:
    for command, word in (("simulate", "--seed"), ("evaluate", "--quick")):
        with pytest.raises(SystemExit) as end:
            main([command, "--help"])
        assert end.value.code == 0
        assert word in capsys.readouterr().out


@pytest.mark.parametrize("fps", ["0", "-3", "nan", "inf", "1e9"])
def test_a_rate_that_is_none_is_refused(tmp_path: Path, fps: str, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_small_run(tmp_path, 3)
    assert main(run.arguments("--fps", fps)) == 2
    assert "--fps" in capsys.readouterr().err
    assert not run.out.exists()


def test_a_camera_is_no_recorded_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_small_run(tmp_path, 3)
    assert main(["analyze", "0", "--plan", str(run.plan), "--out", str(run.out)]) == 2
    assert "a recorded run" in capsys.readouterr().err


def test_results_are_not_written_over_what_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_small_run(tmp_path, 3)
    masks = run.out / "masks"
    masks.mkdir(parents=True)
    cv2.imwrite(str(masks / "000000.png"), np.zeros((ROWS, COLS), np.uint8))
    assert main(["analyze", str(masks), "--plan", str(run.plan), "--out", str(run.out)]) == 2
    assert "choose another --out" in capsys.readouterr().err
    assert (masks / "000000.png").is_file()


def test_out_that_is_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_small_run(tmp_path, 3)
    run.out.write_text("mine")
    assert main(run.arguments()) == 2
    assert "must be a folder" in capsys.readouterr().err
    assert run.out.read_text() == "mine"


def test_a_fault_of_ours_is_a_sentence_with_its_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_arguments: list[str]) -> int:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(cli, "_run", broken)
    assert main(["analyze"]) == 1
    told = capsys.readouterr().err
    assert "a fault in the program: ZeroDivisionError in test_cli.py:" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [(KeyboardInterrupt(), 130, "stopped"), (MemoryError(), 4, "memory"), (UsageError("what to do"), 2, "what to do")],
)
def test_whatever_happens_is_one_sentence(
    error: BaseException, status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> int:
        raise error

    assert cli.run_safely(command) == status
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


def test_a_reader_that_leaves_is_no_fault() -> None:
    program = "import sys; from assistant.cli import main; sys.exit(main(sys.argv[1:]))"
    simulate = [sys.executable, "-c", program, "simulate", "--list"]
    with subprocess.Popen(simulate, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        told = process.stderr.read()
        assert process.wait() == 0
    assert told == b""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_that_is_rewritten() -> None:
    stream, now_s = Terminal(), [0.0]
    progress = ProgressLine(stream, lambda: now_s[0])
    for done in range(1, 101):
        now_s[0] += 0.05
        progress(done, 100)
    progress.end()
    told = stream.getvalue()
    assert told.count("\n") == 1
    assert 20 <= told.count("\r") <= 27
    assert re.search(r"\r 5(\d) %  frame 5\1 of 100  20/s  2 s left", told)
    assert "100 %  frame 100 of 100  20/s  0 s left" in told


def test_progress_without_a_known_end_and_without_a_terminal() -> None:
    stream, now_s = Terminal(), [0.0]
    progress = ProgressLine(stream, lambda: now_s[0])
    now_s[0] = 2.0
    progress(30, None)
    assert stream.getvalue().rstrip() == "\rframe 30  15/s"
    silent = io.StringIO()
    quiet = ProgressLine(silent)
    quiet(1, 2)
    quiet.end()
    assert silent.getvalue() == ""


def test_long_waits_are_told_in_minutes() -> None:
    stream, now_s = Terminal(), [0.0]
    progress = ProgressLine(stream, lambda: now_s[0])
    now_s[0] = 10.0
    progress(100, 1000)
    assert "1:30 min left" in stream.getvalue()
