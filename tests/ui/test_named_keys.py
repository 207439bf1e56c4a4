"""A sentence names a key as an act of the table, ``[[page:act]]``: what is shown is the key that works here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ui.keys.key_map import with_keys
from ui.keys.table import TABLE

ROOT = Path(__file__).parents[2]
_NAMED = re.compile(r"\[\[(\w+):([^\]]+)\]\]")
_A_KEY = re.compile(
    r"(?<![\w.\-/{“])(?:[B-Z]|Enter|Tab|Esc|Backspace|PgUp|PgDown|F[1-9]|(?:Ctrl|Shift)\+\w+)(?![\w.\-/\]'])"
)
_NO_KEYS = {
    "--cover takes four whole numbers, X,Y,W,H, got ",
    "End injecting first.",
    "below I",
    "One entry for each site. Enter “none seen” where the CT shows none.",
    "Note at this picture, Enter keeps it",  # a field of text: Enter is its own
    "⟲ A–B ",
    "Loop the range from A to B",
}


def sentences() -> Iterator[tuple[str, str]]:
    """Every text of several words in the code of window and live layer, with its place; no docstrings."""
    for path in sorted([*(ROOT / "assistant").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]):
        if path.is_relative_to(ROOT / "ui" / "keys") or {"simulation", "evaluation"} & set(path.parts):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def test_no_sentence_names_a_usual_key() -> None:
    found = [
        f"{place}: {text}"
        for place, text in sentences()
        if " " in text and "%" not in text and text not in _NO_KEYS and _A_KEY.search(_NAMED.sub("", text))
    ]
    assert found == [], "name the act: [[page:act]], shown through ui.keys.key_map.with_keys"


def test_every_named_act_is_one_of_the_table() -> None:
    named = [(place, found) for place, text in sentences() for found in _NAMED.findall(text)]
    assert len(named) > 20
    assert [each for each in named if each[1] not in TABLE] == []
    assert "[[" not in with_keys("Confirm the lines: [[theatre:lines]]")
