"""One language a process, chosen when this is loaded: words stand in tables that are made when the program is."""

from __future__ import annotations

import gettext
import os
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from assistant.language.recognising import Recogniser

LANGUAGE: Final = "FLUORO_ASSISTANT_LANGUAGE"
"""Environment variable, handed down to every child: a language that came with the program ("de"), or a ``.mo`` file."""
_FOLDER: Final = Path(__file__).resolve().parent
_DOMAIN: Final = "sentences"


def _catalogue(wanted: str) -> gettext.NullTranslations:
    """The catalogue of a language; that of English, which is empty, where there is none."""
    try:
        if wanted.endswith(".mo"):
            with Path(wanted).open("rb") as file:
                return gettext.GNUTranslations(file)
        if wanted:
            return gettext.translation(_DOMAIN, _FOLDER, [wanted])
    except (OSError, ValueError, UnicodeError):
        pass  # a language that cannot be had is English: no sentence is ever missing for it
    return gettext.NullTranslations()


_CATALOGUE: Final = _catalogue(os.environ.get(LANGUAGE, ""))
_IS_ENGLISH: Final = not isinstance(_CATALOGUE, gettext.GNUTranslations)


def language() -> str:
    """The language of this process; "en" also where the wanted one could not be had."""
    return "en" if _IS_ENGLISH else str(_CATALOGUE.info().get("language") or os.environ.get(LANGUAGE, ""))


def tr(text: str, /, **values: object) -> str:
    """A sentence for a person, in the language of the program.

    Parameters
    ----------
    text : str
        In English, as it stands in the catalogue; a literal, so that it can be gathered. With values: a template of
        `str.format` ("{file} holds {count:d} runs."), in which a translator may change the order.
    **values
        What is put in. Texts that were made elsewhere in the program go through `translate` first.
    """
    translated = text if _IS_ENGLISH else _CATALOGUE.gettext(text)
    return translated.format(**values) if values else translated


def trn(one: str, many: str, count: int, /, **values: object) -> str:
    """As `tr`, for a number of things; ``{count}`` is the number."""
    return _CATALOGUE.ngettext(one, many, count).format(count=count, **values)


def sentence(text: str) -> str:
    """Marks a sentence that is kept in English and put into the language by `translate`; gives it back as it is.

    Parameters
    ----------
    text : str
        A literal or an f-string, whose values become the places of a template in the catalogue.
    """
    return text


@cache
def _recogniser() -> Recogniser:
    # None of its own: the catalogue of `GNUTranslations` is the only list of what it knows.
    known = {key: text for key, text in vars(_CATALOGUE)["_catalog"].items() if isinstance(key, str) and key}
    return Recogniser(known)


@lru_cache(maxsize=4096)
def _translated(text: str) -> str:
    return _recogniser().translation(text)


def translate(text: object) -> str:
    """What the program made in English (a reason, a note, an error, the words of an alarm), for a person to read.

    It is known again by the templates of the catalogue, whole or in its parts; what is not known stays as it is. Never
    for what a person typed.
    """
    english = str(text)
    return english if _IS_ENGLISH or not english else _translated(english)
