"""What the library keeps of a session's day: a level's row for each level, and the columns of its run."""

from __future__ import annotations

from typing import Any, Final

from assistant.counting import counts
from assistant.library.store import Library
from assistant.reports.day_facts import marks_words
from assistant.session_day import LevelDay, SessionDay

_MOST_SAID: Final = 2000
_MOST_CHANGES: Final = 10_000
_NOTHING_SAID: Final = {"cement_ml": None, "xray_s": None, "exposures": None, "day_said": ""}


def said_of_session(day: SessionDay | None, *, rehearsal: bool) -> dict[str, Any]:
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
    told = counts([one.priority for one in day.alarms])
    run = {
        "rehearsal": int(rehearsal or day.rehearsal),
        **{f"told_{word}": count for word, count in told.items()},
        "acknowledged": sum(one.acknowledged_s is not None for one in day.alarms),
        "xray_s": _sum([level.xray_s for level in day.levels]),
        "exposures": _sum([level.exposures for level in day.levels]),
    }
    return {"run": run, "levels": [_level(level) for level in day.levels]}


def level_rows(
    library: Library, case_id: str, levels: list[dict[str, Any]], planned: str | None, *, rehearsal: bool
) -> tuple[list[tuple[str, str, dict[str, Any]]], str]:
    """Rows of the levels of a run that comes into a case, and the id of its first level.

    A level that the case has already keeps what a person entered for it; a rehearsal adds nothing to a patient's level.

    Parameters
    ----------
    library : Library
    case_id : str
        May be new.
    levels : list of dict
        As `said_of_session` gives them; empty for a run that is no session.
    planned : str or None
        The level of the run's plan, where there is no session.
    rehearsal : bool
    """
    there = library.rows("levels", case_id=case_id)
    if there and (rehearsal or not levels):
        return [], there[0]["id"]
    # What rehearsals have left there gives way to the first session that counts, also where that has nothing to say.
    runs = library.rows("runs", case_id=case_id)
    left = _left_by_imports(library, case_id) if runs and all(run["rehearsal"] for run in runs) else {}
    rows: list[tuple[str, str, dict[str, Any]]] = []
    for level in levels or [{"level": planned}]:
        known = next((row for row in there if row["level"] == level["level"]), None)
        if known is None:
            rows.append(("levels", library.new_id("levels"), {**level, "case_id": case_id}))
        else:
            free: set[str] = left.pop(known["id"], set())
            given = {name: value for name, value in level.items() if known[name] in (None, "") or name in free}
            rows.append(("levels", known["id"], given))
    first = rows[0][1]
    rows += [("levels", id_, {name: _NOTHING_SAID[name] for name in names}) for id_, names in left.items() if names]
    return rows, first


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


def _level(level: LevelDay) -> dict[str, Any]:
    return {
        "level": level.level or None,
        "cement_ml": level.cement_ml,
        "xray_s": level.xray_s,
        "exposures": level.exposures,
        "day_said": " · ".join(marks_words(level))[:_MOST_SAID],
    }


def _sum(values: list[Any]) -> Any:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
