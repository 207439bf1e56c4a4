"""All that a report says, gathered once: the page, the tables and the tests read the same words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from assistant import __version__, lengths
from assistant.identity import Identity
from assistant.moments import Moment, view_of
from assistant.pipeline import Summary
from assistant.plan import Plan, PlannedView
from assistant.reviews import About, Review
from assistant.run_facts import RunClock, RunFacts
from assistant.vocabulary import Alarm, Distances, FrameState, Leak, Measure, Unknown

UNKNOWN = "unknown"
ONE_VIEW = "One view: leaks into the canal or into veins are mostly not visible. Research software, not a diagnosis."


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An alarm of the run: when, how urgent, what was told, until when."""

    t_s: float
    frame: int
    priority: str
    text: str
    until_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """The content of a report; every figure is text with its unit and ≈, or `UNKNOWN`.

    Attributes
    ----------
    identity : Identity
        Which case, level, run and session; when it was recorded.
    origin : str
        Whose figures these are.
    head, final : tuple of (name, value)
        What the run is; figures at its end.
    events : tuple of EventLine
    leaks : tuple of tuple of str
        Number, site, first seen, size, route and magnitude, shape.
    reviewer : tuple of str
        What reviewers said, each with author and time.
    notes : tuple of str
        What the source and the analysis assumed or mended.
    trouble : str
        Why the run was not analysed to its end; empty where it was.
    """

    identity: Identity
    origin: str
    head: tuple[tuple[str, str], ...]
    final: tuple[tuple[str, str], ...]
    events: tuple[EventLine, ...]
    leaks: tuple[tuple[str, ...], ...]
    reviewer: tuple[str, ...]
    notes: tuple[str, ...]
    trouble: str


def gather(
    *,
    identity: Identity,
    facts: RunFacts,
    plan: Plan | None,
    moments: Sequence[Moment],
    alarms: Sequence[Alarm],
    leaks: Sequence[Leak],
    summary: Summary | None,
    review: Review,
    as_seen: bool,
    trouble: str,
) -> ReportFacts:
    """Gather a report.

    Parameters
    ----------
    identity : Identity
        All that is told of who the run is: neither its path nor its file's name.
    moments : sequence of Moment
        All that are known, from frame 0.
    alarms : sequence of Alarm
        With their ends, in the order in which they were raised.
    leaks : sequence of Leak
        As they stood last.
    summary : Summary or None
        None while the analysis goes on.
    as_seen : bool
        The figures are those of the day, not recomputed ones.
    """
    fps = facts.fps or 15.0
    views = () if plan is None else plan.views

    def time_of(frame: int) -> float:
        return moments[frame].t_s if frame < len(moments) else frame / fps

    return ReportFacts(
        identity=identity,
        origin="as seen live" if as_seen else f"recomputed with version {__version__}",
        head=_head(facts, plan, moments),
        final=_final(summary, moments, views),
        notes=(*facts.notes, *(summary.notes if summary is not None else ())),
        events=tuple(
            EventLine(
                t_s=time_of(alarm.first_frame),
                frame=alarm.first_frame,
                priority=alarm.priority.word,
                text=f"{alarm.headline}{_at(alarm)}",
                until_s=None if alarm.last_frame is None else time_of(alarm.last_frame),
            )
            for alarm in sorted(alarms, key=lambda alarm: alarm.first_frame)
        ),
        leaks=tuple(_leak(k, leak, time_of(leak.first_frame), views) for k, leak in enumerate(leaks, start=1)),
        reviewer=_reviewer(review, time_of),
        trouble=trouble,
    )


def clock(t_s: float) -> str:
    """Minutes, seconds and hundredths."""
    return f"{int(t_s) // 60:02d}:{t_s % 60:05.2f}"


def _at(alarm: Alarm) -> str:
    return "" if alarm.site is None else f" ({alarm.site.value.replace('_', ' ')})"


_CLOCKS: Final = {
    RunClock.FILE: "of the file",
    RunClock.OPTION: "by a rate that a person stated",
    RunClock.ASSUMED: "assumed: the source has no clock; no speed is told",
}


def _head(facts: RunFacts, plan: Plan | None, moments: Sequence[Moment]) -> tuple[tuple[str, str], ...]:
    length = clock(moments[-1].t_s) if moments else UNKNOWN
    count = facts.frame_count if facts.frame_count is not None else len(moments)
    rows = [("Pictures", f"{count} frames of {facts.width_px} × {facts.height_px}, {length}")]
    live = sum(moment.liveness.state is FrameState.LIVE for moment in moments)
    rows.append(("New X-ray pictures", f"{live} of {len(moments)} analysed frames"))
    if facts.clock is not RunClock.FILE:
        rows.append(("Times", _CLOCKS[facts.clock]))
    if plan is None:
        return (*rows, ("Plan", "none"))
    for view in plan.views:
        line = f", line b at {100 * view.warning_line_fraction:.0f} % of the depth" if view.is_lateral else ""
        level = view.level or "level not named"
        scale = f"≈ {view.mm_per_px:.3f} mm/px" if view.calibrated else f"{lengths.UNCAL}, no scale was set"
        rows.append((f"View {view.view}", f"{level}, {scale}{line}"))
    return tuple(rows)


def _about(measure: Measure, unit: str, digits: int = 1, factor: float = 1.0) -> str:
    return UNKNOWN if isinstance(measure, Unknown) else f"≈ {factor * measure:.{digits}f} {unit}"


def _final(
    summary: Summary | None, moments: Sequence[Moment], views: tuple[PlannedView, ...]
) -> tuple[tuple[str, str], ...]:
    rows = [("Nearest to line b", _nearest(moments, views))]
    if summary is not None:
        m = summary.measures
        view = views[m.view_index] if m.view_index < len(views) else None
        heights = (m.anterior_height_mm, m.middle_height_mm, m.posterior_height_mm)
        rows += [
            ("Cement at the end", _told(m.cement_area_mm2, lambda area: lengths.about_area(area, view))),
            ("Share of the body", _about(m.fill_area_ratio, "%", 0, 100.0)),
            ("Heights Ha · Hm · Hp", _heights(heights, view)),
            ("Wedge angle", _about(m.wedge_angle_deg, "°")),
            ("Models", ", ".join(f"{model.name} {model.sha256[:8]}" for model in summary.models) or "none"),
        ]
    return tuple(rows)


def _told(measure: Measure, words: Callable[[float], str]) -> str:
    return UNKNOWN if isinstance(measure, Unknown) else words(measure)


def _heights(heights: tuple[Measure, ...], view: PlannedView | None) -> str:
    """Heights beside each other, with what they are shares of said once."""
    told = " · ".join(_told(height, lambda mm: lengths.figure(mm, view, digits=1)) for height in heights)
    return told if view is None or view.calibrated else f"{told} of depth {lengths.UNCAL}"


def _nearest(moments: Sequence[Moment], views: tuple[PlannedView, ...]) -> str:
    known = [
        (moment.distances.warning_line_mm, moment.t_s, moment.frame_index)
        for moment in moments
        if isinstance(moment.distances, Distances) and not isinstance(moment.distances.warning_line_mm, Unknown)
    ]
    if not known:
        return UNKNOWN
    nearest, t_s, frame = min(known)
    view = view_of(next(moment for moment in moments if moment.frame_index == frame), views)
    word = "past it" if nearest < 0 else "before it"
    return f"{lengths.about(nearest, view, digits=1)} {word}, at {clock(t_s)}"


def _leak(number: int, leak: Leak, first_s: float, views: tuple[PlannedView, ...]) -> tuple[str, ...]:
    view = views[leak.view_index] if leak.view_index < len(views) else None
    shape = "—"
    if leak.shape is not None:
        share = "" if isinstance(leak.shape.p_spike, Unknown) else f" {leak.shape.p_spike:.2f}"
        shape = f"{leak.shape.label}{share} ({leak.shape.model})"
    return (
        str(number),
        leak.site.value.replace("_", " "),
        clock(first_s),
        f"{lengths.about_size(leak.length_mm, leak.width_mm, view)}, {lengths.about_area(leak.area_mm2, view)}",
        f"Yeom {leak.yeom or UNKNOWN}, {leak.magnitude or UNKNOWN}",
        shape,
    )


def _reviewer(review: Review, time_of: Callable[[int], float]) -> tuple[str, ...]:
    lines = []
    for entry in review.standing:
        if entry.about is About.KEY_IMAGE:
            continue
        what = entry.about.value.replace("_", " ")
        of = "" if entry.leak is None else f" of leak {entry.leak}"
        figures = entry.value.get("figures")
        told = ", ".join(f"{k} {v}" for k, v in figures.items()) if isinstance(figures, dict) else entry.text
        said = f"{what}{of}: {told}" if told else f"{what}{of}"
        lines.append(f"{clock(time_of(entry.frame))} {said} — {entry.author}, {entry.said_at[:10]}")
    return tuple(lines)
