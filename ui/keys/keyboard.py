"""From a key event to what it may mean, on any keyboard; and which acts are held down.

A letter is taken as it is written on the key (AZERTY, QWERTZ). Where the key writes none of our letters (Cyrillic,
Greek, a digit that needs Shift), the place of the key counts, as it is on a US keyboard.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QKeyEvent

from ui.keys.key_names import CONTROL, SHIFT
from ui.keys.table import KeyAction

_ROWS: Final = ((2, "1234567890-="), (16, "QWERTYUIOP[]"), (30, "ASDFGHJKL;'`"), (44, "ZXCVBNM,./"))
_BLOCK: Final = ((71, "789-456+1230."),)
"""Scan codes (set 1) of the places of a US keyboard and of the numeric block; X11 and Wayland count 8 more."""
_PLACES: Final = {first + k: sign for first, signs in (*_ROWS, *_BLOCK) for k, sign in enumerate(signs)}
_MAC_PLACES: Final = "ASDFHGZXCV BQWERYT123465=97-80]OU[IP LJ'K; ,/NM."
"""macOS tells no scan code: its virtual keys are the places."""
_SAME: Final[dict[int, int]] = {Qt.Key.Key_Backtab: Qt.Key.Key_Tab, Qt.Key.Key_Enter: Qt.Key.Key_Return}
_GONE_AFTER_MS: Final = 20
_LOST_AFTER_S: Final = 1.0
"""No keyboard waits so long before it repeats."""
_SAME_MOMENT_MS: Final = 5
"""A release and a press of one key that the system stamps so close together are its own repeating."""


def place_of(event: QKeyEvent, platform: str = sys.platform) -> str:
    """What a US keyboard has where this key lies; empty where that is not known."""
    if platform == "darwin":
        code = event.nativeVirtualKey()
        return _MAC_PLACES[code].strip() if code < len(_MAC_PLACES) and event.text() else ""
    return _PLACES.get(event.nativeScanCode() - (0 if platform == "win32" else 8), "")


def chords(event: QKeyEvent) -> tuple[int, ...]:
    """What a press may mean, the surest first; nothing for a press with Alt or Meta."""
    held = event.modifiers()
    if held & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
        return ()
    key = _SAME.get(event.key(), event.key())
    control = CONTROL if held & Qt.KeyboardModifier.ControlModifier else 0
    shift = SHIFT if held & Qt.KeyboardModifier.ShiftModifier else 0
    found = [key | control | shift, key | control]
    place = place_of(event)
    if place.isalpha() and _writes_another_letter(key):
        found += [ord(place) | control | shift, ord(place) | control]
    elif place and not place.isalpha() and not _is_ours(key):
        found.append(ord(place) | control | shift)
    return tuple(dict.fromkeys(found))


def _is_ours(key: int) -> bool:
    return Qt.Key.Key_A <= key <= Qt.Key.Key_Z


def _writes_another_letter(key: int) -> bool:
    """Whether a key writes a letter of another alphabet, or nobody knows what it writes."""
    return key in (0, Qt.Key.Key_unknown) or (0x7F < key < 0x01000000 and chr(key).isalpha())


class Hands:
    """Which acts are held down, and by which key: a key that goes up ends what it began, whatever it writes by then.

    Parameters
    ----------
    begin : callable
        Page and act of a key that went down (once; again and again only for an act that repeats).
    end : callable
        Page and act of the key that went up.
    """

    def __init__(
        self,
        begin: Callable[[KeyAction], None],
        end: Callable[[KeyAction], None],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._begin, self._end, self._clock_s = begin, end, clock_s
        self._down: dict[int, tuple[KeyAction, float]] = {}
        self._going: tuple[int, int, tuple[KeyAction, float]] | None = None
        """A key that went up just now, when, and what it held: its own repeating would press it again at once."""

    def press(self, event: QKeyEvent, act: KeyAction | None) -> bool:
        """A key went down; False where it means nothing."""
        again = self._comes_back(event) or event.isAutoRepeat()
        if act is None:
            return False
        key, now_s = _key_of(event), self._clock_s()
        held = self._down.pop(key, None)
        if held is not None and not again:
            # Down twice and up never: the keyboard's own repeating, unmarked; or, after a while, a release that was
            # lost to another window.
            again = held[0] is act and now_s - held[1] < _LOST_AFTER_S
            if not again:
                self._end(held[0])
        self._down[key] = (act, now_s)
        if not again or act.repeats:
            self._begin(act)
        return True

    def release(self, event: QKeyEvent) -> bool:
        """A key went up; False where it had begun nothing."""
        key = _key_of(event)
        if event.isAutoRepeat():
            return key in self._down
        held = self._down.pop(key, None)
        if held is None:
            return False
        self._gone()
        if event.timestamp():
            self._going = (key, event.timestamp(), held)
            QTimer.singleShot(_GONE_AFTER_MS, self._gone)
        else:
            self._end(held[0])
        return True

    def let_go(self) -> None:
        """The window lost the keyboard: nothing is held any more."""
        self._gone()
        down, self._down = self._down, {}
        for act, _ in down.values():
            self._end(act)

    def _comes_back(self, event: QKeyEvent) -> bool:
        """Whether a key that went up is pressed in the same moment: it never went up; it repeats, unmarked."""
        going = self._going
        if going is not None and going[0] == _key_of(event) and event.timestamp() - going[1] <= _SAME_MOMENT_MS:
            self._down[going[0]] = going[2]
            self._going = None
            return True
        self._gone()
        return False

    def _gone(self) -> None:
        going, self._going = self._going, None
        if going is not None:
            self._end(going[2][0])


def _key_of(event: QKeyEvent) -> int:
    """What tells one key from all others: its place; its name where no place is told."""
    return event.nativeScanCode() << 32 if event.nativeScanCode() else event.key()
