"""What one can do, of the highest alarm that has something to say."""

from dataclasses import replace

from assistant.alarm_table.table import FROM_PICTURES
from assistant.live.alarms.advice import advice_for
from assistant.vocabulary import Priority
from tests.ui.theatre.fake_session import BLIND, alarm


def test_the_first_alarm_that_has_an_advice_gives_it() -> None:
    row = next(row for row in FROM_PICTURES if row.advice)
    told = alarm(row.code, Priority.HIGH, row.headline, row.action, kind=row.kind)
    assert advice_for([BLIND, told]) == row.advice
    assert advice_for([BLIND]) == ""
    assert advice_for([replace(told, before_held=True)]) == "", "it was told of a picture that is held now"
    assert advice_for([]) == ""
