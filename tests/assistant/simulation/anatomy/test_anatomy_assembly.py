"""The pieces that patients are put together from."""

import numpy as np

from assistant.simulation.anatomy.anatomy_assembly import generator, levels_in_view, slabs, spongy_in
from assistant.simulation.anatomy.anatomy_sizes import TREATABLE


def test_topics_have_streams_of_their_own():
    a, b, c = (generator(*words).random() for words in (("one", "ribs"), ("one", "ribs"), ("one", "curve")))
    assert a == b != c


def test_every_level_has_two_neighbours_where_there_are_any():
    for level in TREATABLE:
        seen = levels_in_view(level)
        assert seen.index(level) >= 2
        assert len(seen) - 1 - seen.index(level) >= (1 if level == "L5" else 2)


def test_slabs_cover_a_crop():
    crop = (slice(3, 120), slice(0, 150), slice(10, 160))
    seen = np.zeros((130, 1, 1), dtype=int)
    for tall, wide, deep in slabs(crop):
        seen[tall] += 1
        assert (wide, deep) == crop[1:]
        assert tall.stop - tall.start >= 2
    assert (seen[3:120] >= 1).all()
    assert not seen[:3].any()
    assert not seen[120:].any()
    assert list(slabs(None)) == []


def test_texture_repeats():
    tile = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
    got = spongy_in(tile, (slice(0, 4), slice(1, 3), slice(0, 2)), (1, 0, 0))
    assert np.array_equal(got[0], tile[1][[1, 0]])
    assert np.array_equal(got[0], got[2])
