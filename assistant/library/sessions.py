"""Sessions recorded here that are not in the library yet: they come in by themselves and stay where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from assistant.errors import UsageError
from assistant.library.jobs import Jobs, LibraryJob
from assistant.library.session_rows import recording_of_path
from assistant.library.store import Library
from assistant.live.processes.running_session import find_running
from assistant.recording.reading import is_recorded

FOLDER: Final = "live"


def unlisted(library: Library) -> list[Path]:
    """Recorded sessions that are in no case, oldest first; never the one that runs.

    One whose case was deleted does not come back.
    """
    running = find_running()
    now = running.folder if running is not None else None
    # Of thousands of runs only those that lie here: a page that is entered asks this, and the window must not wait.
    known = {
        str(recording_of_path(run["path"]))
        for run in library.ask("SELECT path FROM runs WHERE path GLOB ?", [f"{FOLDER}/*"])
    }
    folders = sorted(path for path in (library.folder / FOLDER).glob("*") if str(path) not in known and path.is_dir())
    return [path for path in folders if path.resolve() != now and is_recorded(path)]


def bring_in_sessions(jobs: Jobs, asked: set[str]) -> list[LibraryJob]:
    """Ask for the sessions that are not listed, each once.

    Parameters
    ----------
    jobs : Jobs
    asked : set of str
        What was asked for before in this window; grows.
    """
    made = []
    for path in unlisted(jobs.library):
        if str(path) in asked or jobs.held:
            continue
        try:
            made.append(jobs.bring_in(str(path), copy=False))
        except UsageError:
            break  # a person who does not import, or a procedure that has just begun
        asked.add(str(path))
    return made
