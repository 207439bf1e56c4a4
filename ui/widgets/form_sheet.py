"""What a form asks and what becomes of the answers, without a window: `ui.widgets.form` shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.language import tr


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSheet:
    """One form.

    Attributes
    ----------
    title : str
    fields : sequence of (name, label, value, choices)
        A field with choices is a list, one without is a line of text.
    keep : callable
        Given the values by name; gives the sentence that is told then. Raises `AssistantError` for what cannot be kept.
    button : str
    note : str
        A sentence above the fields.
    """

    title: str
    fields: Sequence[tuple[str, str, str, Sequence[str]]]
    keep: Callable[[dict[str, str]], str]
    button: str = tr("Keep")
    note: str = ""
