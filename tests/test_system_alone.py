"""What only `assistant/system` may do, looked for in every source of the program."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATH_METHODS = {"replace", "rename"}
OS_CALLS = re.compile(r"os\.(replace|rename|renames|link)|shutil\.move")


def sources() -> Iterator[tuple[str, ast.Module]]:
    """The modules outside ``assistant/system``."""
    for folder in ("assistant", "ui", "models"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith("assistant/system/"):
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def replaces_a_file(call: ast.Call) -> bool:
    # Of all that is called so, a path alone takes one thing and no word: texts take two, dates and dataclasses words.
    of_path = isinstance(call.func, ast.Attribute) and call.func.attr in PATH_METHODS
    return (of_path and len(call.args) == 1 and not call.keywords) or bool(OS_CALLS.fullmatch(ast.unparse(call.func)))


def test_nothing_else_gives_a_file_its_name() -> None:
    """Whole or as it was, and durable or not, is decided once: `assistant/system/files.py`."""
    found = [
        f"{name}:{node.lineno}: {ast.unparse(node)}"
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and replaces_a_file(node)
    ]
    assert not found, "\n" + "\n".join(found)
