"""The page of training: welcome, question, feedback, overview; the outcome stays hidden until the answer is locked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QElapsedTimer, QTimer
from PyQt6.QtWidgets import QWidget

from assistant.errors import AssistantError
from assistant.library.identities import identify
from assistant.library.people import LOCAL, Person, Role
from assistant.settings.tree import Settings
from assistant.training.archive import labelled, result_of
from assistant.training.clip import STOP
from assistant.training.ending import Ending
from assistant.training.explain import gave_away, near_since_s
from assistant.training.known_moment import KnownMoments
from assistant.training.planted import reveal
from assistant.training.scoring import Score, score, score_label, score_watching
from assistant.training.trainer import QUESTION, SHAPE, SITE, WATCHING, Asked, Desk, Given, Starter
from ui.keys.key_map import with_keys
from ui.keys.table import Act
from ui.library_access import room
from ui.page import Page
from ui.system.live_watch import LiveWatch
from ui.training import acts, keys
from ui.training import training_words as words
from ui.training.aid import Aid
from ui.training.clip_player import ClipPlayer
from ui.training.clip_view import sides_of
from ui.training.ending_reader import EndingReader
from ui.training.layout import lay_out
from ui.training.modes import ASKING, FEEDBACK, OVERVIEW, WELCOME
from ui.widgets.form import Form

_TICK_MS = 20
_COURSE_MS = 500
_WATERMARK_S = 20.0
_AFTER_EVENT_S = 2.0
_SITTING = 12


class TrainingPage(Page):
    """Training."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.room = room()
        self.room.enter()
        self.desk: Desk | None = None
        self.starter: Starter | None = None
        self.person: Person = LOCAL
        self.mode = WELCOME
        self.task = QUESTION
        self.asked: Asked | None = None
        self.asked_now: list[str] = []
        self.player: ClipPlayer | None = None
        self.known: KnownMoments | None = None
        self.form: Form | None = None
        self.set_id: str | None = None
        self.asked_to_withdraw = False
        self.lines_shown = False
        """Cases are asked with the plan's lines on the picture: to see what the assistant adds."""
        self.aid: Aid | None = None
        """What the assistant shows of the case; None where it is asked without."""
        self.reader = EndingReader(self.tell, self)
        self.writer = EndingReader(self.tell, self)
        self.first, self.waits_for_first = EndingReader(self.tell, self), False
        """Looks at the demonstration run, the first case; somebody waits for it."""
        self.live = LiveWatch(self)
        self.live.changed.connect(lambda state: acts.make_way(self, state))
        self.parts = lay_out(self)
        self.header, self.view, self.stack = self.parts.header, self.parts.view, self.parts.stack
        self.question, self.feedback = self.parts.question, self.parts.feedback
        self.instructor_view = self.parts.instructor_view
        self.question.locked.connect(self.lock)
        self.parts.tabs.wanted.connect(self.wanted)
        for asks in (self.feedback, self.parts.welcome, self.parts.dashboard):
            asks.act.connect(self.do)
        self._clock, self._age, self._since_asked = QElapsedTimer(), QElapsedTimer(), QElapsedTimer()
        self._age.start()
        self._clock.start()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._course = QTimer(self)
        self._course.timeout.connect(self._course_goes_on)

    def tell(self, text: str) -> None:
        """A line under the header."""
        self.parts.note.setText(with_keys(text))
        self.parts.note.setVisible(bool(text))

    def enter(self) -> None:
        """Open the desk and go on where the person stands."""
        if not self.room.open(self.settings) or self.room.library is None or self.room.jobs is None:
            self.tell(self.room.why_not)
            return
        if self.desk is None or self.desk.library is not self.room.library:
            self.desk = Desk(self.room.library)
            self.starter = Starter(self.desk, self.room.jobs)
            acts.prepare(self, self.starter)
            # Who only reviews has not been asked yet whether answers may be kept.
            people = [each for each in self.desk.people() if each.role is not Role.REVIEWER]
            self.person = people[0] if people else LOCAL
        self.live.start()
        self._timer.start(_TICK_MS)
        self._course.start(_COURSE_MS)
        if self.mode in (WELCOME, OVERVIEW):
            self.show_start()

    def leave(self) -> None:
        """Hold what plays."""
        self._timer.stop()
        self._course.stop()
        self.live.stop()
        self.waits_for_first = False
        if self.player is not None:
            self.player.playing = False

    def show_start(self) -> None:
        """The overview of the person, or the welcome where nobody has begun."""
        self._close_player()
        self.parts.tabs.show()
        if self.person.id == LOCAL.id or self.desk is None:
            self.mode = WELCOME
            self.stack.setCurrentWidget(self.parts.welcome)
            self.header.say("archived and simulated runs", "")
            return
        self.mode = OVERVIEW
        self.stack.setCurrentWidget(self.parts.dashboard)
        self.parts.dashboard.show_person(self.desk, self.person)
        count = len(self.desk.answers(self.person, counted=True))
        self.header.say(
            "progress and agreement", f"Reader {self.person.id} · {count} answers · names hidden from others"
        )
        self._say_prepared()

    def do(self, act: str) -> None:
        """One act of a key or a touched field."""
        if self.desk is None or self.reader.busy:
            return
        known = {
            "agree": lambda: self._begin(consents=True),
            "nothing": lambda: self._begin(consents=False),
            "start": lambda: self.sit_down(QUESTION),
            "watch": lambda: self.sit_down(WATCHING),
            "site": lambda: self.sit_down(SITE),
            "shape": lambda: self.sit_down(SHAPE),
            "next": self.ask_next,
            "run": lambda: acts.see_run(self),
            "flag": lambda: acts.flag(self),
            "export": lambda: acts.export(self),
            "who": lambda: acts.people(self),
            "withdraw": lambda: acts.withdraw(self),
            "instructor": lambda: acts.instructor(self),
            "new set": lambda: acts.new_set(self),
            "set": lambda: acts.next_set(self),
            "lines": lambda: acts.toggle_lines(self),
        }
        try:
            known[act]()
        except AssistantError as error:
            self.tell(str(error))

    def _begin(self, *, consents: bool) -> None:
        assert self.desk is not None
        self.person = self.desk.enrol(consents=consents)
        self.sit_down(QUESTION)

    def sit_down(self, task: str) -> None:
        """Begin a sitting of one task."""
        self.task, self.asked_now = task, []
        self.ask_next()

    def ask_next(self, clip_id: str = "") -> None:
        """The next case."""
        assert self.desk is not None
        if self.live.refusal:
            self.tell(self.live.refusal)
            return
        asked = self.desk.next(
            self.person, asked_now=self.asked_now, task=self.task, set_id=self.set_id, lines_shown=self.lines_shown
        )
        if clip_id:
            clip = self.desk.clip(clip_id)
            asked = Asked(clip=clip, is_repeat=False, is_due=False) if clip is not None else asked
        if asked is None and self.first.busy:
            self.waits_for_first = True
            self.tell(words.READING)
            return
        if asked is None or (len(self.asked_now) >= _SITTING and not clip_id):
            self.tell(words.NO_CASE if asked is None else "")
            self.show_start()
            return
        self._close_player()
        # Noted before it is read: a run that is gone is told once and the next case comes.
        self.asked_now.append(asked.clip.id)
        self.tell(words.READING)
        run = self.desk.library.one("runs", asked.clip.run_id) if asked.clip.run_id else None
        result = None if run is None else result_of(run)
        self.reader.read(Path(asked.clip.run_path), result, lambda ending: self._ask(asked, ending))

    def _ask(self, asked: Asked, ending: Ending) -> None:
        """The case was read: put it."""
        assert self.desk is not None
        asked = replace(asked, clip=labelled(self.desk, asked.clip, ending, self.settings.alarms))
        clip = asked.clip
        self.asked, self.known = asked, KnownMoments(ending)
        self.aid = Aid(ending, clip.facts, planted=asked.is_planted) if self.lines_shown else None
        self.player = ClipPlayer(clip.run_path, ending)
        last = clip.facts.stop_frame if self.task == QUESTION else clip.facts.end_frame
        self.player.play(clip.facts.begin_frame, last)
        self.mode = ASKING
        self.parts.tabs.hide()
        self.view.forget()
        self.view.sides = sides_of(ending)
        self.question.ask(self.task, is_ap=clip.facts.view == "ap", with_assistant=self.aid is not None)
        self.parts.panels.setCurrentIndex(0)
        self.parts.axis_card.hide()
        self.stack.setCurrentWidget(self.parts.case)
        self._arrange()
        kind = acts.kind_of(self, clip)
        # The case is told with the outcome: who has seen the list of cases would know it.
        place = f"clip {clip.id}  |  {words.CASE_OF.format(len(self.asked_now), _SITTING)}"
        self.header.say(words.ARCHIVED.format(kind, clip.name), f"{place}  |  {words.STOPS_BEFORE}")
        self.tell("")
        self._since_asked.restart()
        self._clock.restart()

    def lock(self) -> None:
        """Keep the answer, then show what came next."""
        if self.mode != ASKING or self.asked is None or self.desk is None or self.player is None:
            return
        if self.player.playing and self.task != WATCHING:
            self.player.skip()  # the question is about the clip's last picture
            return
        panel, facts = self.question, self.asked.clip.facts
        pressed = self.player.frame if self.task == WATCHING and self.player.playing else None
        answer = STOP if pressed is not None else "go on" if self.task == WATCHING else panel.answer
        if not answer:
            panel.say(words.CHOOSE_FIRST)
            return
        if self.task == WATCHING:
            result = score_watching(facts, self.player.ending, pressed)
        elif self.task == QUESTION:
            result = score(facts, answer, panel.direction or None)
        else:
            result = score_label(facts, self.task == SHAPE, answer)
        given = Given(
            task=self.task,
            answer=answer,
            sure_percent=panel.sure,
            direction=panel.direction or None,
            pressed_frame=pressed,
            lines_shown=self.lines_shown,
            took_s=self._since_asked.elapsed() / 1000,
            planted_mm=self.aid.moved_mm if self.aid is not None else None,
        )
        try:
            days = self.desk.lock(self.person, self.asked, given, result)
        except AssistantError as error:
            self.tell(str(error))
            return
        self._show_feedback(given, result, days)

    def _show_feedback(self, given: Given, result: Score, days: int) -> None:
        assert self.asked is not None
        assert self.player is not None
        assert self.desk is not None
        clip, ending = self.asked.clip, self.player.ending
        facts, panel = clip.facts, self.feedback
        self.mode = FEEDBACK
        panel.show_verdict(facts, given, result)
        panel.gave_away.setText(gave_away(ending, facts))
        panel.bars.show_answers(self.desk.others(clip.id, self.person, self.task), given.answer)
        panel.answers_card.setVisible(self.task in (QUESTION, WATCHING))
        panel.ct.setText(acts.known_afterwards(self.desk, clip))
        panel.back.setText(words.BACK_IN.format(words.days(days)) if self.person.has_consented else words.NOT_KEPT)
        if given.planted_mm is not None:
            panel.back.setText(words.PLANTED_APART)
            panel.gave_away.setText(reveal(given.planted_mm, given.answer))
        self.parts.panels.setCurrentIndex(1)
        event_s = None if ending.first is None else ending.first.t_s
        you = result.early_s if given.answer == STOP else None
        others, near_s = self.desk.others_stops_s(clip.id, self.person), near_since_s(ending, self.settings.alarms)
        self.parts.axis.show_stops(you, others, near_s, facts.event if event_s else "")
        self.parts.axis_words.setText("◆ your stop, " + words.early_words(result) if you else "")
        self.parts.axis_card.setVisible(self.task in (QUESTION, WATCHING))
        kind = acts.kind_of(self, clip)
        who = identify(clip.run_path).words if clip.run_id else f"clip {clip.id}"
        place = words.CASE_OF.format(len(self.asked_now), _SITTING)
        self.header.say(words.LOCKED.format(kind, clip.name), f"{who}  |  {place}")
        self._arrange()
        first = given.pressed_frame if given.pressed_frame is not None else facts.stop_frame
        if self.task != QUESTION and given.pressed_frame is None:
            first = facts.begin_frame
        self.player.play(first, self._feedback_end(ending, first))
        self._clock.restart()

    def _feedback_end(self, ending: Ending, first: int) -> int:
        after = next((one for one in ending.reached if one.frame >= first), None)
        return ending.frames - 1 if after is None else ending.frame_at(after.t_s + _AFTER_EVENT_S)

    def show_form(self, form: Form) -> None:
        """Put a form in front; keys go to it."""
        self.close_form()
        self.form = form
        self.stack.addWidget(form)
        self.stack.setCurrentWidget(form)
        form.begin()

    def close_form(self) -> None:
        """Take the form away."""
        if self.form is not None:
            self.stack.removeWidget(self.form)
            self.form.deleteLater()
            self.form = None
            self.setFocus()

    def _tick(self) -> None:
        self.view.watermark = (self._age.elapsed() / 1000 % _WATERMARK_S) / _WATERMARK_S
        seconds = min(self._clock.restart() / 1000, 0.25)
        if self.player is None or self.mode not in (ASKING, FEEDBACK):
            return
        frame = self.player.advance(seconds)
        self.view.note = (self.player.trouble or words.READING) if frame is None and self.view.frame_index < 0 else ""
        if frame is not None:
            self.view.show_frame(frame)
            time_words = words.clock(self.player.ending.t_s[self.player.frame])
            if self.mode == ASKING:
                self.view.plate = (words.CLIP_RUNS if self.player.playing else words.CLIP_STOPPED).format(time_words)
            else:
                self.view.plate = words.CAME_NEXT.format(time_words)
            if self.mode == ASKING and self.aid is not None and self.known is not None:
                self.view.show_known(self.known.lines_at(frame.index), self.aid.plan)
                self.view.plate += f" · Assistant: {self.aid.said(frame.index)}"
            if self.mode == FEEDBACK and self.known is not None:
                self.view.show_known(self.known.at(frame.index), self.player.ending.plan)
        if self.mode == ASKING and self.task == WATCHING and not self.player.playing and frame is not None:
            self.lock()
        self.view.update()

    def _course_goes_on(self) -> None:
        if self.starter is None or self.room.jobs is None:
            return
        if self.starter.go_on() and self.mode == OVERVIEW:
            self._say_prepared()

    def _say_prepared(self) -> None:
        if self.starter is not None:
            made, total = self.starter.made, self.starter.total
            self.parts.dashboard.prepared.setText("" if made >= total else words.PREPARING.format(made, total))

    def places(self) -> tuple[str, ...]:
        """Keys of the part that is in front."""
        return keys.places(self)

    def begin_act(self, act: Act) -> None:
        """Do an act of the part that is in front."""
        keys.do(self, act)

    def open_thing(self, thing: object) -> None:
        """A case of the library as a training clip: ``("case", id)``; a run stopped by hand: ``("cut", run, s)``."""
        acts.cut_clip(self, thing)

    def _arrange(self) -> None:
        wide = self.width() >= 1700
        share = 0.375 if self.mode == ASKING else 0.50 if wide else 0.46
        self.parts.panels.setFixedWidth(max(440, round(self.width() * share)))

    def resizeEvent(self, a0: object) -> None:
        """Picture and panel share the width."""
        self._arrange()

    def _close_player(self) -> None:
        self.reader.forget()
        if self.player is not None:
            self.player.close()
            self.player = None

    def shut(self) -> None:
        """End the thread, give the library back."""
        self._timer.stop()
        self._course.stop()
        self._close_player()
        self.reader.stop()
        self.first.stop()
        self.writer.stop()
        self.room.leave()


def make_page(settings: Settings) -> TrainingPage:
    """The page, for the shell."""
    return TrainingPage(settings)
