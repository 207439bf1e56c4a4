"""Knows an English sentence again by its template: what is kept in English is told in another language by this."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

PLACE: Final = re.compile(r"\{([A-Za-z_0-9]*)(?:![rsa])?(?::[^{}]*)?\}")
"""A place of a template: ``{file}``, ``{0:.1f}``, ``{}``."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_LEAST_LETTERS: Final = 5
"""A template with fewer letters of its own ("{file}: {reason}") would know everything again [P]."""
_JOINTS: Final = ("\n", "; ", " · ", ". ", ": ", " (", ")", ", ")
"""Where sentences are joined; tried in this order."""
_DEPTH: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A sentence of the catalogue with places for values.

    Attributes
    ----------
    pattern : re.Pattern
        The English sentence, a group for each place.
    names : tuple of str
        Of the groups.
    letters : int
        Of the sentence itself: of several that fit, that with most is meant.
    said : str
        In the other language.
    """

    pattern: re.Pattern[str]
    names: tuple[str, ...]
    letters: int
    said: str

    def values(self, text: str) -> dict[str, str] | None:
        """What stands at the places, if the text is this sentence."""
        found = self.pattern.fullmatch(text)
        return None if found is None else dict(zip(self.names, found.groups(), strict=True))

    def filled(self, values: Mapping[str, str]) -> str:
        """The sentence in the other language with these values."""
        return PLACE.sub(lambda place: values.get(place[1], place[0]), self.said)


def _template(english: str, said: str) -> Template:
    pieces, names, at = [], list[str](), 0
    for place in PLACE.finditer(english):
        pieces.append(re.escape(english[at : place.start()]))
        pieces.append(f"(?P=g{names.index(place[1])})" if place[1] and place[1] in names else f"(?P<g{len(names)}>.*?)")
        if not place[1] or place[1] not in names:
            names.append(place[1])
        at = place.end()
    pieces.append(re.escape(english[at:]))
    letters = sum(map(str.isalpha, PLACE.sub("", english)))
    return Template(pattern=re.compile("".join(pieces), re.DOTALL), names=tuple(names), letters=letters, said=said)


def _words_of(english: str) -> set[str]:
    """The whole words of a template: one that touches a place may be the beginning of a longer one."""
    marked = PLACE.sub("_", english)
    return {
        word[0]
        for word in _WORD.finditer(marked)
        if marked[word.start() - 1 : word.start()] != "_" and marked[word.end() : word.end() + 1] != "_"
    }


class Recogniser:
    """A catalogue, looked up by English sentences that have their values already.

    Parameters
    ----------
    catalogue : mapping of str to str
        English sentence or template to that of the other language.
    """

    def __init__(self, catalogue: Mapping[str, str]) -> None:
        self._whole = {english: said for english, said in catalogue.items() if not PLACE.search(english)}
        templates = {english: said for english, said in catalogue.items() if PLACE.search(english)}
        words = {english: _words_of(english) for english in templates}
        often = Counter(word for each in words.values() for word in each)
        self._by_word: dict[str, list[Template]] = defaultdict(list)
        for english, said in templates.items():
            made = _template(english, said)
            if made.letters >= _LEAST_LETTERS and words[english]:
                self._by_word[min(words[english], key=lambda word: (often[word], word))].append(made)

    def said(self, text: str, depth: int = _DEPTH) -> str:
        """In the other language: a sentence as a whole, else in its parts; what is not known stays as it is."""
        whole = self._whole.get(text)
        if whole is not None:
            return whole
        if depth == 0 or not _WORD.search(text):
            return text
        return self._by_template(text, depth) or self._in_parts(text, depth)

    def _by_template(self, text: str, depth: int) -> str:
        best: tuple[int, Template, dict[str, str]] | None = None
        for template in self._candidates(text):
            if best is None or template.letters > best[0]:
                values = template.values(text)
                if values is not None:
                    best = (template.letters, template, values)
        if best is None:
            return ""
        _, template, values = best
        return template.filled({name: self.said(value, depth - 1) for name, value in values.items()})

    def _candidates(self, text: str) -> Iterable[Template]:
        return (template for word in set(_WORD.findall(text)) for template in self._by_word.get(word, ()))

    def _in_parts(self, text: str, depth: int) -> str:
        for joint in _JOINTS:
            if joint in text:
                parts = text.split(joint)
                if joint == ". ":
                    # The full stop belongs to the sentence before it.
                    parts, joint = [*(f"{part}." for part in parts[:-1]), parts[-1]], " "
                told = [self.said(part, depth - 1) for part in parts]
                if told != parts:
                    return joint.join(told)
        return self._word_by_word(text)

    def _word_by_word(self, text: str) -> str:
        """Words of a table with figures between them ("spike 0.99"); where one is not known, none is said."""
        words = text.split(" ")
        told = [self._whole.get(word, word) for word in words]
        known = all(said != word or not _WORD.search(word) for word, said in zip(words, told, strict=True))
        return " ".join(told) if known else text
