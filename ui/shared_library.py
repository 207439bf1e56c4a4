"""What a controller needs of the one library of the window; `ui.library_access` opens it and looks at its work."""

from __future__ import annotations

from typing import Protocol

from assistant.language import tr, translate
from assistant.library.jobs import Jobs, LibraryJob
from assistant.library.store import Library
from assistant.settings.tree import Settings


class SharedLibrary(Protocol):
    """The library of this window, open or not; all pages have the same one.

    Attributes
    ----------
    library : Library or None
    jobs : Jobs or None
        Its background work.
    why_not : str
        Why it cannot be opened; empty while it is open.
    """

    library: Library | None
    jobs: Jobs | None
    why_not: str

    def open(self, settings: Settings) -> bool:
        """Open it if it is not; False, with `why_not`, where it cannot be."""

    def take_sessions(self) -> list[LibraryJob]:
        """Ask for the sessions recorded here that are in no case."""

    def tell_changed(self) -> None:
        """Something in it is other than before."""


def log_fault(room: SharedLibrary) -> str:
    """What is told of a library whose log of changes is not whole, on whatever page it is opened; empty for any other.

    Parameters
    ----------
    room : SharedLibrary
    """
    fault = "" if room.library is None else room.library.fault
    return tr("LOG NEEDS CHECK: {fault}. The cases can be read.", fault=translate(fault)) if fault else ""


class LentLibrary(SharedLibrary, Protocol):
    """The same, for a page that opens it only for a moment."""

    def enter(self) -> None:
        """One more uses it."""

    def leave(self) -> None:
        """One less; the last one closes it."""
