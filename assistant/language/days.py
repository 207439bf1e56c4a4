"""Days as people write them: English where they are kept, whatever the computer's own language is."""

from __future__ import annotations

from datetime import date
from typing import Final

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # sentences


def month_word(day: date) -> str:
    """The short name of a day's month, in English; `translate` says it to a person.

    ``%b`` of `strftime` is no way to it: Qt sets the computer's language, and files would hold that.
    """
    return MONTHS[day.month - 1]


def day_words(day: date) -> str:
    """Such as "9 Mar 2026", in English; `translate` says it to a person."""
    return f"{day.day} {month_word(day)} {day.year}"
