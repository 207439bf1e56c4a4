"""Knows an English sentence again by its template: what is kept in English is told in another language by this.

The time that it takes grows with the length of a text, and hardly faster: only those templates are tried whose words
all stand in a text, each by looking for its pieces from left to right; a part is read once, and one without a word of
the catalogue not at all (`tests/benchmarks/bench_language.py`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

PLACE: Final = re.compile(r"\{([A-Za-z_0-9]*)(?:![rsa])?(?::[^{}]*)?\}")
"""A place of a template: ``{file}``, ``{0:.1f}``, ``{}``."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_LEAST_LETTERS: Final = 5
"""A template with fewer letters of its own ("{what} for {time}") would know too much again: it must begin with them, or
be of figures alone [P]."""
_LEAST_AT_HEAD: Final = 3
_JOINTS: Final = ("\n", "; ", " · ", ". ", ": ", " (", ")", ", ")
"""Where sentences are joined; tried in this order."""
_SENTENCES_END: Final = _JOINTS[:4]
_DEPTH: Final = 16
"""Sentences in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A sentence of the catalogue with places for values.

    Attributes
    ----------
    pieces : tuple of str
        Of the English sentence, before, between and behind its places.
    names : tuple of str
        Of the places; one that stands twice has the same value twice.
    words : frozenset of str
        Those that stand in every text that is this sentence.
    letters : int
        Of the sentence itself: of several that fit, that with most is meant.
    translation : str
        In the other language.
    """

    pieces: tuple[str, ...]
    names: tuple[str, ...]
    words: frozenset[str]
    letters: int
    translation: str

    def values(self, text: str) -> tuple[str, ...] | None:
        """What stands at the places, if the text is this sentence."""
        first, *between, last = self.pieces
        at, end = len(first), len(text) - len(last)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return None
        found = []
        for piece in between:
            next_at = text.find(piece, at, end)
            if next_at < 0:
                return None
            found.append(text[at:next_at])
            at = next_at + len(piece)
        found.append(text[at:end])
        known = dict(zip(self.names, found, strict=True))
        same = all(known[name] == value or not name for name, value in zip(self.names, found, strict=True))
        return tuple(found) if same and self._is_specific(found) else None

    def _is_specific(self, values: Sequence[str]) -> bool:
        if self.letters >= _LEAST_LETTERS:
            return True
        headed = self.letters >= _LEAST_AT_HEAD and self.pieces[0][:1].isalpha()
        return headed or not any(_WORD.search(value) for value in values)

    def filled(self, values: Mapping[str, str]) -> str:
        """The sentence in the other language with these values."""
        return PLACE.sub(lambda place: values.get(place[1], place[0]), self.translation)


def _template(english: str, translation: str) -> Template:
    places = list(PLACE.finditer(english))
    edges = [0, *(edge for place in places for edge in place.span()), len(english)]
    pieces = tuple(english[begin:end] for begin, end in zip(edges[::2], edges[1::2], strict=True))
    names = tuple(place[1] for place in places)
    letters = sum(map(str.isalpha, "".join(pieces)))
    return Template(pieces=pieces, names=names, words=_words_of(english), letters=letters, translation=translation)


def _words_of(english: str) -> frozenset[str]:
    """The whole words of a template: one that touches a place may be the beginning of a longer one."""
    marked = PLACE.sub("_", english)
    return frozenset(
        word[0]
        for word in _WORD.finditer(marked)
        if marked[word.start() - 1 : word.start()] != "_" and marked[word.end() : word.end() + 1] != "_"
    )


Fit = tuple[Template, tuple[str, ...]]
"""A sentence that a text may be, and what then stands at its places."""


def _own_letters(fit: Fit) -> tuple[int, str]:
    return fit[0].letters, fit[0].translation


def _is_loose(template: Template, values: Sequence[str]) -> bool:
    """Whether the first or the last place goes over the end of a sentence: then each side of it is one of its own."""
    edges = [
        value for value, piece in ((values[0], template.pieces[0]), (values[-1], template.pieces[-1])) if not piece
    ]
    return any(
        joint in edge and not any(joint in piece for piece in template.pieces)
        for edge in edges
        for joint in _SENTENCES_END
    )


class Recogniser:
    """A catalogue, looked up by English sentences that have their values already.

    Parameters
    ----------
    catalogue : mapping of str to str
        English sentence or template to that of the other language.
    """

    def __init__(self, catalogue: Mapping[str, str]) -> None:
        self._whole = {english: translation for english, translation in catalogue.items() if not PLACE.search(english)}
        made = [_template(english, translation) for english, translation in catalogue.items() if PLACE.search(english)]
        often = Counter(word for template in made for word in template.words)
        self._by_word: dict[str, list[Template]] = defaultdict(list)
        for template in made:
            if template.words:
                self._by_word[min(template.words, key=lambda word: (often[word], word))].append(template)
        self._words = frozenset(self._by_word) | {word for english in self._whole for word in _WORD.findall(english)}

    def translation(self, text: str) -> str:
        """In the other language: a sentence as a whole, else in its parts; what is not known stays as it is."""
        return _Reading(self._whole, self._by_word, self._words).translation(text, _DEPTH)


class _Reading:
    """One text while it is read, with what its parts came to."""

    def __init__(
        self, whole: Mapping[str, str], by_word: Mapping[str, Sequence[Template]], words: frozenset[str]
    ) -> None:
        self._whole, self._by_word, self._words = whole, by_word, words
        self._read: dict[str, str] = {}

    def translation(self, text: str, depth: int) -> str:
        known = self._whole.get(text) or self._read.get(text)
        if known is not None:
            return known
        words = frozenset(_WORD.findall(text))
        if depth == 0 or words.isdisjoint(self._words):
            return text
        translated = self._read[text] = self._worked_out(text, words, depth - 1)
        return translated

    def _worked_out(self, text: str, words: frozenset[str], depth: int) -> str:
        fits = self._fitting(text, words)
        close = [fit for fit in fits if not _is_loose(*fit)]
        if close:
            return self._filled(*max(close, key=_own_letters), depth)
        parts = self._in_parts(text, depth)
        return self._filled(*max(fits, key=_own_letters), depth) if fits and parts == text else parts

    def _fitting(self, text: str, words: frozenset[str]) -> list[Fit]:
        tried = (each for word in words for each in self._by_word.get(word, ()) if each.words <= words)
        return [(each, values) for each in tried if (values := each.values(text)) is not None]

    def _filled(self, template: Template, values: Sequence[str], depth: int) -> str:
        translated = (self.translation(value, depth) for value in values)
        return template.filled(dict(zip(template.names, translated, strict=True)))

    def _in_parts(self, text: str, depth: int) -> str:
        for joint in _JOINTS:
            if joint in text:
                parts = text.split(joint)
                if joint == ". ":
                    # The full stop belongs to the sentence before it.
                    parts, joint = [*(f"{part}." for part in parts[:-1]), parts[-1]], " "
                translated = [self.translation(part, depth) for part in parts]
                if translated != parts:
                    return joint.join(translated)
        return self._word_by_word(text)

    def _word_by_word(self, text: str) -> str:
        """Words of a table with figures between them ("spike 0.99"); where one is not known, none is translated."""
        words = text.split(" ")
        translated = [self._whole.get(word, word) for word in words]
        known = all(
            translation != word or not _WORD.search(word) for word, translation in zip(words, translated, strict=True)
        )
        return " ".join(translated) if known else text
