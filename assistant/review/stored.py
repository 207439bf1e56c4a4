"""Figures that are there already, read back: as told on the day, and as an earlier analysis found them.

A run folder may hold the lines that a live session wrote (``readings_000.jsonl``): `read_as_seen`. A result's folder
holds the table of an analysis (``measurements.csv``): `read_analysed`. Both keep the same columns; a session, and the
analysis of a run of the library (``moments.jsonl``), also keep outlines, leaks and thirds
(`assistant.readings.live_line`). What was not kept is `Unknown` with a reason.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from assistant import lengths
from assistant.alarm_table.row import PipelineRow
from assistant.alarm_table.table import with_shapes
from assistant.alarm_table.word import read_alarm_word
from assistant.errors import InputError
from assistant.language import sentence
from assistant.lines import GRAVEST, TABLED_LINES, WARNING_THIRDS, Line
from assistant.part import MOST_FRAMES, read_part, recording_of
from assistant.plan import Plan, PlannedView
from assistant.readings.csv_row import NEW_PICTURE, read_motion
from assistant.readings.live_line import FILES, KEEPS, NO_PLAN, lines_of, read_leaks, read_outline, read_thirds
from assistant.readings.moments import Moment, Outline
from assistant.readings.table_file import Row, open_table
from assistant.recording.reading import MOST_LOST_IN_A_ROW, read_frame_times
from assistant.results.folder import MOMENTS, TABLE
from assistant.results.moment_lines import FRAME
from assistant.vocabulary import (
    CANNOT_TELL,
    NOT_PROVED,
    Alarm,
    AlarmSite,
    Approach,
    Distances,
    EventKind,
    FrameState,
    Leak,
    Liveness,
    Measure,
    Motion,
    Unknown,
)

NOT_STORED: Final = Unknown("not kept")
_NO_READING: Final = sentence("not analysed on the day")
_NOTHING_READ: Final = Unknown(_NO_READING)
_NOT_ANALYSED: Final = Liveness(
    state=FrameState.UNUSABLE, xray_age_s=_NOTHING_READ, noise_grey=_NOTHING_READ, reason=_NO_READING
)
_NO_APPROACH: Final = Approach(approach_mm_per_s=_NOTHING_READ, time_to_line_s=_NOTHING_READ)
_MOST_BYTES: Final = 2 << 30


def holds_figures(folder: Path) -> bool:
    """Whether a run folder holds figures from the day."""
    return folder.is_dir() and any(recording_of(folder).glob(FILES))


def holds_leaks(folder: Path) -> bool:
    """Whether leaks and outlines of the day were kept: in live sessions since they are."""
    paths = list(recording_of(folder).glob(FILES))
    return bool(paths) and all(next(lines_of(path), {}).get(KEEPS) for path in paths)


def read_as_seen(folder: Path, plan: Plan | None) -> list[Moment]:
    """Read what was told, one moment a frame from the run's first on; frames without a reading say so.

    Parameters
    ----------
    folder : Path
    plan : Plan or None
        The plan of the day: without it lines cannot be placed, and distances are told all the same.

    Raises
    ------
    InputError
        If there is nothing, or it cannot be read.
    """
    try:
        if not holds_figures(folder):
            raise InputError(f"{folder}: holds no figures of the day; analyse it instead")
        part = read_part(folder)
        times_s = read_frame_times(recording_of(folder))
        first_plan = 0 if part is None else part.first_plan
        rows, standing, more = _live_rows(recording_of(folder), plan, first_plan, sorted(times_s))
        if part is None:
            return list(_moments(rows, standing, more, plan, times_s=times_s))
        rows = [row for row in rows if part.first_frame <= int(row["frame"]) < part.end_frame]
        return list(_moments(rows, standing, more, plan, part.first_frame, times_s))
    except OSError as error:
        raise InputError(f"{folder}: its figures cannot be read ({error.strerror}); ask for access") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder}: its figures are damaged ({error}); analyse it instead") from error


def read_analysed(
    folder: Path, plan: Plan, events: Sequence[Alarm], leaks: Sequence[Leak], first_frame: int = 0
) -> list[Moment]:
    """What an analysis found, one moment a frame.

    Parameters
    ----------
    folder : Path
        Of the result.
    plan : Plan
        With which it was made.
    events : sequence of Alarm
    leaks : sequence of Leak
        Those of the result: they stand from their first frame on where the folder keeps no more of them.
    first_frame : int
        With which the table begins, as its result says: each frame from there on has its row.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        with open_table(folder / TABLE) as table:
            rows = list(table.by_name())
        for number, row in enumerate(rows, start=first_frame):
            if _frame_of(row) != number:
                raise ValueError(f"frame {_frame_of(row)} stands where frame {number} must")
        return list(_moments(rows, _standing(rows, events), _kept_more(folder, rows, leaks, plan), plan, first_frame))
    except OSError as error:
        raise InputError(f"{folder}: its figures cannot be read ({error.strerror}); analyse the run anew") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder}: its figures are damaged ({error}); analyse the run anew") from error


def _kept_more(folder: Path, rows: Sequence[Row], leaks: Sequence[Leak], plan: Plan) -> dict[int, _More]:
    path, more, last = folder / MOMENTS, {}, _More()
    if not path.is_file():
        return {
            int(row["frame"]): _More(leaks=tuple(leak for leak in leaks if leak.first_frame <= int(row["frame"])))
            for row in rows
        }
    lines = {int(line[FRAME]): line for line in lines_of(path) if FRAME in line}
    for row in rows:
        frame = int(row["frame"])
        last = _more(lines.get(frame, {}), last, row, plan)
        more[frame] = last
    return more


def _frame_of(row: Row) -> int:
    """The number of a row's frame; no recording has one beyond its most frames, and nothing is made for such a one."""
    frame = int(row["frame"])
    if not 0 <= frame < MOST_FRAMES:
        raise ValueError(f"no recording has a frame {frame}")
    return frame


def _standing(rows: Sequence[Row], events: Iterable[Alarm]) -> dict[int, tuple[Alarm, ...]]:
    first, last = (int(rows[0]["frame"]), int(rows[-1]["frame"])) if rows else (0, -1)
    standing: dict[int, list[Alarm]] = {}
    for alarm in events:
        end = last if alarm.last_frame is None else min(alarm.last_frame, last)
        for frame in range(max(first, alarm.first_frame), end + 1):
            standing.setdefault(frame, []).append(alarm)
    return {frame: _highest_first(alarms) for frame, alarms in standing.items()}


def _live_rows(
    folder: Path, plan: Plan | None, first_plan: int, recorded: Sequence[int]
) -> tuple[list[Row], dict[int, tuple[Alarm, ...]], dict[int, _More]]:
    """What was told, but by an earlier plan than ``first_plan``: that was of another level."""
    rows: list[Row] = []
    more: dict[int, _More] = {}
    words: dict[int, tuple[str, ...]] = {}
    before = -1
    for path in sorted(folder.glob(FILES)):
        columns: list[str] | None = None
        for line in lines_of(path):
            if "columns" in line:
                last = _More()
                columns = [str(name) for name in line["columns"]]
            elif columns is not None and "row" in line and line.get("plan", first_plan) >= first_plan:
                row = dict(zip(columns, map(str, line["row"]), strict=True))
                frame = _frame_of(row)
                _check_reach(path, before, frame, recorded)
                before = max(before, frame)
                rows.append(row)
                words[frame] = tuple(map(str, line.get("standing", ())))
                last = _more(line, last, row, plan)
                more[frame] = last
    return rows, _episodes(words), more


def _check_reach(path: Path, before: int, frame: int, recorded: Sequence[int]) -> None:
    """Refuse a frame far beyond the last one if the recording has no frames between: no moments are made for nothing.

    A session that was watched long without lines has such a gap, and the recording has its frames.
    """
    between = bisect_left(recorded, frame) - bisect_right(recorded, before)
    if frame - before - 1 - between > MOST_LOST_IN_A_ROW:
        gap = f"tells of frame {frame} after frame {before}, and the recording has {between} of the frames between"
        raise InputError(f"{path}: {gap}; it is damaged or of another recording: analyse the run instead")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _More:
    """What a line holds beside its columns; outlines and leaks stand until a line brings others."""

    outline: Outline = ()
    leaks: tuple[Leak, ...] = ()
    thirds_mm: tuple[Measure, Measure, Measure] = (NOT_STORED, NOT_STORED, NOT_STORED)


def _more(line: dict[str, Any], last: _More, row: Row, plan: Plan | None) -> _More:
    is_new = "outline" in line
    views = () if plan is None else plan.views
    return _More(
        outline=read_outline(line) if is_new else last.outline,
        leaks=read_leaks(line, views) if is_new else last.leaks,
        thirds_mm=read_thirds(line, _view_of(row, plan)) or (NOT_STORED, NOT_STORED, NOT_STORED),
    )


def _view_of(row: Row, plan: Plan | None) -> PlannedView | None:
    """The planned view that a row names."""
    return next((view for view in plan.views if view.view == row.get("view")), None) if plan is not None else None


def _episodes(words: dict[int, tuple[str, ...]]) -> dict[int, tuple[Alarm, ...]]:
    """Alarms from the words that stood at each frame: one for each stretch in which a word stood."""
    standing: dict[int, tuple[Alarm, ...]] = {}
    open_: dict[str, int] = {}
    ended: list[tuple[str, int, int]] = []
    before, known = -1, sorted(words)
    for frame in known:
        for word in [word for word in open_ if word not in words[frame]]:
            ended.append((word, open_.pop(word), before))
        for word in words[frame]:
            open_.setdefault(word, frame)
        before = frame
    every = [*ended, *((word, first, None) for word, first in open_.items())]
    alarms = [
        (_alarm_of_word(word, first, last), first, before if last is None else last) for word, first, last in every
    ]
    for alarm, first, end in alarms:
        for frame in known[bisect_left(known, first) : bisect_right(known, end)]:
            standing[frame] = (*standing.get(frame, ()), alarm)
    return {frame: _highest_first(found) for frame, found in standing.items()}


def _alarm_of_word(word: str, first: int, last: int | None) -> Alarm:
    """The alarm that a word tells; its words follow from the table, as they did on the day."""
    alarm, row = read_alarm_word(word, first, last)
    if alarm.site is None and alarm.kind is EventKind.ENDPLATE:
        return replace(alarm, headline=_ENDPLATE_ONCE[0], action=_ENDPLATE_ONCE[1])
    return replace(alarm, site=alarm.site or _site_of(row), headline=_without_figure(row.headline))


_ENDPLATE_ONCE: Final = (sentence("CEMENT IN DISC"), sentence("Pause. Consider ending at this level."))
"""What an alarm at an endplate said while words did not tell its site and it had one stage."""


def _site_of(row: PipelineRow) -> AlarmSite | None:
    """The site where a kind has but one."""
    return row.site if row.site is AlarmSite.POSTERIOR else None


def _without_figure(headline: str) -> str:
    """Without the figure, which the words of a line do not tell."""
    return headline.partition(":")[0] if "{" in headline else headline


def _highest_first(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    return tuple(sorted(alarms, key=lambda alarm: -alarm.priority))


def _moments(
    rows: Sequence[Row],
    standing: dict[int, tuple[Alarm, ...]],
    more: dict[int, _More],
    plan: Plan | None,
    first: int = 0,
    times_s: Mapping[int, float] = MappingProxyType({}),
) -> Iterator[Moment]:
    nothing = _More()
    index = first
    # Frame 0 is at 0 s also where the run is a part: its frames keep their numbers and times.
    last = 0, 0.0
    for row in rows:
        frame, at_s = int(row["frame"]), float(row["t_s"])
        if frame < index:
            continue  # the same frame again, after a restart
        for gap in range(index, frame):
            yield _gap(gap, _between_s(gap, last, (frame, at_s), times_s))
        yield _moment(row, standing.get(frame, ()), more.get(frame, nothing), plan)
        index, last = frame + 1, (frame, at_s)


def _between_s(index: int, before: tuple[int, float], after: tuple[int, float], times_s: Mapping[int, float]) -> float:
    """The time of a frame between two that have one: by the recording's lines, else as if at one rate between them."""
    (last, last_s), (frame, at_s) = before, after
    if index in times_s and frame in times_s:
        return at_s - (times_s[frame] - times_s[index])
    return last_s + (index - last) * (at_s - last_s) / (frame - last)


def _gap(index: int, t_s: float) -> Moment:
    return Moment(
        frame_index=index,
        t_s=max(0.0, t_s),
        liveness=_NOT_ANALYSED,
        motion=_NOTHING_READ,
        distances=_NOTHING_READ,
        approach=_NO_APPROACH,
        standing=(),
        leaks=(),
        outline=(),
        processing_ms=0.0,
    )


def _moment(row: Row, standing: tuple[Alarm, ...], more: _More, plan: Plan | None) -> Moment:
    reason = row.get("reason", "")
    unproved = reason == NOT_PROVED  # said of figures, not of their lack
    why = Unknown("not measured" if unproved else reason or "not measured")
    state = FrameState(row["state"])
    age = _number(row.get("xray_age_ms", ""), why)
    return Moment(
        frame_index=int(row["frame"]),
        t_s=float(row["t_s"]),
        liveness=Liveness(
            state=state,
            xray_age_s=age if isinstance(age, Unknown) else age / 1000,
            noise_grey=NOT_STORED,
            reason="" if unproved or state in (FrameState.LIVE, FrameState.REPEAT) else reason,
            doubt=CANNOT_TELL if state is FrameState.LIVE and row.get(NEW_PICTURE) == "" else "",
        ),
        motion=_motion(row, plan, why),
        distances=_distances(row, why, more.thirds_mm, _view_of(row, plan), doubtful=GRAVEST if unproved else ()),
        approach=Approach(
            approach_mm_per_s=_length(row, "approach_mm_per_s", "approach_share_per_s", why, _depth(row, plan)),
            time_to_line_s=_number(row.get("time_to_line_s", ""), why),
        ),
        standing=with_shapes(standing, more.leaks),
        leaks=more.leaks,
        outline=more.outline,
        processing_ms=_plain(row.get("processing_ms", ""), 0.0),
    )


def _motion(row: Row, plan: Plan | None, why: Unknown) -> Motion | Unknown:
    if row.get("registration_ok") != "1" or plan is None:
        return why if plan is not None else Unknown("the plan of the day is not here")
    at = next((k for k, view in enumerate(plan.views) if view.view == row.get("view")), None)
    if at is None:
        return Unknown("the plan has no such view")
    similarity = read_motion(lambda name: row.get(name, ""), plan.views[at].centre_px)
    if similarity is None:
        return Unknown("the table does not say where the vertebra went")
    confidence = _plain(row.get("registration_confidence", ""), 0.0)
    return Motion(view_index=at, similarity=similarity, confidence=confidence)


def _distances(
    row: Row,
    why: Unknown,
    thirds_mm: tuple[Measure, Measure, Measure],
    view: PlannedView | None,
    *,
    doubtful: tuple[Line, ...],
) -> Distances | Unknown:
    body_mm2 = None if view is None else lengths.body_mm2(view)
    area_mm2 = _length(row, "cement_area_mm2", "cement_area_share", why, body_mm2)
    if isinstance(area_mm2, Unknown):
        return area_mm2

    def read(line: Line) -> Measure:
        whole_mm = None if view is None else lengths.whole_mm(view, line.of)
        return _length(row, line.column_mm, line.column_share, Unknown("not measured"), whole_mm)

    kept = {line: read(line) for line in TABLED_LINES}
    thirds = dict(zip(WARNING_THIRDS, thirds_mm, strict=True))
    return Distances(cement_area_mm2=area_mm2, mm=kept | thirds, doubtful=doubtful)


def _depth(row: Row, plan: Plan | None) -> float | None:
    view = _view_of(row, plan)
    return None if view is None else lengths.depth_mm(view)


def _length(row: Row, mm: str, share: str, why: Unknown, whole: float | None) -> Measure:
    """A figure of the columns: in mm where it stands so, else a share of ``whole``, which only the plan tells."""
    if row.get(mm) or not row.get(share):
        return _number(row.get(mm, ""), why)
    return NO_PLAN if whole is None else _number(str(whole * float(row[share])), why)


def _number(cell: str, why: Unknown) -> Measure:
    if not cell:
        return why
    value = float(cell)
    return value if math.isfinite(value) else why


def _plain(cell: str, default: float) -> float:
    return float(np.float64(cell)) if cell else default
