"""What a reviewer says of a run, kept apart from what the program said: never mixed, never overwritten.

A review is a list of entries that only grows. Each has an author, a time and what it is about; an undo is an entry of
its own that takes an earlier one back. The file is ``review.json`` beside the run, or in the data folder where the run
cannot be written to; it is replaced whole or not at all.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from assistant.errors import EnvironmentError_, InputError
from assistant.plain import json_text

SCHEMA = "fluoro-assistant/review/1"
FILE = "review.json"
_MOST_BYTES = 16 << 20
_MOST_TEXT = 4000
YEOM_TYPES = ("B", "C", "S", "D", "track")
SHAPES = ("spike", "round", "undetermined")


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
    leak : int or None
        Which of the program's leaks it corrects, from 1; None for one that the program did not list.
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
    leak: int | None = None
    value: dict[str, Any] = {}
    takes_back: int | None = None


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

    def said(self, about: About, leak: int | None = None) -> Entry | None:
        """The newest standing entry of a kind (of a leak); None where nobody said so."""
        found = [entry for entry in self.standing if entry.about is about and entry.leak == leak]
        return found[-1] if found else None


def author() -> str:
    """The name under which this person's entries are kept: the account's."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def place_for(run: Path, home: Path, program: Path | None = None) -> Path:
    """Where the review of a run is kept: beside it, or in the data folder where that cannot be written to.

    Parameters
    ----------
    run : Path
    home : Path
        The data folder.
    program : Path or None
        A folder of the program's own files: nothing of a person is kept there.
    """
    beside = run / FILE if run.is_dir() else run.with_name(f"{run.name}.{FILE}")
    own = program is not None and run.resolve().is_relative_to(program.resolve())
    if not own and (beside.exists() or os.access(beside.parent, os.W_OK)):
        return beside
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
        read = msgspec.json.decode(content, type=_File)
        if read.schema != SCHEMA:
            raise ValueError(f"schema {read.schema!r} instead of {SCHEMA!r}")
    except (ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise InputError(f"{path}: not a review ({error}); move it away to begin a new one") from error
    return Review(path=path, entries=tuple(read.entries))


def say(
    review: Review,
    about: About,
    *,
    frame: int,
    who: str,
    text: str = "",
    leak: int | None = None,
    value: dict[str, Any] | None = None,
    takes_back: int | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Review:
    """Add an entry and save; gives the review with it.

    Raises
    ------
    InputError
        If what was said is not one of the known labels.
    EnvironmentError_
        If it cannot be saved; the file stays as it was.
    """
    _check(about, text)
    entry = Entry(
        number=len(review.entries) + 1,
        about=about,
        author=who,
        said_at=now().astimezone(UTC).isoformat(timespec="seconds"),
        frame=frame,
        text=text[:_MOST_TEXT],
        leak=leak,
        value=value or {},
        takes_back=takes_back,
    )
    longer = replace(review, entries=(*review.entries, entry))
    _save(longer)
    return longer


def undo(review: Review, *, who: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Review:
    """Take the newest standing entry back; the review itself where there is none."""
    standing = review.standing
    if not standing:
        return review
    last = standing[-1]
    return say(review, About.UNDO, frame=last.frame, who=who, takes_back=last.number, now=now)


def redo(review: Review, *, who: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Review:
    """Let the entry hold again that was taken back last; only straight after an undo."""
    if not review.entries or review.entries[-1].about is not About.UNDO:
        return review
    taken = {entry.takes_back for entry in review.entries if entry.about is About.UNDO}
    undone = {entry.number for entry in review.entries if entry.about is not About.UNDO}
    last = next(
        (
            e
            for e in reversed(review.entries)
            if e.about is About.UNDO and e.number not in taken and e.takes_back in undone
        ),
        None,
    )
    if last is None:
        return review
    return say(review, About.UNDO, frame=last.frame, who=who, takes_back=last.number, now=now)


def _check(about: About, text: str) -> None:
    labels = {About.YEOM: YEOM_TYPES, About.SHAPE: SHAPES}.get(about)
    if labels is not None and text not in labels:
        raise InputError(f"{about.value} must be one of {', '.join(labels)}, got {text!r}")


def _save(review: Review) -> None:
    text = json_text({"schema": SCHEMA, "entries": review.entries})
    part = review.path.with_name(review.path.name + ".part")
    try:
        review.path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, review.path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise EnvironmentError_(f"{review.path}: the review cannot be saved ({error.strerror})") from error
