from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.evaluation.alarm_curve import Curve, curve_of
from assistant.evaluation.command import main
from assistant.evaluation.figure_list import FIGURES
from assistant.evaluation.runs import RunToScore, Way, score_job

DEMO = Path(__file__).resolve().parents[3] / "recordings" / "demo"


def test_a_curve_is_read() -> None:
    assert curve_of("alarms.release_mm=0.5, 2") == Curve(setting="alarms.release_mm", values=(0.5, 2.0))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("alarms.release_mm", "not a setting and its values"),
        ("capture.layout=1", "of a setting of alarms or leaks"),
        ("alarms.none=1", "alarms.none"),
        ("alarms.release_mm=99", "release_mm"),
    ],
)
def test_what_is_no_curve_is_refused_and_says_why(text, why) -> None:
    with pytest.raises(UsageError, match=why):
        curve_of(text)


@pytest.mark.skipif(not (DEMO / "plan.json").is_file(), reason="the demo run is not in this clone")
def test_at_the_usual_value_the_alarms_are_those_of_the_pipeline(tmp_path, capsys) -> None:
    assert main(["--runs", str(DEMO), "--curve", "alarms.release_mm=0.8,5", "--jobs", "1", "--out", str(tmp_path)]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["alarms.release_mm:", "0.8", "5"]
    (direct,) = score_job(RunToScore(run=DEMO, results=tmp_path / "results" / "demo", peers=False, way=Way.DIRECT))
    usual = {row[20:].split(" [")[0].strip(): row.split()[0] for row in rows}
    right = {f"{figure.section}: {figure.label}": f"{figure.reduce([direct]):.3f}" for figure in FIGURES}
    assert usual == {name: right[name] for name in usual}
    assert any("false per line-minute" in name for name in usual)
