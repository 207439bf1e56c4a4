"""Decisions are ten lines each, in one order, and their index has no holes."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "assistant/decisions"
NOTES = sorted(FOLDER.glob("[0-9]*.md"))
PARTS = ["Context", "Decision", "Consequence", "Also considered"]
MOST_LINES, WIDEST = 10, 160


def number_of(note: Path) -> int:
    return int(note.name[:4])


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.name[:4])
def test_a_decision_has_its_four_parts_in_ten_lines(note: Path) -> None:
    title, *rest = note.read_text(encoding="utf-8").splitlines()
    lines = [line for line in rest if line.strip()]
    assert re.match(rf"# {number_of(note)}\. \S", title), title
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", lines[0]), "the date stands alone below the title"
    assert len(lines) <= MOST_LINES, (
        f"{len(lines)} lines: what was measured and tried goes to experiments.md beside its code"
    )
    assert max(map(len, lines)) <= WIDEST, "a longer line is two"
    assert re.findall(r"^\*\*(.+?)\.\*\*", "\n".join(lines), re.MULTILINE) == PARTS


def test_the_index_names_every_number_once() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*?) \|", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, number_of(NOTES[-1]) + 1))
    linked = [re.findall(r"\((\d{4}-[\w-]+\.md)\)", said) for _, said in rows]
    assert [name for names in linked for name in names] == [note.name for note in NOTES]
    unused = [said for (_, said), names in zip(rows, linked, strict=True) if not names]
    assert all(said.startswith("never used:") or said.startswith("withdrawn:") for said in unused), unused


def test_the_index_says_what_the_notes_are_called() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    for note in NOTES:
        title = note.read_text(encoding="utf-8").splitlines()[0].split(". ", 1)[1]
        assert f"[{title}]({note.name})" in index, note.name
