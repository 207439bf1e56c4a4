"""The page of training: welcome, question, feedback, overview; the outcome stays hidden until the answer is locked."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QElapsedTimer, QTimer
from PyQt6.QtWidgets import QFileDialog, QWidget

from assistant.language import tr
from assistant.settings.tree import Settings
from ui.keys.key_map import with_keys
from ui.keys.table import KeyAction
from ui.library_access import library_of_window
from ui.page import Page
from ui.system.live_watch import OFFERED, Live, LiveWatch
from ui.training import training_words as words
from ui.training.clip_view import sides_of
from ui.training.controller import TrainingController
from ui.training.feedback import Feedback
from ui.training.layout import lay_out
from ui.training.open_case import OpenCase
from ui.training.run_outcome_reader import RunOutcomeReader
from ui.training.view import ASKING, INSTRUCTOR, OVERVIEW, WELCOME, Readers
from ui.widgets.form import Form
from ui.widgets.form_sheet import FormSheet

_TICK_MS = 20
_COURSE_MS = 500
_WATERMARK_S = 20.0


class TrainingPage(Page):
    """Training: the widgets, and what `TrainingController` has them show."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.library_access = library_of_window()
        self.library_access.enter()
        self.form: Form | None = None
        self.reader, self.writer, self.first = (RunOutcomeReader(self.show_message, self) for _ in range(3))
        self.live = LiveWatch(self)
        self.live.changed.connect(self._live_changed)
        readers = Readers(case=self.reader, first=self.first, table=self.writer)
        self.controller = TrainingController(settings, self.library_access, self, readers, lambda: self.live.refusal)
        self.parts = lay_out(self)
        self.header, self.view, self.stack = self.parts.header, self.parts.view, self.parts.stack
        self.question, self.feedback = self.parts.question, self.parts.feedback
        self.instructor_view = self.parts.instructor_view
        self.question.chosen.connect(self.controller.sitting.choose)
        self.question.locked.connect(self.controller.lock)
        self.parts.tabs.wanted.connect(self.wanted)
        for asks in (self.feedback, self.parts.welcome, self.parts.dashboard):
            asks.act.connect(self.do)
        self._clock, self._age = QElapsedTimer(), QElapsedTimer()
        self._age.start()
        self._clock.start()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._course = QTimer(self)
        self._course.timeout.connect(self._course_goes_on)

    # What the controller needs of its page (`TrainingView`).

    def show_message(self, text: str) -> None:
        """A line under the header."""
        self.parts.note.setText(with_keys(text))
        self.parts.note.setVisible(bool(text))

    def show_part(self) -> None:
        """The part that is in front now."""
        controller = self.controller
        front, trainer, case = controller.front, controller.trainer, controller.sitting.case
        self.header.say(front.heading, front.place)
        if front.mode == WELCOME:
            self.parts.tabs.show()
            self.stack.setCurrentWidget(self.parts.welcome)
        elif front.mode == OVERVIEW and trainer is not None:
            self.parts.tabs.show()
            self.stack.setCurrentWidget(self.parts.dashboard)
            self.parts.dashboard.show_person(trainer, controller.sitting.person)
            self.parts.dashboard.prepared.setText(controller.prepared)
        elif front.mode == INSTRUCTOR and trainer is not None:
            self.instructor_view.show_trainer(trainer)
            self.stack.setCurrentWidget(self.instructor_view)
        elif front.mode == ASKING and case is not None:
            self._show_case(case)

    def _show_case(self, case: OpenCase) -> None:
        self.parts.tabs.hide()
        self.view.forget()
        self.question.ask(case.question, with_assistant=case.aid is not None)
        self.parts.panels.setCurrentIndex(0)
        self.parts.axis_card.hide()
        self.stack.setCurrentWidget(self.parts.case)
        self._arrange()
        self._clock.restart()

    def show_question(self, note: str) -> None:
        """What is chosen, and the sentence under it."""
        case = self.controller.sitting.case
        if case is not None:
            self.question.show_chosen(case.question, note)

    def show_feedback(self, feedback: Feedback) -> None:
        """What came of the answer."""
        self.feedback.show_feedback(feedback)
        self.parts.panels.setCurrentIndex(1)
        you = feedback.you_s
        self.parts.axis.show_stops(you, feedback.others_s, feedback.near_s, feedback.event)
        self.parts.axis_words.setText(tr("◆ your stop, ") + words.early_words(feedback.result) if you else "")
        self.parts.axis_card.setVisible(feedback.is_about_stopping)
        self.header.say(self.controller.front.heading, self.controller.front.place)
        self._arrange()
        self._clock.restart()

    def show_form(self, sheet: FormSheet, closed: Callable[[str], None]) -> None:
        """Put a form in front; keys go to it."""
        self._take_form_away()
        self.form = Form(sheet)
        self.form.closed.connect(self._take_form_away)
        self.form.closed.connect(closed)
        self.stack.addWidget(self.form)
        self.stack.setCurrentWidget(self.form)
        self.form.begin()

    def ask_for_file(self, title: str, name: str) -> str:
        """Where a person wants a table."""
        return QFileDialog.getSaveFileName(self, title, name, "CSV (*.csv)")[0]

    # What the shell and Qt call.

    def enter(self) -> None:
        """Open the trainer and go on where the person stands."""
        if self.controller.open():
            self.live.start()
            self._timer.start(_TICK_MS)
            self._course.start(_COURSE_MS)
            self.controller.come_back()

    def leave(self) -> None:
        """Hold what plays."""
        self._timer.stop()
        self._course.stop()
        self.live.stop()
        self.controller.sitting.hold()

    def do(self, act: str) -> None:
        """Do an act of the page: a key or a touched field."""
        self.controller.do(act)

    def places(self) -> tuple[str, ...]:
        """Keys of the part that is in front; while a form is open, of the form."""
        return ("form",) if self.form is not None else (f"training.{self.controller.part}", "training")

    def begin_act(self, act: KeyAction) -> None:
        """Do an act of the form or of the part that is in front."""
        if act.page != "form":
            self.do(act.name)
        elif self.form is not None:
            self.form.do(act.name)

    def open_thing(self, thing: object) -> None:
        """A case of the library as a training clip: ``("case", id)``; a run stopped by hand: ``("cut", run, s)``."""
        self.controller.open_thing(thing)

    def resizeEvent(self, a0: object) -> None:
        """Picture and panel share the width."""
        self._arrange()

    def shut(self) -> None:
        """End the threads, give the library back."""
        self.live.stop()
        self._timer.stop()
        self._course.stop()
        self.controller.sitting.close()
        for reader in (self.reader, self.first, self.writer):
            reader.stop()
        self.library_access.leave()

    def _live_changed(self, state: Live) -> None:
        message = self.live.refusal or (OFFERED if state is Live.PICTURE else "")
        self.controller.make_way(message, is_armed=state is Live.ARMED)

    def _tick(self) -> None:
        self.view.watermark = (self._age.elapsed() / 1000 % _WATERMARK_S) / _WATERMARK_S
        picture = self.controller.sitting.advance(min(self._clock.restart() / 1000, 0.25))
        if picture is None:
            return
        self.view.note = picture.note if self.view.frame_index < 0 else ""
        if picture.frame is not None:
            self.view.show_frame(picture.frame)
            self.view.plate = picture.plate
            case = self.controller.sitting.case
            self.view.sides = None if case is None else sides_of(case.run_outcome, picture.frame.index)
            self.view.show_known(picture.moment, picture.plan)
            self.controller.end_watching()
        self.view.update()

    def _course_goes_on(self) -> None:
        if self.controller.go_on_preparing() and self.controller.front.mode == OVERVIEW:
            self.parts.dashboard.prepared.setText(self.controller.prepared)

    def _take_form_away(self) -> None:
        if self.form is not None:
            self.stack.removeWidget(self.form)
            self.form.deleteLater()
            self.form = None
            self.setFocus()

    def _arrange(self) -> None:
        wide = self.width() >= 1700
        share = 0.375 if self.controller.front.mode == ASKING else 0.50 if wide else 0.46
        self.parts.panels.setFixedWidth(max(440, round(self.width() * share)))


def make_page(settings: Settings) -> TrainingPage:
    """The page, for the shell."""
    return TrainingPage(settings)
