"""A sitting: case after case; nothing of an outcome is shown before its answer is locked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from assistant.language import tr
from assistant.library.identities import identify
from assistant.library.people import LOCAL, Person
from assistant.settings.tree import AlarmSettings
from assistant.training.archive import labelled, result_of
from assistant.training.run_outcome import RunOutcome
from assistant.training.trainer import QUESTION, WATCHING, AskedClip, Trainer
from ui.controlling import showing_errors
from ui.training import training_words as words
from ui.training.feedback import feedback_of, kind_of
from ui.training.open_case import ClipPicture, OpenCase
from ui.training.view import ASKING, FEEDBACK, Readers, TrainingView, VisiblePart

CASES: Final = 12
"""So many are asked in one sitting."""


class Sitting:
    """One person, one task, case after case.

    Parameters
    ----------
    view : TrainingView
    front : VisiblePart
        What is in front; the sitting puts its case there.
    readers : Readers
    alarms : AlarmSettings
    over : callable
        Called when there is no further case.
    now_s : callable
        A clock that only goes forward.

    Attributes
    ----------
    person : Person
    task : str
    set_id : str or None
        Cases of this set alone.
    lines_shown : bool
        Cases are asked with the plan's lines on the picture: to see what the assistant adds.
    case : OpenCase or None
    asked_now : list of str
        The cases of this sitting.
    waits_for_first : bool
        A case was asked for before the first one could be made.
    """

    def __init__(
        self,
        view: TrainingView,
        front: VisiblePart,
        readers: Readers,
        alarms: AlarmSettings,
        over: Callable[[], None],
        now_s: Callable[[], float],
    ) -> None:
        self._view, self._front, self._readers = view, front, readers
        self._alarms, self._over, self._now_s = alarms, over, now_s
        self.person: Person = LOCAL
        self.task = QUESTION
        self.set_id: str | None = None
        self.lines_shown = self.waits_for_first = False
        self.case: OpenCase | None = None
        self.asked_now: list[str] = []
        self._asked_s = 0.0

    def ask_next(self, trainer: Trainer, clip_id: str = "") -> None:
        """The next case, or this one."""
        asked = trainer.next(
            self.person, asked_now=self.asked_now, task=self.task, set_id=self.set_id, lines_shown=self.lines_shown
        )
        clip = trainer.clip(clip_id) if clip_id else None
        if clip is not None:
            asked = AskedClip(clip=clip, is_repeat=False, is_due=False)
        if asked is None and self._readers.first.busy:
            self.waits_for_first = True
            self._view.show_message(words.READING)
            return
        if asked is None or (len(self.asked_now) >= CASES and not clip_id):
            self._view.show_message(words.NO_CASE if asked is None else "")
            self._over()
            return
        self.close()
        # Noted before it is read: a run that is gone is told once and the next case comes.
        self.asked_now.append(asked.clip.id)
        self._view.show_message(words.READING)
        run = trainer.library.one("runs", asked.clip.run_id) if asked.clip.run_id else None
        result = None if run is None else result_of(run)
        self._readers.case.read(Path(asked.clip.run_path), result, partial(self._ask, trainer, asked))

    def _ask(self, trainer: Trainer, asked: AskedClip, run_outcome: RunOutcome) -> None:
        """The case was read: put it."""
        asked = replace(asked, clip=labelled(trainer, asked.clip, run_outcome, self._alarms))
        self.case = OpenCase(asked, run_outcome, task=self.task, lines_shown=self.lines_shown)
        # The case is told with the outcome: who has seen the list of cases would know it.
        place = tr(
            "clip {id}  |  {case_of}  |  {stops_before}",
            id=asked.clip.id,
            case_of=self._case_of(),
            stops_before=words.STOPS_BEFORE,
        )
        self._front.put(ASKING, words.ARCHIVED.format(kind_of(trainer, asked.clip), asked.clip.name), place)
        self._view.show_part()
        self._view.show_message("")
        self._asked_s = self._now_s()

    def advance(self, seconds: float) -> ClipPicture | None:
        """The picture of the open case now; None where there is none."""
        return None if self.case is None else self.case.advance(seconds)

    def choose(self, key: str) -> None:
        """An answer, how sure, or where."""
        if self.case is not None and self.case.question.choose(key):
            self._view.show_question("")

    def lock(self, trainer: Trainer) -> None:
        """Keep the answer, then show what came next."""
        case = self.case
        if self._front.mode != ASKING or case is None:
            return
        if case.player.playing and self.task != WATCHING:
            case.player.skip()  # the question is about the clip's last picture
            return
        given = case.given(self._now_s() - self._asked_s)
        if given is None:
            self._view.show_question(words.CHOOSE_FIRST)
            return
        result, clip = case.score(given), case.asked.clip
        with showing_errors(self._view.show_message):
            days = trainer.lock(self.person, case.asked, given, result)
            who = identify(clip.run_path).words if clip.run_id else tr("clip {id}", id=clip.id)
            heading = words.LOCKED.format(kind_of(trainer, clip), clip.name)
            self._front.put(FEEDBACK, heading, f"{who}  |  {self._case_of()}")
            self._view.show_feedback(feedback_of(trainer, self.person, case, given, result, days, self._alarms))
            case.play_on(given)

    def end_watching(self, trainer: Trainer) -> None:
        """Who has watched to the end without stopping has let it go on."""
        if self.case is not None and self.task == WATCHING and not self.case.player.playing:
            self.lock(trainer)

    def see_run(self) -> None:
        """The whole run again, with its lines."""
        if self.case is not None:
            self.case.play_run()

    def flag(self, trainer: Trainer) -> None:
        """Mark the case as doubtful."""
        if self.case is not None:
            trainer.flag(self.case.asked.clip.id)
            self._view.show_message(words.FLAGGED)

    def hold(self) -> None:
        """Another page comes to the front: nothing plays, and nothing is waited for."""
        self.waits_for_first = False
        if self.case is not None:
            self.case.player.playing = False

    def close(self) -> None:
        """Put the case away, also one that is still being read."""
        self._readers.case.forget()
        if self.case is not None:
            self.case.player.close()
            self.case = None

    def _case_of(self) -> str:
        return words.CASE_OF.format(len(self.asked_now), CASES)
