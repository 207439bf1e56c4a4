"""A run without a leak, opened, exported and listed: "none seen" is said of what was looked at, and of nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main
from assistant.library.run_summary import summary
from assistant.results.summary_table import summary_table
from tests.small_run import pictures, plan_document, write_video
from ui.shell import Shell

BEFORE_CEMENT = 26


@pytest.fixture
def quiet_run(tmp_path: Path) -> Path:
    """X-ray before any cement."""
    run = tmp_path / "run"
    run.mkdir()
    write_video(run / "run.mkv", [pictures(120)[k] for k in range(BEFORE_CEMENT)] * 3)
    (run / "plan.json").write_text(json.dumps(plan_document()), encoding="utf-8")
    return run


def test_review_says_how_far_was_looked_until_it_was_looked_to_the_end(
    qtbot: Any, window: Shell, quiet_run: Path
) -> None:
    window.go_to("review")
    page: Any = window.page("review")
    assert page.open(str(quiet_run), None)
    said: list[str] = []

    def looks() -> bool:
        if not page.session.ended:
            page.refresh()
            said.append(page.leak.site_words())
        return page.session.ended

    qtbot.waitUntil(looks)
    assert said
    assert all(told == "not looked yet" or re.fullmatch(r"\d{1,2} % looked at", told) for told in said), set(said)
    page.jump(10)
    assert page.leak.site_words() == "none seen in this view"
    facts = page.exporter.material(page.session).report()
    assert facts.nothing == "none seen in this view"


def test_the_report_of_a_run_that_is_still_being_analysed(qtbot: Any, window: Shell, quiet_run: Path) -> None:
    window.go_to("review")
    page: Any = window.page("review")
    assert page.open(str(quiet_run), None)
    facts = page.exporter.material(page.session).report()
    assert "looked" in facts.nothing
    qtbot.waitUntil(lambda: page.session.ended)


def test_the_command_and_the_list_say_of_half_a_run_that_it_is_half_a_run(
    quiet_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video, out = quiet_run / "run.mkv", tmp_path / "out"
    video.write_bytes(video.read_bytes()[: int(video.stat().st_size * 0.6)])
    assert main(["analyze", str(video), "--plan", str(quiet_run / "plan.json"), "--out", str(out)]) == 3
    document = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert not document["complete"]
    said = capsys.readouterr()
    assert "seen in this view" not in said.out + said.err
    assert "No leak is listed: not looked at to its end." in summary_table(document)
    assert summary(document)["leak_said"] == "not looked at to its end"
