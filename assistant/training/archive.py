"""Clips of one's own archive: a case of the library becomes a training case."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import UsageError
from assistant.training.clip import Clip, cut
from assistant.training.desk import Desk
from assistant.training.ending import read_ending


def clip_of_case(desk: Desk, case_id: str, *, difficulty: int = 2, stop_s: float | None = None) -> str:
    """Cut a clip from the first run of a case, or give the one that was cut before; gives its id.

    Raises
    ------
    UsageError
        If the case has no run, or the run no room before its event.
    InputError
        If the run was not analysed yet.
    """
    runs = desk.library.rows("runs", case_id=case_id)
    if not runs:
        raise UsageError(f"{case_id} has no run to cut a clip from")
    run = runs[0]
    cuts = desk.library.rows("clips", run_id=run["id"])
    if cuts and stop_s is None:
        return str(cuts[0]["id"])
    ending = read_ending(Path(run["path"]), Path(run["result"]) if run["result"] else None)
    facts = cut(ending, difficulty=difficulty, stop_s=stop_s)
    # The name says nothing of the case: whoever has seen the list of cases would know the outcome.
    name = f"{len(desk.library.rows('clips', include_deleted=True)) + 1:03d}"
    clip = Clip(
        id="",
        name=name,
        run_path=run["path"],
        facts=facts,
        difficulty=difficulty,
        thumbnail=run["thumbnail"] or "",
        run_id=run["id"],
    )
    return desk.add_clip(clip)
