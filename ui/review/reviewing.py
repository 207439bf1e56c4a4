"""The reviewer's part of the page: notes, key images, labels, points; each kept with author and time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PyQt6.QtCore import QTimer

from assistant.errors import AssistantError
from assistant.identity import is_id
from assistant.library.labels import index_for_search
from assistant.library.people import LOCAL, Role
from assistant.library.store import Library
from assistant.library.who_is_here import choose, enrol, people_here, reviewer_here
from assistant.plan import Plan
from assistant.review.annotations import About, LeakKey, Review, converted, place_for, read_review
from assistant.review.leak_history import LeakStory
from assistant.review.opened_run import OpenedRun
from assistant.review.saying import redo, say, undo
from assistant.system.places import data_home, demo_run
from assistant.vocabulary import Motion
from ui.library_access import library_of_window
from ui.review import review_words
from ui.shared_library import log_fault

if TYPE_CHECKING:
    from ui.review.page import ReviewPage


_TELL_AFTER_MS: Final = 400


class Reviewing:
    """Says into the review of the run that is open."""

    def __init__(self, page: ReviewPage) -> None:
        self._page = page
        self.review: Review | None = None
        self._keys: tuple[LeakKey, ...] = ()
        self.who = LOCAL.id
        self._later = QTimer(page)
        self._later.setSingleShot(True)
        self._later.setInterval(_TELL_AFTER_MS)
        self._later.timeout.connect(self.tell_library)
        page.correct.person_wanted.connect(self.choose_person)
        page.correct.refused.connect(page.tell)
        page.correct.said.connect(self.say)
        page.correct.undo_wanted.connect(self.undo)
        page.correct.redo_wanted.connect(self.redo)
        page.correct.points_wanted.connect(lambda: page.edit_plan())

    def open(self, session: OpenedRun) -> None:
        """Read what was said of this run."""
        self.review = None
        try:
            run_id = session.identity.run_id
            self.review = read_review(place_for(Path(session.run), data_home(), demo_run(), run_id))
        except AssistantError as error:
            self._page.tell(str(error))
        self._show_people()
        self._show()
        if self.review is not None and self.review.entries:
            self._later.start()  # what was said while the library was open elsewhere

    def close(self) -> None:
        """The run is closed: what was said last is told to the search."""
        if self._later.isActive():
            self.tell_library()
        self.review = None

    def tell_library(self) -> None:
        """Let the search find what stands, where the run is in the library."""
        self._later.stop()
        session, review = self._page.session, self.review
        if session is None or review is None or not is_id("runs", session.identity.run_id):
            return
        run_id = session.identity.run_id
        why = self._in_library(lambda library: index_for_search(library, run_id, review))
        if why:
            self._page.tell(review_words.NOT_FOUND_BY.format(why))

    def _in_library(self, act: Callable[[Library], object]) -> str:
        """Do something with the library; why it could not be done, empty where it was."""
        shared = library_of_window()
        shared.enter()
        try:
            if not shared.open(self._page.settings) or shared.library is None:
                return shared.why_not
            act(shared.library)
            if fault := log_fault(shared):
                self._page.tell(fault)
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
            self._page.tell(review_words.REVIEWS_NOW.format(chosen))

        why = self._in_library(take)
        if why:
            self._page.tell(why)
        self._show_people()

    def next_person(self) -> None:
        """The next person of the library reviews; somebody new where there is none."""
        ids = sorted(id_ for id_, _ in people_here(data_home()))
        after = [id_ for id_ in ids if id_ > self.who] or ids
        self.choose_person(after[0] if after else "")

    def _show_people(self) -> None:
        people = people_here(data_home())
        self.who = people[0][0] if people else LOCAL.id
        self._page.correct.set_people(people, self.who)

    def _someone(self) -> str:
        """Who speaks: somebody who has not said who they are becomes a person of the library with the first word."""
        if self.who == LOCAL.id:
            self._in_library(reviewer_here)
            self._show_people()
        return self.who

    def say(
        self, about: About, text: str = "", leak: LeakKey | None = None, value: dict[str, Any] | None = None
    ) -> bool:
        """Say something of the picture on the screen; False, with the reason shown, where it cannot be kept.

        A leak that nobody has listed yet begins at the picture on the screen.
        """
        session = self._page.session
        if session is None or self.review is None:
            return False
        if leak is not None and leak.first_frame is None:
            leak = LeakKey(leak.site, session.playhead)
        try:
            who = self._someone()
            self.review = say(self.review, about, frame=session.playhead, who=who, text=text, leak=leak, value=value)
        except AssistantError as error:
            self._page.tell(str(error))
            return False
        self._later.start()
        self._show()
        return True

    def undo(self) -> None:
        """Take one's own last word back."""
        self._change(undo)

    def redo(self) -> None:
        """Let it hold again."""
        self._change(redo)

    def _change(self, act: Any) -> None:
        if self.review is None:
            return
        try:
            who = self._someone()
            before, self.review = self.review, act(self.review, who=who)
            if self.review is before or self.review.entries[-1].author != who:
                self._page.tell(review_words.NONE_OF_YOURS)
            self._later.start()
        except AssistantError as error:
            self._page.tell(str(error))
        self._show()

    def key_image(self) -> None:
        """Keep the picture on the screen as a key image."""
        self.say(About.KEY_IMAGE)

    def key_frames(self) -> list[int]:
        """Frames of the key images, of the day and of the review, in the order of the run."""
        standing = self.review.standing if self.review is not None else ()
        day = self._page.session.day if self._page.session is not None else None
        kept = () if day is None else day.key_frames
        return sorted({*kept, *(entry.frame for entry in standing if entry.about is About.KEY_IMAGE)})

    def keep_measures(self) -> None:
        """Keep points and figures of the measuring board."""
        if any(self._page.board.points.values()):
            self.say(About.MEASURE, value=self._page.board.kept())

    def take_leaks(self, stories: Sequence[LeakStory]) -> None:
        """The leaks as they are known now: words that named one by its number find theirs."""
        keys = tuple(story.key for story in stories)
        if self.review is not None:
            self.review = converted(self.review, keys)
        if keys != self._keys:
            self._keys = keys
            if self.review is not None:
                self._page.correct.show_review(self.review)
        self._page.correct.set_leaks(keys, self.review.added(keys) if self.review is not None else ())

    def said_of(self, story: LeakStory | None) -> str:
        """What stands of a leak, in few words."""
        if story is None or self.review is None:
            return ""
        parts = []
        for about in (About.NO_LEAK, About.LEAK_SITE, About.YEOM, About.SHAPE):
            entry = self.review.said(about, story.key, self._keys)
            if entry is not None:
                word = review_words.ABOUT[about.value] if about in (About.NO_LEAK, About.YEOM) else ""
                parts.append(f"{word} {entry.text}".strip())
        return ", ".join(parts)

    def put_points(self) -> None:
        """Give the plan's own points to the panel, on the frame in which they were placed."""
        session = self._page.session
        if session is None or session.plan is None:
            self._page.plan_panel.begin_with(None, 0)
            return
        moment = session.moment()
        at = moment.motion.view_index if moment is not None and isinstance(moment.motion, Motion) else 0
        session.go(session.plan.views[at].reference_frame)
        self._page.plan_panel.begin_with(session.plan, at)

    def points_moved(self, plan: Plan) -> None:
        """Keep the points as the reviewer's, beside the plan file."""
        self.say(About.LANDMARKS, value={"plan": plan.document})

    def _show(self) -> None:
        page = self._page
        if self.review is not None:
            page.correct.show_review(self.review)
        session = page.session
        if session is None:
            return
        page.shown.list_events()
        page.correct.set_leaks(self._keys, self.review.added(self._keys) if self.review is not None else ())
        page.leak.say(self.said_of(page.leak.story))

    def show_key_images(self) -> None:
        """The strip of key images, those of the day among them."""
        session = self._page.session
        if session is not None:
            captions = [(frame, _clock(session.time_of(frame))) for frame in self.key_frames()]
            self._page.export.images.set_frames(captions)


def _clock(t_s: float) -> str:
    whole = int(t_s)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
