"""Which key does which act in the theatre: a table with defaults, changed by a site and kept in its settings.

A foot switch is a key: it sends one. `Space` is not to be changed: acknowledging is the same on every machine.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence

from assistant.errors import EnvironmentError_, UsageError
from assistant.places import data_home
from assistant.plain import json_text

log = logging.getLogger(__name__)

ACKNOWLEDGE: Final = "acknowledge"
DEFAULTS: Final[Mapping[str, tuple[int, ...]]] = {
    ACKNOWLEDGE: (Qt.Key.Key_Space,),
    "inject": (Qt.Key.Key_I,),
    "mark": (Qt.Key.Key_M,),
    "ml in": (Qt.Key.Key_Plus, Qt.Key.Key_Equal),
    "ml back": (Qt.Key.Key_Minus, Qt.Key.Key_Underscore),
    "cement clock": (Qt.Key.Key_C,),
    "stage": (Qt.Key.Key_X,),
    "key image": (Qt.Key.Key_S,),
    "ap look": (Qt.Key.Key_A,),
    "lines": (Qt.Key.Key_L,),
    "raw": (Qt.Key.Key_O,),
    "level view": (Qt.Key.Key_Z,),
    "bare": (Qt.Key.Key_Tab,),
    "next level": (Qt.Key.Key_N,),
    "second picture": (Qt.Key.Key_D,),
    "bookmark": (Qt.Key.Key_B,),
    "clip": (Qt.Key.Key_R,),
    "set up": (Qt.Key.Key_P,),
}
"""Acts of the theatre. The first key is the one drawn on the screen."""
WORDS: Final[Mapping[str, str]] = {
    ACKNOWLEDGE: "Acknowledge",
    "inject": "Injecting",
    "mark": "Mark pause",
    "ml in": "0.2 ml in",
    "ml back": "Take back",
    "cement clock": "Cement clock",
    "stage": "Next stage",
    "key image": "Key image",
    "ap look": "AP look",
    "lines": "Lines",
    "raw": "Hold: raw",
    "level view": "Level view",
    "bare": "Bare view",
    "next level": "Next level",
    "second picture": "2nd picture",
    "bookmark": "Bookmark",
    "clip": "Keep 20 s",
    "set up": "Set-up",
}
_TAKEN: Final = frozenset(
    {Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F5, Qt.Key.Key_Escape}
)
_MODIFIERS: Final = frozenset(
    {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock}
)
_FILE: Final = "theatre_keys.json"
_SCHEMA: Final = "fluoro-assistant/theatre-keys/1"
_SHORT: Final = {Qt.Key.Key_Minus: "−", Qt.Key.Key_Plus: "+", Qt.Key.Key_Space: "Space", Qt.Key.Key_Tab: "Tab"}


class KeyMap:
    """Keys of the acts; two acts never share one."""

    def __init__(self, changed: Mapping[str, tuple[int, ...]] | None = None) -> None:
        self._keys: dict[str, tuple[int, ...]] = {act: tuple(int(k) for k in keys) for act, keys in DEFAULTS.items()}
        for act, keys in (changed or {}).items():
            self.change(act, keys[0])

    def act(self, key: int) -> str | None:
        """What a key does."""
        return next((act for act, keys in self._keys.items() if key in keys), None)

    def keys(self, act: str) -> tuple[int, ...]:
        """The keys of an act."""
        return self._keys[act]

    def word(self, act: str) -> str:
        """What is drawn on the cap."""
        return key_word(self._keys[act][0])

    def change(self, act: str, key: int) -> None:
        """Give an act another key (a pedal sends one too).

        Raises
        ------
        UsageError
            If the act cannot be changed, or the key belongs to something else.
        """
        if act not in self._keys:
            raise UsageError(f"there is no act {act!r}; choose one of {', '.join(self._keys)}")
        if act == ACKNOWLEDGE:
            raise UsageError("Space acknowledges on every machine; it is not changed")
        owner = self.act(key)
        if owner not in (None, act):
            raise UsageError(f"{key_word(key)} is taken by {WORDS[owner]!r}; give that another key first")
        if key in _TAKEN or key in _MODIFIERS or key <= 0:
            raise UsageError(f"{key_word(key) or 'this key'} is kept for the program; choose another")
        self._keys[act] = (int(key),)

    def changed(self) -> dict[str, tuple[int, ...]]:
        """What differs from the defaults."""
        return {act: keys for act, keys in self._keys.items() if keys != tuple(int(k) for k in DEFAULTS[act])}

    def save(self, path: Path | None = None) -> None:
        """Keep the changes.

        Raises
        ------
        EnvironmentError_
            If they cannot be written.
        """
        target = path or data_home() / _FILE
        document = {"schema": _SCHEMA, "keys": {act: list(keys) for act, keys in self.changed().items()}}
        part = target.with_name(target.name + ".part")
        try:
            part.write_text(json_text(document), encoding="utf-8")
            os.replace(part, target)
        except OSError as error:
            raise EnvironmentError_(f"{target}: the keys cannot be kept ({error.strerror})") from error


def read(path: Path | None = None) -> tuple[KeyMap, str]:
    """The keys of this site, and why the defaults stand in their place where the file cannot be used (else empty)."""
    target = path or data_home() / _FILE
    if not target.exists():
        return KeyMap(), ""
    try:
        document: Any = json.loads(target.read_text(encoding="utf-8"))
        if not isinstance(document, dict) or document.get("schema") != _SCHEMA:
            raise UsageError(f"not a list of keys of this version ({_SCHEMA})")
        changed = {str(act): tuple(int(key) for key in keys) for act, keys in dict(document["keys"]).items()}
        return KeyMap({act: keys for act, keys in changed.items() if keys}), ""
    except (OSError, ValueError, KeyError, TypeError, UsageError) as error:
        log.warning("%s: the site's keys cannot be used (%s); the defaults stand", target, error)
        return KeyMap(), f"The site's keys cannot be used ({error}). The usual keys work."


def key_word(key: int) -> str:
    """What a key is called on the screen."""
    short = _SHORT.get(key)
    return short if short is not None else QKeySequence(key).toString()
