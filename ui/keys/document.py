"""Writes the key tables of the READMEs from the one table: ``python -m ui.keys.document``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ui.keys.key_names import drawn
from ui.keys.table import KeyAction, actions_of

_UI: Final = Path(__file__).resolve().parents[1]
_PLACE: Final = re.compile(r"<!-- keys: (\w+) -->\n.*?<!-- keys end -->", re.DOTALL)
_COLUMNS: Final = 3


def markdown(page: str) -> str:
    """The keys of a page as a table, the parts of the page one after another."""
    shown = [act for act in actions_of(page) if act.is_listed]
    parts = list(dict.fromkeys(act.parts for act in shown))
    cells = [cell for part in parts for cell in _cells([act for act in shown if act.parts == part])]
    rows = [cells[k : k + _COLUMNS] for k in range(0, len(cells), _COLUMNS)]
    rows[-1] += [("", "")] * (_COLUMNS - len(rows[-1]))
    lines = ["| " + " | ".join(["key | act"] * _COLUMNS) + " |", "|" + " --- |" * 2 * _COLUMNS]
    lines += ["| " + " | ".join(f"{key} | {act}" for key, act in row) + " |" for row in rows]
    return "\n".join(lines)


def _cells(acts: list[KeyAction]) -> list[tuple[str, str]]:
    part = f" ({', '.join(acts[0].parts)})" if acts[0].parts else ""
    return [(" ".join(f"`{drawn(key)}`" for key in act.keys), act.word + part) for act in acts]


def with_tables(text: str) -> str:
    """A README with its tables as they are now."""
    return _PLACE.sub(lambda found: f"<!-- keys: {found[1]} -->\n{markdown(found[1])}\n<!-- keys end -->", text)


def readmes() -> list[Path]:
    """The READMEs of the pages."""
    return sorted(_UI.glob("*/README.md"))


def main() -> None:
    """Write them."""
    for path in readmes():
        path.write_text(with_tables(path.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
