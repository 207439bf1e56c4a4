import csv
import json

from assistant.evaluation.figure_list import FIGURES
from assistant.evaluation.outcome import no_outcome
from assistant.evaluation.report import per_run_table, subgroup_table, table, write_files
from assistant.evaluation.score import score, score_run


def scores(made):
    made.save()
    own = score_run(made.results, made.run / "truth")
    return [own, score(made.truth(), no_outcome(40), "nothing")]


def test_per_run_rows(made) -> None:
    text = per_run_table(scores(made))
    lines = text.splitlines()
    assert len(lines) == 3
    assert "0.00/0.00" in lines[1]
    assert "1.00/1.00" in lines[1]
    assert "2/2" in lines[2]  # both crossings missed


def test_the_table_shows_goals_methods_and_only_what_is_known(made) -> None:
    text = table(scores(made))
    assert "this program" in text.splitlines()[0]
    assert "nothing" in text.splitlines()[0]
    assert "POSTERIOR WALL" in text
    assert "<= 0.25" in text
    assert "SIDE WALL" not in text


def test_subgroups_stand_side_by_side(made) -> None:
    head = subgroup_table(scores(made), "this program").splitlines()[0]
    assert "level L1" in head
    assert "view lateral" in head


def test_files_for_other_programs(made, tmp_path) -> None:
    write_files(tmp_path / "out", scores(made))
    with (tmp_path / "out/evaluation.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["method"] for row in rows] == ["this program", "nothing"]
    assert float(rows[0]["dice.median.visible"]) == 1.0
    assert rows[1]["dice.median.visible"] == ""
    assert rows[1]["warning_line.missed"] == "1.0"
    document = json.loads((tmp_path / "out/evaluation.json").read_text())
    assert document["schema"] == "fluoro-assistant/evaluation/1"
    figures = document["methods"]["this program"]["figures"]
    assert set(figures) == {figure.key for figure in FIGURES}
    assert figures["registration.median"]["value"] == 0.0
    assert document["methods"]["nothing"]["figures"]["registration.median"]["value"] is None
    assert "L1" in document["methods"]["this program"]["subgroups"]["level"]
