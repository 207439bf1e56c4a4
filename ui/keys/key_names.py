"""Keys as numbers and as words: Qt's key with Ctrl and Shift in one number, and how that is written and drawn."""

from __future__ import annotations

from enum import Flag
from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence

from assistant.language import tr

_SHIFT_FLAG: Final[Flag] = Qt.KeyboardModifier.ShiftModifier
_CONTROL_FLAG: Final[Flag] = Qt.KeyboardModifier.ControlModifier
SHIFT: Final = _SHIFT_FLAG.value
CONTROL: Final = _CONTROL_FLAG.value
MODIFIERS: Final = frozenset(
    int(key)
    for key in (
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_Meta,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
    )
)
_NAMED: Final[dict[str, int]] = {
    "Enter": Qt.Key.Key_Return,
    "Esc": Qt.Key.Key_Escape,
    "Space": Qt.Key.Key_Space,
    "Tab": Qt.Key.Key_Tab,
    "Backspace": Qt.Key.Key_Backspace,
    "Del": Qt.Key.Key_Delete,
    "PgUp": Qt.Key.Key_PageUp,
    "PgDown": Qt.Key.Key_PageDown,
    "Left": Qt.Key.Key_Left,
    "Right": Qt.Key.Key_Right,
    "Up": Qt.Key.Key_Up,
    "Down": Qt.Key.Key_Down,
}
_NAMES: Final = {int(key): name for name, key in _NAMED.items()}
_DRAWN: Final = {
    **{"-": "−", "Left": "←", "Right": "→", "Up": "↑", "Down": "↓"},
    **{"Backspace": tr("Backsp"), "Enter": tr("Enter"), "Esc": tr("Esc"), "Space": tr("Space"), "Tab": tr("Tab")},
    **{"Del": tr("Del"), "PgUp": tr("PgUp"), "PgDown": tr("PgDown"), "Home": tr("Home"), "End": tr("End")},
}


def chord(text: str) -> int:
    """The number of a key as it is written; 0 for a text that is none."""
    flags, rest = 0, text
    for word, flag in (("Ctrl+", CONTROL), ("Shift+", SHIFT)):
        if rest.startswith(word) and len(rest) > len(word):
            flags, rest = flags | flag, rest[len(word) :]
    if rest in _NAMED:
        return int(_NAMED[rest]) | flags
    if len(rest) == 1 and rest.isascii() and rest.isprintable():
        return ord(rest.upper()) | flags
    found = QKeySequence.fromString(rest, QKeySequence.SequenceFormat.PortableText)
    return found[0].toCombined() | flags if found.count() == 1 and found[0].key() != Qt.Key.Key_unknown else 0


def written(key: int) -> str:
    """A key as it is kept in a file."""
    flags = "Ctrl+" * bool(key & CONTROL) + "Shift+" * bool(key & SHIFT)
    bare = key & ~(CONTROL | SHIFT)
    if bare in _NAMES:
        return flags + _NAMES[bare]
    if 0x20 < bare < 0x7F:
        return flags + chr(bare)
    return flags + QKeySequence(bare).toString(QKeySequence.SequenceFormat.PortableText)


def drawn(text: str) -> str:
    """A written key as it stands on a cap."""
    flags = "".join(word for word in ("Ctrl+", "Shift+") if word in text and text != word)
    bare = text[len(flags) :]
    return flags.replace("+", " ") + _DRAWN.get(bare, bare)
