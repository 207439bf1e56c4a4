"""What a reviewer says of a run, without a window: notes, key images, labels, points; each with author and time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.identity import is_id
from assistant.language import translate
from assistant.library.labels import index_for_search
from assistant.library.people import LOCAL, Role
from assistant.library.store import Library
from assistant.library.who_is_here import choose, enrol, people_here, reviewer_here
from assistant.plan import Plan
from assistant.review.annotations import About, LeakKey, Review, converted, place_for, read_review
from assistant.review.leak_history import LeakStory
from assistant.review.opened_run import OpenedRun
from assistant.review.saying import redo, say, undo
from assistant.settings.tree import Settings
from assistant.system.places import data_home, demo_run
from ui.review import review_words
from ui.review.state import ReviewState
from ui.review.view import Behind, ReviewView
from ui.shared_library import log_fault


class Reviewing:
    """Says into the review of the run that is open.

    Attributes
    ----------
    who : str
        Id of who reviews.
    people : sequence of tuple of str
        Who may, by id and name; others see the id alone.
    keys : tuple of LeakKey
        The leaks that the program found.
    """

    def __init__(self, state: ReviewState, settings: Settings, view: ReviewView, behind: Behind) -> None:
        self._state, self._settings, self._view, self._behind = state, settings, view, behind
        self.who = LOCAL.id
        self.people: Sequence[tuple[str, str]] = ()
        self.keys: tuple[LeakKey, ...] = ()
        self._untold = False
        self._converted: Review | None = None

    def open(self, run: OpenedRun) -> None:
        """Read what was said of this run."""
        self._state.review = None
        try:
            self._state.review = read_review(place_for(Path(run.run), data_home(), demo_run(), run.identity.run_id))
        except AssistantError as error:
            self._view.show_message(translate(error))
        self._find_people()
        self.take_leaks(self._state.book.leaks.stories())
        self._show()
        if self._state.review is not None and self._state.review.entries:
            self._tell_soon()  # what was said while the library was open elsewhere

    def close(self) -> None:
        """The run is closed: what was said last is told to the search."""
        self.tell_library()
        self._state.review = None

    def _tell_soon(self) -> None:
        self._untold = True
        self._behind.soon()

    def tell_library(self) -> None:
        """Let the search find what stands, where the run is in the library and something is not told yet."""
        run, review = self._state.run, self._state.review
        untold, self._untold = self._untold, False
        if not untold or run is None or review is None or not is_id("runs", run.identity.run_id):
            return
        run_id = run.identity.run_id
        why = self._in_library(lambda library: index_for_search(library, run_id, review))
        if why:
            self._view.show_message(review_words.NOT_FOUND_BY.format(translate(why)))

    def _in_library(self, act: Callable[[Library], object]) -> str:
        """Do something with the library; why it could not be done, empty where it was."""
        shared = self._behind.library
        shared.enter()
        try:
            if not shared.open(self._settings) or shared.library is None:
                return shared.why_not
            act(shared.library)
            if fault := log_fault(shared):
                self._view.show_message(fault)
        except AssistantError as error:
            return str(error)
        finally:
            shared.leave()
        return ""

    def choose_person(self, person_id: str) -> None:
        """Who reviews from now on; empty for somebody new."""

        def take(library: Library) -> None:
            chosen = person_id or enrol(library, role=Role.REVIEWER, consents=False).id
            choose(library.folder, chosen)
            self._view.show_message(review_words.REVIEWS_NOW.format(chosen))

        why = self._in_library(take)
        if why:
            self._view.show_message(translate(why))
        self._find_people()
        self._view.show_review()

    def next_person(self) -> None:
        """The next person of the library reviews; somebody new where there is none."""
        ids = sorted(id_ for id_, _ in people_here(data_home()))
        after = [id_ for id_ in ids if id_ > self.who] or ids
        self.choose_person(after[0] if after else "")

    def _find_people(self) -> None:
        self.people = people_here(data_home())
        self.who = self.people[0][0] if self.people else LOCAL.id

    def _someone(self) -> str:
        """Who speaks: somebody who has not said who they are becomes a person of the library with the first word."""
        if self.who == LOCAL.id:
            self._in_library(reviewer_here)
            self._find_people()
        return self.who

    def say(
        self, about: About, text: str = "", leak: LeakKey | None = None, value: dict[str, Any] | None = None
    ) -> bool:
        """Say something of the picture on the screen; False, with the reason shown, where it cannot be kept.

        A leak that nobody has listed yet begins at the picture on the screen.
        """
        run, review = self._state.run, self._state.review
        if run is None or review is None:
            return False
        if leak is not None and leak.first_frame is None:
            leak = LeakKey(leak.site, run.playhead.frame)
        try:
            who = self._someone()
            self._state.review = say(
                review, about, frame=run.playhead.frame, who=who, text=text, leak=leak, value=value
            )
        except AssistantError as error:
            self._view.show_message(translate(error))
            return False
        self._tell_soon()
        self._show()
        return True

    def undo(self) -> None:
        """Take one's own last word back."""
        self._change(undo)

    def redo(self) -> None:
        """Let it hold again."""
        self._change(redo)

    def _change(self, act: Callable[..., Review]) -> None:
        before = self._state.review
        if before is None:
            return
        try:
            who = self._someone()
            after = self._state.review = act(before, who=who)
            if after is before or after.entries[-1].author != who:
                self._view.show_message(review_words.NONE_OF_YOURS)
            self._tell_soon()
        except AssistantError as error:
            self._view.show_message(translate(error))
        self._show()

    def key_image(self) -> None:
        """Keep the picture on the screen as a key image."""
        self.say(About.KEY_IMAGE)

    def keep_measures(self) -> None:
        """Keep points and figures of the measuring board."""
        board = self._state.board
        if any(board.points.values()):
            self.say(About.MEASURE, value=board.kept())

    def take_leaks(self, stories: Sequence[LeakStory]) -> None:
        """The leaks as they are known now: words that named one by its number find theirs."""
        keys, review = tuple(story.key for story in stories), self._state.review
        if review is not None and (keys != self.keys or review is not self._converted):
            self._state.review = self._converted = converted(review, keys)
        if keys != self.keys:
            self.keys = keys
            self._view.show_review()

    @property
    def added(self) -> Sequence[LeakKey]:
        """The leaks that reviewers added."""
        return () if self._state.review is None else self._state.review.added(self.keys)

    def labels_of(self, story: LeakStory | None) -> str:
        """What stands of a leak, in few words."""
        review = self._state.review
        if story is None or review is None:
            return ""
        parts = []
        for about in (About.NO_LEAK, About.LEAK_SITE, About.YEOM, About.SHAPE):
            entry = review.newest_entry(about, story.key, self.keys)
            if entry is not None:
                word = review_words.ABOUT[about.value] if about in (About.NO_LEAK, About.YEOM) else ""
                parts.append(f"{word} {review_words.label_words(entry.text)}".strip())
        return ", ".join(parts)

    def points_moved(self, plan: Plan) -> None:
        """Keep the points as the reviewer's, beside the plan file."""
        self.say(About.LANDMARKS, value={"plan": plan.document})

    def _show(self) -> None:
        self._state.list_events()
        self._view.show_review()
