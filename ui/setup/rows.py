"""One row of the set-up's side. No Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRow:
    """An icon, a name, what it says, whether it is the present one, what a touch does.

    Attributes
    ----------
    act : str
        What a touch does (`ui.setup.keys`); empty: nothing.
    number : int or None
        Which of its kind is chosen by the touch.
    """

    text: str
    value: str = ""
    icon: str = ""
    detail: str = ""
    chosen: bool = False
    quiet: bool = False
    act: str = ""
    number: int | None = None
