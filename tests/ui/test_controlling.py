"""What the controllers of the pages share."""

import pytest

from assistant.errors import UsageError
from ui.controlling import AskedTwice, showing_errors


def test_an_error_is_told_and_a_fault_is_not_hidden():
    told = []
    with showing_errors(told.append):
        raise UsageError("there is no set yet")
    assert told == ["there is no set yet"]
    with pytest.raises(ZeroDivisionError), showing_errors(told.append):
        _ = 1 / 0


def test_a_question_is_answered_by_asking_it_again_and_by_nothing_else():
    told = []
    twice = AskedTwice(told.append)
    assert twice.asks("Delete 1?")
    assert twice.asks("Delete 2?")
    assert not twice.asks("Delete 2?")
    assert twice.asks("Delete 2?")
    twice.forget()
    assert twice.asks("Delete 2?")
    assert told == ["Delete 1?", "Delete 2?", "Delete 2?", "Delete 2?"]
