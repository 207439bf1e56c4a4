"""What the controllers of the pages share, without a window: errors are told, and some acts ask twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assistant.errors import AssistantError
from assistant.language import translate


@contextmanager
def showing_errors(show_message: Callable[[str], None]) -> Iterator[None]:
    """What cannot be done is told to the person, not raised."""
    try:
        yield
    except AssistantError as error:
        show_message(translate(error))


class AskedTwice:
    """A question that the same key answers: what cannot be done by a slip of the finger."""

    def __init__(self, show_message: Callable[[str], None]) -> None:
        self._show_message = show_message
        self._asked = ""

    def asks(self, question: str) -> bool:
        """Whether the question was put only now; False when it was put before and is answered by asking again."""
        if self._asked == question:
            self._asked = ""
            return False
        self._asked = question
        self._show_message(question)
        return True

    def forget(self) -> None:
        """Something else was done: it has to be asked anew."""
        self._asked = ""
