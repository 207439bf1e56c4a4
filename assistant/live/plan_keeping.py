"""The plan of a session on the disk: its reference pictures, and the plan that a window which died has left."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import EnvironmentError_, UsageError
from assistant.live.orders import TakePlan
from assistant.live.shared_file import folders
from assistant.plan import plan_from_document
from assistant.recording.keeping import write_json, write_picture
from assistant.vocabulary import Grey


def keep_plan(folder: Path, number: int, document: dict[str, Any], references: Sequence[Grey]) -> TakePlan:
    """Write a plan and the pictures that its points were placed on into the run folder.

    Where its disk is full they go among the temporary files: monitoring must not end with the room for a recording.

    Raises
    ------
    EnvironmentError_
        If they can be kept nowhere.
    """
    try:
        paths = _write(folder / "references", number, references)
        write_json(folder / "plan.json", document)
    except EnvironmentError_:
        paths = _write(_elsewhere(), number, references)
    return TakePlan(plan_number=number, document=document, references=tuple(paths))


def _write(folder: Path, number: int, references: Sequence[Grey]) -> list[str]:
    paths = [folder / f"plan_{number:03d}_view_{k}.png" for k in range(len(references))]
    for path, grey in zip(paths, references, strict=True):
        write_picture(path, grey)
    return [str(path) for path in paths]


def _elsewhere() -> Path:
    memory = folders()[0]
    return Path(tempfile.mkdtemp(prefix="fluoro-plan-", dir=memory if memory.is_dir() else None))


def plan_left(events: Iterable[dict[str, Any]], fraction: float) -> tuple[TakePlan, tuple[str, ...]] | str | None:
    """The last plan of an event log under a new number, with its views; why it cannot be used; None without one."""
    last = next((event["data"] for event in reversed(list(events)) if event.get("kind") == "plan_set"), None)
    if last is None:
        return None
    try:
        plan = plan_from_document(last["plan"], fraction)
        references = tuple(str(path) for path in last["references"])
        number = int(last["plan_number"]) + 1
    except (UsageError, KeyError, TypeError, ValueError) as error:
        return str(error)
    order = TakePlan(plan_number=number, document=last["plan"], references=references)
    return order, tuple(view.view for view in plan.views)
