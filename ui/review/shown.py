"""What the page shows of a run: pictures, figures, events, leaks; as analysed so far or as seen live."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.imaging.subtraction import subtracted
from assistant.plan import PlannedView
from assistant.readings.moments import Moment
from assistant.reports.facts import is_rehearsal
from assistant.results.looked_at import NOT_VISIBLE, Looked
from assistant.review.leak_history import crop_of
from assistant.review.opened_run import OpenedRun
from assistant.run_facts import RunClock
from assistant.vocabulary import Alarm, Distances, Frame, FrameState, LeakSite, Motion
from ui.review import review_words
from ui.review.leak_card import Still
from ui.review.opening import take_notices
from ui.review.picture import time_plate
from ui.review.run_book import RunBook
from ui.review.stills import StillReader, cut_out, image_of

if TYPE_CHECKING:
    from ui.review.page import ReviewPage

_THUMB_PX = 320
_SEEN = (FrameState.LIVE, FrameState.REPEAT)


class Shown:
    """Feeds the parts of the page."""

    def __init__(self, page: ReviewPage) -> None:
        self._page = page
        page.header.anew_wanted.connect(self.analyse_anew)
        self.book = RunBook()
        self._stills: StillReader | None = None
        self._difference = False
        self._differs: tuple[int, object] | None = None
        self._reference: dict[int, Frame] = {}

    def open(self, session: OpenedRun) -> None:
        """Another run."""
        self._stills = StillReader(session.run, self._page.bridge.still.emit)
        self._page.export.images.forget()
        self.begin_anew()

    def close(self) -> None:
        """The run is closed: nothing of it may stay on the screen."""
        self._page.reviewing.close()
        if self._stills is not None:
            self._stills.stop()
            self._stills = None
        self.book = RunBook()
        self._difference, self._differs = False, None
        self._reference.clear()
        page = self._page
        page.picture.show_difference(-1, None)
        page.picture.time_text = page.picture.source_text = page.picture.note_text = ""
        page.events.set_rows(())
        page.leak.forget()
        page.export.images.forget()
        page.transport.line.set_run(1, 15.0)

    def begin_anew(self) -> None:
        """Another analysis, or other figures, of the same run."""
        session = self._page.session
        if session is None:
            return
        views = session.plan.views if session.plan is not None else ()
        self.book = RunBook(views, as_seen=session.shows_as_seen)
        self._page.leak.forget()
        line = self._page.transport.line
        line.set_run(session.frame_count, session.fps, views, session.first_frame)
        self._page.events.set_rows(())
        self.take()
        if self._stills is not None:
            self._stills.stop()
        self._stills = StillReader(session.run, self._page.bridge.still.emit)
        self._stills.want(line.thumb_frames())
        self._reference.clear()
        self._stills.want(view.reference_frame for view in views)
        self._page.board.set_view(views[0] if views else None)
        self._page.whatif.set_view(views[0] if views else None)
        self._page.measure.refresh()

    def take(self) -> None:
        """Take the moments that are new since the last look."""
        session = self._page.session
        if session is None or session.moments is None:
            return
        line = self._page.transport.line
        new = session.moments.between(session.moments.first + line.noted, session.moments.end - 1)
        line.take(new)
        self.book.take(new)
        self.list_events()

    def alarm_changed(self, alarm: Alarm) -> None:
        """The analysis raised or ended an alarm."""
        session = self._page.session
        if session is not None and not session.shows_as_seen:
            self.book.alarm_changed(alarm)
            self.list_events()

    def list_events(self) -> None:
        """Show the events as they are known now."""
        session = self._page.session
        if session is None:
            return
        rows = self.book.rows(self._page.reviewing.review, session.time_of, session.day, session.screen_changes)
        self._page.events.set_rows(rows)
        self._page.transport.line.set_marks(row.mark() for row in rows)
        self._page.reviewing.show_key_images()

    def switch_figures(self) -> None:
        """As seen live, or recomputed."""
        session = self._page.session
        if session is None:
            return
        if session.as_seen is None:
            self._page.tell(review_words.NO_RECORD)
            return
        session.shows_as_seen = not session.shows_as_seen
        self.begin_anew()
        self._page.refresh()

    def analyse_anew(self) -> None:
        """In place of the result that lies with the run: what this program makes of it now."""
        page, session = self._page, self._page.session
        if session is None:
            return
        try:
            begun = session.analyse_anew()
        except AssistantError as error:
            page.tell(str(error))
            return
        take_notices()
        self.begin_anew()
        page.tell(review_words.ANEW if begun else review_words.NO_PLAN_YET)
        page.refresh()

    def set_layers(self, layers: frozenset[str]) -> None:
        """Which layers are drawn."""
        for picture in (self._page.picture, self._page.beside.picture):
            picture.layers = layers
            picture.update()

    def show_picture(self, frame: Frame | None, moment: Moment | None, views: tuple[PlannedView, ...]) -> None:
        """The picture at the playhead, a small one meanwhile, and what is drawn on it."""
        page, session = self._page, self._page.session
        if session is None:
            return
        picture = page.picture
        note, lines_fit = "", True
        if frame is not None:
            picture.show_frame(frame)
        elif picture.frame_index != session.playhead:
            small = session.preview(session.playhead)
            if small is not None:
                near, is_exact = small
                picture.show_preview(near)
                note = review_words.PREVIEW if is_exact else review_words.NEAREST
                lines_fit = is_exact
            elif session.picture_trouble:
                note = session.picture_trouble
        # Lines of one moment never stand on the picture of another, nor old lines under points that are being placed.
        picture.fetching = picture.frame_index != session.playhead and not note
        lines = None if picture.fetching or page.editing or not lines_fit else moment
        picture.show_moment(lines, views)
        picture.time_text = time_plate(session.time_of(session.playhead), session.playhead)
        as_seen = session.shows_as_seen
        recomputed = review_words.EARLIER if session.made_by else review_words.RECOMPUTED
        picture.source_text = review_words.AS_SEEN_LIVE if as_seen else recomputed if views else ""
        if self._difference:
            note = self._show_difference(frame, moment, views) or note
        picture.note_text = note
        page.beside.follow(session, views)

    def _show_difference(self, frame: Frame | None, moment: Moment | None, views: tuple[PlannedView, ...]) -> str:
        """Show the difference picture; gives the words for the plate."""
        picture = self._page.picture
        if moment is None or not isinstance(moment.motion, Motion) or moment.liveness.state not in _SEEN:
            picture.show_difference(-1, None)
            return review_words.NO_DIFFERENCE.format("the vertebra was not followed here")
        reference = self._reference.get(views[moment.motion.view_index].reference_frame)
        if frame is None or reference is None:
            picture.show_difference(-1, None)
            return review_words.NO_DIFFERENCE.format("its picture is being read")
        if self._differs != (frame.index, moment.motion):
            picture.show_difference(frame.index, subtracted(frame, reference, moment.motion.similarity))
            self._differs = (frame.index, moment.motion)
        return review_words.DIFFERENCE.format(reference.index)

    def toggle_difference(self) -> None:
        """The difference to the picture before the injection, or the picture itself."""
        self._difference, self._differs = not self._difference, None
        self._page.picture.show_difference(-1, None)
        self._page.transport.difference.setChecked(self._difference)
        self._page.refresh()

    def toggle_beside(self) -> None:
        """Hold this picture beside, or put it away."""
        page, session = self._page, self._page.session
        if page.beside.isVisible() or session is None:
            page.beside.put_away()
        else:
            page.beside.hold(session)
        page.transport.beside.setChecked(page.beside.is_held)
        page.refresh()

    def show_figures(self, moment: Moment | None, views: tuple[PlannedView, ...]) -> None:
        """Figures, leak card, header, key images."""
        page, session = self._page, self._page.session
        if session is None:
            return
        planned = views[0] if views else None
        about = "" if planned is None else planned.view if planned.level else f"level not named · {planned.view}"
        if session.facts.clock is RunClock.ASSUMED:
            about = " · ".join(part for part in (about, review_words.NO_CLOCK) if part)
        page.header.tell(
            session.identity,
            "" if session.identity.case_id else Path(session.run).name,
            about,
            as_seen=session.shows_as_seen,
            has_record=session.as_seen is not None,
            mark=review_words.REHEARSAL if is_rehearsal(session.facts, session.day) else "",
            result=_result_words(session),
            is_other=bool(session.made_by),
            notes=session.notes,
        )
        page.figures.show_moment(moment, views)
        stories = self.book.leaks.stories()
        first_s = {story.number: session.time_of(story.first_frame) for story in stories}
        kept = not session.shows_as_seen or session.keeps_leaks
        page.leak.show_leaks(stories, first_s, views, nothing=self._nothing(session, moment), kept=kept)
        page.leak.explain(session.summary.leaks if session.summary is not None and not session.shows_as_seen else ())
        page.reviewing.take_leaks(stories)
        page.leak.say(page.reviewing.said_of(page.leak.story))
        page.events.select_at(session.playhead)
        if self._stills is not None:
            self._stills.want([*page.leak.lacks(), *page.export.images.lacks()])
        done, total = len(session.moments or ()), session.frame_count
        share = "" if session.ended or not views else f" · {review_words.ANALYSED.format(100 * done // max(1, total))}"
        trouble = session.failure or session.not_whole
        state = review_words.RUN_NOT_WHOLE.format(trouble) if trouble else review_words.RUN_WHOLE.format(total)
        page.export.tell_run(state + share)

    def _nothing(self, session: OpenedRun, moment: Moment | None) -> str:
        """What is said without a leak: of the run as far as it was looked at, never of a picture not measured."""
        through = session.shows_as_seen or (session.ended and not session.failure)
        done = len(session.moments or ())
        looked = Looked(frames=done, of=session.frame_count, through=through, measured=self.book.measured)
        seen = moment is not None and moment.liveness.state in _SEEN and isinstance(moment.distances, Distances)
        return NOT_VISIBLE if through and not seen else looked.none

    def take_still(self, frame: Frame) -> None:
        """A picture that was read behind the scenes."""
        page, session = self._page, self._page.session
        if session is None:
            return
        views = session.plan.views if session.plan is not None else ()
        if any(view.reference_frame == frame.index for view in views):
            self._reference[frame.index] = frame
        if frame.index in page.transport.line.thumb_frames():
            page.transport.line.set_thumb(frame.index, image_of(frame, _THUMB_PX))
        page.export.images.set_image(frame.index, image_of(frame, _THUMB_PX))
        story = page.leak.story
        moment = session.moments.at(frame.index) if session.moments is not None else None
        if story is None or moment is None or not isinstance(moment.motion, Motion):
            return
        leak = next((leak for leak in moment.leaks if leak.site is story.site), story.leak)
        planned = views[moment.motion.view_index]
        endplate = planned.superior if story.site is LeakSite.SUPERIOR_DISC else planned.inferior
        is_disc = story.site in (LeakSite.SUPERIOR_DISC, LeakSite.INFERIOR_DISC)
        crop = crop_of(leak, moment, endplate if is_disc else None)
        if crop is not None:
            cut = cut_out(frame, crop.left_px, crop.top_px, crop.side_px)
            page.leak.set_still(Still(frame.index, cut, crop))


def _result_words(session: OpenedRun) -> str:
    """What is to be known of a result that stands in place of an analysis of now; empty for none."""
    if session.result is None or session.shows_as_seen:
        return ""
    parts = [review_words.MADE_BY.format(session.made_by) if session.made_by else review_words.KEPT_RESULT]
    if not session.result.keeps_outlines:
        parts.append(review_words.NO_OUTLINES)
    return " · ".join(parts)
