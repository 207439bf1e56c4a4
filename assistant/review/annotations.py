"""What a reviewer says of a run, kept apart from what the program said: never mixed, never overwritten.

A review is a list of entries that only grows. Each has an author (a person of the library by random id), a time and
what it is about; an undo is an entry of its own that takes one's own earlier one back. `assistant.review.saying`
adds to it. What is said of a leak is keyed by its
site and first frame: it holds for the same leak in any later analysis. The file is ``review.json`` beside the run, or
in the data folder where the run cannot be written to; it is replaced whole or not at all.

Files of version 1 named a leak by its place in the list of that day; `converted` gives such an entry its key.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from assistant.errors import EnvironmentError_, InputError
from assistant.language import sentence
from assistant.system.files import whole_file
from assistant.system.plain import json_text, read_json
from assistant.vocabulary import LeakSite

SCHEMA = "fluoro-assistant/review/2"
SCHEMA_BY_NUMBER = "fluoro-assistant/review/1"
FILE = "review.json"
_MOST_BYTES = 16 << 20
YEOM_TYPES = ("B", "C", "S", "D", sentence("track"))
SHAPES = ("spike", "round", "undetermined")
SITES = tuple(site.value for site in LeakSite)


class About(StrEnum):
    """What an entry is about."""

    NOTE = "note"
    KEY_IMAGE = "key_image"
    LANDMARKS = "landmarks"
    LEAK_SITE = "leak_site"
    YEOM = "yeom"
    SHAPE = "shape"
    NO_LEAK = "no_leak"
    MEASURE = "measure"
    UNDO = "undo"


OF_A_LEAK = frozenset({About.LEAK_SITE, About.YEOM, About.SHAPE, About.NO_LEAK})
"""Kinds of entries that speak of one leak."""


@dataclass(frozen=True, slots=True)
class LeakKey:
    """Which leak of a run is meant.

    Attributes
    ----------
    site : str
        Where it was seen, by the program, or by the reviewer where the program saw none.
    first_frame : int or None
        In which it was first seen.
    """

    site: str
    first_frame: int | None


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a reviewer said.

    Attributes
    ----------
    number : int
        From 1, in the order of saying.
    about : About
    author : str
    said_at : str
        UTC, ISO 8601.
    frame : int
        The frame on the screen.
    text : str
        A note, a label, or a measure in words.
    site, first_frame : str, int or None
        The leak that it speaks of; empty and None for what is said of the run or of a picture.
    leak : int or None
        In files of version 1: which of the program's leaks of that day, from 1. Kept as it was said.
    value : dict
        Points in px of ``frame``, figures in mm or degrees, and the like.
    takes_back : int or None
        Number of the entry that an undo takes back.
    """

    number: int
    about: About
    author: str
    said_at: str
    frame: int
    text: str = ""
    site: str = ""
    first_frame: int | None = None
    leak: int | None = None
    value: dict[str, Any] = {}
    takes_back: int | None = None

    @property
    def key(self) -> LeakKey | None:
        """The leak that it speaks of; None for none, or for one that is not found yet."""
        return LeakKey(self.site, self.first_frame) if self.site else None


LABELS = {About.YEOM: YEOM_TYPES, About.SHAPE: SHAPES, About.LEAK_SITE: SITES}
"""What may be said of a leak, by kind."""


class _File(msgspec.Struct, kw_only=True):
    schema: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """All entries of a run, and where they are kept."""

    path: Path
    entries: tuple[Entry, ...] = ()

    @property
    def standing(self) -> tuple[Entry, ...]:
        """The entries that hold: not taken back (an undo that is taken back lets its entry hold again)."""
        gone: set[int] = set()
        for entry in reversed(self.entries):
            if entry.about is About.UNDO and entry.number not in gone and entry.takes_back is not None:
                gone.add(entry.takes_back)
        return tuple(entry for entry in self.entries if entry.about is not About.UNDO and entry.number not in gone)

    def newest_entry(self, about: About, leak: LeakKey | None = None, among: Iterable[LeakKey] = ()) -> Entry | None:
        """The newest standing entry of a kind (of a leak); None where nobody said so.

        Parameters
        ----------
        about : About
        leak : LeakKey or None
        among : iterable of LeakKey
            All leaks of the run as they are known now: an entry holds for the nearest one of its site.
        """
        keys = tuple(among) or ((leak,) if leak is not None else ())
        found = [e for e in self.standing if e.about is about and (e.key is None) is (leak is None)]
        found = [entry for entry in found if nearest(entry.key, keys) == leak]
        return found[-1] if found else None

    def added(self, known: Iterable[LeakKey]) -> tuple[LeakKey, ...]:
        """Leaks that reviewers saw and the program did not, by first frame."""
        keys = tuple(known)
        seen: dict[str, LeakKey] = {}
        for entry in self.standing:
            key = entry.key
            if key is None or nearest(key, keys) is not None:
                continue
            if entry.about is About.NO_LEAK:
                seen.pop(key.site, None)
            elif entry.about in OF_A_LEAK:
                seen.setdefault(key.site, key)
        return tuple(sorted(seen.values(), key=lambda key: key.first_frame or 0))

    def denies(self, leak: LeakKey, among: Iterable[LeakKey]) -> bool:
        """Whether the newest word on a leak is that there is none."""
        keys = tuple(among)
        entries = [e for e in self.standing if e.about in OF_A_LEAK and nearest(e.key, keys) == leak]
        return bool(entries) and entries[-1].about is About.NO_LEAK


def nearest(key: LeakKey | None, keys: Iterable[LeakKey]) -> LeakKey | None:
    """The leak of a list that is meant by a key: of the same site, the nearest by first frame; None for none."""
    if key is None:
        return None
    same = [each for each in keys if each.site == key.site]
    return min(same, key=lambda each: abs((each.first_frame or 0) - (key.first_frame or 0)), default=None)


def converted(review: Review, leaks: Sequence[LeakKey]) -> Review:
    """Entries of version 1 with the leak that they named by its number, as far as there is one.

    Parameters
    ----------
    review : Review
    leaks : sequence of LeakKey
        The program's leaks, in the order in which they were first seen.
    """
    entries = tuple(_with_key(entry, leaks) for entry in review.entries)
    return review if entries == review.entries else replace(review, entries=entries)


def _with_key(entry: Entry, leaks: Sequence[LeakKey]) -> Entry:
    if entry.site or entry.leak is None or not 1 <= entry.leak <= len(leaks):
        return entry
    key = leaks[entry.leak - 1]
    return msgspec.structs.replace(entry, site=key.site, first_frame=key.first_frame)


def keys_of(document: dict[str, Any]) -> tuple[LeakKey, ...]:
    """The leaks of a ``result.json``, in the order in which they were first seen."""
    found = [LeakKey(str(leak["site"]), int(leak["first_frame"])) for leak in document.get("leaks", ())]
    return tuple(sorted(found, key=lambda key: key.first_frame or 0))


def place_for(run: Path, home: Path, program: Path | None = None, run_id: str = "") -> Path:
    """Where the review of a run is kept: beside it, or in the data folder where that cannot be written to.

    There it lies in the run's own folder of the library, if it has one: so it stays with a run that is moved.

    Parameters
    ----------
    run : Path
    home : Path
        The data folder.
    program : Path or None
        A folder of the program's own files: nothing of a person is kept there.
    run_id : str
        Of the library; empty for a run that is in none.
    """
    beside = run / FILE if run.is_dir() else run.with_name(f"{run.name}.{FILE}")
    own = program is not None and run.resolve().is_relative_to(program.resolve())
    if not own and (beside.exists() or os.access(beside.parent, os.W_OK)):
        return beside
    if run_id and (home / "runs" / run_id).is_dir():
        return home / "runs" / run_id / FILE
    key = hashlib.sha256(os.fsencode(run.resolve())).hexdigest()[:16]
    return home / "reviews" / f"{run.name}-{key}.{FILE}"


def read_review(path: Path) -> Review:
    """Read a review; an empty one where there is none yet.

    Raises
    ------
    InputError
        If the file is no review. It is left as it is.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return Review(path=path)
    except OSError as error:
        raise InputError(f"{path}: the review cannot be read ({error.strerror}); ask for access") from error
    try:
        return Review(path=path, entries=parse(content))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not a review ({error}); move it away to begin a new one") from error


def parse(content: bytes) -> tuple[Entry, ...]:
    """The entries of a review file.

    Raises
    ------
    ValueError
        If it is no review.
    RecursionError
        If it is too deep for one.
    """
    read = read_json(content, _File)
    if read.schema not in (SCHEMA, SCHEMA_BY_NUMBER):
        raise ValueError(f"schema {read.schema!r} instead of {SCHEMA!r}")
    return tuple(read.entries)


def words_of(entries: Iterable[Entry]) -> str:
    """What was said as one text, for the search: labels, notes and who said so."""
    parts = []
    for entry in entries:
        label = f"{entry.about.value} {entry.text}" if entry.about in LABELS else entry.text
        parts += [_spaced(entry.site), _spaced(label or entry.about.value), entry.author]
    return " ".join(dict.fromkeys(part for part in parts if part))


def _spaced(text: str) -> str:
    return text.replace("_", " ")


def save(review: Review) -> None:
    """Write the file, whole or not at all: a new one, or that of who holds it (`assistant.review.saying`).

    Raises
    ------
    EnvironmentError_
        If it cannot be written; it stays as it was.
    """
    text = json_text({"schema": SCHEMA, "entries": review.entries})
    try:
        review.path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(review.path, durable=True) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EnvironmentError_(f"{review.path}: the review cannot be saved ({error.strerror})") from error
