"""Which run and plan are meant: by another page, by a plan that lies beside the run."""

from __future__ import annotations

import os
from pathlib import Path

from assistant.errors import UsageError
from assistant.language import translate
from assistant.library.identities import identify, is_apart
from assistant.plan import read_plan
from assistant.recording.reading import is_recorded
from assistant.review.opened_run import OpenedRun
from assistant.review.replay import ReplayListener
from assistant.settings.tree import Settings
from assistant.system.places import plan_path_of, plan_place
from ui import words


def plan_of(run: str) -> str | None:
    """The plan of a run: as it is kept, else as it came; None where there is none."""
    path = Path(run)
    return next((str(plan) for plan in (plan_place(path), plan_path_of(path)) if plan.is_file()), None)


def open_session(run: str, plan_path: str | None, settings: Settings, sink: ReplayListener) -> tuple[OpenedRun, str]:
    """Open a run with its plan (one beside it where none is named); without one where there is none that can be used.

    Returns
    -------
    tuple of OpenedRun and str
        The second says why the plan that was found is not used; empty where nothing is wrong.

    Raises
    ------
    InputError
        If the run itself cannot be opened.
    """
    if plan_path is None and is_recorded(Path(run)) and is_apart(Path(run)):
        # The plan beside it is that of its last level.
        return OpenedRun(run, None, settings, sink, identify), f"{words.LEVELS_APART} {words.LOOKING_ONLY}"
    named = plan_path or plan_of(run)
    if named is not None:
        try:
            session = OpenedRun(run, read_plan(Path(named), settings.alarms.warning_lines), settings, sink, identify)
        except UsageError as error:
            return OpenedRun(run, None, settings, sink, identify), f"{translate(error)}. {words.LOOKING_ONLY}"
        session.plan_path = named
        return session, ""
    return OpenedRun(run, None, settings, sink, identify), ""


def run_and_plan(thing: object) -> tuple[str, str | None]:
    """What another page asks for: a run's path, or its path and its plan's.

    Raises
    ------
    TypeError
        If it asks for something else.
    """
    if isinstance(thing, str | os.PathLike):
        return os.fspath(thing), None
    if isinstance(thing, tuple) and len(thing) == 2:
        run, plan = thing
        return os.fspath(run), None if plan is None else os.fspath(plan)
    raise TypeError(f"the review opens a run or (run, plan), not {type(thing).__name__}")
