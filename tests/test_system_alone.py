"""What only `assistant/system` may do, looked for in every source of the program."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATH_METHODS = {"replace", "rename"}
OS_CALLS = re.compile(r"os\.(replace|rename|renames|link)|shutil\.move")
STARTS = re.compile(
    r"subprocess\.\w+|Popen|os\.(fork|forkpty|system|popen|startfile|posix_spawnp?|spawn\w+|exec\w+)"
    r"|(multiprocessing\.)?(Process|Pool)|QProcess|ProcessPoolExecutor|\w+\.create_subprocess_\w+"
)
POOL = "a developer's command: the standard library's pool computes many runs side by side"
MAY_START = {
    "ui/system/mixer.py": "Qt says when the sound server's program has answered: no thread waits for it",
    "assistant/evaluation/runs.py": POOL,
    "assistant/simulation/dataset.py": POOL,
    "models/training/sample_store.py": POOL,
}


def calls(wanted: Callable[[ast.Call], bool]) -> dict[str, list[str]]:
    """The calls by module, those in ``assistant/system`` left out."""
    found: dict[str, list[str]] = {}
    for folder in ("assistant", "ui", "models"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name.startswith("assistant/system/"):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and wanted(node):
                    found.setdefault(name, []).append(f"{name}:{node.lineno}: {ast.unparse(node.func)}")
    return found


def replaces_a_file(call: ast.Call) -> bool:
    # Of all that is called so, a path alone takes one thing and no word: texts take two, dates and dataclasses words.
    of_path = isinstance(call.func, ast.Attribute) and call.func.attr in PATH_METHODS
    return (of_path and len(call.args) == 1 and not call.keywords) or bool(OS_CALLS.fullmatch(ast.unparse(call.func)))


def starts_a_process(call: ast.Call) -> bool:
    return bool(STARTS.fullmatch(ast.unparse(call.func)))


def test_nothing_else_gives_a_file_its_name() -> None:
    """Whole or as it was, and durable or not, is decided once: `assistant/system/files.py`."""
    found = calls(replaces_a_file)
    assert not found, "\n" + "\n".join(line for lines in found.values() for line in lines)


def test_nothing_else_starts_a_process() -> None:
    """How one is started, told, heard and ended is written once: `assistant/system/processes.py`."""
    found = calls(starts_a_process)
    others = [line for name, lines in found.items() if name not in MAY_START for line in lines]
    assert not others, "\n" + "\n".join(others)
    assert found.keys() == MAY_START.keys()  # the list is true
