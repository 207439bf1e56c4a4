"""What an earlier program's setting became, to the end of each way: files of a site, results, packs, clips and jobs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PyQt6.QtWidgets import QApplication

from assistant.cli import main
from assistant.exchange.deidentify import bare_result
from assistant.review import whatif
from assistant.review.whatif import BASE, RunAndPlan, Variant, VariantResult, WhatIfJob
from assistant.settings.file import load_settings
from assistant.training.run_outcome import read_run_outcome
from tests.small_run import SmallRun, write_small_run
from ui import app
from ui.shell import Shell

OLD = "alarms.confirm_ms"
LOST = f"made with {OLD} = 400, which the program no longer has: evidence decides now"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder in use."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(folder))
    return folder


def site(home: Path, file: str = "site.json", *, locked: tuple[str, ...] = ()) -> Path:
    """A file of before: it names the old setting, and one that there still is."""
    path = home / file
    settings = {"alarms": {"confirm_ms": 400, "release_mm": 1.5}}
    path.write_text(json.dumps({"schema": "fluoro-assistant/settings/1", "settings": settings, "locked": list(locked)}))
    return path


@pytest.mark.parametrize(
    ("file", "locked", "said"),
    [
        ("site.json", (), f"site.json: {OLD} is no longer a setting and changes nothing: "),
        ("user.json", (), f"user.json: {OLD} is no longer a setting and changes nothing: "),
        (
            "site.json",
            (OLD, "alarms.release_mm"),
            f"site.json: {OLD} is no longer a setting, and what it fixed is not fixed: ",
        ),
    ],
)
def test_a_file_that_names_it_is_read_and_says_once_what_took_its_place(
    home: Path, capsys: pytest.CaptureFixture[str], file: str, locked: tuple[str, ...], said: str
) -> None:
    site(home, file, locked=locked)
    assert main(["settings"]) == 0
    told = capsys.readouterr().out
    assert "alarms.release_mm = 1.5" in told
    (note,) = (line for line in told.splitlines() if OLD in line)
    assert note.startswith(f"note: {said}evidence decides now; take it out")
    assert "alarms.evidence_sigma" in note
    assert ("alarms.release_mm" in load_settings(home).locked) is bool(locked)


def test_the_window_tells_it_when_it_opens(home: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    site(home, locked=(OLD,))
    told: list[str] = []
    monkeypatch.setattr(app, "start", QApplication.instance)
    monkeypatch.setattr(QApplication, "exec", lambda _: 0)
    monkeypatch.setattr(Shell, "show_message", lambda shell, text: told.append(text) or qtbot.addWidget(shell))
    assert app.run(None, None) == 0
    (text,) = told
    assert text.count(OLD) == 1
    assert "what it fixed is not fixed" in text


@pytest.mark.parametrize("words", [["settings", OLD], ["settings", OLD, "300"]])
def test_who_asks_for_it_by_name_hears_what_to_set(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(words) == 2
    assert "set alarms.evidence_sigma in its place" in capsys.readouterr().err


def test_a_lock_of_what_there_is_not_is_told(home: Path) -> None:
    site(home, locked=("alarms.release", "alarms"))
    assert "site.json: locks alarms.release, and there is no such setting" in load_settings(home).notes


@pytest.fixture
def run(home: Path, tmp_path: Path) -> SmallRun:
    """A run with its result, as a program made it that waited 400 ms."""
    made = write_small_run(tmp_path / "run", 46)
    out = made.folder / "result"
    assert main(["analyze", str(made.folder), "--plan", str(made.plan), "--out", str(out)]) == 0
    made_with(out, {OLD: 400})
    return made


def made_with(out: Path, changed: dict[str, object]) -> None:
    path = out / "result.json"
    document = json.loads(path.read_text())
    document["program"]["settings"] = {"changed": changed, "sha256": "0" * 64}
    path.write_text(json.dumps(document))


def reviewed(run: SmallRun, qtbot: Any) -> tuple[Any, Shell]:
    shell = Shell(load_settings().settings)
    qtbot.addWidget(shell)
    shell.show()
    shell.go_to("review", (str(run.folder), str(run.plan)))
    page = shell.page("review")
    page.playing = False
    qtbot.waitUntil(lambda: page.session is not None and page.session.ended)
    return page, shell


def test_a_result_made_with_it_is_shown_and_says_so(run: SmallRun, qtbot: Any) -> None:
    page, shell = reviewed(run, qtbot)
    try:
        assert page.session.result is not None, "analysed anew"
        assert "other settings" in page.header.accessibleName()
        assert LOST in page.session.notes
    finally:
        shell.close()


def test_a_result_that_cannot_be_shown_is_not_replaced_in_silence(run: SmallRun, qtbot: Any) -> None:
    made_with(run.folder / "result", {"alarms.of_a_later_program": 1})
    page, shell = reviewed(run, qtbot)
    try:
        assert page.session.result is None
        (note,) = (note for note in page.session.notes if "of_a_later_program" in note)
        assert note.endswith("these figures are analysed anew")
    finally:
        shell.close()


def test_it_gives_a_clip_and_goes_into_a_pack(run: SmallRun) -> None:
    result = run.folder / "result" / "result.json"
    assert read_run_outcome(run.folder, result).reached
    made = bare_result(json.loads(result.read_text()))
    assert made["program"]["settings"]["changed"] == {OLD: 400}


def test_a_what_if_that_was_interrupted_goes_on_without_it(run: SmallRun, tmp_path: Path) -> None:
    pair = RunAndPlan(run=str(run.folder), plan=str(run.plan))
    job = WhatIfJob(runs=[pair], variants=[Variant(name=BASE)], settings={OLD: 400, "alarms.release_mm": 1.5})
    folder = tmp_path / "job"
    whatif.begin(folder, job)
    old = VariantResult(
        run=pair.run, plan=pair.plan, variant=BASE, frames=1, events=[], nearest_mm=None, leaks=[], failure="of before"
    )
    (folder / whatif.ROWS).write_bytes(msgspec.json.encode(old) + b"\n")
    child = [sys.executable, "-m", "assistant.review.whatif", str(folder)]
    done = subprocess.run(child, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert LOST in done.stderr
    (row,) = whatif.read_rows(folder)
    assert (row.frames, row.failure) == (46, "")
    assert whatif.read_job(folder).settings == {"alarms.release_mm": 1.5}
