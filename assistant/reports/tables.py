"""Tables of a run as CSV: the figures of each frame, and the report's lists."""

from __future__ import annotations

import contextlib
import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from assistant import lengths
from assistant.errors import EnvironmentError_
from assistant.identity import Identity
from assistant.lines import WHOLE_LINES
from assistant.plan import PlannedView
from assistant.readings.csv_row import why_unproved
from assistant.readings.moments import Moment, view_of
from assistant.reports.day_facts import SESSION_HEAD, SessionLine, clock
from assistant.reports.facts import ReportFacts
from assistant.system.files import whole_file
from assistant.vocabulary import Distances, Measure, Motion, value_or_none

FIGURES = tuple(line.column_mm for line in WHOLE_LINES)
SHARES = (*(line.column_share for line in WHOLE_LINES), "cement_area_share")
_ROWS_AT_ONCE = 256
"""So few are written in one go that no other thread waits for them."""
_WHO = ("case", "level", "run")
COLUMNS = (*_WHO, "frame", "t_s", "state", "cement_area_mm2", *FIGURES, "alarm", "reason", *SHARES)


def frames_table(moments: Iterable[Moment], views: Sequence[PlannedView], identity: Identity) -> Iterator[list[str]]:
    """One row a frame, `COLUMNS` first; an unknown figure is an empty cell and ``reason`` says why.

    In a view that is not calibrated the cells in mm and mm² are empty, the shares of the body stand.
    """
    yield list(COLUMNS)
    ids = [identity.case_id, plain_cell(identity.level), identity.run_id]
    for moment in moments:
        found = lengths.columns(moment.distances, moment.approach, view_of(moment, views))
        alarm = max((alarm.priority for alarm in moment.standing), default=None)
        reason = moment.liveness.reason
        if not reason and not isinstance(moment.motion, Motion):
            reason = moment.motion.reason
        elif not reason and not isinstance(moment.distances, Distances):
            reason = moment.distances.reason
        reason = reason or why_unproved(moment.distances)
        yield [
            *ids,
            str(moment.frame_index),
            f"{moment.t_s:.4f}",
            moment.liveness.state.value,
            _cell(found["cement_area_mm2"], 2),
            *(_cell(found[name]) for name in FIGURES),
            "none" if alarm is None else alarm.word,
            plain_cell(reason),
            *(_cell(found[name], 4) for name in SHARES),
        ]


def lists_table(facts: ReportFacts) -> list[list[str]]:
    """Who the run is, the day, what was told then, what the analysis found, leaks and what reviewers said."""
    rows = [["part", "time", "frame", "what", "detail"]]
    rows += [["identity", "", "", name, value] for name, value in facts.identity.pairs]
    rows.append(["identity", "", "", "recorded", facts.identity.recorded_words])
    rows += [["rehearsal", "", "", facts.rehearsal, ""]] if facts.rehearsal else []
    rows += [["session", "", "", line.level, _session_words(line)] for line in facts.session]
    rows += [["count", "", "", name, value] for name, value in facts.counts]
    rows += [["day", "", "", level, text] for level, text in facts.day]
    for part, events in (("told", facts.raised), ("event", facts.events)):
        for event in events:
            until = "stands" if event.until_s is None else f"until {clock(event.until_s)}"
            until += "" if event.answered_s is None else f"; acknowledged {clock(event.answered_s)}"
            rows.append([part, clock(event.t_s), str(event.frame), f"{event.priority}: {event.text}", until])
    rows += [["screen", clock(each.t_s), str(each.frame_index), each.text, ""] for each in facts.screen]
    for number, site, first, *rest in facts.leaks:
        rows.append(["leak", first, "", f"{number} {site}", "; ".join(rest)])
    rows += [["reviewer", "", "", line.words, ""] for line in facts.reviewer]
    rows += [["note", "", "", line, ""] for line in facts.notes]
    rows += [["final", "", "", name, value] for name, value in facts.final]
    return [rows[0], *[[plain_cell(cell) for cell in row] for row in rows[1:]]]


def _session_words(line: SessionLine) -> str:
    """A level beside the others, in one cell."""
    named = zip(SESSION_HEAD[1:], line[1:], strict=True)
    return "; ".join(f"{name}: {value}" for name, value in named if value)


def plain_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _cell(measure: Measure, places: int = 3) -> str:
    value = value_or_none(measure)
    return "" if value is None or abs(value) == float("inf") else f"{value:z.{places}f}"


def write_csv(path: Path, rows: Iterable[Sequence[str]], progress: Callable[[int], None] = lambda done: None) -> None:
    """Write a table, whole or not at all.

    Parameters
    ----------
    path : Path
    rows : iterable of sequence of str
    progress : callable
        Given the rows written so far; what it raises ends the writing, and nothing is left.

    Raises
    ------
    EnvironmentError_
        If it cannot be written.
    """
    with export_file(path) as part, part.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        table = csv.writer(file, lineterminator="\n")
        left, done = iter(rows), 0
        while some := list(itertools.islice(left, _ROWS_AT_ONCE)):
            table.writerows(some)
            done += len(some)
            progress(done)


@contextlib.contextmanager
def export_file(path: Path) -> Iterator[Path]:
    """A place to write what goes out to: it takes the name at the end, or nothing of it is left (`whole_file`).

    Raises
    ------
    EnvironmentError_
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not durable: it can be made again, and whoever takes it along looks at it.
        with whole_file(path, durable=False) as part:
            yield part
    except OSError as error:
        raise EnvironmentError_(f"{path}: cannot be written ({error.strerror}); choose another folder") from error
