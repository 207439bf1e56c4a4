"""Answers as a table for other programs: people by their random ids, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from assistant.errors import EnvironmentError_
from assistant.library.people import Permission, Person, check_may
from assistant.system.files import whole_file
from assistant.training.clip import Clip
from assistant.training.trainer import Trainer

COLUMNS: Final = (
    *("person", "is_expert", "clip", "course", "difficulty", "level", "view", "day", "task", "answer", "sure_percent"),
    *("direction", "right_answer", "right_direction", "trap", "is_right", "direction_right", "early_s", "early_mm"),
    *("is_repeat", "lines_shown", "took_s", "planted_mm", "trusted", "case", "run", "rehearsal", "early_share"),
)
_RUN_BY_SPREADSHEETS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a table is made of, taken out of the library by the thread that owns it.

    Attributes
    ----------
    rows : list of dict
        One an answer, as stored.
    clips : dict of str to Clip or None
    experts : set of str
        Ids of people.
    cases : dict of str to str
        The case of each run that is in one.
    rehearsed : set of str
        Ids of clips that were cut out of a rehearsal: no figure counts them.
    """

    rows: list[dict[str, Any]]
    clips: dict[str, Clip | None]
    experts: set[str]
    cases: dict[str, str]
    rehearsed: set[str]


def answers_of(trainer: Trainer, person: Person | None, *, asks: Person) -> Answers:
    """The answers of a person, or of all (None) for who may see them.

    Parameters
    ----------
    trainer : Trainer
    person : Person or None
        Whose answers.
    asks : Person
        Who wants them.

    Raises
    ------
    UsageError
        If others' answers are wanted by someone who may not see them.
    """
    if person is None or person.id != asks.id:
        check_may(asks, Permission.SEE_OTHERS)
    experts = {each.id for each in trainer.people() if each.is_expert}
    rows = trainer.answers(person)
    # Each clip is asked for once: years of answers are of some dozens of clips, and a window waits.
    clips = {clip_id: trainer.clip(clip_id) for clip_id in {row["clip_id"] for row in rows}}
    runs = {clip.run_id for clip in clips.values() if clip is not None and clip.run_id}
    known = {run_id: trainer.library.one("runs", run_id) for run_id in runs}
    cases = {run_id: str(run["case_id"]) for run_id, run in known.items() if run is not None}
    return Answers(rows=rows, clips=clips, experts=experts, cases=cases, rehearsed=trainer.rehearsed())


def write_answers(answers: Answers, path: Path) -> int:
    """Write a table, whole or not at all; gives the number of rows. In any thread.

    Raises
    ------
    EnvironmentError_
        If the disk refuses.
    """
    try:
        with (
            whole_file(path, durable=False) as part,
            part.open("w", newline="", encoding="utf-8-sig") as file,
        ):
            table = csv.writer(file)
            table.writerow(COLUMNS)
            for row in answers.rows:
                line = _line(answers.clips[row["clip_id"]], row, answers)
                table.writerow([cell(value) for value in line])
    except OSError as error:
        raise EnvironmentError_(f"{path}: the table cannot be written ({error.strerror}); choose another") from error
    return len(answers.rows)


def _line(clip: Clip | None, row: dict[str, Any], answers: Answers) -> list[Any]:
    facts = clip.facts if clip is not None else None
    run_id = (clip.run_id if clip is not None else None) or ""
    day = datetime.fromtimestamp(row["wall_ns"] / 1e9, UTC).date().isoformat()
    return [
        *(row["person_id"], int(row["person_id"] in answers.experts), row["clip_id"], clip.course if clip else ""),
        *(clip.difficulty if clip else None, facts.level if facts else "", facts.view if facts else "", day),
        *(row["task"], row["answer"], row["sure_percent"], row["direction"]),
        *(facts.right if facts else "", facts.direction if facts else "", facts.trap if facts else ""),
        *(row["is_right"], row["direction_right"], _rounded(row["early_s"]), _rounded(row["early_mm"])),
        *(row["is_repeat"], row["lines_shown"], _rounded(row["took_s"])),
        *(_rounded(row["planted_mm"]), row["trusted"]),
        *(answers.cases.get(run_id, ""), run_id, int(row["clip_id"] in answers.rehearsed)),
        _rounded(row["early_share"]),
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def cell(value: Any) -> Any:
    """A value for a table: text that a spreadsheet would take for a formula begins with an apostrophe."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_RUN_BY_SPREADSHEETS):
        return "'" + value
    return "" if value is None else value
