"""What the list shows of a case and what the search reads: worked out when a case changes, not when it is shown."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from assistant.results.looked_at import NOT_YET
from assistant.system.plain import sql_value

DERIVED: Final = frozenset(
    {
        "levels_said",
        "rehearsal",
        "analysed_by",
        "cement_ml",
        "told_high",
        "told_medium",
        "told_low",
        "acknowledged",
        "xray_s",
        "exposures",
        "second_xray_s",
        "second_exposures",
        "duration_s",
        "high",
        "medium",
        "low",
        "leak_said",
        "has_leak",
        "ct_linked",
        "in_set",
        "recording_said",
        "thumbnail",
    }
)
"""Columns of a case that follow from its other rows."""
_SUMS: Final = (
    *("duration_s", "high", "medium", "low", "told_high", "told_medium", "told_low", "acknowledged"),
    *("xray_s", "exposures", "second_xray_s", "second_exposures"),
)


def refresh_case(db: sqlite3.Connection, case_id: str) -> None:
    """Bring the line of a case up to date, inside the caller's transaction."""
    case = db.execute("SELECT * FROM cases WHERE id = ?", (case_id,)).fetchone()
    if case is None:
        return
    levels = _rows(db, "levels", case_id)
    runs = _rows(db, "runs", case_id)
    # A rehearsal counts nowhere; where a case holds nothing else, its figures are those of the rehearsal, marked so.
    counted = [run for run in runs if not run["rehearsal"]] or runs
    findings = _rows(db, "findings", case_id)
    outcomes = _rows(db, "outcomes", case_id)
    in_set = db.execute(
        "SELECT count(*) FROM clips WHERE deleted_ns IS NULL AND run_id IN (SELECT id FROM runs WHERE case_id = ?)",
        (case_id,),
    ).fetchone()[0]
    line = {
        "levels_said": " + ".join(dict.fromkeys(level["level"] for level in levels if level["level"])),
        "cement_ml": _sum(levels, "cement_ml"),
        "rehearsal": int(bool(runs) and all(run["rehearsal"] for run in runs)),
        "analysed_by": ", ".join(dict.fromkeys(run["analysed_by"] for run in counted if run["analysed_by"])),
        **{name: _sum(counted, name) for name in _SUMS},
        "leak_said": _leak_words(counted),
        "has_leak": int(any(run["has_leak"] for run in counted) or any(one["site"] != "none seen" for one in findings)),
        "ct_linked": int(bool(findings)),
        "in_set": int(bool(in_set)),
        "recording_said": "; ".join(dict.fromkeys(run["recording_said"] for run in runs if run["recording_said"])),
        "thumbnail": next((run["thumbnail"] for run in runs if run["thumbnail"]), None),
    }
    parts = ", ".join(f"{name} = ?" for name in line)
    db.execute(f"UPDATE cases SET {parts} WHERE id = ?", (*map(sql_value, line.values()), case_id))
    words = [case["id"], case["id"].replace("-", ""), case["day"], case["technique"], case["note"], case["tags"]]
    words += [case["owner"], case["origin"], line["leak_said"], line["recording_said"]]
    for level in levels:
        words += [level["level"], level["technique"], level["access"], level["gauge"], level["note"], level["day_said"]]
    words += [run[name] for run in runs for name in ("note", "reviewed", "session_id")]
    for finding in findings:
        words += [finding["site"], finding["shape"], finding["magnitude"], finding["note"]]
    words += [outcome["note"] for outcome in outcomes]
    db.execute("DELETE FROM words WHERE rowid = ?", (case["number"],))
    db.execute(
        "INSERT INTO words (rowid, said) VALUES (?, ?)", (case["number"], " ".join(str(one) for one in words if one))
    )


def _leak_words(runs: list[sqlite3.Row]) -> str:
    """What was found, run by run; that a run was not looked at is said as well."""
    words = list(dict.fromkeys(run["leak_said"] for run in runs if run["leak_said"]))
    waiting = sum(not run["leak_said"] for run in runs)
    if waiting:
        words.append(f"{waiting} run{'s'[: waiting > 1]} {NOT_YET}" if words else NOT_YET)
    return "; ".join(words)


def _rows(db: sqlite3.Connection, table: str, case_id: str) -> list[sqlite3.Row]:
    return db.execute(
        f"SELECT * FROM {table} WHERE case_id = ? AND deleted_ns IS NULL ORDER BY number", (case_id,)
    ).fetchall()


def _sum(rows: list[sqlite3.Row], column: str) -> Any:
    """The sum of what is known; None where nothing is."""
    known = [row[column] for row in rows if row[column] is not None]
    return sum(known) if known else None
