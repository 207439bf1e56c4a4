"""What the library keeps of a session's day: a level's row for each level, and the columns of its run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import msgspec

from assistant.identity import session_of
from assistant.language import sentence
from assistant.library.store import Library
from assistant.part import FILE as PART
from assistant.part import Part, keep_parts_elsewhere, may_be_part, read_part, recording_elsewhere, recording_of
from assistant.recording.reading import read_head
from assistant.reports.day_facts import SECOND_NOT_COUNTED, marks_words
from assistant.review.annotations import FILE, Review, read_review, save, words_of
from assistant.review.counting import counts
from assistant.review.session_day import LevelDay, SessionDay
from assistant.review.session_log import read_events
from assistant.review.session_parts import write_parts
from assistant.review.session_reading import day_of_part, read_session_day
from assistant.system.places import plan_path_of

_MOST_SAID: Final = 2000
_MOST_CHANGES: Final = 10_000
_XRAY: Final = ("xray_s", "exposures", "second_xray_s", "second_exposures")
"""X-ray of all inputs, and of it that of a second one."""
_NOTHING_SAID: Final = {"cement_ml": None, **dict.fromkeys(_XRAY), "day_said": ""}
THUMBNAIL: Final = "thumbnail.jpg"
WAITING, ANALYSING, DONE, FAILED, NO_PLAN = "waiting", "analysing", "done", "failed", sentence("no plan")
NO_PICTURES: Final = sentence("no pictures")
"""States of a run; the last one: of a session's level of which nothing was recorded, what was told in it counts."""


def session_columns(day: SessionDay | None, *, rehearsal: bool) -> dict[str, Any]:
    """What a child process says of a session: columns of its run, and of each of its levels.

    Parameters
    ----------
    day : SessionDay or None
        None for a run that is no session: what was told then is not known.
    rehearsal : bool
        As its recording says.
    """
    if day is None:
        return {"run": {"rehearsal": int(rehearsal)}, "levels": []}
    raised = counts([one.priority for one in day.alarms])
    run = {
        "rehearsal": int(rehearsal or day.rehearsal),
        **{f"told_{word}": count for word, count in raised.items()},
        "acknowledged": sum(one.acknowledged_s is not None for one in day.alarms),
        **{name: _sum([getattr(level, name) for level in day.levels]) for name in _XRAY},
    }
    return {"run": run, "levels": [_level(level) for level in day.levels]}


def level_rows(
    library: Library, case_id: str, levels: list[dict[str, Any]], planned: str | None, *, rehearsal: bool
) -> tuple[list[tuple[str, str, dict[str, Any]]], list[str]]:
    """Rows of the levels of a run that comes into a case, and the id of each level in order.

    A level that the case has already keeps what a person entered for it; a rehearsal adds nothing to a patient's level.

    Parameters
    ----------
    library : Library
    case_id : str
        May be new.
    levels : list of dict
        As `session_columns` gives them; empty for a run that is no session.
    planned : str or None
        The level of the run's plan, where there is no session.
    rehearsal : bool
    """
    there = library.rows("levels", case_id=case_id)
    # What rehearsals have left there gives way to the first run that counts, also where that has nothing to say.
    runs = [] if rehearsal else library.rows("runs", case_id=case_id)
    left = _left_by_imports(library, case_id) if runs and all(run["rehearsal"] for run in runs) else {}
    if there and (rehearsal or not levels):
        first = str(there[0]["id"])
        named = {row["level"]: str(row["id"]) for row in reversed(there)}
        return _cleared(left), [named.get(level["level"], first) for level in levels] or [first]
    rows: list[tuple[str, str, dict[str, Any]]] = []
    for level in levels or [{"level": planned}]:
        known = next((row for row in there if row["level"] == level["level"]), None)
        if known is None:
            rows.append(("levels", library.new_id("levels"), {**level, "case_id": case_id}))
        else:
            free: set[str] = left.pop(known["id"], set())
            given = {name: value for name, value in level.items() if known[name] in (None, "") or name in free}
            rows.append(("levels", known["id"], given))
    ids = [id_ for _, id_, _ in rows]
    return rows + _cleared(left), ids


def _cleared(left: dict[str, set[str]]) -> list[tuple[str, str, dict[str, Any]]]:
    return [("levels", id_, {name: _NOTHING_SAID[name] for name in names}) for id_, names in left.items() if names]


def _left_by_imports(library: Library, case_id: str) -> dict[str, set[str]]:
    """Of each level of a case what stands there as an import has written it, and nobody has changed it since."""
    written: dict[str, dict[str, Any]] = {row["id"]: {} for row in library.rows("levels", case_id=case_id)}
    for change in reversed(library.changes(_MOST_CHANGES, about=case_id)):
        for row in change.rows if change.kind == "import" and change.undone_by is None else ():
            if row.table == "levels" and row.id in written:
                written[row.id] |= row.after or {}
    return {
        row["id"]: {
            name for name in _NOTHING_SAID if row[name] is not None and row[name] == written[row["id"]].get(name)
        }
        for row in library.rows("levels", case_id=case_id)
    }


def part_columns(
    recording: Path, into: Path, review: Review, look: Callable[[Path, Path], dict[str, Any]]
) -> list[dict[str, Any]]:
    """What a child process says of a session of several levels: of each part its place and columns of its run.

    Parameters
    ----------
    recording : Path
        Its parts are made in it.
    into : Path
        For their thumbnails, and for the parts where the recording cannot be written to.
    review : Review
        What was said of the recording.
    look : callable
        Looks at a run and makes its thumbnail.
    """
    events = read_events(recording)
    made = []
    for folder, level_at, number in write_parts(recording, into):
        part = read_part(folder)
        columns: dict[str, Any] = {
            "path": folder.relative_to(folder.parents[1]).as_posix(),
            "kept": folder.parents[1] == into,
            "level_at": level_at,
            "plan": plan_path_of(folder).is_file(),
            "pictures": part is not None,
            "thumbnail": "",
            "lost": 0,
        }
        row: dict[str, Any] = {"frames": 0, "duration_s": None, "reviewed": ""}
        rehearsal = False
        if part is not None:
            columns["thumbnail"] = f"{Path(THUMBNAIL).stem}_{number}.jpg"
            facts = look(folder, into / columns["thumbnail"])
            columns["lost"], rehearsal = facts["lost"], facts["rehearsal"]
            row = {name: facts[name] for name in ("frames", "duration_s")}
            row["reviewed"] = words_of(_of_part(review, part, folder / FILE).standing)
        row |= session_columns(day_of_part(events, number), rehearsal=rehearsal)["run"]
        made.append({**columns, "row": row})
    return made


def _of_part(review: Review, part: Part, place: Path) -> Review:
    """What reviewers said of a part; what was said of the whole recording before it had parts goes to each."""
    there = read_review(place)
    own = [
        entry
        for entry in review.standing
        if part.first_frame <= (entry.frame if entry.first_frame is None else entry.first_frame) < part.end_frame
    ]
    if there.entries or not own:
        return there
    numbered = tuple(msgspec.structs.replace(entry, number=n) for n, entry in enumerate(own, start=1))
    made = replace(review, path=place, entries=numbered)
    save(made)
    return made


def run_rows(
    library: Library,
    run_id: str,
    facts: dict[str, Any],
    parts: list[dict[str, Any]],
    places: tuple[Path, Path],
    level_ids: list[str],
) -> list[tuple[str, str, dict[str, Any]]]:
    """Rows of the runs of a recording that comes in: one, or one for each part of a session of several levels.

    Parameters
    ----------
    library : Library
    run_id : str
        Of the recording; the first part has it.
    facts : dict
        What the child process says of the recording, and columns that all its runs share.
    parts : list of dict
        As the child process says them.
    places : tuple of Path
        Where the recording lies, and its folder in the library.
    level_ids : list of str
        Of the levels of the day, in order.
    """
    path, folder = places
    lost, plan, frames = facts.pop("lost"), facts.pop("plan"), facts["frames"]
    whole = [
        {"path": "", "kept": False, "level_at": 0, "plan": plan, "pictures": True}
        | {"thumbnail": THUMBNAIL, "lost": lost, "row": {}}
    ]
    rows: list[tuple[str, str, dict[str, Any]]] = []
    for part in parts or whole:
        own = {**facts, **part["row"]}
        if parts:
            # The room that a recording takes is counted once.
            own["bytes"] = round(facts["bytes"] * own["frames"] / frames)
        own |= {
            "level_id": level_ids[min(part["level_at"], len(level_ids) - 1)],
            "path": str((folder if part["kept"] else path) / part["path"]),
            "thumbnail": str(folder / part["thumbnail"]) if part["pictures"] else None,
            "state": NO_PICTURES if not part["pictures"] else WAITING if part["plan"] else NO_PLAN,
            "recording_said": recording_words(part["lost"]),
        }
        if not part["pictures"]:
            own |= {"recording_said": NO_PICTURES, "rehearsal": own["rehearsal"] or facts["rehearsal"]}
        rows.append(("runs", library.new_id("runs") if rows else run_id, own))
    return rows


def recording_words(lost: int) -> str:
    """How whole a recording is, by its lost frames; an analysis says more."""
    return sentence(f"{lost} frames lost") if lost else sentence("whole")


def moved_rows(
    library: Library, run: dict[str, Any], place: Path, sha256: str
) -> list[tuple[str, str, dict[str, Any]]]:
    """Rows for the new place of a recording that was moved: of all its parts, where it has some."""
    same = library.rows("runs", sha256=run["sha256"], case_id=run["case_id"])
    if recording_elsewhere(Path(run["path"])) is not None:
        # The parts stay where they are, and know where their recording lies.
        keep_parts_elsewhere(Path(run["path"]).parent, place)
        return [("runs", each["id"], {"sha256": sha256}) for each in same]
    before = _recording_at(run, place)
    return [
        ("runs", each["id"], {"path": str(place / Path(each["path"]).relative_to(before)), "sha256": sha256})
        for each in same
        if _recording_at(each, place) == before
    ]


def of_same_recording(session: list[dict[str, Any]], frames: int | None) -> list[dict[str, Any]]:
    """Which of a session's runs hold the frames of a recording that comes in, though their bytes are others.

    A pack's run has no head of its own; else they are as many frames as it has.
    """
    if sum(run["frames"] or 0 for run in session) == frames:
        return session
    return [run for run in session if not session_of(read_head(recording_of(Path(run["path"])))).session_id]


def day_without_pictures(run: Path, recording: Path) -> SessionDay | None:
    """What was done and told at a level of which nothing was recorded: its folder was never made, its number names it.

    None where the log of the session is not there.
    """
    events = read_events(recording) if may_be_part(run) else ()
    return day_of_part(events, int(run.name.partition("_")[0])) if events else read_session_day(run)


def stored_recording(library: Library, run: dict[str, Any]) -> Path:
    """Where the recording of a run lies or lay: what is named like a part is one if others of its recording are."""
    elsewhere = recording_elsewhere(Path(run["path"]))
    if elsewhere is not None:
        return elsewhere
    recording = recording_of_path(run["path"])
    same = library.rows("runs", sha256=run["sha256"], case_id=run["case_id"])
    others = [each for each in same if recording_of_path(each["path"]) == recording]
    return recording if len(others) > 1 else Path(run["path"])


def _recording_at(run: dict[str, Any], place: Path) -> Path:
    """Where the recording of a run lay: it is a part of it only if it is found as one at the recording's new place."""
    path, recording = Path(run["path"]), recording_of_path(run["path"])
    is_part = run["state"] == NO_PICTURES or (place / path.relative_to(recording) / PART).is_file()
    return recording if is_part else path


def recording_of_path(path: str) -> Path:
    """Where the recording of a run lies or lay, by the run's path alone: of one that is named like a part."""
    run = Path(path)
    return run.parent.parent if may_be_part(run) else run


def _level(level: LevelDay) -> dict[str, Any]:
    said = [*marks_words(level), *([sentence(f"X-ray: {SECOND_NOT_COUNTED}")] if level.uncounted else [])]
    return {
        "level": level.level or None,
        "cement_ml": level.cement_ml,
        **{name: getattr(level, name) for name in _XRAY},
        "day_said": " · ".join(said)[:_MOST_SAID],
    }


def _sum(values: list[Any]) -> Any:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
