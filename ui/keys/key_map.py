"""The keys of this site: the table of `ui.keys.table`, with what was changed here and is kept in the data folder.

A foot switch is a key: it sends one. `Space` is not to be changed: it is the same on every machine.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from assistant.errors import AssistantError, EnvironmentError_, UsageError
from assistant.language import tr, translate
from assistant.system.files import whole_file
from assistant.system.places import data_home
from assistant.system.plain import json_text, read_json
from ui.keys.key_names import CONTROL, MODIFIERS, SHIFT, chord, drawn, written
from ui.keys.table import SPACE, TABLE, KeyAction

log = logging.getLogger(__name__)
_FILE: Final = "keys.json"
_SCHEMA: Final = "fluoro-assistant/keys/1"
_OLD_FILE: Final = "theatre_keys.json"
_OLD_SCHEMA: Final = "fluoro-assistant/theatre-keys/1"
_NAMED: Final = re.compile(r"\[\[(\w+):([^\]]+)\]\]")
Name = tuple[str, str]
"""Page and act."""


class KeyMap:
    """Which key does which act; two acts that count at one time never share one.

    Parameters
    ----------
    changed : mapping, optional
        Page and act to the written key that it has here.
    """

    def __init__(self, changed: Mapping[Name, str] | None = None) -> None:
        self._keys: dict[Name, tuple[str, ...]] = {name: act.keys for name, act in TABLE.items()}
        self._acts: dict[int, list[KeyAction]] = {}
        self._index()
        # Two acts may have changed their keys with each other: what a change takes from is given up first.
        for name in changed or {}:
            if name in self._keys:
                self._keys[name] = ()
        self._index()
        for (page, act), key in (changed or {}).items():
            self.change(page, act, chord(key))

    def _index(self) -> None:
        self._acts = {}
        for name, keys in self._keys.items():
            for key in keys:
                self._acts.setdefault(chord(key), []).append(TABLE[name])

    def find(self, places: Iterable[str], chords: Iterable[int]) -> KeyAction | None:
        """The act of the first of these keys that has one in the first of these places.

        Parameters
        ----------
        places : iterable of str
            ``page`` or ``page.part``, what is in front first.
        chords : iterable of int
            What a press may mean, the surest first.
        """
        where = [(page, part) for page, _, part in (place.partition(".") for place in places)]
        for key in chords:
            acts = self._acts.get(key, ())
            for page, part in where:
                for act in acts:
                    if act.page == page and (part in act.parts if part else not act.parts):
                        return act
        return None

    def keys(self, page: str, act: str) -> tuple[str, ...]:
        """The keys of an act, as they are written."""
        return self._keys[page, act]

    def word(self, page: str, act: str) -> str:
        """What is drawn on the cap."""
        return drawn(next(iter(self._keys[page, act]), ""))

    def change(self, page: str, act: str, key: int) -> None:
        """Give an act another key (a pedal sends one too). `Space` stays with what it does.

        Raises
        ------
        UsageError
            If the act cannot be changed, or the key belongs to something else.
        """
        if (page, act) not in TABLE:
            raise UsageError(f"there is no act {act!r} in {page!r}; choose one of the list")
        row = TABLE[page, act]
        kept = (SPACE,) if SPACE in row.keys else ()
        if row.keys == kept:
            raise UsageError(f"Space does {row.word.lower()!r} on every machine; it is not changed")
        bare = key & ~(CONTROL | SHIFT)
        name = written(key)
        if bare <= 0 or bare in MODIFIERS or (name in (SPACE, "Esc") and name not in row.keys):
            raise UsageError(f"{drawn(name) or 'this key'} is kept for the program; choose another")
        owner = next((other for other in self._acts.get(key, ()) if other is not row and other.meets(row)), None)
        if owner is not None:
            raise UsageError(f"{drawn(name)} is taken by {owner.word!r}; give that another key first")
        self._keys[page, act] = (*kept, name) if name not in row.keys else row.keys
        self._index()

    def changed(self) -> dict[Name, str]:
        """What differs from the table."""
        return {name: keys[-1] for name, keys in self._keys.items() if keys and keys != TABLE[name].keys}

    def copy(self) -> KeyMap:
        """The same keys, to be changed on their own."""
        return KeyMap(self.changed())

    def save(self, path: Path | None = None) -> None:
        """Keep the changes.

        Raises
        ------
        EnvironmentError_
            If they cannot be written.
        """
        target = path or data_home() / _FILE
        pages: dict[str, dict[str, str]] = {}
        for (page, act), key in self.changed().items():
            pages.setdefault(page, {})[act] = key
        try:
            with whole_file(target, durable=False) as part:
                part.write_text(json_text({"schema": _SCHEMA, "keys": pages}), encoding="utf-8")
        except OSError as error:
            raise EnvironmentError_(f"{target}: the keys cannot be kept ({error.strerror})") from error
        if path is None:
            use(self.copy())


def read(path: Path | None = None, last: KeyMap | None = None) -> tuple[KeyMap, str]:
    """The keys of this site as they are kept, and why others stand in their place where the file cannot be used.

    Parameters
    ----------
    path : Path, optional
        By default the one in the data folder.
    last : KeyMap, optional
        What stands where the file cannot be used; by default the usual keys.
    """
    try:
        target = path or data_home() / _FILE
        return KeyMap(_changes(read_json(content)) if (content := _content(target)) else {}), ""
    except (OSError, ValueError, KeyError, TypeError, AttributeError, AssistantError) as error:
        stands = tr("The usual keys work.") if last is None else tr("The keys stay as they were.")
        return last or KeyMap(), tr(
            "The site's keys cannot be used ({error}). {stands}", error=translate(error), stands=stands
        )


def _content(target: Path) -> bytes:
    """What is kept of keys, also by a version that knew the theatre's only; empty where nothing was ever kept."""
    for path in (target, target.with_name(_OLD_FILE)):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            continue
    return b""


def _changes(document: Any) -> dict[Name, str]:
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema == _OLD_SCHEMA:
        return {("theatre", act): written(int(keys[0])) for act, keys in document["keys"].items() if keys}
    if schema != _SCHEMA:
        raise UsageError(f"not a list of keys of this version ({_SCHEMA})")
    return {(page, act): str(key) for page, acts in document["keys"].items() for act, key in acts.items()}


_current: KeyMap | None = None
_reported: Final[set[str]] = set()


def load() -> str:
    """Read the keys that are kept: at the start and by the editor only, never while an alarm waits for the screen.

    Returns
    -------
    str
        Why they cannot be used, else empty; the last ones stand then, else the usual ones.
    """
    keys, why = read(last=_current)
    use(keys)
    if why:
        _warn_once(why)
    return why


def use(keys: KeyMap) -> None:
    """These are the keys from now on."""
    global _current
    _current = keys


def current() -> KeyMap:
    """The keys that work now; nothing of the disk is asked after the start."""
    if _current is None:
        load()
    return _current or KeyMap()


def word(page: str, act: str) -> str:
    """What is drawn on the cap of an act now; the act's name where the table has no such act."""
    if (page, act) not in TABLE:
        _warn_once(f"a sentence names the key of {act!r} in {page!r}, which is no act of the table")
        return act
    return current().word(page, act)


def _warn_once(text: str) -> None:
    if text not in _reported:
        _reported.add(text)
        log.warning("%s", text)


def with_keys(text: str) -> str:
    """A sentence with the keys of this site in it: ``[[cases:import]]`` is the key of that act now."""
    return _NAMED.sub(lambda found: word(found[1], found[2]), text)
