"""Writes report, tables, pictures and videos of the run that is open into the export folder."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import whatif_table
from assistant.errors import AssistantError
from assistant.library.jobs import plan_path
from assistant.places import data_home
from assistant.reports.dicom_out import write_dicom
from assistant.reports.facts import ReportFacts, gather
from assistant.reports.tables import frames_table, lists_table, write_csv
from assistant.reports.video import write_png, write_video
from assistant.reviews import Review
from assistant.whatif import Job, Row, RunAndPlan
from ui.library_room import room
from ui.review import review_words
from ui.review.report_pdf import Shot, write_report
from ui.review.session import Session

if TYPE_CHECKING:
    from ui.review.page import ReviewPage

log = logging.getLogger(__name__)
_STOP_WAIT_S = 20.0


class Exporter:
    """One export at a time; a video is written in a thread of its own."""

    def __init__(self, page: ReviewPage) -> None:
        self._page = page
        self._thread: threading.Thread | None = None
        self._stopping = False
        page.bridge.exported.connect(self._told)

    @property
    def busy(self) -> bool:
        """Whether a video is being written."""
        return self._thread is not None and self._thread.is_alive()

    def forget(self) -> None:
        """Another run."""
        self._page.export.tell(review_words.EXPORT_NOTE.format(short(self.folder())) if self._page.session else "")

    def folder(self) -> Path:
        """Where exports of the run that is open go."""
        session = self._page.session
        name = Path(session.run).stem if session is not None else "run"
        return data_home() / "exports" / name

    def stop(self) -> None:
        """End a video that is being written; nothing of it is left."""
        self._stopping = True
        if self._thread is not None:
            self._thread.join(_STOP_WAIT_S)
            self._thread = None
        self._stopping = False

    def export(self, kind: str) -> None:
        """Write one of "pdf", "csv", "png", "video", "dicom"."""
        session = self._page.session
        if session is None or self.busy:
            return
        try:
            if kind == "pdf":
                self._say(self._pdf(session))
            elif kind == "csv":
                self._say(self._csv(session))
            elif kind == "png":
                self._png(session)
            elif kind == "dicom":
                self._say(self._dicom(session))
            elif kind == "video":
                self._video(session)
        except AssistantError as error:
            self._page.export.tell(review_words.NOT_EXPORTED.format(error))

    def whatif_table(self, job: Job, rows: Sequence[Row]) -> None:
        """Write the what-if table."""
        path = self.folder() / "what_if.csv"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            whatif_table.write_table(path, job, rows)
        except (AssistantError, OSError) as error:
            self._page.export.tell(review_words.NOT_EXPORTED.format(error))
            return
        self._say(path)

    def runs(self, all_runs: bool) -> list[RunAndPlan]:
        """The run that is open with its plan; or all runs of the library that have one."""
        session = self._page.session
        if not all_runs:
            if session is None or session.plan is None:
                return []
            plan = session.plan_path or str(session.default_plan_path())
            return [RunAndPlan(run=session.run, plan=plan)] if Path(plan).is_file() else []
        return library_runs()

    def facts(self, session: Session) -> ReportFacts:
        """All that the report says now."""
        moments = session.moments
        shown = self._page.shown
        review = self._page.reviewing.review or Review(path=Path())
        return gather(
            run=session.run,
            facts=session.facts,
            plan=session.plan,
            moments=[] if moments is None else moments.between(0, len(moments) - 1),
            alarms=shown.book.alarms(),
            leaks=[story.leak for story in shown.book.leaks.stories()],
            summary=None if session.shows_as_seen else session.summary,
            review=review,
            as_seen=session.shows_as_seen,
            trouble=session.failure
            or session.not_whole
            or ("" if session.ended or session.shows_as_seen else review_words.NOT_THROUGH),
        )

    def _say(self, path: Path) -> None:
        self._page.export.tell(review_words.EXPORTED.format(short(path)))

    def _pdf(self, session: Session) -> Path:
        path = self.folder() / "report.pdf"
        frames = self._page.reviewing.key_frames() or sorted({session.playhead})
        views = session.plan.views if session.plan is not None else ()
        shots = []
        for frame in frames[-3:]:
            picture = session.still(frame)
            if picture is not None:
                moment = session.moments.at(frame) if session.moments is not None else None
                shots.append(Shot(frame=picture, moment=moment, views=views, t_s=session.time_of(frame)))
        series = self._page.transport.line.series
        rows = self._page.events.rows()
        write_report(path, self.facts(session), shots, series, session.frame_count, session.fps, rows)
        return path

    def _csv(self, session: Session) -> Path:
        moments = session.moments
        path = self.folder() / "figures.csv"
        write_csv(path, frames_table([] if moments is None else moments.between(0, len(moments) - 1)))
        write_csv(self.folder() / "events.csv", lists_table(self.facts(session)))
        return path

    def _png(self, session: Session) -> None:
        frame = session.still(session.playhead)
        if frame is None:
            self._page.export.tell(review_words.NOT_EXPORTED.format(session.picture_trouble or "no picture"))
            return
        views = session.plan.views if session.plan is not None else ()
        path = self.folder() / f"frame_{frame.index:06d}.png"
        write_png(path, frame, session.moment(), views, Path(session.run).name)
        self._say(path)

    def _dicom(self, session: Session) -> Path:
        frames = self._page.reviewing.key_frames() or [session.playhead]
        pictures = [picture for picture in map(session.still, frames) if picture is not None]
        planned = session.plan.views[0] if session.plan is not None else None
        path = self.folder() / "key_images.dcm"
        write_dicom(path, pictures, None if planned is None else planned.mm_per_px)
        return path

    def _video(self, session: Session) -> None:
        first, last = session.range
        start = 0 if first is None else first
        end = session.frame_count - 1 if last is None else last
        path = self.folder() / f"frames_{start:06d}_{end:06d}.mp4"
        self._thread = threading.Thread(
            target=self._write, args=(session, path, start, end), name="pictures", daemon=True
        )
        self._thread.start()

    def _write(self, session: Session, path: Path, first: int, last: int) -> None:
        told = self._page.bridge.exported.emit
        moments = session.moments
        views = session.plan.views if session.plan is not None else ()
        try:
            whole = write_video(
                session.run,
                path,
                first=first,
                last=last,
                moment_at=lambda index: None if moments is None else moments.at(index),
                views=views,
                title=Path(session.run).name,
                progress=lambda done, total: told(str(path), done, total, ""),
                should_stop=lambda: self._stopping,
            )
        except AssistantError as error:
            told(str(path), 0, 0, str(error))
        except Exception:
            log.exception("writing a video stopped")
            told(str(path), 0, 0, "an error of the program")
        else:
            if whole:
                told(str(path), 0, 0, "")

    def _told(self, path: str, done: int, total: int, failure: str) -> None:
        if failure:
            self._page.export.tell(review_words.NOT_EXPORTED.format(failure))
        elif total == 0:
            self._say(Path(path))
        else:
            self._page.export.tell(review_words.EXPORTING.format(Path(path).name, 100 * done // total))


def short(path: Path) -> str:
    """A path as a person reads it: the own folder as ~."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)


def library_runs() -> list[RunAndPlan]:
    """All runs of the library that have a plan, also those that it only refers to.

    Where the library is open in another window, those that lie in its folder.
    """
    shared = room()
    shared.enter()
    try:
        if not shared.open() or shared.library is None:
            return runs_on_disk(data_home())
        pairs = [(run["path"], plan_path(run)) for run in shared.library.rows("runs")]
    finally:
        shared.leave()
    return [RunAndPlan(run=path, plan=str(plan)) for path, plan in pairs if plan is not None]


def runs_on_disk(home: Path) -> list[RunAndPlan]:
    """All run folders with a plan below the data folder."""
    return [RunAndPlan(run=str(plan.parent), plan=str(plan)) for plan in sorted((home / "runs").glob("**/plan.json"))]
