"""What a person reads on the page of cases. Plain text only; never safe, clear, or the like."""

from __future__ import annotations

from datetime import date
from typing import Any

from assistant.library.run_summary import NOT_WHOLE
from assistant.library.session_rows import NO_PICTURES
from assistant.reports.day_facts import xray_words
from assistant.results.looked_at import NOT_TO_ITS_END
from assistant.review.counting import PRIORITIES, count_words

CASES = "CASES"
COUNT = "{0:,} case{1}"
REHEARSALS = "{0:,} rehearsal{1} apart"
HERE_ONLY = "on this computer only"
REHEARSAL = "REHEARSAL"
REHEARSAL_TOLD = "no patient, counts nowhere"
SEARCH = "Search case, level, note"
COLUMNS = ("", "case", "level", "run", "cement", "alarms", "leak label", "CT", "recording")
NO_CASES = "No case yet.\n\nImport a recording: [[cases:import]], or drop a file or folder here."
NOTHING_FOUND = "No case with these words."
NOT_LIVE = "recorded · not live"
RUN = "Run · session"
RUN_OF = "run {0} of {1} · [[cases:run before]] [[cases:run next]]"
CT_NOT_YET, CT_LINKED = "not yet", "linked"
IMPORTS_WAIT = "While a procedure runs, imports wait."
NO_ALARM = "—"
NOT_ANALYSED = {
    "waiting": "analysis waits",
    "analysing": "analysis runs",
    "no plan": "no lines yet: open in review",
    "failed": "not analysed",
    NO_PICTURES: "a level without pictures",
}
DELETE_ASKED = "Delete {0}? Press [[cases:delete]] again. Undo with [[cases:undo]]; it leaves a record."
DELETED = "{0} deleted. [[cases:undo]] brings it back."
UNDONE = "Taken back: {0} ({1})."
NOTHING_TO_UNDO = "Nothing to take back."
BIN_ASKED = (
    "Remove {0} deleted cases and their copied files for good? Press [[cases:delete]] again. This cannot be taken back."
)
BIN_EMPTIED = "{0} cases removed, {1} given back. A copy of the library's table is kept in backups."
TO_TRAINING = "A training clip of {0} was made."
VERBS = {
    "analyse": "Analysis of",
    "bring in": "Import of",
    "unpack": "Import of",
    "find": "Comparing",
    "pack": "Export into",
    "course": "Making",
}
DONE_EXPORT = "{0} was written."
IMPORTING = "{0} {1} %   {2}"
DONE_IMPORT = "{0} is in the library as {1}."
RESTORE_KEY = "[[cases:restore]] puts the newest copy in its place."
RESTORE_ASKED = (
    "Put the copy {0} in the place of the damaged library? It is kept beside it. Press [[cases:restore]] again."
)
RESTORED = "The library is the copy {0} again; the damaged one lies beside it as {1}."
NO_COPY = "There is no copy of the library. Each run can still be opened by itself in review."
KEYS = (
    ("row down", "Choose", "Choose"),
    ("review", "Open in review", "Review"),
    ("search", "Search", "Search"),
    ("import", "Import", "Import"),
    ("delete", "Delete… asks twice, leaves a record", "Delete…"),
)
"""Act, words, and the short words of a narrow window."""
IMPORT_TITLE = "Import {0}"
COPY, LINK = "copy into the library", "leave where it is"
IMPORT_NOTE = (
    "A copy takes {0}; {1} are free in the library's folder. Left where it is it takes nothing, and must not be moved, "
    "renamed or unplugged."
)
NO_ROOM = " There is no room for a copy."
GONE = (
    "The recording of {0} is not at its place any more ({1}). Plug the disk in again, or press [[cases:find again]] "
    "to show where it is."
)
STILL_THERE = "The recording of {0} is at its place."
FOUND = "The recording of {0} was found again."
CT_TITLE = "After-operation CT"
OUTCOME_TITLE = "Outcome"
EXPORT_TITLE = "Export a case pack"
EXPORT_NOTE = (
    "The pictures are written anew: header data, file names and the folder's name stay here. "
    "Burned-in text stays in the picture unless you cover it. The case keeps its random number."
)
EDIT_TITLE = "Case {0}"
NAMES = ("not looked at", "masked at capture", "looked at: none to read", "still to be read")


def count_of(cases: int, apart: int, bytes: int, *, wide: bool) -> str:
    """How many cases there are, rehearsals apart, and how much room they take."""
    counted = words_of(COUNT, cases)
    parts = (counted, words_of(REHEARSALS, apart) if apart else "", size(bytes), HERE_ONLY if wide else "")
    return " · ".join(part for part in parts if part)


def words_of(text: str, count: int) -> str:
    """A count with its word in the singular or the plural."""
    return text.format(count, "s" if count != 1 else "")


def day(iso: str | None) -> str:
    """A day as people write it."""
    if not iso:
        return "no date"
    try:
        found = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{found.day} {found:%b} {found.year}"


def size(count: int) -> str:
    """Bytes in the unit that fits."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def length(seconds: float | None) -> str:
    """Length of a run."""
    if seconds is None:
        return "—"
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


def millilitres(value: float | None) -> str:
    """Cement in, as entered."""
    return "—" if value is None else f"{value:.1f} ml"


TOLD, BY_ANALYSIS, BY_ANALYSIS_NOT_YET = "Told on the day", "Found by analysis {0}", "Found by analysis"
XRAY = "X-ray on the day"
NO_SESSION = "no session: nothing was told"
NO_LINES = "no lines were set: not analysed"
ALL_LEVELS = "All levels"
LEVELS_IN_ONE = "one run, measured with the last level's lines: import it again, then each is one"
NOT_RECORDED = "no pictures were recorded: not analysed"
NO_PICTURES_TO_OPEN = (
    "No pictures of this level were recorded, so there is nothing to open; what was told in it is counted on the card."
)


def cement(case: dict[str, Any], levels: list[dict[str, Any]]) -> str:
    """Cement in, level by level where there are several."""
    if len(levels) < 2:
        return millilitres(case["cement_ml"])
    return " · ".join(f"{level['level'] or 'level not named'} {millilitres(level['cement_ml'])}" for level in levels)


def xray(case: dict[str, Any]) -> str:
    """X-ray time and exposures as they were counted on the day."""
    return xray_words(case["xray_s"], case["exposures"]).removeprefix("X-ray ")


def marks(level: dict[str, Any]) -> list[tuple[str, str]]:
    """The cement's stages and the marks of a level, each on a line of its own."""
    name = level["level"] or "Level not named"
    parts = level["day_said"].split(" · ")
    stages = [part.removeprefix("cement ") for part in parts if part.startswith("cement ")]
    made = " · ".join(part for part in parts if part and not part.startswith("cement "))
    return [*((f"{name} cement", stage) for stage in stages), *([(f"{name} marks", made)] if made else [])]


def level_of_run(number: int, run: dict[str, Any], level: str | None) -> tuple[str, str]:
    """Name and value of one of several runs of a case: its level, what was told in it, and what its analysis found."""
    if run["state"] == NO_PICTURES:
        said = [NOT_RECORDED]
    elif run["state"] == "no plan" and run["session_id"]:
        said = [NO_LINES]
    elif run["high"] is None:
        said = [NOT_ANALYSED.get(run["state"], "not analysed")]
    else:
        whole = f", {NOT_TO_ITS_END}" if NOT_WHOLE in run["recording_said"] else ""
        said = [f"found {_few(run, '')}{whole}", run["leak_said"]]
    told_then = [] if run["told_high"] is None else [f"told {_few(run, 'told_')}"]
    return f"Run {number} · {level or 'level not named'}", " · ".join(part for part in (*told_then, *said) if part)


def _few(run: dict[str, Any], prefix: str) -> str:
    """Alarms by priority, in few words."""
    counts = [(run[prefix + word] or 0, word) for word in PRIORITIES]
    return " ".join(f"{count} {word.upper()}" for count, word in counts if count) or "no alarm"


def keep(case: dict[str, Any]) -> str:
    """Until when a case is kept, and whose it is; empty where nobody has said so."""
    kept = day(case["keep_until"]) if case["keep_until"] else ""
    return " · ".join(part for part in (kept, case["owner"]) if part)


def told(case: dict[str, Any]) -> str:
    """Alarms as they were told on the day, and how many were acknowledged."""
    if case["told_high"] is None:
        return NO_SESSION
    counted = count_words(_priorities(case, "told_"))
    return counted if counted == "no alarm" else f"{counted}; {case['acknowledged']} acknowledged"


def found(case: dict[str, Any]) -> tuple[str, str]:
    """Name and value of what the analysis found: another count under another name."""
    if case["high"] is None:
        return BY_ANALYSIS_NOT_YET, "not analysed"
    counted = count_words(_priorities(case, ""))
    if NOT_WHOLE in (case["recording_said"] or ""):
        counted = f"{counted}, {NOT_TO_ITS_END}"
    return BY_ANALYSIS.format(case["analysed_by"]).rstrip(), counted


def told_and_found(case: dict[str, Any]) -> str:
    """Whose alarms a row of the list shows, and how many the analysis found where that is another count."""
    if case["told_high"] is None:
        return "" if case["high"] is None else "by analysis"
    count = "" if case["high"] is None else f" · analysis {len(_priorities(case, ''))}"
    return f"told{count}"


def _priorities(case: dict[str, Any], prefix: str) -> list[str]:
    return [word for word in PRIORITIES for _ in range(case[prefix + word] or 0)]
