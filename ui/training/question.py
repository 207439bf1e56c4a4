"""What is asked of a case and what was chosen: which key is which answer in which task."""

from __future__ import annotations

from assistant.training.trainer import QUESTION, SHAPE, SITE, WATCHING
from ui.training import training_words as words

KEYS = "123456789WDXAS"
"""The keys that choose something in some task."""


class Question:
    """The question of one case, nothing chosen yet.

    Parameters
    ----------
    task : str
    is_ap : bool
        An AP picture has other sides than a lateral one.

    Attributes
    ----------
    answer, direction : str
        As chosen; empty for nothing yet.
    sure : int or None
        In percent.
    """

    def __init__(self, task: str = QUESTION, *, is_ap: bool = False) -> None:
        self.task, self.is_ap = task, is_ap
        self.answer, self.direction = "", ""
        self.sure: int | None = None

    @property
    def answers(self) -> tuple[tuple[str, str, str], ...]:
        """Key, value and text of each answer."""
        return words.SHAPES if self.task == SHAPE else words.ANSWER_KEYS

    @property
    def wheres(self) -> tuple[tuple[str, str, str], ...]:
        """Key, value and text of each direction."""
        return words.WHERE_AP if self.is_ap else words.WHERE_LATERAL

    def choose(self, key: str) -> bool:
        """Take a key; False where it means nothing in this task."""
        answers = {each: value for each, value, _ in self.answers}
        wheres = {each: value for each, value, _ in self.wheres}
        if self.task in (QUESTION, SHAPE) and key in answers:
            self.answer = answers[key]
        elif self.task != WATCHING and key in words.SURE:
            self.sure = words.SURE[key]
        elif self.task in (QUESTION, SITE) and key in wheres:
            self.direction = wheres[key]
            if self.task == SITE:
                self.answer = self.direction
        else:
            return False
        return True
