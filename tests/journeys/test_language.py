"""Another language, the whole way: the window and the command line speak it, and the files are the same."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.language import LANGUAGE
from assistant.library.store import Library
from assistant.system.places import data_home, demo_run
from tests import pseudo_language
from tests.journeys import report_walk
from tests.journeys.whole_day import text_of
from tests.recorded_levels import two_levels

ALLOWED = re.compile(
    r"[A-Z]-[0-9A-Z]{5,8}"  # ids
    r"|two levels|cement follows the endplate"  # what a person typed
    r"|The vertebra was not found again\."  # a made-up fault
    r"|[\w./~-]+\.(json|csv|py|zip|png|mkv|avi|pdf|dcm|fluopack)\b|/\w[\w./-]*"  # files and paths
    r"|\bleak-shape@[0-9a-f]{12}\b|· demo$"  # a model by its digest, a file in no case
    r"|\b(mm²|mm|ml|px|ms|kB|MB|GB|TB|Hz|min|fps|uncal|VAS|ODI|CT|AP|PKP|PVP|CSV|PDF|DICOM|PNG|ID|OK|REC)\b|p95|[TLS]\d+"
)
"""What is the same in every language: ids, files, units and short names of the field."""
WORD = re.compile(r"[^\W\d_]{2,}")


def outside(text: str) -> str:
    """What of a text stands in no brackets: a sentence that was cut to its room has only the first one."""
    depth, left = 0, ""
    for letter in text:
        depth += (letter == "⟦") - (letter == "⟧")
        left += letter if depth == 0 and letter != "⟧" else ""
    return left


def english(read: dict[str, list[str]]) -> list[str]:
    """What was read and is in no brackets, by the state in which it was seen first."""
    return [
        f"{state}: {text!r}"
        for state, texts in read.items()
        for text in texts
        if WORD.search(ALLOWED.sub("", outside(text)))
    ]


@pytest.fixture(scope="module")
def speaking(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return pseudo_language.environment(tmp_path_factory.mktemp("language") / "xx.mo")


@pytest.mark.parametrize("page", ["cases", "training_1", "setup", "live_", "review", "selftest_2"])
def test_every_word_of_a_page_is_in_the_catalogue(page: str, speaking: dict[str, str], tmp_path: Path) -> None:
    kept = tmp_path / "read.json"
    child = [sys.executable, "-m", "tests.screens.reading", str(kept), "--only", page]
    subprocess.run(child, env=speaking, check=True, timeout=280, capture_output=True)
    read = json.loads(kept.read_text("utf-8"))
    assert any("⟦" in text for texts in read.values() for text in texts)
    assert english(read) == []


def test_the_report_speaks_it_whole_and_files_and_a_reviewers_words_stay_as_they_are(
    speaking: dict[str, str], tmp_path: Path
) -> None:
    """A session of two levels, reviewed by keys: read back from the PDF, and every file that was written on the way."""
    recording = two_levels(data_home() / "live" / "2026-11-30")
    assert main(["import", str(recording), "--stay"]) == 0
    with Library() as library:
        run = library.rows("runs")[0]
    child = [sys.executable, "-m", "tests.journeys.report_walk", run["path"]]
    here = {**speaking, "FLUORO_ASSISTANT_HOME": str(data_home())}
    said = subprocess.run(child, env=here, timeout=280, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr[-3000:]
    written = Path(said.stdout.splitlines()[-1])
    report = text_of(next(written.glob("*_report.pdf")))
    for note in report_walk.NOTES:
        assert f"⟦note⟧: {note} — " in report
        report = report.replace(f": {note} — ", " ")
    for headline in ("approaching_posterior", "warning_line"):
        report = report.replace(headline, "")  # of a made-up log
    assert "⟦superior disc⟧" in report
    assert english({"report": report.split("…")}) == []  # dots: where a line was cut to its room

    (events,) = written.glob("*_events.csv")
    assert re.search(r"leak site of the posterior leak from 00:02\.\d\d: superior_disc — ", events.read_text("utf-8"))
    kinds = {path.suffix for path in written.iterdir()}
    assert kinds == {".pdf", ".csv", ".png", ".mp4", ".dcm"}
    kept = {path.name: path.read_bytes() for path in data_home().rglob("*") if path.is_file() and path.suffix != ".pdf"}
    assert [name for name, content in kept.items() if "⟦".encode() in content or b"\\u27e6" in content] == []


UNDER_PICTURES = """
import json, sys
from dataclasses import replace
from pathlib import Path
from assistant.analysis import start_pipeline
from assistant.capture.opening import open_source
from assistant.identity import Identity
from assistant.plan import read_plan
from assistant.readings.moments import MomentMaker
from assistant.reports.drawing import words_of
from assistant.settings.tree import Settings
from assistant.vocabulary import Unknown
from tests.small_run import write_small_run
run = write_small_run(Path(sys.argv[1]), 30)
source, plan = open_source(str(run.folder)), read_plan(run.plan, 0.25)
pipeline, maker = start_pipeline(source, plan, Settings()), MomentMaker()
made = [(frame, maker.make(pipeline.process(frame))) for frame in source.frames()]
frame, moment = made[-1]
quiet = replace(moment, standing=())
lost = replace(quiet, distances=Unknown("no cement seen"))
shares = tuple(replace(view, calibrated=False) for view in plan.views)
who = Identity(case_id="K-7F3QD", level="L1", run_id="B-7F3QK2MA")
kinds = {"alarm": (moment, plan.views), "mm": (quiet, plan.views), "share": (quiet, shares), "lost": (lost, plan.views)}
kinds["not analysed"] = (None, plan.views)
print(json.dumps({name: words_of(frame, of, who, views) for name, (of, views) in kinds.items()}))
"""


def test_the_words_under_exported_pictures_speak_it(speaking: dict[str, str], tmp_path: Path) -> None:
    child = [sys.executable, "-c", UNDER_PICTURES, str(tmp_path)]
    said = subprocess.run(child, env=speaking, timeout=280, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr[-3000:]
    words = json.loads(said.stdout.splitlines()[-1])
    assert all("⟦" in line for lines in words.values() for line in lines)
    assert english(words) == []


def without_times(folder: Path) -> dict[str, object]:
    """What an analysis wrote, but for how long it took and when that was: on a busy machine it says that it is slow."""
    result = json.loads((folder / "result.json").read_text("utf-8"))
    del result["timing"]
    result["events"] = [event for event in result["events"] if event["kind"] != "slow_processing"]
    table = (folder / "measurements.csv").read_text("utf-8").splitlines()
    slow = table[0].split(",").index("processing_ms") if "processing_ms" in table[0] else len(table[0])
    rows = [",".join(cell for at, cell in enumerate(line.split(",")) if at != slow) for line in table]
    return {"result": result, "rows": rows, "files": sorted(path.name for path in folder.iterdir())}


def test_the_command_line_speaks_it_and_the_files_are_the_same(speaking: dict[str, str], tmp_path: Path) -> None:
    """Reasons and notes are English in the files, and the person at the terminal reads the language."""
    demo = demo_run()
    table = [*_command("analyze", str(demo), "--plan", str(demo / "plan.json"), "--out")]
    plain, other = tmp_path / "en", tmp_path / "xx"
    english_env = {**speaking, LANGUAGE: ""}
    for folder, environment in ((plain, english_env), (other, speaking)):
        subprocess.run([*table, str(folder)], env=environment, check=True, capture_output=True, timeout=280)
    assert without_times(plain) == without_times(other)
    assert "⟦" not in (other / "result.json").read_text("utf-8")
    wrong = [*_command("validate", str(tmp_path / "none.json"))]
    said = {name: _said(wrong, env) for name, env in (("en", english_env), ("xx", speaking))}
    assert "⟦" not in said["en"]
    assert "⟦" in said["xx"]
    assert english({"validate": [said["xx"]]}) == []


def _command(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "assistant", *arguments)


def _said(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(command, env=environment, capture_output=True, timeout=60).stderr.decode()
