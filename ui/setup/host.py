"""What the set-up asks of those around it: the page that has the session, the screen, the sound. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from assistant.imaging.turn import Turn
from assistant.live.messages import StampedFrame
from assistant.live.session import LiveSession
from assistant.plan import Plan
from assistant.setup.field_found import FieldFound
from assistant.vocabulary import Frame


class SetupHost(Protocol):
    """Who has the session that is set up."""

    @property
    def session(self) -> LiveSession | None:
        """The session that runs."""

    @property
    def has_plan(self) -> bool:
        """Whether the session has lines already (gone on with after a crash)."""

    @property
    def levels_done(self) -> Sequence[str]:
        """Levels that were treated before in this session, each with its words."""

    def frame_of(self, number: int) -> StampedFrame | None:
        """The newest frame of the first or the second input."""

    def start_session(self, source: str) -> bool:
        """Begin with a source; False, with the reason told, where it cannot be."""

    def open_second(self, source: str) -> None:
        """Open a second input beside the first; empty closes it."""

    def take_plan(self, plan: Plan, references: tuple[Frame, ...]) -> bool:
        """Hand the lines to the session; False, with the reason told, where they cannot be used."""

    def end_set_up(self) -> None:
        """Show the figures again."""

    def arm(self) -> None:
        """End the set-up with lines of which each point was confirmed, and arm the session."""


class SetupView(Protocol):
    """What of the set-up a person sees; it asks the controller's state what to show."""

    def refresh(self) -> None:
        """Show the state anew."""

    def show_still(self, still: StampedFrame) -> None:
        """Show the still picture of the view, with its points."""

    def show_live(self, *, whole: bool) -> None:
        """Show the live picture of the first input without anything of the set-up on it; the whole of it, if wanted."""

    def mark_field(self, found: FieldFound) -> None:
        """Mark on the live picture what is looked at."""

    def show_turned(self, number: int, turn: Turn, frame: StampedFrame) -> None:
        """Turn the picture of an input from now on; ``frame`` is what is in front."""

    def toggle_level_view(self) -> None:
        """Show the whole picture, or the part around the points."""

    def ask_for_run(self) -> str:
        """Let a person choose a recorded run; empty where none was chosen."""

    def later(self, act: Callable[[], None]) -> None:
        """Do something in the window's own thread; called from any thread."""


class SoundCheck(Protocol):
    """The alarm sound, as it is tried in the last step."""

    fault: str
    heard: bool | None

    def test(self) -> str:
        """Play it; why it cannot be played, else empty."""

    def was_heard(self, *, heard: bool) -> None:
        """Keep the person's answer."""
