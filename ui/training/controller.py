"""Rules and acts of the page of training, without a window: who trains, which case comes, when its outcome is shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial

from assistant.language import tr, trn
from assistant.library.people import LOCAL, Role
from assistant.settings.tree import Settings
from assistant.training.clip import ClipFacts
from assistant.training.trainer import QUESTION, SHAPE, SITE, WATCHING, Starter, Trainer
from ui.controlling import AskedTwice, showing_errors
from ui.shared_library import SharedLibrary, log_fault
from ui.training import training_words as words
from ui.training.cutting import cut_clip, is_by_hand
from ui.training.people_acts import PeopleActs
from ui.training.question import KEYS
from ui.training.sitting import Sitting
from ui.training.view import ASKING, FEEDBACK, OVERVIEW, WELCOME, Readers, TrainingView, VisiblePart


class TrainingController:
    """Training as a person goes through it.

    Parameters
    ----------
    settings : Settings
    room : SharedLibrary
    view : TrainingView
    readers : Readers
    refusal : callable
        Why no case may be opened now; empty where it may.
    now_s : callable
        A clock that only goes forward.

    Attributes
    ----------
    trainer, starter : Trainer, Starter or None
        None until the library is open.
    front : VisiblePart
    sitting : Sitting
        With the person, the task and the case that is open.
    """

    def __init__(
        self,
        settings: Settings,
        room: SharedLibrary,
        view: TrainingView,
        readers: Readers,
        refusal: Callable[[], str],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._library_access, self._view, self._readers = settings, room, view, readers
        self._refusal = refusal
        self.trainer: Trainer | None = None
        self.starter: Starter | None = None
        self.front = VisiblePart()
        self.sitting = Sitting(view, self.front, readers, settings.alarms, self.show_start, now_s)
        self._twice = AskedTwice(view.show_message)
        people = PeopleActs(room, view, readers, self.front, self.sitting, self._twice, self.show_start)
        self._at_once: Mapping[str, Callable[[], None]] = {
            "leave": self._leave_case,
            "lock": self.lock,
            "stop": self.lock,
            **{f"answer {key}": partial(self.sitting.choose, key) for key in KEYS},
        }
        self._with_trainer: Mapping[str, Callable[[Trainer], None]] = {
            "agree": lambda trainer: self._begin(trainer, consents=True),
            "nothing": lambda trainer: self._begin(trainer, consents=False),
            "start": lambda trainer: self._sit_down(trainer, QUESTION),
            "watch": lambda trainer: self._sit_down(trainer, WATCHING),
            "site": lambda trainer: self._sit_down(trainer, SITE),
            "shape": lambda trainer: self._sit_down(trainer, SHAPE),
            "next": self._ask_next,
            "run": lambda _: self.sitting.see_run(),
            "flag": self.sitting.flag,
            **people.acts,
        }

    @property
    def acts(self) -> tuple[str, ...]:
        """The acts of the page in `ui.keys.table`."""
        return (*self._at_once, *self._with_trainer)

    @property
    def part(self) -> str:
        """Which part of the table of keys counts."""
        watches = self.front.mode == ASKING and self.sitting.task == WATCHING
        return "watching" if watches else self.front.mode

    def open(self) -> bool:
        """Open the trainer; False, and told, where that cannot be."""
        if (
            not self._library_access.open(self._settings)
            or self._library_access.library is None
            or self._library_access.jobs is None
        ):
            self._view.show_message(self._library_access.why_not)
            return False
        if self.trainer is None or self.trainer.library is not self._library_access.library:
            if fault := log_fault(self._library_access):
                self._view.show_message(fault)
            self.trainer = Trainer(self._library_access.library)
            self.starter = Starter(self.trainer, self._library_access.jobs)
            self._prepare(self.starter)
            # Who only reviews has not been asked yet whether answers may be kept.
            people = [each for each in self.trainer.people() if each.role is not Role.REVIEWER]
            self.sitting.person = people[0] if people else LOCAL
        return True

    def come_back(self) -> None:
        """Go on where the person stands."""
        if self.front.mode in (WELCOME, OVERVIEW):
            self.show_start()

    def make_way(self, message: str, *, is_armed: bool) -> None:
        """A live picture is told of; while injecting is on no case is shown beside it, an open one is put away."""
        if is_armed and self.front.mode in (ASKING, FEEDBACK):
            self.show_start()
        self._view.show_message(message)

    def do(self, act: str) -> None:
        """Do an act; any other than the one that asked takes its question back."""
        if act != "withdraw":
            self._twice.forget()
        with showing_errors(self._view.show_message):
            if act in self._at_once:
                self._at_once[act]()
            elif self.trainer is not None and not self._readers.case.busy:
                self._with_trainer[act](self.trainer)

    def show_start(self) -> None:
        """The overview of the person, or the welcome where nobody has begun."""
        self.sitting.close()
        person = self.sitting.person
        if person.id == LOCAL.id or self.trainer is None:
            self.front.put(WELCOME, tr("archived and simulated runs"), "")
            self._view.show_part()
            return
        place = trn(
            "Reader {id} · {count} answer · names hidden from others",
            "Reader {id} · {count} answers · names hidden from others",
            len(self.trainer.answers(person, counted=True)),
            id=person.id,
        )
        self.front.put(OVERVIEW, tr("progress and agreement"), place)
        self._view.show_part()

    @property
    def prepared(self) -> str:
        """How far the starter course is; empty when it is whole."""
        if self.starter is None or self.starter.made >= self.starter.total:
            return ""
        return words.PREPARING.format(self.starter.made, self.starter.total)

    def go_on_preparing(self) -> bool:
        """Ask for the next case of the starter course; whether there is more to make."""
        return self.starter is not None and self._library_access.jobs is not None and self.starter.go_on()

    def end_watching(self) -> None:
        """What plays may be through: who only watched has let it go on."""
        if self.trainer is not None:
            self.sitting.end_watching(self.trainer)

    def lock(self) -> None:
        """Keep the answer, then show what came next."""
        if self.trainer is not None:
            self.sitting.lock(self.trainer)

    def open_thing(self, thing: object) -> None:
        """Make a clip of a case of the library, or of a run that was stopped by hand, and ask it."""
        trainer = self.trainer
        if trainer is None:
            return

        def ask(clip_id: str) -> None:
            by_hand = is_by_hand(thing)
            if self.sitting.person.id != LOCAL.id and not by_hand:
                self.sitting.task = QUESTION
                self._ask_next(trainer, clip_id)
                return
            self.show_start()
            clip = trainer.clip(clip_id)
            self._view.show_message((words.CUT if by_hand else words.CUT_BEGIN).format(clip.name if clip else ""))

        with showing_errors(self._view.show_message):
            cut_clip(trainer, thing, self._settings.alarms, self._readers.case, self._view, ask)

    def _prepare(self, starter: Starter) -> None:
        """Have the demonstration run ready as the first case; who has asked for a case meanwhile gets it then."""

        def keep(facts: ClipFacts) -> None:
            if self.starter is not starter or self._library_access.library is not starter.library:
                return
            starter.keep_first(facts)
            if self.sitting.waits_for_first and self.trainer is not None:
                self.sitting.waits_for_first = False
                self._ask_next(self.trainer)

        if starter.lacks_first:
            self._readers.first.find(starter.look_at_first, keep)

    def _begin(self, trainer: Trainer, *, consents: bool) -> None:
        self.sitting.person = trainer.enrol(consents=consents)
        self._sit_down(trainer, QUESTION)

    def _sit_down(self, trainer: Trainer, task: str) -> None:
        """Begin a sitting of one task."""
        self.sitting.task, self.sitting.asked_now = task, []
        self._ask_next(trainer)

    def _ask_next(self, trainer: Trainer, clip_id: str = "") -> None:
        refusal = self._refusal()
        if refusal:
            self._view.show_message(refusal)
        else:
            self.sitting.ask_next(trainer, clip_id)

    def _leave_case(self) -> None:
        self._view.show_message("")
        self.show_start()
