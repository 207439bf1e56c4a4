"""The plan of a session on the disk: its reference pictures, and the plan that a window which died has left."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from assistant.console_display import MOST_DISPLAYS, ConsoleDisplay, display_document
from assistant.errors import EnvironmentError_, UsageError
from assistant.live.orders import TakePlan
from assistant.live.shared.mapped_file import folders
from assistant.plan import plan_from_document
from assistant.recording.keeping import write_picture
from assistant.settings.tree import WarningLines
from assistant.system.files import write_json
from assistant.vocabulary import Grey


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPlan:
    """A plan as the analysis takes it, and whether the disk has it.

    Attributes
    ----------
    order : TakePlan
    unwritten : str
        Why the run folder's ``plan.json`` does not hold it; empty where it does. The session goes on with it.
    """

    order: TakePlan
    unwritten: str


def keep_plan(folder: Path, number: int, document: dict[str, Any], references: Sequence[Grey]) -> KeptPlan:
    """Write a plan and the pictures that its points were placed on into the run folder.

    Where its disk is full they go among the temporary files: monitoring must not end with the room for a recording.

    Raises
    ------
    EnvironmentError_
        If they can be kept nowhere.
    """
    unwritten = ""
    try:
        paths = _write(folder / "references", number, references)
        write_json(folder / "plan.json", document)
    except EnvironmentError_ as error:
        unwritten = str(error)
        paths = _write(_elsewhere(), number, references)
    order = TakePlan(plan_number=number, document=document, references=tuple(paths))
    return KeptPlan(order=order, unwritten=unwritten)


def keep_display(folder: Path, plan: TakePlan, display: ConsoleDisplay) -> KeptPlan:
    """The same plan with one more way of showing the pictures, which a person has taken over; written as it was."""
    displays = [*plan.document.get("displays", ()), display_document(display)]
    return _kept(folder, plan, {**plan.document, "displays": displays[-MOST_DISPLAYS:]})


def keep_answer(folder: Path, plan: TakePlan, asked: Collection[int], *, is_there: bool) -> KeptPlan:
    """The same plan with the answer whether cement stood there before the start, in the views that were asked about."""
    views = [
        {**view, "cement_before": is_there} if number in asked else view
        for number, view in enumerate(plan.document["views"])
    ]
    return _kept(folder, plan, {**plan.document, "views": views})


def answers_in(plan: TakePlan | None) -> dict[int, bool]:
    """What a person has said of cement before the start, by the number of the view."""
    views = plan.document["views"] if plan is not None else ()
    said = ((number, view.get("cement_before")) for number, view in enumerate(views))
    return {number: answer for number, answer in said if answer is not None}


def _kept(folder: Path, plan: TakePlan, document: dict[str, Any]) -> KeptPlan:
    unwritten = ""
    try:
        write_json(folder / "plan.json", document)
    except EnvironmentError_ as error:
        unwritten = str(error)  # monitoring must not end with the room for a recording
    return KeptPlan(order=replace(plan, document=document), unwritten=unwritten)


def _write(folder: Path, number: int, references: Sequence[Grey]) -> list[str]:
    paths = [folder / f"plan_{number:03d}_view_{k}.png" for k in range(len(references))]
    for path, grey in zip(paths, references, strict=True):
        write_picture(path, grey)
    return [str(path) for path in paths]


def _elsewhere() -> Path:
    memory = folders()[0]
    return Path(tempfile.mkdtemp(prefix="fluoro-plan-", dir=memory if memory.is_dir() else None))


DISPLAY_TAKEN: Final = "display_taken"
CEMENT_BEFORE: Final = "cement_before"
KEPT_ANEW: Final = (DISPLAY_TAKEN, CEMENT_BEFORE)
"""Kinds of events with which a plan is kept anew, its lines as they were."""
SECOND: Final = 2
"""Number of the second input, as a view of a plan names it."""
Part = tuple[dict[str, Any], list[Grey]]


def split_plan(document: dict[str, Any], references: Sequence[Grey]) -> tuple[Part, Part | None]:
    """A plan with its pictures as the first input works with it, and as the second does; None without such a view.

    A view whose ``input`` is 2 is of the second input. Each part is a whole plan of its own, without that key.
    """
    views = document.get("views")
    if not isinstance(views, list) or len(views) != len(references):
        return (document, list(references)), None
    # What a person took over of the first input's console says nothing of the second one's.
    of_second = {key: document[key] for key in document if key != "displays"}
    parts: tuple[Part, Part] = (({**document, "views": []}, []), ({**of_second, "views": []}, []))
    for view, reference in zip(views, references, strict=True):
        is_second = isinstance(view, dict) and view.get("input") == SECOND
        part, pictures = parts[is_second]
        part["views"].append({key: view[key] for key in view if key != "input"} if is_second else view)
        pictures.append(reference)
    return parts[0], parts[1] if parts[1][1] else None


def second_left(events: Iterable[dict[str, Any]]) -> str:
    """The source of the second input that was open when an event log ended; empty without one."""
    for event in reversed(list(events)):
        if event.get("kind") in ("second_opened", "second_closed", "session_ended"):
            data = event.get("data")
            source = data.get("source", "") if isinstance(data, dict) else ""
            return source if isinstance(source, str) and event["kind"] == "second_opened" else ""
    return ""


def plan_left(
    events: Iterable[dict[str, Any]], lines: WarningLines, number: int = 1
) -> tuple[TakePlan, tuple[str, ...]] | str | None:
    """The last plan of an event log under a new number, with its views; why it cannot be used; None without one.

    ``number`` is that of the input: each has plans of its own.
    """
    sets = [event["data"] for event in events if event.get("kind") in ("plan_set", *KEPT_ANEW)]
    last = next((each for each in reversed(sets) if each.get("input", 1) == number), None)
    if last is None:
        return None
    try:
        plan = plan_from_document(last["plan"], lines)
        references = tuple(str(path) for path in last["references"])
        plan_number = int(last["plan_number"]) + 1
    except (UsageError, KeyError, TypeError, ValueError) as error:
        return str(error)
    order = TakePlan(plan_number=plan_number, document=last["plan"], references=references)
    return order, tuple(view.view for view in plan.views)
