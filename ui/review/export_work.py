"""What leaves the program of a run: made in a thread, of what stood when it was asked for. No widgets here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import InputError
from assistant.identity import Identity, free_name
from assistant.library.session_table import session_table
from assistant.pipeline import Summary
from assistant.plan import Plan, PlannedView
from assistant.readings.moments import Moment, MomentStore
from assistant.reports.dicom_out import write_dicom
from assistant.reports.facts import AnalysedRun, ReportFacts, gather
from assistant.reports.tables import frames_table, lists_table, write_csv
from assistant.reports.video import write_png, write_video
from assistant.review.annotations import Review
from assistant.review.curves import CurveColumns
from assistant.review.event_list import EventRow
from assistant.review.measurements import mm_per_px_of
from assistant.review.session_day import SessionDay
from assistant.run_facts import RunFacts
from assistant.vocabulary import Alarm, Frame, Leak
from ui.review.report_child import write_report_beside
from ui.review.report_pdf import ReportImage

Progress = Callable[[int, int], None]
"""Given steps done and all of them; what it raises ends the work, and nothing is left."""
_MOST_SHOTS = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """All that an export is made of.

    Attributes
    ----------
    run : str
        As opened.
    identity : Identity
        Names the files and stands in each.
    folder : Path
        Where it goes.
    still : callable
        Reads a frame, or None where it cannot be read; waits.
    frames : int
        Frames of the run as far as is known.
    playhead : int
        The frame on the screen.
    stretch : tuple of int
        First and last frame of a video.
    curve : CurveColumns
        The curve of the report.
    as_seen : bool
        The figures are those of the day.
    trouble : str
        Why the run is not whole or not analysed to its end.
    made_by : str
        What made the figures, where it was not this program as it is set now.
    day : SessionDay or None
        What was done and told on the day of a live session.
    """

    run: str
    identity: Identity
    folder: Path
    facts: RunFacts
    plan: Plan | None
    moments: MomentStore | None
    still: Callable[[int], Frame | None]
    frames: int
    fps: float
    playhead: int
    stretch: tuple[int, int]
    key_frames: tuple[int, ...]
    alarms: tuple[Alarm, ...]
    leaks: tuple[Leak, ...]
    rows: tuple[EventRow, ...]
    curve: CurveColumns
    summary: Summary | None
    review: Review
    as_seen: bool
    trouble: str
    made_by: str = ""
    day: SessionDay | None = None

    @property
    def views(self) -> tuple[PlannedView, ...]:
        """The plan's views; empty without a plan."""
        return () if self.plan is None else self.plan.views

    def place(self, what: str, suffix: str) -> AbstractContextManager[Path]:
        """A file of this run that was not there before."""
        return free_name(self.folder, self.identity.file(what, suffix))

    def moment(self, index: int) -> Moment | None:
        """What is known of a frame."""
        return None if self.moments is None else self.moments.at(index)

    def all_moments(self) -> list[Moment]:
        """All that are known, from the run's first frame."""
        return [] if self.moments is None else self.moments.between(self.moments.first, self.moments.end - 1)

    def report(self) -> ReportFacts:
        """What a report says."""
        return gather(
            AnalysedRun(
                identity=self.identity,
                facts=self.facts,
                plan=self.plan,
                moments=self.all_moments(),
                alarms=self.alarms,
                leaks=self.leaks,
                summary=self.summary,
                review=self.review,
                as_seen=self.as_seen,
                trouble=self.trouble,
                made_by=self.made_by,
                day=self.day,
                session=session_table(self.identity.session_id, self.identity.case_id),
            )
        )


def pdf(made_of: Material, progress: Progress) -> Path:
    """The report on one page."""
    shots = []
    wanted = (made_of.key_frames or (made_of.playhead,))[-_MOST_SHOTS:]
    for done, frame, picture in _stills(made_of, wanted):
        if picture is not None:
            moment = made_of.moment(frame)
            t_s = moment.t_s if moment is not None else frame / made_of.fps
            shots.append(ReportImage(frame=picture, moment=moment, views=made_of.views, t_s=t_s))
        progress(done, len(wanted) + 1)
    seconds = made_of.frames / made_of.fps
    with made_of.place("report", ".pdf") as path:
        content = (made_of.report(), shots, made_of.curve, made_of.frames, seconds, made_of.rows)
        write_report_beside(path, *content, lambda: progress(len(wanted), len(wanted) + 1))
    return path


def csv(made_of: Material, progress: Progress) -> Path:
    """The figures of each frame; beside them events, leaks and what reviewers said."""
    moments = made_of.all_moments()
    table = frames_table(moments, made_of.views, made_of.identity)
    with made_of.place("figures", ".csv") as path, made_of.place("events", ".csv") as events:
        write_csv(path, table, lambda done: progress(done, len(moments) + 1))
        write_csv(events, lists_table(made_of.report()))
    return path


def png(made_of: Material, progress: Progress) -> Path:
    """The picture on the screen with its overlay, and as it is."""
    frame = made_of.still(made_of.playhead)
    progress(1, 2)
    if frame is None:
        raise InputError(f"frame {made_of.playhead} of run {made_of.identity.run_id} cannot be read; choose another")
    with made_of.place(f"frame_{frame.index:06d}", ".png") as path:
        write_png(path, frame, made_of.moment(frame.index), made_of.views, made_of.identity)
    return path


def dicom(made_of: Material, progress: Progress) -> Path:
    """The key images, or the picture on the screen."""
    pictures = []
    wanted = made_of.key_frames or (made_of.playhead,)
    for done, _, picture in _stills(made_of, wanted):
        if picture is not None:
            pictures.append(picture)
        progress(done, len(wanted) + 1)
    scales = [mm_per_px_of(each.index, made_of.views, made_of.moment(each.index)) for each in pictures]
    with made_of.place("key_images", ".dcm") as path:
        write_dicom(path, pictures, scales, made_of.identity)
    return path


def video(made_of: Material, progress: Progress) -> Path:
    """The stretch from A to B with its overlay."""
    first, last = made_of.stretch
    with made_of.place(f"frames_{first:06d}_{last:06d}", ".mp4") as path:
        write_video(
            made_of.run,
            path,
            first=first,
            last=last,
            moment_at=made_of.moment,
            views=made_of.views,
            identity=made_of.identity,
            progress=progress,
        )
    return path


def _stills(made_of: Material, wanted: tuple[int, ...]) -> Iterator[tuple[int, int, Frame | None]]:
    """How many so far, the frame's number, its picture."""
    for done, frame in enumerate(wanted, start=1):
        yield done, frame, made_of.still(frame)


WAYS: dict[str, Callable[[Material, Progress], Path]] = {
    "pdf": pdf,
    "csv": csv,
    "png": png,
    "dicom": dicom,
    "video": video,
}
"""Each kind of export by its name."""
