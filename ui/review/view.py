"""What the rules of review need of their page, and of what works behind it. No window is needed to stand for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from assistant.review.replay import ReplayListener
from ui.shared_library import LentLibrary


class ReviewView(Protocol):
    """The page. It reads what it shows from the controller's state."""

    def show_message(self, text: str) -> None:
        """A line under the header: what happened, what still works, what to do; empty takes it away."""

    def refresh(self) -> None:
        """The picture at the playhead, and what is known of it."""

    def show_run(self) -> None:
        """Another run, another analysis or other figures of it, or none: all of it begins anew."""

    def show_review(self) -> None:
        """The events of the run, or what reviewers say of it, are other than before."""

    def show_points(self) -> None:
        """Points are being placed, or no longer."""

    def look(self, act: str) -> None:
        """What concerns only how the page looks: which card is in front, how large the picture, a point of the form."""

    def ask_for(self, title: str, *, plan: bool = False) -> str:
        """The recording, or the plan, that a person chooses; empty where the question is left."""

    def go_to(self, page: str, thing: object) -> None:
        """Another page, and what it is to open."""


class Exports(Protocol):
    """Writes what leaves the program, one wish at a time, while the window goes on."""

    @property
    def busy(self) -> bool:
        """Whether something is being written."""

    def export(self, *kinds: str) -> None:
        """Write one or more of "pdf", "csv", "png", "video", "dicom"."""

    def stop(self) -> None:
        """A person stops what is being written; nothing of it is left."""

    def close(self) -> None:
        """The run is closed: what is being written is no longer wanted, nor heard of."""

    def forget(self) -> None:
        """Another run."""


class RunListener(ReplayListener, Protocol):
    """Hears the analysis of a run."""

    def settle(self) -> None:
        """Take what a stopped analysis has still said: none of it may reach the next run's list."""


class ProcedureGuard(Protocol):
    """What the theatre does, in any window of this machine."""

    @property
    def refusal(self) -> str:
        """Why nothing may be opened or played now; empty where it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What works behind the page.

    Attributes
    ----------
    library : LentLibrary
    exports : Exports
    theatre : ProcedureGuard
    listener : RunListener
        Of the run that is open.
    second_listener : callable
        Makes one for another run that is seen beside it.
    soon : callable
        Has `Reviewing.tell_library` called in a moment; once, however often it is asked for meanwhile.
    """

    library: LentLibrary
    exports: Exports
    theatre: ProcedureGuard
    listener: RunListener
    second_listener: Callable[[], ReplayListener]
    soon: Callable[[], object]
