"""Pictures for lines that come late: a few over all of the session, of one size, in room that was taken once."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.live.shared.shared_memory import SessionMemory
from assistant.vocabulary import Frame

ROOM = 8 * 48 * 64


@pytest.fixture
def memory():
    made = SessionMemory.make(slots=4, slot_bytes=64, pictures=8, earlier_bytes=ROOM)
    yield made
    made.remove()


def picture(k: int, shape: tuple[int, int] = (48, 64), white: int = 255) -> Frame:
    grey = np.full(shape, k % 200, np.uint8 if white == 255 else np.uint16)
    return Frame(index=k, t_s=k / 10, grey=grey, white=white)


def kept(memory: SessionMemory) -> list[int]:
    return [frame.index for frame in memory.earlier.after(-1)]


def test_all_are_kept_while_there_is_room_and_an_analysis_that_is_started_again_finds_them(memory) -> None:
    assert memory.earlier.count_before(9) == 0
    for k in range(8):
        memory.earlier.offer(picture(k))
    again = SessionMemory.open(memory.path).earlier
    found = again.after(1)
    assert again.count_before(3) == 3
    assert [frame.index for frame in found] == [2, 3, 4, 5, 6, 7]
    assert all((frame.grey == frame.index).all() and frame.white == 255 for frame in found)


def test_a_long_session_keeps_its_first_ones_and_some_in_a_row_of_all_of_it(memory) -> None:
    for k in range(3000):
        memory.earlier.offer(picture(k))
    found = kept(memory)
    assert found[:2] == [0, 1]
    assert 4 <= len(found) <= 8
    assert [b - a for a, b in zip(found[::2], found[1::2], strict=False)] == [1] * (len(found) // 2)
    assert max(np.diff([*found, 3000])) <= 1600


def test_pictures_of_another_size_begin_anew_and_ones_too_large_are_not_kept(memory) -> None:
    memory.earlier.offer(picture(0))
    memory.earlier.offer(picture(1, (24, 32), 65535))
    assert [(frame.index, frame.white) for frame in memory.earlier.after(-1)] == [(1, 65535)]
    memory.earlier.offer(picture(2, (200, 200)))
    assert kept(memory) == []


def test_what_was_recorded_before_comes_in_late(memory) -> None:
    for k in (100, 101, *range(0, 60, 20)):
        memory.earlier.offer(picture(k))
    assert kept(memory) == [0, 20, 40, 100, 101]
