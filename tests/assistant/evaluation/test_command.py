import json
from pathlib import Path

import pytest

from assistant.evaluation.command import main

DEMO = Path(__file__).resolve().parents[3] / "recordings" / "demo"


def test_scores_lying_results(made, tmp_path, capsys) -> None:
    made.save()
    out = tmp_path / "out"
    (out / "results").mkdir(parents=True)
    made.results.rename(out / "results" / "run")
    assert main(["--runs", str(made.run), "--out", str(out), "--reuse", "--jobs", "1"]) == 0
    said = capsys.readouterr()
    assert "this program" in said.out
    assert "POSTERIOR WALL" in said.out
    assert said.err == ""
    assert json.loads((out / "evaluation.json").read_text())["methods"]["this program"]["runs"] == 1


def test_an_incomplete_run_fails_and_is_named(made, tmp_path, capsys) -> None:
    made.complete = False
    made.events = []
    made.save()
    out = tmp_path / "out"
    (out / "results").mkdir(parents=True)
    made.results.rename(out / "results" / "run")
    assert main(["--runs", str(made.run), "--out", str(out), "--reuse", "--jobs", "1", "--notes"]) == 1
    said = capsys.readouterr()
    assert "run: not analysed to its end" in said.err
    assert "run: missed warning_line at posterior, visible from frame 22" in said.out


def test_no_runs_is_a_usage_error(tmp_path, capsys) -> None:
    assert main(["--runs", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "holds no run with truth" in capsys.readouterr().err


@pytest.mark.skipif(not (DEMO / "plan.json").is_file(), reason="the demo run is not in this clone")
def test_other_numbers_of_the_cement_step_reach_the_pipeline_and_are_named(tmp_path, capsys) -> None:
    blind = ["--limits", "edge.low_sigma=1e6", "--limits", "low_contrast.sigma=1e6"]
    here = ["--runs", str(DEMO), "--out", str(tmp_path / "out"), "--jobs", "1", "--no-peers", "--notes"]
    assert main([*here, "--direct", *blind]) == 0
    said = capsys.readouterr().out
    assert "not the usual ones: edge.low_sigma=1e6, low_contrast.sigma=1e6" in said
    assert "demo: missed warning_line" in said


def test_other_numbers_are_refused_where_they_would_not_be_used(tmp_path, capsys) -> None:
    for way in ([], ["--reuse"]):
        assert main(["--runs", str(DEMO), "--out", str(tmp_path), "--limits", "edge.share=0.3", *way]) == 2
        assert "say --direct as well" in capsys.readouterr().err
    assert main(["--direct", "--limits", "edge.shares=0.3"]) == 2
    assert 'there is no "shares"' in capsys.readouterr().err
