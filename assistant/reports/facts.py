"""All that a report says, gathered once: the page, the tables and the tests read the same words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from assistant import __version__, lengths
from assistant.identity import Identity
from assistant.language import sentence
from assistant.lines import Line
from assistant.pipeline import Summary
from assistant.plan import Plan, PlannedView
from assistant.readings.moments import Moment, view_of
from assistant.reports.day_facts import REHEARSAL, SessionLine, clock, day_rows, found_words
from assistant.results.looked_at import NONE_SEEN, NOT_YET, Looked
from assistant.review.annotations import LABELS, About, Entry, Review
from assistant.review.counting import OF_MACHINE
from assistant.review.session_day import RaisedAlarm, SessionDay, raised_alarm_words
from assistant.run_facts import RunClock, RunFacts
from assistant.shape_words import shape_words
from assistant.vocabulary import Alarm, Distances, FrameState, Leak, Measure, ScreenChange, Unknown, value_or_none

UNKNOWN = sentence("unknown")
RAISED, FOUND, AS_SEEN = sentence("Told on the day"), sentence("Found by analysis {0}"), sentence("As seen live")
ONE_VIEW = sentence(
    "One view: leaks into the canal or into veins are mostly not visible. Research software, not a diagnosis."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An alarm of the run: when, how urgent, what was told, until when, and when it was acknowledged on the day."""

    t_s: float
    frame: int
    priority: str
    text: str
    until_s: float | None
    answered_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerLine:
    """A standing word of a reviewer.

    Attributes
    ----------
    t_s : float
        Of the picture on which it was said.
    what : str
        What it is about: "shape of the posterior leak from 00:02.13".
    figures : tuple of (name, figure)
        Of a measure.
    label : str
        One of the program's own words that was chosen.
    typed : str
        The reviewer's own words: in no other language than that in which they were written.
    author, day : str
        A person of the library by id; ISO date.
    """

    t_s: float
    what: str
    figures: tuple[tuple[str, str], ...] = ()
    label: str = ""
    typed: str = ""
    author: str = ""
    day: str = ""

    @property
    def words(self) -> str:
        """In English, as it stands in tables."""
        figures = ", ".join(f"{name} {figure}" for name, figure in self.figures)
        return self.in_words(self.what, figures or self.label or self.typed)

    def in_words(self, what: str, value: str) -> str:
        """The line with these words for what it is about and for what was said."""
        line = f"{what}: {value}" if value else what
        return f"{clock(self.t_s)} {line} — {self.author}, {self.day}"


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
        What this analysis found (or, as seen live, what stood then); never what the machine made of itself.
    found : str
        What the events are called: "Found by analysis 1.0.0", "As seen live".
    raised : tuple of EventLine
        The alarms about the patient as they were told on the day; empty for a run of no session.
    counts : tuple of (name, value)
        How many alarms were told on the day, and how many this analysis found.
    day : tuple of (level, what was done and told)
    session : tuple of SessionLine
        All levels of its session beside each other, and a line for all; empty for a session of one.
    rehearsal : str
        That the run is none of a patient; empty for any other.
    leaks : tuple of tuple of str
        Number, site, first seen, size, route and magnitude, shape.
    reviewer : tuple of ReviewerLine
        What reviewers said, each with author and time.
    notes : tuple of str
        What the source and the analysis assumed or mended.
    trouble : str
        Why the run was not analysed to its end; empty where it was.
    screen : tuple of ScreenChange
        From which frames on the screen showed other pictures.
    nothing : str
        What is said where no event or no leak is listed: how far was looked.
    first_frame : int
        Where the run begins in its recording, with its time; 0, but for one level of a session.
    begins_s : float
    """

    identity: Identity
    origin: str
    head: tuple[tuple[str, str], ...]
    final: tuple[tuple[str, str], ...]
    events: tuple[EventLine, ...]
    leaks: tuple[tuple[str, ...], ...]
    reviewer: tuple[ReviewerLine, ...]
    notes: tuple[str, ...]
    trouble: str
    found: str = sentence("Events")
    raised: tuple[EventLine, ...] = ()
    counts: tuple[tuple[str, str], ...] = ()
    day: tuple[tuple[str, str], ...] = ()
    session: tuple[SessionLine, ...] = ()
    rehearsal: str = ""
    nothing: str = NOT_YET
    screen: tuple[ScreenChange, ...] = ()
    first_frame: int = 0
    begins_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysedRun:
    """A run and what its analysis came to: all that a report is gathered from.

    Attributes
    ----------
    identity : Identity
        All that is told of who the run is: neither its path nor its file's name.
    facts : RunFacts
    plan : Plan or None
    moments : sequence of Moment
        All that are known, from the run's first frame.
    alarms : sequence of Alarm
        With their ends, in the order in which they were raised.
    leaks : sequence of Leak
        As they stood last.
    summary : Summary or None
        None while the analysis goes on.
    review : Review
    as_seen : bool
        The figures are those of the day, not recomputed ones.
    trouble : str
        Why it was not analysed to its end; empty where it was.
    made_by : str
        The version that made the figures and what else is other, where it was not this program as it is set now.
    day : SessionDay or None
        Of a live session: what was done and told then.
    session : tuple of SessionLine
        All its levels, where there are several.
    """

    identity: Identity
    facts: RunFacts
    plan: Plan | None
    moments: Sequence[Moment]
    alarms: Sequence[Alarm]
    leaks: Sequence[Leak]
    summary: Summary | None
    review: Review
    as_seen: bool
    trouble: str
    made_by: str = ""
    day: SessionDay | None = None
    session: tuple[SessionLine, ...] = ()

    @property
    def views(self) -> tuple[PlannedView, ...]:
        """The plan's views; empty without a plan."""
        return () if self.plan is None else self.plan.views

    def time_of(self, frame: int) -> float:
        """The time of a frame in s: as its moment has it, else by the run's rate."""
        first, fps = self.facts.first_frame, self.facts.fps or 15.0
        return self.moments[frame - first].t_s if 0 <= frame - first < len(self.moments) else frame / fps


def gather(run: AnalysedRun) -> ReportFacts:
    """Gather a report."""
    facts, moments, summary, day = run.facts, run.moments, run.summary, run.day
    found = AS_SEEN if run.as_seen else FOUND.format(run.made_by.partition(" · ")[0] or __version__)
    nothing = _looked(facts, moments, run.trouble).none
    first = facts.first_frame
    return ReportFacts(
        identity=run.identity,
        origin=_origin(run.made_by, as_seen=run.as_seen),
        head=_head(facts, run.plan, moments),
        counts=_raised_and_found(day, run.alarms, found, nothing),
        final=_final(summary, moments, run.views),
        notes=tuple(dict.fromkeys((*facts.notes, *(summary.notes if summary is not None else ())))),
        events=_events(run.alarms, run.time_of),
        found=found,
        raised=() if day is None else tuple(_raised_line(one) for one in day.alarms),
        day=day_rows(day),
        session=run.session,
        rehearsal=REHEARSAL if is_rehearsal(facts, day) else "",
        leaks=tuple(_leak(k, leak, run.time_of(leak.first_frame), run.views) for k, leak in enumerate(run.leaks, 1)),
        reviewer=_reviewer(run.review, run.time_of),
        trouble=run.trouble,
        nothing=nothing,
        screen=summary.screen_changes if summary is not None else (),
        first_frame=first,
        begins_s=run.time_of(first) if first else 0.0,
    )


def _looked(facts: RunFacts, moments: Sequence[Moment], trouble: str) -> Looked:
    """How much of the run was looked at."""
    return Looked(
        frames=len(moments),
        of=facts.frame_count,
        through=not trouble,
        measured=any(isinstance(moment.distances, Distances) for moment in moments),
    )


def _events(alarms: Sequence[Alarm], time_of: Callable[[int], float]) -> tuple[EventLine, ...]:
    """What happened to the patient, in order; what the machine did is no event of the run."""
    return tuple(
        EventLine(
            t_s=time_of(alarm.first_frame),
            frame=alarm.first_frame,
            priority=alarm.priority.word,
            text=f"{alarm.headline}{_at(alarm)}",
            until_s=None if alarm.last_frame is None else time_of(alarm.last_frame),
        )
        for alarm in sorted(alarms, key=lambda alarm: alarm.first_frame)
        if alarm.kind not in OF_MACHINE
    )


def _raised_line(alarm: RaisedAlarm) -> EventLine:
    where = "" if alarm.site is None else f" ({alarm.site.replace('_', ' ')})"
    return EventLine(
        t_s=alarm.t_s or 0.0,
        frame=alarm.frame or 0,
        priority=alarm.priority,
        text=f"{alarm.headline}{where}",
        until_s=alarm.ended_s,
        answered_s=alarm.acknowledged_s,
    )


def _origin(made_by: str, *, as_seen: bool) -> str:
    """Whose figures these are."""
    if as_seen:
        return AS_SEEN.lower()
    return sentence(f"made by version {made_by}") if made_by else sentence(f"recomputed with version {__version__}")


def _raised_and_found(
    day: SessionDay | None, alarms: Sequence[Alarm], found: str, nothing: str
) -> tuple[tuple[str, str], ...]:
    """Two counts with two names: of the day, and of this analysis, with how far it has looked."""
    rows = [] if day is None else [(RAISED, raised_alarm_words(day.alarms))]
    count = found_words(alarms) if nothing == NONE_SEEN else f"{found_words(alarms)}, {nothing}"
    rows += [] if found == AS_SEEN else [(found, count)]
    return tuple(rows)


def is_rehearsal(facts: RunFacts, day: SessionDay | None) -> bool:
    """Whether a run was played as if it were live: by its recording, or by what a pack says of it."""
    return "rehearsal" in facts.details or (day is not None and day.rehearsal)


def _at(alarm: Alarm) -> str:
    return "" if alarm.site is None else f" ({alarm.site.value.replace('_', ' ')})"


_CLOCKS: Final = {
    RunClock.FILE: sentence("of the file"),
    RunClock.OPTION: sentence("by a rate that a person stated"),
    RunClock.ASSUMED: sentence("assumed: the source has no clock; no speed is told"),
}


def _head(facts: RunFacts, plan: Plan | None, moments: Sequence[Moment]) -> tuple[tuple[str, str], ...]:
    begin_s = moments[0].t_s if moments and facts.first_frame else 0.0
    length = clock(moments[-1].t_s - begin_s) if moments else UNKNOWN
    count = facts.frame_count if facts.frame_count is not None else len(moments)
    rows = [(sentence("Pictures"), sentence(f"{count} frames of {facts.width_px} × {facts.height_px}, {length}"))]
    live = sum(moment.liveness.state is FrameState.LIVE for moment in moments)
    rows.append((sentence("New X-ray pictures"), sentence(f"{live} of {len(moments)} analysed frames")))
    if facts.clock is not RunClock.FILE:
        rows.append((sentence("Times"), _CLOCKS[facts.clock]))
    if plan is None:
        return (*rows, (sentence("Plan"), sentence("none")))
    for view in plan.views:
        level = view.level or sentence("level not named")
        scale = sentence(f"≈ {view.mm_per_px:.3f} mm/px") if view.calibrated else lengths.UNCAL
        rows.append((sentence(f"View {view.view}"), f"{level}, {scale}"))
        if view.is_lateral:
            rows.append((sentence("Line b"), sentence(f"at {100 * view.warning_line_fraction:.0f} % of the depth")))
    return tuple(rows)


def _about(measure: Measure, unit: str, digits: int = 1, factor: float = 1.0) -> str:
    return UNKNOWN if isinstance(measure, Unknown) else f"≈ {factor * measure:.{digits}f} {unit}"


def _final(
    summary: Summary | None, moments: Sequence[Moment], views: tuple[PlannedView, ...]
) -> tuple[tuple[str, str], ...]:
    rows = [(sentence("Nearest to line b"), _nearest(moments, views))]
    if summary is not None:
        m = summary.measures
        view = views[m.view_index] if m.view_index < len(views) else None
        heights = (m.anterior_height_mm, m.middle_height_mm, m.posterior_height_mm)
        rows += [
            (
                sentence("Cement at the end"),
                _words_or_unknown(m.cement_area_mm2, lambda area: lengths.about_area(area, view)),
            ),
            (sentence("Share of the body"), _about(m.fill_area_ratio, "%", 0, 100.0)),
            (sentence("Heights Ha · Hm · Hp"), _heights(heights, view)),
            (sentence("Wedge angle"), _about(m.wedge_angle_deg, "°")),
            (sentence("Models"), ", ".join(f"{model.name} {model.sha256[:8]}" for model in summary.models) or "none"),
        ]
    return tuple(rows)


def _words_or_unknown(measure: Measure, words: Callable[[float], str]) -> str:
    return UNKNOWN if isinstance(measure, Unknown) else words(measure)


def _heights(heights: tuple[Measure, ...], view: PlannedView | None) -> str:
    """Heights beside each other, with what they are shares of said once."""
    figures = [_words_or_unknown(height, lambda mm: lengths.figure(mm, view, digits=1)) for height in heights]
    if view is None or view.calibrated:
        return " · ".join(figures)
    return sentence(f"{' · '.join(each.removesuffix(' %') for each in figures)} % of depth {lengths.UNCAL}")


def _nearest(moments: Sequence[Moment], views: tuple[PlannedView, ...]) -> str:
    known = [
        (line_mm, moment.t_s, moment.frame_index)
        for moment in moments
        if isinstance(moment.distances, Distances)
        and (line_mm := value_or_none(moment.distances.mm[Line.WARNING_LINE])) is not None
    ]
    if not known:
        return UNKNOWN
    nearest, t_s, frame = min(known)
    view = view_of(next(moment for moment in moments if moment.frame_index == frame), views)
    figure = " ".join(filter(None, (lengths.figure(nearest, view, digits=1), lengths.mark(view))))
    time = clock(t_s)
    return sentence(f"{figure} past it, at {time}") if nearest < 0 else sentence(f"{figure} before it, at {time}")


def _leak(number: int, leak: Leak, first_s: float, views: tuple[PlannedView, ...]) -> tuple[str, ...]:
    view = views[leak.view_index] if leak.view_index < len(views) else None
    shape = "—"
    if leak.shape is not None:
        shape = f"{shape_words(leak.shape.label, leak.shape.p_spike)} ({leak.shape.model})"
    return (
        str(number),
        leak.site.value.replace("_", " "),
        clock(first_s),
        f"{lengths.about_size(leak.length_mm, leak.width_mm, view)}, {lengths.about_area(leak.area_mm2, view)}",
        sentence(f"Yeom {leak.yeom or UNKNOWN}, {leak.magnitude or UNKNOWN}"),
        shape,
    )


_ABOUT: Final = {
    About.NOTE: sentence("note"),
    About.LANDMARKS: sentence("landmarks"),
    About.LEAK_SITE: sentence("leak site"),
    About.YEOM: "yeom",  # sentences
    About.SHAPE: sentence("shape"),
    About.NO_LEAK: sentence("no leak"),
    About.MEASURE: sentence("measure"),
}


def _reviewer(review: Review, time_of: Callable[[int], float]) -> tuple[ReviewerLine, ...]:
    return tuple(_reviewer_line(entry, time_of) for entry in review.standing if entry.about is not About.KEY_IMAGE)


def _reviewer_line(entry: Entry, time_of: Callable[[int], float]) -> ReviewerLine:
    what, site = _ABOUT[entry.about], entry.site.replace("_", " ")
    begin = "" if entry.first_frame is None else clock(time_of(entry.first_frame))
    if site and begin:
        what = sentence(f"{what} of the {site} leak from {begin}")
    elif site:
        what = sentence(f"{what} of the {site} leak")
    elif begin:
        what = sentence(f"{what} from {begin}")
    figures = entry.value.get("figures")
    return ReviewerLine(
        t_s=time_of(entry.frame),
        what=what,
        figures=tuple((str(k), str(v)) for k, v in figures.items()) if isinstance(figures, dict) else (),
        label=entry.text if entry.about in LABELS else "",
        typed="" if entry.about in LABELS else entry.text,
        author=entry.author,
        day=entry.said_at[:10],
    )
