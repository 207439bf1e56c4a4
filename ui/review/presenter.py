"""Shows the parts of the page what is known of a run: pictures, figures, events, leaks, what reviewers say."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PyQt6.QtCore import QElapsedTimer

from assistant.imaging.subtraction import subtracted
from assistant.language import tr, translate
from assistant.plan import PlannedView
from assistant.readings.moments import Moment
from assistant.reports.facts import is_rehearsal
from assistant.results.looked_at import NOT_VISIBLE, Looked
from assistant.review.annotations import LeakKey, Review
from assistant.review.leak_history import crop_of
from assistant.review.opened_run import OpenedRun
from assistant.run_facts import RunClock
from assistant.vocabulary import Distances, Frame, FrameState, LeakSite, Motion
from ui.review import review_words
from ui.review.bridge import Bridge
from ui.review.cards.leak_drawing import Still
from ui.review.parts import ReviewParts
from ui.review.picture import time_plate
from ui.review.play import Player
from ui.review.reviewing import Reviewing
from ui.review.state import ReviewState
from ui.review.stills import StillReader, cut_out, image_of
from ui.widgets.alarm_bar import message_for

_THUMB_PX: Final = 320
_SEEN: Final = (FrameState.LIVE, FrameState.REPEAT)
_FIGURES_MS: Final = 250


class Presenter:
    """Feeds the parts from the state.

    Parameters
    ----------
    parts : ReviewParts
    state : ReviewState
    player : Player
    reviewing : Reviewing
    bridge : Bridge
        Brings the pictures that a thread reads into the window.
    """

    def __init__(
        self, parts: ReviewParts, state: ReviewState, player: Player, reviewing: Reviewing, bridge: Bridge
    ) -> None:
        self._parts, self._state, self._player = parts, state, player
        self._reviewing, self._bridge = reviewing, bridge
        self._run: OpenedRun | None = None
        self._listed: tuple[Review | None, tuple[LeakKey, ...]] = (None, ())
        self._stills: StillReader | None = None
        self._differs: tuple[int, object] | None = None
        self._reference: dict[int, Frame] = {}
        self._figures = QElapsedTimer()
        self._figures.start()

    def show_run(self) -> None:
        """Another run, another analysis or other figures of it, or none."""
        parts, state, run = self._parts, self._state, self._state.run
        if self._stills is not None:
            self._stills.stop()
            self._stills = None
        self._reference.clear()
        self._end_difference()
        parts.leak.forget()
        parts.events.show_again()
        if run is not self._run or run is None:
            self._show_another(run)
        if run is None:
            return
        parts.transport.line.set_run(run.frame_count, run.fps, run.first_frame)
        self._stills = StillReader(run.run, self._bridge.still.emit)
        self._stills.want(parts.transport.line.thumb_frames())
        self._stills.want(view.reference_frame for view in state.views)
        parts.whatif.set_view(state.views[0] if state.views else None)
        parts.measure.refresh()
        self.show_review()

    def _show_another(self, run: OpenedRun | None) -> None:
        """Nothing of the run before may stay on the screen."""
        parts, picture = self._parts, self._parts.picture
        self._run, self._listed = run, (None, ())
        parts.export.images.forget()
        if run is not None:
            picture.show_frame(run.first)
            return
        parts.whatif.stop()
        parts.beside.follow(self._state.second, None)
        picture.time_text = picture.source_text = picture.note_text = ""
        picture.forget()
        parts.transport.line.set_run(1, 15.0)

    def show_review(self) -> None:
        """Events, key images, and what reviewers say."""
        parts, state, reviewing = self._parts, self._state, self._reviewing
        run, review = state.run, state.review
        parts.correct.set_people(reviewing.people, reviewing.who)
        known, keys = self._listed
        if review is not None and (review is not known or keys != reviewing.keys):
            self._listed = (review, reviewing.keys)
            parts.correct.show_review(review)
        if run is None:
            return
        parts.events.show_again()
        parts.transport.line.set_marks(row.mark() for row in state.events.rows)
        parts.export.images.set_frames([(frame, _clock(run.time_of(frame))) for frame in state.key_frames()])
        parts.correct.set_leaks(reviewing.keys, reviewing.added)
        parts.leak.say(reviewing.labels_of(parts.leak.story))

    def show_points(self) -> None:
        """The form and the points on the picture, while they are placed."""
        parts, run, begun = self._parts, self._state.run, self._state.points
        if begun is None or run is None:
            parts.picture.points = None
            parts.arrangement.side.setCurrentIndex(0)
            return
        parts.plan.begin_with(begun.plan, begun.view_index)
        parts.plan.start(run.playhead.frame, run.facts.mm_per_px_hint, run.default_plan_path())
        parts.picture.points = parts.plan.points
        parts.picture.setFocus()  # arrows move the point, not a choice of the form
        parts.arrangement.side.setCurrentIndex(1)

    def set_layers(self, layers: frozenset[str]) -> None:
        """Which layers are drawn."""
        for picture in (self._parts.picture, self._parts.beside.picture):
            picture.layers = layers
            picture.update()

    def refresh(self) -> None:
        """The picture at the playhead, and what is known of it."""
        parts, state, run = self._parts, self._state, self._state.run
        moment, views = state.moment, state.views
        known = {"has_run": run is not None, "has_plan": bool(views), "editing": state.editing}
        parts.message.say(message_for(moment, **known, views=views, failure="" if run is None else run.failure))
        parts.transport.beside.setChecked(state.second.is_held)
        parts.transport.difference.setChecked(state.difference)
        if run is None:
            parts.header.show_identity(None, "", "", as_seen=False, has_record=False)
            return
        playing = self._player.playing
        self._show_picture(run, run.picture(playing=playing), moment, views)
        if state.board.see(run.playhead.frame, views, moment):
            parts.measure.refresh()
        parts.transport.line.set_place(run.playhead.frame, run.frame_count, run.playhead.range)
        self.show_how_it_plays()
        if self._figures.elapsed() >= _FIGURES_MS or not playing:
            self._figures.restart()
            self.show_figures(run, moment, views)

    def show_how_it_plays(self) -> None:
        """Speed, direction, range."""
        run, player = self._state.run, self._player
        loops = run is not None and run.playhead.loops
        self._parts.transport.show_state(
            player.speed, playing=player.playing, every=player.every, range_s=player.range_s, loops=loops
        )

    def _show_picture(
        self, run: OpenedRun, frame: Frame | None, moment: Moment | None, views: tuple[PlannedView, ...]
    ) -> None:
        """The picture at the playhead, a small one meanwhile, and what is drawn on it."""
        picture, here = self._parts.picture, run.playhead.frame
        note, lines_fit = "", True
        if frame is not None:
            picture.show_frame(frame)
        elif picture.frame_index != here:
            small = run.pictures.preview(here)
            if small is not None:
                near, is_exact = small
                picture.show_preview(near)
                note = review_words.PREVIEW if is_exact else review_words.NEAREST
                lines_fit = is_exact
            elif run.pictures.trouble:
                note = translate(run.pictures.trouble)
        # Lines of one moment never stand on the picture of another, nor old lines under points that are being placed.
        picture.fetching = picture.frame_index != here and not note
        lines = None if picture.fetching or self._state.editing or not lines_fit else moment
        picture.show_moment(lines, views)
        picture.time_text = time_plate(run.time_of(here), here)
        as_seen = run.shows_as_seen
        recomputed = review_words.EARLIER if run.made_by else review_words.RECOMPUTED
        picture.source_text = review_words.AS_SEEN_LIVE if as_seen else recomputed if views else ""
        if self._state.difference:
            note = self._show_difference(frame, moment, views) or note
        elif self._differs is not None:
            self._end_difference()
        picture.note_text = note
        self._parts.beside.follow(self._state.second, run)

    def _end_difference(self) -> None:
        """The frame itself again; a difference that is wanted later is made anew."""
        self._differs = None
        self._parts.picture.show_difference(-1, None)

    def _show_difference(self, frame: Frame | None, moment: Moment | None, views: tuple[PlannedView, ...]) -> str:
        """Show the difference picture; gives the words for the plate."""
        picture = self._parts.picture
        if moment is None or not isinstance(moment.motion, Motion) or moment.liveness.state not in _SEEN:
            self._end_difference()
            return review_words.NO_DIFFERENCE.format(tr("the vertebra was not followed here"))
        reference = self._reference.get(views[moment.motion.view_index].reference_frame)
        if frame is None or reference is None:
            self._end_difference()
            return review_words.NO_DIFFERENCE.format(tr("its picture is being read"))
        if self._differs != (frame.index, moment.motion):
            picture.show_difference(frame.index, subtracted(frame, reference, moment.motion.similarity))
            self._differs = (frame.index, moment.motion)
        return review_words.DIFFERENCE.format(reference.index)

    def show_figures(self, run: OpenedRun, moment: Moment | None, views: tuple[PlannedView, ...]) -> None:
        """Figures, leak card, header, key images."""
        parts = self._parts
        planned = views[0] if views else None
        about = "" if planned is None else _about(planned)
        if run.facts.clock is RunClock.ASSUMED:
            about = " · ".join(part for part in (about, review_words.NO_CLOCK) if part)
        parts.header.show_identity(
            run.identity,
            "" if run.identity.case_id else Path(run.run).name,
            about,
            as_seen=run.shows_as_seen,
            has_record=run.as_seen is not None,
            mark=review_words.REHEARSAL if is_rehearsal(run.facts, run.day) else "",
            result=_result_words(run),
            is_other=bool(run.made_by),
            notes=run.notes,
        )
        parts.figures.show_moment(moment, views)
        stories = self._state.book.leaks.stories()
        first_s = {story.number: run.time_of(story.first_frame) for story in stories}
        kept = not run.shows_as_seen or run.keeps_leaks
        parts.leak.show_leaks(stories, first_s, views, nothing=self._nothing(run, moment), kept=kept)
        parts.leak.explain(run.summary.leaks if run.summary is not None and not run.shows_as_seen else ())
        parts.leak.say(self._reviewing.labels_of(parts.leak.story))
        parts.events.select_at(run.playhead.frame)
        if self._stills is not None:
            self._stills.want([*parts.leak.lacks(), *parts.export.images.lacks()])
        done, total = len(run.moments or ()), run.frame_count
        share = "" if run.ended or not views else f" · {review_words.ANALYSED.format(100 * done // max(1, total))}"
        trouble = run.failure or run.not_whole
        state = (
            review_words.RUN_NOT_WHOLE.format(translate(trouble)) if trouble else review_words.RUN_WHOLE.format(total)
        )
        parts.export.tell_run(state + share)

    def _nothing(self, run: OpenedRun, moment: Moment | None) -> str:
        """What is said without a leak: of the run as far as it was looked at, never of a picture not measured."""
        through = run.shows_as_seen or (run.ended and not run.failure)
        done = len(run.moments or ())
        looked = Looked(frames=done, of=run.frame_count, through=through, measured=self._state.book.measured)
        seen = moment is not None and moment.liveness.state in _SEEN and isinstance(moment.distances, Distances)
        return NOT_VISIBLE if through and not seen else looked.none

    def take_still(self, frame: Frame) -> None:
        """A picture that was read behind the scenes."""
        parts, run, views = self._parts, self._state.run, self._state.views
        if run is None:
            return
        if any(view.reference_frame == frame.index for view in views):
            self._reference[frame.index] = frame
        if frame.index in parts.transport.line.thumb_frames():
            parts.transport.line.set_thumb(frame.index, image_of(frame, _THUMB_PX))
        parts.export.images.set_image(frame.index, image_of(frame, _THUMB_PX))
        story = parts.leak.story
        moment = run.moments.at(frame.index) if run.moments is not None else None
        if story is None or moment is None or not isinstance(moment.motion, Motion):
            return
        leak = next((leak for leak in moment.leaks if leak.site is story.site), story.leak)
        planned = views[moment.motion.view_index]
        endplate = planned.superior if story.site is LeakSite.SUPERIOR_DISC else planned.inferior
        is_disc = story.site in (LeakSite.SUPERIOR_DISC, LeakSite.INFERIOR_DISC)
        crop = crop_of(leak, moment, endplate if is_disc else None)
        if crop is not None:
            cut = cut_out(frame, crop.left_px, crop.top_px, crop.side_px)
            parts.leak.set_still(Still(frame.index, cut, crop))


def _result_words(run: OpenedRun) -> str:
    """What is to be known of a result that stands in place of an analysis of now; empty for none."""
    if run.result is None or run.shows_as_seen:
        return ""
    parts = [review_words.MADE_BY.format(translate(run.made_by)) if run.made_by else review_words.KEPT_RESULT]
    if not run.result.keeps_outlines:
        parts.append(review_words.NO_OUTLINES)
    return " · ".join(parts)


def _about(planned: PlannedView) -> str:
    """Which view, and that its level is not named where it is not."""
    view = translate(planned.view)
    return view if planned.level else tr("level not named · {view}", view=view)


def _clock(t_s: float) -> str:
    whole = int(t_s)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
