import json

from assistant.evaluation.command import main


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
