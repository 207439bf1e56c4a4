"""A word is added to a review, or one's own last one taken back: to what its file holds at that moment.

Two windows on one run lose nothing of each other: each holds the file (`assistant.system.locking`), reads it again,
adds its word and lets go.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from assistant.errors import EnvironmentError_, InputError
from assistant.identity import is_id
from assistant.review.annotations import LABELS, OF_A_LEAK, About, Entry, LeakKey, Review, read_review, save
from assistant.system.locking import alone_with
from assistant.system.plain import json_text

_MOST_TEXT: Final = 4000


def say(
    review: Review,
    about: About,
    *,
    frame: int,
    who: str,
    text: str = "",
    leak: LeakKey | None = None,
    value: dict[str, Any] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Review:
    """Add an entry and save; gives the review with it, and with what another window said meanwhile.

    Raises
    ------
    InputError
        If what was said is not one of the known labels, or the file is no review any more.
    EnvironmentError_
        If it cannot be saved; the file stays as it was.
    """
    _check(about, text)
    site, first_frame = ("", None) if leak is None else (leak.site, leak.first_frame)
    entry = Entry(
        number=0,
        about=about,
        author=who,
        said_at=_said_at(now),
        frame=frame,
        text=text[:_MOST_TEXT],
        site=site,
        first_frame=first_frame,
        value=value or {},
    )
    return _add(review, lambda _kept: [entry])


def take_over(review: Review, entries: Iterable[Entry]) -> tuple[Review, int]:
    """Add what was said of the same run elsewhere, each word once; what was taken back here does not come again.

    Days are moved or left out on the way and a computer's account becomes a number, so neither tells a word from
    another.

    Returns
    -------
    tuple of Review and int
        The second: how many of the added ones speak against a word that stands.

    Raises
    ------
    InputError
        If the file is no review any more.
    EnvironmentError_
        If it cannot be saved; the file stays as it was.
    """
    against: list[Entry] = []

    def made(kept: Review) -> list[Entry]:
        held = {_word(entry) for entry in kept.entries}
        held |= {(entry.author, *_word(entry)) for entry in kept.entries}
        more = []
        for entry in entries:
            word: tuple[Hashable, ...] = _word(entry)
            if ((entry.author, *word) if is_id("people", entry.author) else word) not in held:
                more.append(msgspec.structs.replace(entry, takes_back=None))
                held.add((entry.author, *word))
        against.extend(entry for entry in more if any(_contradicts(entry, one) for one in kept.standing))
        return more

    return _add(review, made), len(against)


def _word(entry: Entry) -> tuple[Hashable, ...]:
    value = json_text(entry.value, indent=None)
    return entry.about, entry.text, entry.frame, entry.site, entry.first_frame, value


def _contradicts(entry: Entry, other: Entry) -> bool:
    if entry.key is None or entry.key != other.key or not {entry.about, other.about} <= OF_A_LEAK:
        return False
    if entry.about is other.about:
        return entry.text != other.text
    return About.NO_LEAK in (entry.about, other.about)


def undo(review: Review, *, who: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Review:
    """Take one's own newest standing entry back; another's words stand. The review itself where there is none."""

    def last(kept: Review) -> Entry | None:
        return next((entry for entry in reversed(kept.standing) if entry.author == who), None)

    return _take_back(review, last, who, now)


def redo(review: Review, *, who: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Review:
    """Let one's own entry hold again that was taken back last; only straight after one's own undo."""

    def last(kept: Review) -> Entry | None:
        mine = [entry for entry in kept.entries if entry.author == who]
        if not mine or mine[-1].about is not About.UNDO:
            return None
        undos = [entry for entry in mine if entry.about is About.UNDO]
        taken = {entry.takes_back for entry in undos}
        undone = {entry.number for entry in kept.entries if entry.about is not About.UNDO}
        return next((e for e in reversed(undos) if e.number not in taken and e.takes_back in undone), None)

    return _take_back(review, last, who, now)


def _take_back(review: Review, last: Callable[[Review], Entry | None], who: str, now: Callable[[], datetime]) -> Review:
    def made(kept: Review) -> list[Entry]:
        entry = last(kept)
        back = Entry(number=0, about=About.UNDO, author=who, said_at=_said_at(now), frame=0)
        return [] if entry is None else [msgspec.structs.replace(back, frame=entry.frame, takes_back=entry.number)]

    return _add(review, made)


def _said_at(now: Callable[[], datetime]) -> str:
    return now().astimezone(UTC).isoformat(timespec="seconds")


def _add(review: Review, make: Callable[[Review], Sequence[Entry]]) -> Review:
    """Read what is kept now, add to it and write it, while no other window can."""
    try:
        review.path.parent.mkdir(parents=True, exist_ok=True)
        with alone_with(review.path):
            kept = _caught_up(review)
            more = make(kept)
            if not more:
                return review if kept == review else kept
            begin = len(kept.entries) + 1
            numbered = tuple(msgspec.structs.replace(entry, number=n) for n, entry in enumerate(more, start=begin))
            longer = replace(kept, entries=(*kept.entries, *numbered))
            save(longer)
            return longer
    except BlockingIOError as error:
        raise EnvironmentError_(f"{review.path}: another window writes this review; try again") from error
    except OSError as error:
        raise EnvironmentError_(f"{review.path}: the review cannot be saved ({error.strerror})") from error


def _caught_up(review: Review) -> Review:
    """A review with what was added to its file since it was read; the leaks that were found for its words stay.

    The list only grows. Where the file was taken away or put back to an earlier day, and another window wrote on, what
    this window knows beyond it follows what the file holds: no word of either is lost.
    """
    kept = read_review(review.path).entries
    known = {entry.number: entry for entry in review.entries}
    entries = [_as_known(entry, known.get(entry.number)) for entry in kept]
    numbers: dict[int | None, int | None] = {None: None}
    free: dict[Hashable, list[int]] = {}
    for entry in reversed(kept):
        free.setdefault(_what(entry, entry.takes_back), []).append(entry.number)
    for entry in review.entries:
        takes_back = numbers.get(entry.takes_back, entry.takes_back)
        same = free.get(_what(entry, takes_back))
        numbers[entry.number] = same.pop() if same else len(entries) + 1
        if numbers[entry.number] == len(entries) + 1:
            entries.append(msgspec.structs.replace(entry, number=len(entries) + 1, takes_back=takes_back))
    return replace(review, entries=tuple(entries))


def _what(entry: Entry, takes_back: int | None) -> Hashable:
    """What tells an entry from others in two files of one review, whose numbers may differ."""
    return entry.author, entry.said_at, entry.about, entry.text, entry.frame, takes_back


def _as_known(entry: Entry, known: Entry | None) -> Entry:
    if known is None or entry.site:
        return entry
    keyed = msgspec.structs.replace(entry, site=known.site, first_frame=known.first_frame)
    return known if keyed == known else entry


def _check(about: About, text: str) -> None:
    labels = LABELS.get(about)
    if labels is not None and text not in labels:
        raise InputError(f"{about.value} must be one of {', '.join(labels)}, got {text!r}")
