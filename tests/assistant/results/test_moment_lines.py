"""Outlines are kept beside the table where that is asked for, and never stand beside another analysis."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.analysis import analyze
from assistant.capture.opening import open_source
from assistant.errors import EnvironmentError_
from assistant.plan import read_plan
from assistant.results.moment_lines import FILE, MomentLines
from assistant.settings.tree import Settings
from tests.small_run import write_small_run


def test_lines_are_written_where_asked_for_and_gone_after_another_analysis(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 20)
    plan = read_plan(run.plan, 0.25)
    for keeps in (True, False):
        source = open_source(str(run.folder))
        analyze(source, plan, Settings(), run.out, masks=False, keeps_moments=keeps)
        source.close()
        assert (run.out / FILE).is_file() == keeps
        if keeps:
            lines = [json.loads(line) for line in (run.out / FILE).read_bytes().splitlines()]
            assert [line["frame"] for line in lines] == sorted({line["frame"] for line in lines})
            assert any(line.get("outline") for line in lines)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    from tests.assistant.readings.test_live_line import VIEWS, readings

    lines = MomentLines(tmp_path / "none", VIEWS)
    with pytest.raises(EnvironmentError_):
        lines.add(readings(tmp_path / "run")[0])
    lines.close()
