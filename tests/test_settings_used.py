"""One loader of settings, handed down; no setting that nothing reads. Read off the sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

from assistant.settings import tree as tree
from assistant.settings.tree import Settings

ROOT = Path(__file__).resolve().parents[1]
TREE, LOADER = "assistant/settings/tree.py", "assistant/settings/file.py"
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
    doors = {LOADER, "assistant/settings/command.py", "assistant/cli.py", "assistant/exchange/command.py"}
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


_UNITS = {"ms": ("s", 0.001), "s": ("s", 1.0), "mm": ("mm", 1.0), "mm2": ("mm2", 1.0), "mb": ("mb", 1.0)}
SAID_AS = {
    "band": ("band", "near"),
    "slow": ("slow", "late", "lag", "limit"),
    "frozen": ("frozen", "freeze", "held"),
    "confirm": ("confirm", "cross"),
    "release": ("release",),
    "reach": ("leak", "reach"),
    "area": ("leak",),
    "fraction": ("fraction", "warn"),
    "sync": ("sync",),
    "segment": ("segment",),
    "reserve": ("reserve",),
    "orphan": ("orphan",),
    "watchdog": ("watchdog",),
}
"""A word of a setting's name, and what a constant with the same meaning is called."""
TWO_THINGS = {
    "assistant/simulation/truth.py:LEAK_MM2": "the truth is defined by the scoring, not by this program's settings",
    "assistant/simulation/truth.py:CROSSED_FOR_S": "the truth is defined by the scoring",
    "assistant/simulation/imaging_chain/source_faults.py:FROZEN_AFTER_S": "the contract defines the truth: one second",
    "assistant/simulation/anatomy/real_anatomy_mesh.py:_BAND_MM": "a band of a mesh",
    "assistant/evaluation/landmarks_table.py:NEAR_MM": "how near a landmark lies to the true one",
}
"""Constants that are as large as a setting and mean something else: place and what they mean."""


def size_of(name: str, value: float) -> tuple[str, float] | None:
    """Unit and value in it, of a name that ends with its unit."""
    if name.lower().endswith("fraction"):
        return "share", round(value, 9)
    unit = _UNITS.get(name.lower().rsplit("_", 1)[-1])
    return None if unit is None else (unit[0], round(value * unit[1], 9))


def repeats(name: str, value: float) -> bool:
    """Whether a name with its number says what a setting says."""
    for room, setting in SETTINGS:
        default = getattr(ROOMS[room], setting)
        said = {word for part in setting.split("_") for word in SAID_AS.get(part, ())}
        if isinstance(default, float) and any(word in name.lower() for word in said):
            size = size_of(setting, default)
            if size is not None and size == size_of(name, value):
                return True
    return False


def number(node: ast.AST | None) -> float | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def limits(module: ast.Module) -> Iterator[tuple[str, float]]:
    """Names that get a number: constants, attributes, defaults of parameters and fields."""
    for node in ast.walk(module):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=False))
                yield from (
                    (getattr(t, "id", getattr(t, "attr", "")), v) for t, n in pairs if (v := number(n)) is not None
                )
        elif isinstance(node, ast.arguments):
            given = [*zip(node.args[len(node.args) - len(node.defaults) :], node.defaults, strict=True)]
            given += [(arg, default) for arg, default in zip(node.kwonlyargs, node.kw_defaults, strict=True) if default]
            yield from ((arg.arg, value) for arg, default in given if (value := number(default)) is not None)


def test_no_limit_of_the_settings_stands_a_second_time() -> None:
    """A second one is true for as long as nobody sets the first: "near" was 3 mm on the screen whatever was set."""
    found = {
        f"{place}:{name}"
        for place, module in sources().items()
        if place not in (TREE, LOADER)
        for name, value in limits(module)
        if repeats(name, value)
    }
    assert sorted(found - TWO_THINGS.keys()) == [], "hand the setting, or say in TWO_THINGS what else it means"
    assert TWO_THINGS.keys() <= found, "no longer there"


def test_no_plan_is_read_and_no_distance_judged_by_a_number_in_the_code() -> None:
    readers = {"read_plan", "plan_from_document", "plan_left"}
    judged = re.compile(r"distance|warning_line|lag|_wall_mm")
    found = []
    for place, module in sources().items():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in readers:
                found += [f"{place}:{node.lineno}" for arg in node.args if number(arg) is not None]
            if isinstance(node, ast.Compare) and judged.search(ast.unparse(node.left)):
                bands = [value for other in node.comparators if (value := number(other))]
                found += [f"{place}:{node.lineno}: {ast.unparse(node)}" for band in bands if band in (2.0, 3.0, 250.0)]
    assert found == []
