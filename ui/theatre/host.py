"""What the controllers of the theatre need of those around them: page, pictures, sound, set-up. No Qt."""

from __future__ import annotations

from typing import Protocol

from assistant.live.messages import LiveMoment
from assistant.live.session import LiveSession
from assistant.live.status import LiveStatus
from assistant.plan import PlannedView
from assistant.run_facts import RunFacts

Offer = tuple[LiveMoment | None, PlannedView]
"""Lines that are shown, dotted, to be confirmed: the view, and the moment that says where it lies now."""


class TheatreView(Protocol):
    """What the controller needs of its page. The page reads what it shows from the procedure.

    Attributes
    ----------
    asked : str
        The question that stands in the message bar, answered by its key; empty: none.
    """

    @property
    def asked(self) -> str:
        """The question that stands in the bar."""

    def show_message(self, text: str) -> None:
        """A line for some seconds, at the foot of the picture; of several lines each in its turn."""

    def ask(self, text: str) -> None:
        """A question in the message bar; empty takes it away."""

    def offer(self, question: str, acts: tuple[str, ...] = (), heading: str = "", chosen: tuple[str, ...] = ()) -> None:
        """What the analysis asks, and the acts that answer it; nothing: it asks nothing.

        ``heading`` stands before the acts' fields. Where some are ``chosen`` it was asked before: others may be.
        """

    def refresh(self) -> None:
        """Show all that is known, now."""

    def window_px(self) -> tuple[int, int]:
        """Width and height of the window."""

    def open_set_up(self, at: str) -> None:
        """The set-up beside the picture, at a step."""

    def close_set_up(self) -> None:
        """The figures again."""

    def keep_image(self, number: int) -> str:
        """Begin to keep the present picture as a key image, bare and as shown; its name."""


class Pictures(Protocol):
    """The pictures of the theatre and what is drawn on them; 1 is the first input's, 2 the second one's."""

    def forget(self, number: int, *, kept: bool = False) -> None:
        """Another source of an input, or none: nothing of the one before may stand there; ``kept``: nor beside it."""

    def show_raw(self, *, raw: bool) -> None:
        """Lift everything that is drawn on the pictures, or put it back."""

    def show_level(self, *, wanted: bool | None) -> None:
        """Level view of both pictures, or field view; None: the other one of the two."""

    def toggle_bare(self) -> None:
        """Strip, bar and picture only, or everything."""

    def next_second(self) -> None:
        """Another picture beside the live one, or none."""

    def show_second_input(self, *, is_open: bool) -> None:
        """The second input's picture beside the first; where it is closed it goes away."""

    def offered(self, number: int) -> Offer | None:
        """The lines that stand on a picture to be confirmed."""

    def offer(self, number: int, lines: Offer | None) -> None:
        """Show lines to be confirmed; None takes them away."""


class SessionSound(Protocol):
    """Plays what a session orders."""

    def tell_session(self, session: LiveSession | None) -> None:
        """From now on this session is told whether it can be heard."""


class SessionImport(Protocol):
    """Brings recorded sessions into the cases, in the background."""

    def begin(self) -> None:
        """Ask for every recorded session that is in no case."""


class SetUpHearer(Protocol):
    """The set-up, as it hears what the session says."""

    def taken(self) -> None:
        """The analysis works with the lines."""

    def refused(self, reason: str) -> None:
        """The analysis cannot work with them."""

    def opened(self, facts: RunFacts) -> None:
        """The source says what it is."""

    def tick(self, status: LiveStatus) -> None:
        """The session goes on while the set-up is open."""
