"""The plan of a session on the disk: its reference pictures, and the plan that a window which died has left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.live.orders import TakePlan
from assistant.plan import plan_from_document
from assistant.recording.keeping import write_json, write_picture
from assistant.vocabulary import Grey


def keep_plan(folder: Path, number: int, document: dict[str, Any], references: Sequence[Grey]) -> TakePlan:
    """Write a plan and the pictures that its points were placed on into the run folder.

    Raises
    ------
    EnvironmentError_
        If they cannot be kept.
    """
    paths = []
    for k, grey in enumerate(references):
        path = folder / "references" / f"plan_{number:03d}_view_{k}.png"
        write_picture(path, grey)
        paths.append(str(path))
    write_json(folder / "plan.json", document)
    return TakePlan(plan_number=number, document=document, references=tuple(paths))


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
