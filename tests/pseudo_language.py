"""A language for tests: every sentence of the program in brackets, as a catalogue that gettext reads."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from assistant.language import LANGUAGE
from assistant.language.gathering import gathered

HEAD = "Content-Type: text/plain; charset=UTF-8\nLanguage: xx\nPlural-Forms: nplurals=2; plural=(n != 1);\n"


def in_brackets(text: str) -> str:
    return f"⟦{text}⟧"


def mo_bytes(said: dict[str, str]) -> bytes:
    """A compiled catalogue (GNU gettext's .mo): tables of lengths and offsets, sorted by the ids."""
    pairs = [
        (key.encode(), text.encode()) for key, text in sorted({"": HEAD, **said}.items(), key=lambda p: p[0].encode())
    ]
    start = 28 + 16 * len(pairs)
    ids = b"".join(key + b"\0" for key, _ in pairs)
    tables: tuple[list[int], list[int]] = ([], [])
    at = [start, start + len(ids)]
    for pair in pairs:
        for which, text in enumerate(pair):
            tables[which].extend((len(text), at[which]))
            at[which] += len(text) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    body = struct.pack(f"<{4 * len(pairs)}I", *tables[0], *tables[1])
    return head + body + ids + b"".join(text + b"\0" for _, text in pairs)


def write(path: Path) -> Path:
    """The catalogue of the whole program, every sentence in brackets."""
    said = {}
    for one, many in gathered():
        key = f"{one}\0{many}" if many else one
        said[key] = f"{in_brackets(one)}\0{in_brackets(many)}" if many else in_brackets(one)
    path.write_bytes(mo_bytes(said))
    return path


def environment(path: Path) -> dict[str, str]:
    """That of a process that speaks it."""
    return {**os.environ, LANGUAGE: str(write(path))}
