"""The library of a window without the window: what the controllers of the pages are given in their tests."""

from __future__ import annotations

from collections.abc import Callable

from assistant.library.jobs import Jobs, LibraryJob
from assistant.library.people import Permission
from assistant.library.store import Library
from assistant.settings.tree import Settings


class OneLibrary:
    """As `ui.library_access` shares it; its background work stands still.

    Parameters
    ----------
    why_not : str
        Why it cannot be opened; empty: it can.
    """

    def __init__(self, why_not: str = "") -> None:
        self.library: Library | None = None
        self.jobs: Jobs | None = None
        self.why_not = why_not
        self.changed: Callable[[], None] = lambda: None
        self.changes = self.looks = 0

    def open(self, settings: Settings) -> bool:
        """Open it if it is not."""
        if self.library is None and not self.why_not:
            self.library = Library()
            self.jobs = Jobs(self.library, settings)
        return self.library is not None

    def enter(self) -> None:
        """One more uses it."""

    def leave(self) -> None:
        """One less; in this window nobody else does."""
        self.close()

    def take_sessions(self) -> list[LibraryJob]:
        """None was recorded here."""
        self.looks += 1
        return []

    def tell_changed(self) -> None:
        """A page changed something."""
        self.changes += 1
        self.changed()

    def close(self) -> None:
        """End it."""
        if self.jobs is not None:
            self.jobs.stop()
        if self.library is not None:
            self.library.close()
        self.library, self.jobs = None, None


def add_cases(library: Library, count: int = 3) -> list[str]:
    """Cases of three days, the newest first, as the list shows them."""
    made = []
    for n in range(count):
        case_id = library.add("cases", Permission.IMPORT, day=f"2026-11-{10 + n}", note=f"note {n}")
        library.add("levels", Permission.EDIT, case_id=case_id, level=f"L{n + 1}")
        made.append(case_id)
    return made[::-1]


def add_case(library: Library, **values: object) -> str:
    """A case with one level."""
    case_id = library.add("cases", Permission.IMPORT, "import", **{"day": "2026-11-12", **values})
    library.add("levels", Permission.EDIT, case_id=case_id, level="L3")
    return case_id


def add_run(library: Library, case_id: str, path: str) -> str:
    """A run of a case, its recording at its place."""
    values = {"path": path, "is_copied": 0, "sha256": "0", "bytes": 1, "width_px": 320, "height_px": 300}
    level = library.rows("levels", case_id=case_id)[0]["id"]
    return library.add("runs", Permission.IMPORT, case_id=case_id, level_id=level, state="done", **values)
