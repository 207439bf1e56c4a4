"""The word of an alarm names its row, also where several rows share kind and priority; older words are read as ever."""

from dataclasses import replace

import pytest

from assistant.alarm_table.row import PipelineRow
from assistant.alarm_table.table import FROM_PICTURES, NOT_TRACKED
from assistant.alarm_table.word import alarm_word, read_alarm_word
from assistant.vocabulary import AlarmSite
from tests.assistant.alarm_table.test_table import NAMES, alarm_of


@pytest.mark.parametrize("row", FROM_PICTURES, ids=NAMES)
def test_each_row_comes_back_at_either_priority(row: PipelineRow) -> None:
    for priority in {row.priority_injecting, row.priority_before}:
        alarm = replace(alarm_of(row), priority=priority)
        assert read_alarm_word(alarm_word(alarm), 1, None) == (alarm, row)


@pytest.mark.parametrize("word", ["unusable_image:low", "unusable_image:medium", "unusable_image:low::unheard"])
def test_a_word_that_does_not_say_what_was_watched_is_read_as_ever(word: str) -> None:
    assert read_alarm_word(word, 3, 9)[1] is NOT_TRACKED


def test_a_line_s_alarm_is_told_by_its_site() -> None:
    alarm, _ = read_alarm_word("endplate:medium:inferior_endplate", 3, 9)
    assert (alarm.site, alarm.headline) == (AlarmSite.INFERIOR_ENDPLATE, "CEMENT AT INFERIOR ENDPLATE")
    assert (alarm.first_frame, alarm.last_frame) == (3, 9)
