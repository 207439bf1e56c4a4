"""Two causes of one code of the alarm table: neither hides the other, on the screen, to the ear, in the log and later.

One code stands for several rows (A11: the picture is not usable, and something grows with the other sign; A7: no
signal, another input). What is acknowledged is the one that stood, and what ends is the one that has ended.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assistant import pipeline as pipeline_module
from assistant.alarm_table.table import NOT_FLUOROSCOPY, NOT_TRACKED, OTHER_SIGN, SIGN_TURNED
from assistant.review.session_reading import read_session_day
from assistant.vocabulary import Priority
from tests.journeys.alarm_causes import another_input_is_chosen, clean_pictures
from tests.journeys.no_sign import nothing_tells
from tests.journeys.room import Room
from tests.small_run import COLS, pictures, plan_document

_NO_SIGNAL = "NOT MONITORING"


def headlines(room: Room) -> list[str]:
    """What stands in the list of alarms."""
    return [alarm.headline for alarm in room.status.alarms if alarm.holds]


def grows(room: Room, made: tuple[Any, ...]) -> None:
    """Cement grows with the other sign until that is told."""
    left = iter(made)
    room.until(lambda _status: OTHER_SIGN.headline in headlines(room), lambda: room.show(next(left)))


_GRAIN = np.random.default_rng(7)


def fresh(grey: np.ndarray) -> np.ndarray:
    """With grain that was never seen: the same picture twice would be a console's replay."""
    return np.clip(grey + _GRAIN.normal(0.0, 1.5, grey.shape), 0, 255).astype(np.uint8)


def test_a_step_that_fails_and_what_grows_with_the_other_sign_do_not_hide_each_other(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are A11; each ends for itself, on the screen and on the day that is read back."""
    made = pictures(60)
    room = Room(qtbot, monkeypatch)
    room.set_up(plan_document(polarity="inverted"), [made[2]])
    grows(room, made[3:])
    with monkeypatch.context() as broken:
        broken.setattr(pipeline_module, "find_cement", lambda *_, **__: 1 / 0)
        for k in range(30):
            room.show(fresh(made[45 + k % 9]))
            assert OTHER_SIGN.headline in headlines(room)
        assert NOT_TRACKED.headline in headlines(room)
    for k in range(30):
        room.show(fresh(made[45 + k % 9]))
    assert headlines(room) == [OTHER_SIGN.headline]
    folder = room.session.folder
    room.end()
    day = read_session_day(folder)
    assert day is not None
    told = [one for level in day.levels for one in level.raised if one.code == OTHER_SIGN.code]
    assert [(one.headline, one.ended_s is not None) for one in told] == [
        (OTHER_SIGN.headline, False),
        (NOT_TRACKED.headline, True),
    ]


def test_another_input_is_told_though_the_signal_was_gone_and_acknowledged(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are A7: the minute of silence is that of what was acknowledged."""
    room = Room(qtbot, monkeypatch)
    room.set_up(plan_document(reference_frame=0), [clean_pictures(18)[0]])
    for grey in clean_pictures(18)[1:]:
        room.show(grey)
    room.until(lambda _status: _NO_SIGNAL in headlines(room), lambda: room.wait(200))
    room.wait(3000)
    room.page.session.acknowledge()
    room.wait(200)
    before = room.loudspeakers[Priority.HIGH].bursts
    another_input_is_chosen(room)
    another_input_is_chosen(room)
    assert NOT_FLUOROSCOPY.headline in headlines(room)
    assert room.loudspeakers[Priority.HIGH].bursts > before, "it sounds"
    assert (NOT_FLUOROSCOPY.headline, NOT_FLUOROSCOPY.action) in room.bar
    log = room.end()
    told = [one["data"]["headline"] for one in log if one["kind"] == "alarm" and one["data"]["code"] == "A7"]
    assert told[-2:] == [_NO_SIGNAL, NOT_FLUOROSCOPY.headline]


def test_that_the_sign_turned_stands_until_it_is_acknowledged(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program turns it by itself, and nothing grows with the other sign from then on: it is said all the same."""
    made = nothing_tells(150, 35, dark=False)
    room = Room(qtbot, monkeypatch)
    room.set_up(plan_document(), [made[2]])
    for grey in made[3:110]:
        room.show(grey)
    told = {OTHER_SIGN.headline, SIGN_TURNED.headline}
    assert told <= set(headlines(room))
    room.page.session.acknowledge()
    for grey in made[110:]:
        room.show(grey)
    assert not told & set(headlines(room))
    log = room.end()
    logged = [one["data"]["headline"] for one in log if one["kind"] == "alarm" and one["data"]["code"] == "A11"]
    assert logged.count(SIGN_TURNED.headline) == 1


def test_what_grows_in_a_second_view_is_told_though_the_first_was_acknowledged(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pictures(60)
    mirrored = [np.ascontiguousarray(each[:, ::-1]) for each in made]
    first = plan_document(polarity="inverted")
    points = {
        name: [[COLS - 1 - x, y] for x, y in reversed(line)] for name, line in first["views"][0]["landmarks"].items()
    }
    second = first["views"][0] | {"view": "ap", "landmarks": points}
    room = Room(qtbot, monkeypatch)
    room.set_up(first | {"views": [*first["views"], second]}, [made[2], mirrored[2]])
    for grey in mirrored[3:14]:
        room.show(grey)
    grows(room, made[3:])
    room.page.session.acknowledge()
    room.wait(10)
    before = room.loudspeakers[Priority.MEDIUM].bursts
    for grey in (*mirrored[14:], *[mirrored[-1]] * 30):
        room.show(grey)
    log = room.end()
    told = [one["data"]["headline"] for one in log if one["kind"] == "alarm" and one["data"]["code"] == "A11"]
    assert told.count(OTHER_SIGN.headline) == 2
    assert room.loudspeakers[Priority.MEDIUM].bursts > before
