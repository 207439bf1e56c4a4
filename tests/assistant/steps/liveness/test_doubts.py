from __future__ import annotations

import numpy as np

from assistant.steps.liveness.doubts import Doubts
from assistant.steps.liveness.grain import Rows, grain_of
from assistant.steps.liveness.learned_kinds import Change
from assistant.steps.liveness.two_kinds import TwoKinds

INSIDE = np.ones((40, 128), bool)


def rows(blocks: np.ndarray) -> Rows:
    return Rows(blocks.astype(np.float32), INSIDE, grain_of(blocks.astype(np.float32), INSIDE))


def decided(later: np.ndarray, rng: np.random.Generator) -> tuple[tuple[float, bool], ...]:
    """A picture, held on a noisy line; then ten frames in doubt that show ``later``, and one that is told held."""
    picture = 120.0 + 4.0 * rng.standard_normal(INSIDE.shape)
    kinds, doubts, last = TwoKinds(), Doubts(), picture
    for _ in range(40):
        frame = picture + rng.standard_normal(INSIDE.shape)
        now = rows(frame)
        kinds.tell(Change(share=now.differ_beyond_line(last.astype(np.float32)), grain_grey=now.grain))
        last = frame
    doubts.told(0.0, (picture + rng.standard_normal(INSIDE.shape)).astype(np.float32))
    for k in range(1, 11):
        doubts.add(k / 10, kinds.last_change, beyond=False)
        doubts.see(rows(picture + later + rng.standard_normal(INSIDE.shape)))
    return doubts.decide(kinds, 2.0, now.grain, held=True)


def test_where_a_later_frame_is_the_last_new_picture_all_in_between_was_held():
    found = decided(np.zeros(INSIDE.shape), np.random.default_rng(4))
    assert [round(2.0 - age_s, 1) for age_s, _ in found] == [k / 10 for k in range(1, 11)]
    assert not any(new for _, new in found)


def test_where_it_is_another_picture_it_stays_undecided():
    rng = np.random.default_rng(5)
    assert decided(1.0 * rng.standard_normal(INSIDE.shape), rng) == ()
