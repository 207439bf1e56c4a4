"""The reviewer's part of the page: notes, key images, labels, points; each kept with author and time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError
from assistant.places import data_home, demo_run
from assistant.plan import Plan
from assistant.reviews import About, Review, author, place_for, read_review, redo, say, undo
from assistant.vocabulary import Motion
from ui.review import review_words
from ui.review.leak_book import LeakStory
from ui.review.session import Session

if TYPE_CHECKING:
    from ui.review.page import ReviewPage


class Reviewing:
    """Says into the review of the run that is open."""

    def __init__(self, page: ReviewPage) -> None:
        self._page = page
        self.review: Review | None = None
        self.who = author()
        page.correct.said.connect(self.say)
        page.correct.undo_wanted.connect(self.undo)
        page.correct.redo_wanted.connect(self.redo)
        page.correct.points_wanted.connect(lambda: page.edit_plan())

    def open(self, session: Session) -> None:
        """Read what was said of this run."""
        self.review = None
        try:
            self.review = read_review(place_for(Path(session.run), data_home(), demo_run()))
        except AssistantError as error:
            self._page.tell(str(error))
        self._show()

    def say(self, about: About, text: str = "", leak: int | None = None, value: dict[str, Any] | None = None) -> bool:
        """Say something of the picture on the screen; False, with the reason shown, where it cannot be kept."""
        session = self._page.session
        if session is None or self.review is None:
            return False
        try:
            self.review = say(
                self.review, about, frame=session.playhead, who=self.who, text=text, leak=leak, value=value
            )
        except AssistantError as error:
            self._page.tell(str(error))
            return False
        self._show()
        return True

    def undo(self) -> None:
        """Take the last word back."""
        self._change(undo)

    def redo(self) -> None:
        """Let it hold again."""
        self._change(redo)

    def _change(self, act: Any) -> None:
        if self.review is None:
            return
        try:
            self.review = act(self.review, who=self.who)
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

    def said_of(self, story: LeakStory | None) -> str:
        """What stands of a leak, in few words."""
        if story is None or self.review is None:
            return ""
        parts = []
        for about in (About.NO_LEAK, About.LEAK_SITE, About.YEOM, About.SHAPE):
            entry = self.review.said(about, story.number)
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
