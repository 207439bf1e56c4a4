"""The one loader of settings: what a site fixed and what a user chose, over the defaults; only what differs is stored.

A command or the window loads once and hands the settings down, to child processes as
`assistant.settings.tree.changes_of` them: nothing below reads them again, so a change in the middle of a run does not
split it.

``site.json`` and ``user.json`` lie in the data folder. A site may lock settings: a user's value of these is void. A
comfort setting that cannot be used is told and its default taken. An alarm limit that cannot be used is kept as it is,
so that `assistant.settings.tree.check` refuses it and nothing can be armed: nobody injects by a limit that nobody set.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from assistant.errors import UsageError
from assistant.language import sentence, translate
from assistant.settings.tree import GONE, Settings, check, gone_from, leaf_fault, no_such_setting, with_changes
from assistant.system.places import data_home

_NAME: Final = "fluoro-assistant/settings/"
VERSION: Final = 1
SITE, USER = "site.json", "user.json"
_ALARM_ROOMS: Final = ("alarms", "leaks", "liveness")
_MOST_BYTES: Final = 1_000_000

Lift = Callable[[dict[str, Any]], dict[str, Any]]
LIFTS: Final[dict[int, Lift]] = {}
"""From version n to n + 1: each a small function of the stored tree; none is needed yet. What has no equal in a later
program is no matter of the file's version: `assistant.settings.tree.GONE`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Settings with where they come from.

    Attributes
    ----------
    settings : Settings
        May hold alarm limits that `assistant.settings.tree.check` refuses.
    notes : tuple of str
        What was passed over, for people.
    locked : frozenset of str
        Such as ``"alarms.release_mm"``: fixed by the site.
    origins : mapping of str to str
        "default", "site" or "user" of each setting.
    """

    settings: Settings
    notes: tuple[str, ...]
    locked: frozenset[str]
    origins: Mapping[str, str]


def load_settings(folder: Path | None = None, *, lifts: Mapping[int, Lift] = LIFTS, version: int = VERSION) -> Loaded:
    """Read what is stored.

    Parameters
    ----------
    folder : Path, optional
        The data folder by default.
    lifts, version
        How older files are lifted to this version; replaced by tests.
    """
    home = folder if folder is not None else data_home()
    settings, notes = Settings(), list[str]()
    origins = dict.fromkeys(all_names(), "default")
    locked: frozenset[str] = frozenset()
    for file, origin in ((SITE, "site"), (USER, "user")):
        tree, lock = _read(home / file, notes, lifts, version)
        leaves = _leaves(tree)
        notes += _gone(file, [name for name, _ in leaves], lock)
        for name, value in leaves:
            if name in GONE:
                continue
            if name not in origins:
                notes.append(sentence(f"{file}: there is no setting {name}"))
            elif origin == "user" and name in locked:
                notes.append(sentence(f"{file}: {name} is fixed by the site"))
            else:
                settings, note = _with(settings, name, value)
                notes += [f"{file}: {note}"] if note else []
                origins[name] = origin
        if origin == "site":
            locked = frozenset(name for name in origins if any(_is_in(name, each) for each in lock))
            notes += [
                sentence(f"{file}: locks {each}, and there is no such setting")
                for each in lock
                if not any(_is_in(name, each) for name in (*origins, *GONE))
            ]
    return Loaded(settings=settings, notes=tuple(notes), locked=locked, origins=origins)


def default_settings() -> Settings:
    """The defaults, whatever site and user have set: for what is the same everywhere (evaluation, simulation)."""
    return Settings()


def handed_settings(changes: object) -> Settings:
    """Settings from what `assistant.settings.tree.changes_of` or the ``program.settings`` of a result made of them.

    What an earlier program alone had is left out; `lost_settings` says so.

    Raises
    ------
    UsageError
        If this program does not know one of them, or its value is out of range.
    """
    return with_changes(Settings(), {name: value for name, value in _changed(changes).items() if name not in GONE})


def lost_settings(changes: object) -> tuple[str, ...]:
    """What `handed_settings` leaves out of the same, a sentence each."""
    return gone_from(_changed(changes))


def _changed(changes: object) -> Mapping[str, Any]:
    changed = changes.get("changed", changes) if isinstance(changes, Mapping) else {}
    return changed if isinstance(changed, Mapping) else {}


def read_settings(path: Path) -> Settings:
    """The settings of a file that a person named, over the defaults; site and user do not count.

    Raises
    ------
    UsageError
        If the file is no settings file, or holds a setting that there is not or a value out of range.
    """
    notes: list[str] = []
    tree, _ = _read(path, notes, LIFTS, VERSION)
    if not path.is_file():
        raise UsageError(f"{path}: there is no such settings file; give one like site.json in the data folder")
    if notes:
        reason = notes[0].removesuffix("; the defaults are taken").partition(": ")[2]
        raise UsageError(f"{path}: {reason}; correct it or leave it out")
    try:
        return with_changes(Settings(), dict(_leaves(tree)))
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--defaults`` and ``--settings FILE``: the same settings for everybody, whatever this machine has set."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--defaults", action="store_true", help=sentence("the default settings, whatever site and user have set")
    )
    which.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help=sentence("the settings of this file alone, written like site.json"),
    )


def print_note(note: str) -> None:
    """Say on standard error what of the stored settings was passed over."""
    sys.stderr.write(f"settings: {translate(note)}\n")


def wanted_settings(args: argparse.Namespace, note_to: Callable[[str], object] = print_note) -> Settings:
    """The settings that a command works with: site and user, unless the command line names others.

    Parameters
    ----------
    args : Namespace
        Of a parser with `add_arguments`.
    note_to : callable
        Given what was passed over in the files of site and user, a sentence each.

    Raises
    ------
    UsageError
        If they cannot be used: nothing is measured by a limit that nobody set.
    """
    if args.defaults:
        return default_settings()
    return stored_settings(note_to) if args.settings is None else read_settings(args.settings)


def stored_settings(note_to: Callable[[str], object] = print_note) -> Settings:
    """The settings of site and user, fit for measuring; as in `wanted_settings`."""
    loaded = load_settings()
    for note in loaded.notes:
        note_to(note)
    check(loaded.settings)
    return loaded.settings


def rules_of(name: str) -> Field[Any]:
    """Default, range and sentence of a setting that there is: the field it stands in."""
    room, leaf = name.split(".")
    return next(each for each in fields(getattr(Settings(), room)) if each.name == leaf)


def save_user(name: str, value: object, folder: Path | None = None) -> Loaded:
    """Store one choice of the user; the default is stored as nothing. What holds then.

    Raises
    ------
    UsageError
        If there is no such setting, its value is out of range, or the site has fixed it.
    EnvironmentError_
        If it cannot be written.
    """
    # Late: reading settings must not wait for the codecs.
    from assistant.system.files import write_json

    home = folder if folder is not None else data_home()
    if name not in all_names():
        raise no_such_setting(name)
    if name in load_settings(home).locked:
        raise UsageError(f"setting {name} is fixed by the site")
    room, leaf = name.split(".")
    rules = rules_of(name)
    fault = leaf_fault(rules.metadata, value)
    if fault:
        raise UsageError(f"setting {name} {fault}: {rules.metadata['sentence']}")
    tree, _ = _read(home / USER, [], LIFTS, VERSION)
    branch = dict(tree.get(room, {})) if isinstance(tree.get(room), dict) else {}
    if value == rules.default and load_settings(home).origins[name] != "site":
        branch.pop(leaf, None)
    else:
        branch[leaf] = value
    write_json(home / USER, {"schema": f"{_NAME}{VERSION}", "settings": {**tree, room: branch}})
    return load_settings(home)


def all_names() -> tuple[str, ...]:
    """Every setting, such as ``"alarms.release_mm"``."""
    tree = Settings()
    return tuple(f"{room.name}.{leaf.name}" for room in fields(tree) for leaf in fields(getattr(tree, room.name)))


def _with(settings: Settings, name: str, value: object) -> tuple[Settings, str]:
    """The tree with a value; where it cannot be used, what is said of that."""
    room, leaf = name.split(".")
    branch = getattr(settings, room)
    rules = rules_of(name)
    fault = leaf_fault(rules.metadata, value)
    if fault and room not in _ALARM_ROOMS:
        return settings, sentence(f"{name} {fault}; its default is taken")
    if fault:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        kept = value if number else math.nan
        return replace(settings, **{room: replace(branch, **{leaf: kept})}), sentence(
            f"{name} {fault}; nothing can be armed"
        )
    return replace(settings, **{room: replace(branch, **{leaf: value})}), ""


def _leaves(tree: Mapping[str, Any]) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for room, branch in tree.items():
        if isinstance(branch, dict):
            found += [(f"{room}.{leaf}", value) for leaf, value in branch.items()]
        else:
            found.append((str(room), branch))
    return found


def _gone(file: str, names: Sequence[str], lock: Sequence[object]) -> list[str]:
    """A note for each setting of earlier programs that a file sets or locks."""
    notes = []
    for name, gone in GONE.items():
        if name in lock:
            notes.append(
                sentence(
                    f"{file}: {name} is no longer a setting, and what it fixed is not fixed: {gone.why}; take it out, "
                    f"set {gone.now} where its default does not suit, and lock that"
                )
            )
        elif name in names:
            notes.append(
                sentence(
                    f"{file}: {name} is no longer a setting and changes nothing: {gone.why}; take it out, and set "
                    f"{gone.now} where its default does not suit"
                )
            )
    return notes


def _is_in(name: str, pattern: object) -> bool:
    return isinstance(pattern, str) and (name == pattern or name.startswith(f"{pattern}."))


def _read(
    path: Path, notes: list[str], lifts: Mapping[int, Lift], version: int
) -> tuple[dict[str, Any], tuple[object, ...]]:
    """The stored tree, lifted to this version, and what is locked; both empty where there is nothing usable."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}, ()
    except OSError as error:
        notes.append(sentence(f"{path.name}: cannot be read ({error.strerror}); the defaults are taken"))
        return {}, ()
    try:
        document = json.loads(content) if len(content) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        document = None
    schema = document.get("schema") if isinstance(document, dict) else None
    tree = document.get("settings") if isinstance(document, dict) else None
    stored = str(schema).removeprefix(_NAME)
    if not isinstance(tree, dict) or not str(schema).startswith(_NAME) or not stored.isdecimal():
        notes.append(sentence(f"{path.name}: is no settings file; the defaults are taken"))
        return {}, ()
    if int(stored) > version:
        notes.append(sentence(f"{path.name}: was written by a newer program; what this one knows is taken"))
    for step in range(int(stored), version):
        if step in lifts:
            tree = lifts[step](tree)
    locked = document.get("locked", []) if isinstance(document, dict) else []
    return tree, tuple(locked) if isinstance(locked, list) else ()
