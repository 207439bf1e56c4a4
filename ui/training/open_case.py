"""A case that is open: it plays to its question, takes the answer, and plays on to what came next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assistant.language import tr
from assistant.plan import Plan
from assistant.readings.moments import Moment
from assistant.training.clip import STOP
from assistant.training.known_moment import KnownMoments
from assistant.training.run_outcome import RunOutcome
from assistant.training.scoring import Score, score, score_label, score_watching
from assistant.training.trainer import QUESTION, SHAPE, WATCHING, AskedClip, Given
from assistant.vocabulary import Frame
from ui.training import training_words as words
from ui.training.aid import Aid
from ui.training.clip_player import ClipPlayer
from ui.training.question import Question

_AFTER_EVENT_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClipPicture:
    """What stands on the screen now.

    Attributes
    ----------
    frame : Frame or None
        None while it is being read; ``note`` says so then.
    plate : str
    moment : Moment or None
        What is drawn over it; None hides everything.
    plan : Plan or None
    """

    frame: Frame | None
    note: str = ""
    plate: str = ""
    moment: Moment | None = None
    plan: Plan | None = None


class OpenCase:
    """One case from its first picture to its end.

    Parameters
    ----------
    asked : AskedClip
    run_outcome : RunOutcome
    task : str
    lines_shown : bool
        It is asked with what the assistant shows.

    Attributes
    ----------
    question : Question
    aid : Aid or None
        What the assistant shows; None where it is asked without.
    player : ClipPlayer
    is_locked : bool
        The answer is given: the outcome may be shown.
    """

    def __init__(self, asked: AskedClip, run_outcome: RunOutcome, *, task: str, lines_shown: bool) -> None:
        facts = asked.clip.facts
        self.asked, self.run_outcome, self.task, self.lines_shown = asked, run_outcome, task, lines_shown
        self.question = Question(task, is_ap=facts.view == "ap")
        self.aid = Aid(run_outcome, facts, planted=asked.is_planted) if lines_shown else None
        self.is_locked = False
        self._known = KnownMoments(run_outcome)
        self.player = ClipPlayer(asked.clip.run_path, run_outcome)
        self.player.play(facts.begin_frame, facts.stop_frame if task == QUESTION else facts.end_frame)

    @property
    def is_watched(self) -> bool:
        """Whether the clip is still running towards its question."""
        return not self.is_locked and self.player.playing

    def advance(self, seconds: float) -> ClipPicture:
        """Move on; nothing of the outcome is in it before the answer is locked."""
        frame = self.player.advance(seconds)
        if frame is None:
            return ClipPicture(frame=None, note=self.player.trouble or words.READING)
        at = words.clock(self.run_outcome.t_s[self.player.frame])
        if self.is_locked:
            moment = self._known.at(frame.index)
            return ClipPicture(frame=frame, plate=words.CAME_NEXT.format(at), moment=moment, plan=self.run_outcome.plan)
        plate = (words.CLIP_RUNS if self.player.playing else words.CLIP_STOPPED).format(at)
        if self.aid is None:
            return ClipPicture(frame=frame, plate=plate)
        plate += tr(" · Assistant: {index}", index=self.aid.words_at(frame.index))
        return ClipPicture(frame=frame, plate=plate, moment=self._known.lines_at(frame.index), plan=self.aid.plan)

    def given(self, took_s: float) -> Given | None:
        """The answer as it stands; None where none was chosen. Who only watches answers by when it is locked."""
        watches = self.task == WATCHING
        pressed = self.player.frame if watches and self.player.playing else None
        answer = STOP if pressed is not None else "go on" if watches else self.question.answer
        if not answer:
            return None
        return Given(
            task=self.task,
            answer=answer,
            sure_percent=self.question.sure,
            direction=self.question.direction or None,
            pressed_frame=pressed,
            lines_shown=self.lines_shown,
            took_s=took_s,
            planted_mm=self.aid.moved_mm if self.aid is not None else None,
        )

    def score(self, given: Given) -> Score:
        """How right an answer is."""
        facts = self.asked.clip.facts
        if self.task == WATCHING:
            return score_watching(facts, self.run_outcome, given.pressed_frame)
        if self.task == QUESTION:
            return score(facts, given.answer, given.direction)
        return score_label(facts, self.task == SHAPE, given.answer)

    def play_on(self, given: Given) -> None:
        """The answer is locked: show what came next."""
        self.is_locked = True
        facts = self.asked.clip.facts
        first = given.pressed_frame if given.pressed_frame is not None else facts.stop_frame
        if self.task != QUESTION and given.pressed_frame is None:
            first = facts.begin_frame
        after = next((one for one in self.run_outcome.reached if one.frame >= first), None)
        last = self.run_outcome.frames - 1 if after is None else self.run_outcome.frame_at(after.t_s + _AFTER_EVENT_S)
        self.player.play(first, last)

    def play_run(self) -> None:
        """The whole run again, with its lines."""
        self.player.play(self.run_outcome.first_frame, self.run_outcome.frames - 1)
