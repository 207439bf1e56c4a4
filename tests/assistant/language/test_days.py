"""Days are English where they are kept, also on a computer that speaks another language."""

from __future__ import annotations

import locale
from datetime import date

import pytest

from assistant.language.days import MONTHS, day_words, month_word


@pytest.mark.parametrize("wanted", ["C", "de_DE.UTF-8", "fr_FR.UTF-8", "ja_JP.UTF-8"])
def test_a_month_is_english_whatever_the_computers_language_is(wanted: str) -> None:
    before = locale.setlocale(locale.LC_TIME)
    try:
        locale.setlocale(locale.LC_TIME, wanted)
    except locale.Error:
        pytest.skip("this computer does not speak it")
    try:
        assert [month_word(date(2026, month, 1)) for month in range(1, 13)] == list(MONTHS)
        assert day_words(date(2026, 3, 9)) == "9 Mar 2026"
    finally:
        locale.setlocale(locale.LC_TIME, before)
