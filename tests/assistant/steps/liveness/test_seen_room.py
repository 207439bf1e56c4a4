import numpy as np
import pytest

from assistant.steps.liveness import SeenPictures, SeenRoom
from assistant.vocabulary import Frame


def pictures(count: int) -> list[Frame]:
    chance = np.random.default_rng(3)
    made = (np.clip(chance.normal(120, 8, (160, 160)), 0, 255).astype(np.uint8) for _ in range(count))
    return [Frame(index=k, t_s=k / 7.5, grey=grey) for k, grey in enumerate(made)]


def taken(seen: SeenPictures, frames: list[Frame]) -> list[bool]:
    """Whether each was seen before; what was not is kept."""
    return [_take(seen, frame) for frame in frames]


def _take(seen: SeenPictures, frame: Frame) -> bool:
    signature = seen.signature(frame)
    assert signature is not None
    again = seen.recalls(signature)
    if not again:
        seen.keep(signature)
    return again


def test_who_opens_the_memory_anew_knows_what_was_kept_in_it():
    memory = np.zeros(SeenRoom.size(40), np.uint8)
    first = SeenPictures(room=SeenRoom.shared(memory, 40))
    shown = pictures(30)
    assert not any(taken(first, shown))
    another = SeenPictures(room=SeenRoom.shared(memory, 40))
    assert len(another) == 30
    assert all(taken(another, shown[5:12]))


def test_pictures_of_another_size_are_other_pictures_and_those_before_stay_known():
    memory = np.zeros(SeenRoom.size(80), np.uint8)
    seen = SeenPictures(room=SeenRoom.shared(memory, 80))
    shown = pictures(30)
    smaller = [Frame(index=k, t_s=4 + k / 7.5, grey=frame.grey[8:, 8:]) for k, frame in enumerate(shown)]
    assert not any(taken(seen, shown))
    assert not any(taken(seen, smaller))
    assert len(seen) == 60
    assert all(taken(seen, shown[5:12]))
    assert all(taken(SeenPictures(room=SeenRoom.shared(memory, 80)), smaller[5:12]))


@pytest.mark.parametrize("most", [0, 5, 3000])
def test_memory_of_its_own_grows_up_to_the_most(most):
    room = SeenRoom.own(most)
    while len(room) < most:
        before = len(room)
        room.widen()
        assert before < len(room) <= most
    assert [len(each) for each in (room.signs, room.counts, room.quick, room.times_s, room.grains, room.sizes)] == [
        most
    ] * 6
