"""Clips of one's own archive: a case of the library becomes a training case, stopped by rule or by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import msgspec

from assistant.errors import UsageError
from assistant.library.people import Permission, check_may
from assistant.settings.tree import AlarmSettings
from assistant.training.clip import Clip, cut, facts_as_json
from assistant.training.run_outcome import RunOutcome
from assistant.training.trainer import Trainer

Row = dict[str, Any]
_FIRST: Final = 101


def run_of_case(trainer: Trainer, case_id: str, run_id: str = "") -> Row:
    """The run of a case that a clip is cut from: the one that is named, else the first.

    Raises
    ------
    UsageError
        If the case has none.
    """
    runs = trainer.library.rows("runs", case_id=case_id)
    if not runs:
        raise UsageError(f"{case_id} has no run to cut a clip from")
    return next((run for run in runs if run["id"] == run_id), runs[0])


def run_at(trainer: Trainer, path: str) -> Row:
    """The run of the library that lies at a path.

    Raises
    ------
    UsageError
        If it is not in the library.
    """
    place = Path(path).resolve()
    for run in trainer.library.rows("runs"):
        if Path(run["path"]).resolve() == place:
            return run
    raise UsageError("a clip is cut from a run of the library: import it first (Cases, Import)")


def result_of(run: Row) -> Path | None:
    """The result of a run's analysis; None where there is none."""
    return Path(run["result"]) if run["result"] else None


def cut_before(trainer: Trainer, run: Row) -> str | None:
    """The clip that was cut from a run before; None where none was."""
    cuts = trainer.library.rows("clips", run_id=run["id"])
    return str(cuts[0]["id"]) if cuts else None


def keep_clip(
    trainer: Trainer,
    run: Row,
    run_outcome: RunOutcome,
    alarms: AlarmSettings,
    *,
    difficulty: int = 2,
    stop_s: float | None = None,
) -> str:
    """Cut a clip and keep it; gives its id.

    Parameters
    ----------
    trainer : Trainer
    run : dict
        Row of the library.
    run_outcome : RunOutcome
        What became of it, read beforehand (it may take a while).
    alarms : AlarmSettings
    difficulty : int
        1 to 3.
    stop_s : float, optional
        Where the clip stops, by hand; else by the rule of the difficulty.

    Raises
    ------
    UsageError
        If the run has no room before its event, or the person may not make clips by hand.
    """
    if stop_s is not None:
        check_may(trainer.library.who, Permission.TEACH)
    facts = cut(run_outcome, alarms, difficulty=difficulty, stop_s=stop_s)
    # The name says nothing of the case: whoever has seen the list of cases would know the outcome.
    # Numbers below are the starter course's.
    name = f"{_FIRST + len(trainer.library.rows('clips', include_deleted=True, course='')):03d}"
    clip = Clip(
        id="",
        name=name,
        run_path=run["path"],
        facts=facts,
        difficulty=difficulty,
        thumbnail=run["thumbnail"] or "",
        run_id=run["id"],
    )
    return trainer.add_clip(clip)


def labelled(trainer: Trainer, clip: Clip, run_outcome: RunOutcome, alarms: AlarmSettings) -> Clip:
    """A clip of the archive with what reviewers have said of its run since it was cut; it stops where it stopped."""
    if clip.course or not clip.run_id or run_outcome.is_truth:
        return clip
    fresh = cut(run_outcome, alarms, difficulty=clip.difficulty, stop_s=clip.facts.stop_s, trap=clip.facts.trap)
    facts = msgspec.structs.replace(fresh, begin_frame=clip.facts.begin_frame, stop_frame=clip.facts.stop_frame)
    if facts == clip.facts:
        return clip
    rows = [("clips", clip.id, {"facts": facts_as_json(facts)})]
    trainer.library.change(rows, Permission.ANSWER, "new clip", about=clip.id)
    return replace(clip, facts=facts)
