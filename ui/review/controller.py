"""Rules and acts of the review, without a window: a run is opened, looked at, compared, told of and closed."""

from __future__ import annotations

from assistant.errors import AssistantError
from assistant.language import tr, translate
from assistant.pipeline import Summary
from assistant.plan import Plan
from assistant.settings.tree import Settings
from assistant.vocabulary import Alarm
from ui.review import review_words
from ui.review.comparing import Comparing
from ui.review.opening import open_session
from ui.review.play import Player
from ui.review.reviewing import Reviewing
from ui.review.state import ReviewState, points_from
from ui.review.view import Behind, ReviewView


class ReviewController:
    """A recorded run as a person works with it.

    Parameters
    ----------
    settings : Settings
    state : ReviewState
    view : ReviewView
    behind : Behind

    Attributes
    ----------
    player : Player
        Where the playhead goes.
    comparing : Comparing
        What is seen beside the picture or in place of it.
    reviewing : Reviewing
        What reviewers say.
    view, exports
        The page, and what writes for it.
    """

    def __init__(self, settings: Settings, state: ReviewState, view: ReviewView, behind: Behind) -> None:
        self._settings, self._behind = settings, behind
        self.state, self.view, self.exports = state, view, behind.exports
        self.player = Player(state, view, behind.theatre)
        self.comparing = Comparing(state, settings, view, behind)
        self.reviewing = Reviewing(state, settings, view, behind)

    # A run is opened and closed.

    def open(self, run: str, plan_path: str | None) -> bool:
        """Open a run; a plan beside it is taken when none is named. False, with the reason shown, if it cannot be."""
        refusal = self._behind.theatre.refusal
        if refusal:
            self.view.show_message(refusal)
            return False
        self.close_session()
        try:
            self.state.run, why = open_session(run, plan_path, self._settings, self._behind.listener)
        except AssistantError as error:
            self.view.show_message(translate(error))
            self.view.refresh()
            return False
        self.view.show_message(why)
        self._begin_anew()
        self.reviewing.open(self.state.run)
        self.exports.forget()
        self.end_editing()
        self.player.playing = True
        self.view.refresh()
        return True

    def open_dropped(self, path: str) -> None:
        """Open what was dropped; a plan goes to the run that is open."""
        if path.endswith(".json") and self.state.run is not None:
            self.open(self.state.run.run, path)
        else:
            self.open(path, None)

    def close_session(self) -> None:
        """End the run that is open."""
        state = self.state
        self.player.playing = False
        self.exports.close()
        state.second.put_away()
        self.reviewing.close()
        if state.run is not None:
            state.run.close()
            state.run = None
        self._behind.listener.settle()
        state.difference = False
        state.board.clear()
        state.begin_anew()
        self.view.show_run()

    def close_run(self) -> None:
        """Close the run and go to the cases."""
        self.close_session()
        self.view.show_message("")
        self.view.refresh()
        self.view.go_to("cases", None)

    def choose_run(self) -> None:
        """Open a recording by dialog."""
        name = self.view.ask_for(tr("Open a recording"))
        if name:
            self.open(name, None)

    def choose_plan(self) -> None:
        """Open a plan for the run by dialog."""
        if self.state.run is not None:
            name = self.view.ask_for(tr("Open a plan"), plan=True)
            if name:
                self.open(self.state.run.run, name)

    # What is known of it.

    def look(self) -> None:
        """Take what is new since the last look."""
        self._take()
        if not self.player.playing:
            self.view.refresh()

    def _take(self) -> None:
        self.state.take()
        self.reviewing.take_leaks(self.state.book.leaks.stories())
        self._list_events()

    def _list_events(self) -> None:
        if self.state.list_events():
            self.view.show_review()

    def _begin_anew(self) -> None:
        """Another analysis, or other figures, of the same run."""
        self.state.begin_anew()
        self.view.show_run()
        self._take()

    def alarm_changed(self, alarm: Alarm) -> None:
        """The analysis raised or ended an alarm."""
        if self.state.run is not None and not self.state.run.shows_as_seen:
            self.state.book.alarm_changed(alarm)
            self._list_events()

    def ended(self, summary: Summary, failure: str) -> None:
        """The analysis is through, or broke off."""
        run = self.state.run
        if run is not None:
            run.ended, run.failure, run.summary = True, failure, summary
        if failure:
            self.view.show_message(translate(failure))
        self._take()
        self.view.refresh()

    def switch_figures(self) -> None:
        """As seen live, or recomputed."""
        run = self.state.run
        if run is None:
            return
        if run.as_seen is None:
            self.view.show_message(review_words.NO_RECORD)
            return
        run.shows_as_seen = not run.shows_as_seen
        self._begin_anew()
        self.view.refresh()

    def analyse_anew(self) -> None:
        """In place of the result that lies with the run: what this program makes of it now."""
        run = self.state.run
        if run is None:
            return
        try:
            begun = run.analyse_anew()
        except AssistantError as error:
            self.view.show_message(translate(error))
            return
        self._behind.listener.settle()
        self._begin_anew()
        self.view.show_message(review_words.ANEW if begun else review_words.NO_PLAN_YET)
        self.view.refresh()

    # Points are placed.

    def edit_plan(self) -> None:
        """Place the points on the frame at the playhead; the plan's own points are there to be moved."""
        run = self.state.run
        if run is None:
            return
        self.player.playing = False
        self.state.board.choose("")
        self.state.points = points_from(run)
        self.view.show_points()
        self.view.refresh()

    def end_editing(self) -> None:
        """Back to the figures."""
        self.state.points = None
        self.view.show_points()

    def take_plan(self, plan: Plan, message: str) -> None:
        """The points are placed: they are kept as the reviewer's, and the run is analysed with them."""
        run = self.state.run
        if run is None:
            return
        self.reviewing.points_moved(plan)
        try:
            run.analyse(plan)
        except AssistantError as error:
            self.view.show_message(translate(error))
            return
        self.view.show_message(message)
        self._behind.listener.settle()
        self._begin_anew()
        self.end_editing()
        self.player.go(0)
        self.player.playing = True

    # What else is done with it.

    def start_note(self) -> None:
        """Write a note at this picture."""
        if self.state.run is not None:
            self.player.playing = False
            self.view.look("note")

    def export(self) -> None:
        """The picture on the screen and the tables, at once."""
        self.view.look("export")
        self.exports.export("png", "csv")

    def cut_clip(self) -> None:
        """A training clip of this run that stops at the picture on the screen."""
        run = self.state.run
        if run is not None:
            self.view.go_to("training", ("cut", run.run, run.time_of(run.playhead.frame)))

    def undo(self) -> None:
        """The last point, the last measuring point, or the last word of the review."""
        board = self.state.board
        if self.state.editing:
            self.view.look("point undo")
        elif board.points.get(board.tool):
            board.undo()
            self.view.look("measured")
        else:
            self.reviewing.undo()

    def redo(self) -> None:
        """Let the last point, or the last word of the review, hold again."""
        if self.state.editing:
            self.view.look("point redo")
        else:
            self.reviewing.redo()

    def leave(self) -> None:
        """Out of what is being done, one thing with each press; at last out of the run."""
        if self.state.editing:
            self.end_editing()
            self.view.refresh()
        elif self.state.board.tool:
            self.state.board.choose("")
            self.view.look("measured")
        elif self.exports.busy:
            self.exports.stop()
        else:
            self.close_run()
