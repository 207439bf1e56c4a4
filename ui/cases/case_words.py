"""What a person reads on the page of cases. Plain text only; never safe, clear, or the like."""

from __future__ import annotations

from datetime import date
from typing import Any

from assistant.language import tr, translate, trn
from assistant.language.days import day_words
from assistant.library.run_summary import NOT_WHOLE
from assistant.library.session_rows import NO_PICTURES
from assistant.reports.day_facts import XrayCounted, xray_words
from assistant.results.looked_at import NOT_TO_ITS_END
from assistant.review.counting import PRIORITIES, count_words

CASES = tr("CASES")
HERE_ONLY = tr("on this computer only")
REHEARSAL = tr("REHEARSAL")
REHEARSAL_NOTE = tr("no patient, counts nowhere")
SEARCH = tr("Search case, level, note")
COLUMNS = ("", "case", "level", "run", "cement", "alarms", "leak label", "CT", "recording")  # sentences
NO_CASES = tr("No case yet.\n\nImport a recording: [[cases:import]], or drop a file or folder here.")
NOTHING_FOUND = tr("No case with these words.")
NOT_LIVE = tr("recorded · not live")
RUN = tr("Run · session")
RUN_OF = tr("run {0} of {1} · [[cases:run before]] [[cases:run next]]")
CT_NOT_YET, CT_LINKED = tr("not yet"), tr("linked")
IMPORTS_WAIT = tr("While a procedure runs, imports wait.")
NO_ALARM = "—"
NOT_ANALYSED = {
    "waiting": tr("analysis waits"),
    "analysing": tr("analysis runs"),
    "no plan": tr("no lines yet: open in review"),
    "failed": tr("not analysed"),
    NO_PICTURES: tr("a level without pictures"),
}
DELETE_ASKED = tr("Delete {0}? Press [[cases:delete]] again. Undo with [[cases:undo]]; it leaves a record.")
DELETED = tr("{0} deleted. [[cases:undo]] brings it back.")
UNDONE = tr("Taken back: {0} ({1}).")
NOTHING_TO_UNDO = tr("Nothing to take back.")
TRASH_ASKED = tr(
    "Remove {0} deleted cases and their copied files for good? Press [[cases:delete]] again. This cannot be taken back."
)
VERBS = {
    "analyse": tr("Analysis of"),
    "bring in": tr("Import of"),
    "unpack": tr("Import of"),
    "find": tr("Comparing"),
    "pack": tr("Export into"),
    "course": tr("Making"),
}
DONE_EXPORT = tr("{0} was written.")
IMPORTING = "{0} {1} %   {2}"
DONE_IMPORT = tr("{0} is in the library as {1}.")
RESTORE_KEY = tr("[[cases:restore]] puts the newest copy in its place.")
RESTORE_ASKED = tr(
    "Put the copy {0} in the place of the damaged library? It is kept beside it. Press [[cases:restore]] again."
)
RESTORED = tr("The library is the copy {0} again; the damaged one lies beside it as {1}.")
NO_COPY = tr("There is no copy of the library. Each run can still be opened by itself in review.")
KEYS = (
    ("row down", tr("Choose"), tr("Choose")),
    ("review", tr("Open in review"), tr("Review")),
    ("search", tr("Search"), tr("Search")),
    ("import", tr("Import"), tr("Import")),
    ("delete", tr("Delete… asks twice, leaves a record"), tr("Delete…")),
)
"""Act, words, and the short words of a narrow window."""
IMPORT_TITLE = tr("Import {0}")
COPY, LINK = tr("copy into the library"), tr("leave where it is")
IMPORT_NOTE = tr(
    "A copy takes {0}; {1} are free in the library's folder. Left where it is it takes nothing, and must not be moved, "
    "renamed or unplugged."
)
NO_ROOM = tr(" There is no room for a copy.")
GONE = tr(
    "The recording of {0} is not at its place any more ({1}). Plug the disk in again, or press [[cases:find again]] "
    "to show where it is."
)
STILL_THERE = tr("The recording of {0} is at its place.")
FOUND = tr("The recording of {0} was found again.")
CT_TITLE = tr("After-operation CT")
OUTCOME_TITLE = tr("Outcome")
EXPORT_TITLE = tr("Export a case pack")
EXPORT_NOTE = tr(
    "The pictures are written anew: header data, file names and the folder's name stay here. "
    "Burned-in text stays in the picture unless you cover it. The case keeps its random number."
)
EDIT_TITLE = tr("Case {0}")
NAMES = ("not looked at", "masked at capture", "looked at: none to read", "still to be read")  # sentences


def count_of(cases: int, apart: int, bytes: int, *, wide: bool) -> str:
    """How many cases there are, rehearsals apart, and how much room they take."""
    counted = trn("{count:,} case", "{count:,} cases", cases)
    besides = trn("{count:,} rehearsal apart", "{count:,} rehearsals apart", apart) if apart else ""
    parts = (counted, besides, size(bytes), HERE_ONLY if wide else "")
    return " · ".join(part for part in parts if part)


def day(iso: str | None) -> str:
    """A day as people write it."""
    if not iso:
        return tr("no date")
    try:
        found = date.fromisoformat(iso)
    except ValueError:
        return iso
    return translate(day_words(found))


def size(count: int) -> str:
    """Bytes in the unit that fits."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return tr("{value:.1f} TB", value=value)


def length(seconds: float | None) -> str:
    """Length of a run."""
    if seconds is None:
        return "—"
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


def millilitres(value: float | None) -> str:
    """Cement in, as entered."""
    return "—" if value is None else tr("{value:.1f} ml", value=value)


RAISED, BY_ANALYSIS, BY_ANALYSIS_NOT_YET = tr("Told on the day"), tr("Found by analysis {0}"), tr("Found by analysis")
XRAY = tr("X-ray on the day")
NO_SESSION = tr("no session: nothing was told")
NO_LINES = tr("no lines were set: not analysed")
ALL_LEVELS, LEVEL_NOT_NAMED = tr("All levels"), tr("level not named")
LEVELS_IN_ONE = tr("one run, measured with the last level's lines: import it again, then each is one")
NOT_RECORDED = tr("no pictures were recorded: not analysed")
NO_PICTURES_TO_OPEN = tr(
    "No pictures of this level were recorded, so there is nothing to open; what was told in it is counted on the card."
)


def cement(case: dict[str, Any], levels: list[dict[str, Any]]) -> str:
    """Cement in, level by level where there are several."""
    if len(levels) < 2:
        return millilitres(case["cement_ml"])
    return " · ".join(f"{level['level'] or LEVEL_NOT_NAMED} {millilitres(level['cement_ml'])}" for level in levels)


def xray(case: dict[str, Any]) -> str:
    """X-ray time and exposures as they were counted on the day."""
    columns = (case[name] for name in ("xray_s", "exposures", "second_xray_s", "second_exposures"))
    return translate(xray_words(XrayCounted(*columns)).removeprefix("X-ray "))


def marks(level: dict[str, Any]) -> list[tuple[str, str]]:
    """The cement's stages and the marks of a level, each on a line of its own."""
    name = level["level"] or tr("Level not named")
    parts = level["day_said"].split(" · ")
    stages = [part.removeprefix("cement ") for part in parts if part.startswith("cement ")]
    made = " · ".join(part for part in parts if part and not part.startswith("cement "))
    return [
        *((tr("{name} cement", name=name), stage) for stage in map(translate, stages)),
        *([(tr("{name} marks", name=name), translate(made))] if made else []),
    ]


def level_of_run(number: int, run: dict[str, Any], level: str | None) -> tuple[str, str]:
    """Name and value of one of several runs of a case: its level, what was told in it, and what its analysis found."""
    if run["state"] == NO_PICTURES:
        parts = [NOT_RECORDED]
    elif run["state"] == "no plan" and run["session_id"]:
        parts = [NO_LINES]
    elif run["high"] is None:
        parts = [NOT_ANALYSED.get(run["state"], tr("not analysed"))]
    else:
        whole = f", {translate(NOT_TO_ITS_END)}" if NOT_WHOLE in run["recording_said"] else ""
        parts = [tr("found {alarms}{whole}", alarms=_few(run, ""), whole=whole), translate(run["leak_said"] or "")]
    raised_then = [] if run["told_high"] is None else [tr("told {alarms}", alarms=_few(run, "told_"))]
    return tr("Run {number} · {level}", number=number, level=level or LEVEL_NOT_NAMED), " · ".join(
        part for part in (*raised_then, *parts) if part
    )


def _few(run: dict[str, Any], prefix: str) -> str:
    """Alarms by priority, in few words."""
    counts = [(run[prefix + word] or 0, word) for word in PRIORITIES]
    return " ".join(f"{count} {word.upper()}" for count, word in counts if count) or translate("no alarm")


def keep(case: dict[str, Any]) -> str:
    """Until when a case is kept, and whose it is; empty where nobody has said so."""
    kept = day(case["keep_until"]) if case["keep_until"] else ""
    return " · ".join(part for part in (kept, case["owner"]) if part)


def raised_words(case: dict[str, Any]) -> str:
    """Alarms as they were told on the day, and how many were acknowledged."""
    if case["told_high"] is None:
        return NO_SESSION
    priorities = _priorities(case, "told_")
    counted = translate(count_words(priorities))
    return (
        counted
        if not priorities
        else tr("{counted}; {count} acknowledged", counted=counted, count=case["acknowledged"])
    )


def found(case: dict[str, Any]) -> tuple[str, str]:
    """Name and value of what the analysis found: another count under another name."""
    if case["high"] is None:
        return BY_ANALYSIS_NOT_YET, tr("not analysed")
    counted = translate(count_words(_priorities(case, "")))
    if NOT_WHOLE in (case["recording_said"] or ""):
        counted = f"{counted}, {translate(NOT_TO_ITS_END)}"
    return BY_ANALYSIS.format(case["analysed_by"]).rstrip(), counted


def alarm_source_words(case: dict[str, Any]) -> str:
    """Whose alarms a row of the list shows, and how many the analysis found where that is another count."""
    if case["told_high"] is None:
        return "" if case["high"] is None else tr("by analysis")
    count = "" if case["high"] is None else tr(" · analysis {count}", count=len(_priorities(case, "")))
    return tr("told{analysed}", analysed=count)


def _priorities(case: dict[str, Any], prefix: str) -> list[str]:
    return [word for word in PRIORITIES for _ in range(case[prefix + word] or 0)]


def trash_emptied(cases: int, freed: int) -> str:
    """What emptying the bin has removed; ``freed`` in bytes."""
    return trn(
        "{count} case removed, {freed} given back. A copy of the library's table is kept in backups.",
        "{count} cases removed, {freed} given back. A copy of the library's table is kept in backups.",
        cases,
        freed=size(freed),
    )
