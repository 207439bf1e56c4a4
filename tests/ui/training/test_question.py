"""Which key is which answer in which task."""

import pytest

from assistant.training.trainer import QUESTION, SHAPE, SITE, WATCHING
from ui.training.question import KEYS, Question


@pytest.mark.parametrize(
    ("task", "keys", "chosen"),
    [
        (QUESTION, "17D", ("stop", 80, "posterior")),
        (QUESTION, "12", ("go on", None, "")),
        (SITE, "1W", ("superior disc", None, "superior disc")),
        (SHAPE, "1D9", ("spike", 99, "")),
        (WATCHING, KEYS, ("", None, "")),
    ],
)
def test_a_key_chooses_what_it_means_in_the_task(task, keys, chosen):
    question = Question(task)
    for key in keys:
        question.choose(key)
    assert (question.answer, question.sure, question.direction) == chosen


def test_an_ap_picture_has_other_sides():
    question = Question(is_ap=True)
    assert question.choose("D")
    assert question.direction == "lateral"
    assert not question.choose("Z")
