"""What the rules of training need of their page, and of what works behind it. No window is needed to stand for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from assistant.training.run_outcome import RunOutcome
from ui.training.feedback import Feedback
from ui.widgets.form_sheet import FormSheet

WELCOME: Final = "welcome"
ASKING: Final = "asking"
FEEDBACK: Final = "feedback"
OVERVIEW: Final = "overview"
INSTRUCTOR: Final = "instructor"
"""The parts of the page, one of which is in front."""


class TrainingView(Protocol):
    """The page. It reads what it shows from the controller."""

    def show_message(self, text: str) -> None:
        """A line under the header; empty takes it away."""

    def show_part(self) -> None:
        """Another part of the page is in front (`VisiblePart.mode`)."""

    def show_question(self, note: str) -> None:
        """Something was chosen, or cannot be locked: the sentence under the answers."""

    def show_feedback(self, feedback: Feedback) -> None:
        """The answer is locked."""

    def show_form(self, sheet: FormSheet, closed: Callable[[str], None]) -> None:
        """Ask; ``closed`` is told what was kept, empty for nothing."""

    def ask_for_file(self, title: str, name: str) -> str:
        """Where a person wants a table; empty where the question is left."""


class Reader(Protocol):
    """Looks for something behind the window, one thing at a time, and tells its errors itself."""

    @property
    def busy(self) -> bool:
        """Whether it looks."""

    def read(self, run: Path, result: Path | None, then: Callable[[RunOutcome], None]) -> None:
        """Read what became of a run."""

    def find(self, look: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Look for something."""

    def forget(self) -> None:
        """What it looks for is no longer wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """One for the case that is asked, one for the first case of all, one that writes tables."""

    case: Reader
    first: Reader
    table: Reader


@dataclass(slots=True)
class VisiblePart:
    """Which part of the page is in front, and what stands in the header."""

    mode: str = WELCOME
    heading: str = ""
    place: str = ""

    def put(self, mode: str, heading: str, place: str) -> None:
        """Another part, with its header."""
        self.mode, self.heading, self.place = mode, heading, place
