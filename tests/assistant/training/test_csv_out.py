"""The table of answers names nobody and runs nothing."""

import csv

import pytest

from assistant.errors import UsageError
from assistant.library.people import Role
from assistant.training.clip import GO_ON, STOP
from assistant.training.csv_out import COLUMNS, answers_of, cell, write_answers


def test_the_table_of_answers(trainer, tmp_path, sit):
    me, other = trainer.enrol("Erika Muster", consents=True), trainer.enrol(consents=True)
    sit(trainer, me, [STOP, GO_ON])
    sit(trainer, other, [STOP])
    path = tmp_path / "a.csv"
    assert write_answers(answers_of(trainer, me, asks=me), path) == 2
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == COLUMNS
    assert {row[0] for row in rows[1:]} == {me.id}
    assert "Erika" not in path.read_text(encoding="utf-8-sig")
    with pytest.raises(UsageError, match="instructor"):
        answers_of(trainer, None, asks=me)
    teacher = trainer.enrol(role=Role.INSTRUCTOR, consents=False)
    assert write_answers(answers_of(trainer, None, asks=teacher), path) == 3


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "  =x"])
def test_cells_that_a_spreadsheet_would_run(text):
    assert cell(text) == "'" + text
    assert cell("plain") == "plain"
    assert cell(-1.5) == -1.5
    assert cell(None) == ""
