"""What the page of review has before it: the run, what is known and said of it, what is done with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.plan import Plan, PlannedView
from assistant.readings.moments import Moment
from assistant.review.annotations import About, Review
from assistant.review.curves import Curves
from assistant.review.event_list import EventList
from assistant.review.opened_run import OpenedRun
from assistant.vocabulary import Motion
from ui.review.measure_board import MeasureBoard
from ui.review.run_book import RunBook
from ui.review.second_view import HeldBeside


@dataclass(frozen=True, slots=True, eq=False)
class PointsFrom:
    """Points are being placed: from those of a view of the plan, if there is one."""

    plan: Plan | None
    view_index: int


def points_from(run: OpenedRun) -> PointsFrom:
    """The plan's own points of the view at the playhead, on the frame in which they were placed."""
    if run.plan is None:
        return PointsFrom(None, 0)
    moment = run.moment()
    at = moment.motion.view_index if moment is not None and isinstance(moment.motion, Motion) else 0
    run.playhead.go(run.plan.views[at].reference_frame)
    return PointsFrom(run.plan, at)


@dataclass(slots=True, eq=False)
class ReviewState:
    """The controller changes it, the page shows it.

    Attributes
    ----------
    run : OpenedRun or None
    review : Review or None
        What reviewers said of it; None where it cannot be read.
    book, curves, events : RunBook, Curves, EventList
        What is known of the run as a whole.
    board : MeasureBoard
    second : HeldBeside
        What is seen beside it.
    difference : bool
        The difference to the picture before the injection is seen in place of the picture.
    points : PointsFrom or None
        None where no points are being placed.
    """

    run: OpenedRun | None = None
    review: Review | None = None
    book: RunBook = field(default_factory=RunBook)
    curves: Curves = field(default_factory=Curves)
    events: EventList = field(default_factory=EventList)
    board: MeasureBoard = field(default_factory=MeasureBoard)
    second: HeldBeside = field(default_factory=HeldBeside)
    difference: bool = False
    points: PointsFrom | None = None

    @property
    def views(self) -> tuple[PlannedView, ...]:
        """The views of the plan; empty without one."""
        return () if self.run is None or self.run.plan is None else self.run.plan.views

    @property
    def moment(self) -> Moment | None:
        """What is known of the frame at the playhead."""
        return None if self.run is None else self.run.moment()

    @property
    def editing(self) -> bool:
        """Whether points are being placed."""
        return self.points is not None

    def begin_anew(self) -> None:
        """Nothing is known of the run yet."""
        as_seen = self.run is not None and self.run.shows_as_seen
        self.book = RunBook(self.views, as_seen=as_seen)
        self.curves.forget(self.views)
        self.events.set_rows(())
        self.board.set_view(self.views[0] if self.views else None)

    def take(self) -> None:
        """Take the moments that are new since the last look."""
        if self.run is None or self.run.moments is None:
            return
        moments = self.run.moments
        new = moments.between(moments.first + len(self.curves), moments.end - 1)
        self.curves.take(new)
        self.book.take(new)

    def list_events(self) -> bool:
        """List the events as they are known now; whether they are other than before."""
        run = self.run
        if run is None:
            return False
        return self.events.set_rows(self.book.rows(self.review, run.time_of, run.day, run.screen_changes))

    def key_frames(self) -> list[int]:
        """Frames of the key images, of the day and of the review, in the order of the run."""
        standing = self.review.standing if self.review is not None else ()
        day = None if self.run is None else self.run.day
        kept = () if day is None else day.key_frames
        return sorted({*kept, *(entry.frame for entry in standing if entry.about is About.KEY_IMAGE)})
