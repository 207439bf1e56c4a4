"""One loader of settings, handed down; no setting that nothing reads. Read off the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

from assistant import settings as tree
from assistant.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
TREE, LOADER = "assistant/settings.py", "assistant/settings_file.py"
ROOMS = {room.name: getattr(Settings(), room.name) for room in fields(Settings)}
SETTINGS = [(room, leaf.name) for room, branch in ROOMS.items() for leaf in fields(branch)]


@cache
def sources() -> dict[str, ast.Module]:
    paths = [path for folder in ("assistant", "ui") for path in sorted((ROOT / folder).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def calls(module: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", "")), node.lineno


def test_settings_are_made_by_the_loader_alone() -> None:
    made = {"Settings", *(type(branch).__name__ for branch in ROOMS.values())}
    assert all(hasattr(tree, name) for name in made)
    found = [
        f"{place}:{line}: {name}() forgets what the site has set: hand the settings down"
        for place, module in sources().items()
        for name, line in calls(module)
        if name in made and place not in (TREE, LOADER)
    ]
    assert not found, "\n".join(found)


def test_the_stored_settings_are_read_where_a_command_or_the_window_begins() -> None:
    """A page, a step or a child that read them again could see other ones in the middle of a run."""
    doors = {LOADER, "assistant/settings_command.py", "assistant/cli.py", "assistant/exchange/command.py"}
    doors |= {"ui/app.py", "ui/entry.py"}
    readers = {"load_settings", "stored_settings", "wanted_settings"}
    found = {place for place, module in sources().items() for name, _ in calls(module) if name in readers}
    assert found <= doors


def test_each_setting_is_read_by_something() -> None:
    read = {
        node.attr
        for place, module in sources().items()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and place != LOADER
    }
    assert [f"{room}.{name}" for room, name in SETTINGS if name not in read] == []
