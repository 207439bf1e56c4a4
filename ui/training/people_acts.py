"""What is done about who trains and on which cases: people, consent, sets, all figures, the table of answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from assistant.language import tr
from assistant.library.people import LOCAL, Permission, Person, check_may, may
from assistant.training.csv_out import answers_of, write_answers
from assistant.training.trainer import Trainer
from ui.controlling import AskedTwice
from ui.shared_library import SharedLibrary
from ui.training import training_words as words
from ui.training.sitting import Sitting
from ui.training.training_forms import chosen_set, people_form, set_form
from ui.training.view import INSTRUCTOR, Readers, TrainingView, VisiblePart


class PeopleActs:
    """Acts of the page of training for which no case is open.

    Parameters
    ----------
    room : SharedLibrary
    view : TrainingView
    readers : Readers
    front : VisiblePart
    sitting : Sitting
        Its person, set and lines are chosen here.
    twice : AskedTwice
    show_start : callable
        Shows the overview of the person.

    Attributes
    ----------
    acts : mapping
        By their names in `ui.keys.table`; each is given the trainer.
    """

    def __init__(
        self,
        room: SharedLibrary,
        view: TrainingView,
        readers: Readers,
        front: VisiblePart,
        sitting: Sitting,
        twice: AskedTwice,
        show_start: Callable[[], None],
    ) -> None:
        self._library_access, self._view, self._readers = room, view, readers
        self._front, self._sitting, self._twice, self._show_start = front, sitting, twice, show_start
        self.acts: Mapping[str, Callable[[Trainer], None]] = {
            "export": self._export,
            "who": self._people,
            "withdraw": self._withdraw,
            "instructor": self._instructor,
            "new set": self._new_set,
            "set": self._next_set,
            "lines": lambda _: self._toggle_lines(),
        }

    def _export(self, trainer: Trainer) -> None:
        """The answers as a table: one's own, and everybody's for an instructor."""
        teaches = may(self._sitting.person, Permission.SEE_OTHERS) and self._front.mode == INSTRUCTOR
        name = self._view.ask_for_file(tr("Answers as a table"), f"{self._sitting.person.id}.csv")
        if not name or self._readers.table.busy:
            return
        library, answers = (
            trainer.library,
            answers_of(trainer, None if teaches else self._sitting.person, asks=self._sitting.person),
        )

        def written(count: int) -> None:
            if self._library_access.library is library:
                library.note("export", f"{count} training answers")
            self._view.show_message(words.EXPORTED.format(count, name))

        self._readers.table.find(lambda: write_answers(answers, Path(name)), written)

    def _people(self, trainer: Trainer) -> None:
        """Choose or enrol a person."""
        taken: list[Person] = []

        def closed(message: str) -> None:
            self._sitting.person = taken[0] if taken else self._sitting.person
            self._show_start()
            self._view.show_message(message)

        self._view.show_form(people_form(trainer, self._sitting.person, taken), closed)

    def _new_set(self, trainer: Trainer) -> None:
        """A set by rule or by hand, for who may teach."""
        check_may(self._sitting.person, Permission.TEACH)

        def closed(message: str) -> None:
            self._instructor(trainer)
            self._view.show_message(message)

        self._view.show_form(set_form(trainer, self._sitting.person), closed)

    def _instructor(self, trainer: Trainer) -> None:
        """Everybody's figures, for who may see them; the look is logged."""
        check_may(self._sitting.person, Permission.SEE_OTHERS)
        trainer.library.note("look at everybody's figures", self._sitting.person.id)
        place = tr("Reader {id}", id=self._sitting.person.id)
        self._front.put(INSTRUCTOR, tr("instructor · everybody by random number"), place)
        self._view.show_part()

    def _next_set(self, trainer: Trainer) -> None:
        """The cases of another set from now on."""
        self._sitting.set_id = chosen_set(trainer, self._sitting.set_id)
        row = trainer.library.one("sets", self._sitting.set_id) if self._sitting.set_id else None
        self._view.show_message(
            tr("Cases of the set “{name}” from now on.", name=row["name"]) if row else tr("All cases from now on.")
        )

    def _withdraw(self, trainer: Trainer) -> None:
        """Take the consent back; asked twice."""
        if self._twice.asks(words.WITHDRAW_ASKED):
            return
        if self._sitting.person.id != LOCAL.id:
            trainer.withdraw(self._sitting.person)
            self._sitting.person = trainer.library.person(self._sitting.person.id)
        self._show_start()
        self._view.show_message(words.WITHDRAWN)

    def _toggle_lines(self) -> None:
        """Ask the next cases with the plan's lines on the picture, or without."""
        self._sitting.lines_shown = not self._sitting.lines_shown
        self._view.show_message(words.LINES_SHOWN if self._sitting.lines_shown else words.LINES_HIDDEN)
