"""A sentence that was kept in English is known again: whole, by its template, in its parts."""

from __future__ import annotations

import pytest

from assistant.language.recognising import Recogniser
from tests.pseudo_language import in_brackets

SENTENCES = (
    "no cement seen",
    "held image",
    "{path}: {error}",
    "{path}: cannot be read ({reason}); check the file",
    "no picture for {seconds:.0f} s",
    "no picture for {seconds:.0f} s at the {side} and again {seconds:.0f} s",
    "not {state} here",
)


@pytest.fixture(scope="module")
def known() -> Recogniser:
    return Recogniser({text: in_brackets(text) for text in SENTENCES})


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("no cement seen", "⟦no cement seen⟧"),
        ("no picture for 12 s", "⟦no picture for 12 s⟧"),
        ("/a b/x.avi: cannot be read (held image); check the file",
         "⟦/a b/x.avi: cannot be read (⟦held image⟧); check the file⟧"),
        ("no picture for 1 s at the left and again 1 s", "⟦no picture for 1 s at the left and again 1 s⟧"),
        ("no picture for 1 s at the left and again 2 s", "⟦no picture for 1 s at the left and again 2 s⟧"),
        ("x.avi: no cement seen", "x.avi: ⟦no cement seen⟧"),
        ("no cement seen; what a surgeon typed", "⟦no cement seen⟧; what a surgeon typed"),
        ("not held image here", "⟦not ⟦held image⟧ here⟧"),
        ("a: b", "a: b"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_was_kept_is_said(known: Recogniser, english: str, said: str) -> None:
    assert known.translation(english) == said


def test_of_several_that_fit_the_one_with_most_of_its_own_is_meant() -> None:
    known = Recogniser({"the {what} is late": "A {what}", "the analysis is late": "B", "the {what} is {how}": "C"})
    assert known.translation("the analysis is late") == "B"
    assert known.translation("the capture is late") == "A capture"
    assert known.translation("the capture is gone") == "C"
