"""Who a run is, everywhere: case, level, run and session by their random ids, never by a person's name or a path.

One way to print it (`Identity.words`), one way to name a folder and a file of it (`Identity.folder`, `Identity.file`).
The ids are drawn at random; an id that is found in a file of somebody else is taken only if it looks as ours do,
because it becomes part of a path.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from assistant.errors import EnvironmentError_, InputError
from assistant.language import sentence
from assistant.language.days import day_words
from assistant.part import read_part, recording_of
from assistant.vocabulary import NO_DATE, Unknown

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O, U."""
PREFIX: Final = {
    "cases": "K",
    "levels": "L",
    "runs": "B",
    "sessions": "N",
    "unlisted": "U",
    "findings": "F",
    "outcomes": "O",
    "people": "R",
    "clips": "T",
    "sets": "S",
    "answers": "A",
    "cards": "C",
}
"""First letter of an id by what it names; "unlisted": a run that is in no library."""
_SHORT: Final = ("cases", "people")
NO_CASE: Final = "no-case"
_LEVEL: Final = re.compile(r"[A-Za-z0-9+-]{1,24}")
_FINGERPRINT_BYTES: Final = 1 << 20
_MOST_NAMES: Final = 9999
_GROWS: Final = frozenset({".json", ".jsonl", ".csv", ".pdf", ".log"})
"""Endings of files that are added to a run, or to themselves, as it is used: none of them tells what it holds."""


def random_id(kind: str) -> str:
    """A new id that says nothing about a patient, a day or an order; short where people read it aloud."""
    return f"{PREFIX[kind]}-" + "".join(secrets.choice(LETTERS) for _ in range(_length(kind)))


def is_id(kind: str, text: object) -> bool:
    """Whether a text looks like an id of this kind."""
    wanted = f"{PREFIX[kind]}-[{LETTERS}]{{{_length(kind)}}}"
    return isinstance(text, str) and re.fullmatch(wanted, text) is not None


def _length(kind: str) -> int:
    return 5 if kind in _SHORT else 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a run is known by.

    Attributes
    ----------
    run_id : str
        Such as ``B-7F3QK2MA``; ``U-`` with eight letters for a run that is in no library.
    case_id : str
        Such as ``K-7F3QD``; empty for a run that is in no case.
    level : str
        As planned, such as "L1"; empty where nobody has said so.
    session_id : str
        Of the live session in which it was recorded; empty for any other run.
    recorded : date or Unknown
        The study's or the session's own date, never that of a file.
    """

    run_id: str
    case_id: str = ""
    level: str = ""
    session_id: str = ""
    recorded: date | Unknown = NO_DATE

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Name and value of what is known, for a table."""
        known = (("case", self.case_id), ("level", self.level), ("run", self.run_id), ("session", self.session_id))
        return tuple((name, value) for name, value in known if value)

    @property
    def heading(self) -> str:
        """Case and level."""
        case = sentence(f"case {self.case_id}") if self.case_id else sentence("in no case")
        return " · ".join(part for part in (case, self.level) if part)

    @property
    def detail(self) -> str:
        """Run and session."""
        session = sentence(f"session {self.session_id}") if self.session_id else ""
        return " · ".join(part for part in (sentence(f"run {self.run_id}"), session) if part)

    @property
    def words(self) -> str:
        """In one line: case, level, run and session."""
        return f"{self.heading} · {self.detail}"

    @property
    def recorded_words(self) -> str:
        """When it was recorded, as people write it, or that this is not known."""
        day = self.recorded
        return day.reason if isinstance(day, Unknown) else sentence(f"recorded {day_words(day)}")

    @property
    def folder(self) -> Path:
        """Where its files go, below a folder of exports."""
        return Path(self.case_id or NO_CASE, self.run_id)

    def file(self, what: str, suffix: str) -> str:
        """The name of a file of it, such as ``K-7F3QD_L1_B-7F3QK2MA_report.pdf``."""
        level = self.level if _LEVEL.fullmatch(self.level) else ""
        return "_".join(part for part in (self.case_id or NO_CASE, level, self.run_id, what) if part) + suffix


def session_of(head: Mapping[str, Any]) -> Identity:
    """The identity that a session wrote into its ``head.json``; what is not there stays empty.

    Sessions of before ids were written have their date alone.
    """
    ids = head.get("ids")
    found = ids if isinstance(ids, dict) else {}

    def known(kind: str, name: str) -> str:
        return str(found[name]) if is_id(kind, found.get(name)) else ""

    return Identity(
        run_id=known("runs", "run"),
        case_id=known("cases", "case"),
        session_id=known("sessions", "session"),
        recorded=_day_of(head),
    )


def _day_of(head: Mapping[str, Any]) -> date | Unknown:
    for name in ("began", "written"):
        text = head.get(name)
        if isinstance(text, str):
            with contextlib.suppress(ValueError):
                began = datetime.fromisoformat(text)
                # "written" is in UTC; "began" in the time of the theatre's own clock.
                return (began.astimezone() if name == "written" else began).date()
    return NO_DATE


def unlisted_id(run: Path) -> str:
    """The id of a run that is in no library: it hangs on where it lies and what it holds, and tells neither.

    What it holds are its pictures; of a part of a recording those of the recording, and its number.

    Parameters
    ----------
    run : Path
        A file or a folder.
    """
    digest = hashlib.sha256(str(run.resolve()).encode("utf-8", "surrogateescape"))
    with contextlib.suppress(InputError):  # told by who opens it
        part = read_part(run)
        digest.update(b"" if part is None else f"part {part.number}".encode())
    recording = recording_of(run)
    try:
        there = recording.iterdir() if recording.is_dir() else [recording]
        files = [path for path in there if path.is_file() and path.suffix.lower() not in _GROWS]
        largest = max(files, key=lambda path: path.stat().st_size, default=None)
        if largest is not None:
            digest.update(str(largest.stat().st_size).encode())
            with largest.open("rb") as file:
                digest.update(file.read(_FINGERPRINT_BYTES))
    except OSError:
        pass  # its place alone tells it apart; that it cannot be read is told by who opens it
    number = int.from_bytes(digest.digest()[:8], "big")
    letters = "".join(LETTERS[number >> 5 * k & 31] for k in range(8))
    return f"{PREFIX['unlisted']}-{letters}"


@contextlib.contextmanager
def free_name(folder: Path, name: str) -> Iterator[Path]:
    """A file of this name that was not there before, else of the next one with a number; nothing is overwritten.

    Parameters
    ----------
    folder : Path
        Made if absent.
    name : str

    Yields
    ------
    Path
        Held by an empty file until it is written; taken away again where that fails.

    Raises
    ------
    EnvironmentError_
        If nothing can be written there.
    """
    path = _hold(folder, name)
    try:
        yield path
    except BaseException:
        with contextlib.suppress(OSError):
            if path.stat().st_size == 0:
                path.unlink()
        raise


def _hold(folder: Path, name: str) -> Path:
    wanted = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, _MOST_NAMES):
            path = wanted if number == 1 else wanted.with_name(f"{wanted.stem}_{number}{wanted.suffix}")
            try:
                path.open("xb").close()
            except FileExistsError:
                continue
            return path
    except OSError as error:
        raise EnvironmentError_(f"{wanted}: cannot be written ({error.strerror}); choose another folder") from error
    raise EnvironmentError_(f"{folder}: holds {_MOST_NAMES} files of this name; move them away")
