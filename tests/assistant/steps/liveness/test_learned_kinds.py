from __future__ import annotations

import numpy as np

from assistant.steps.liveness.learned_kinds import Change
from assistant.steps.liveness.two_kinds import TwoKinds


def test_a_line_that_varies_is_no_new_picture_after_the_other():
    """A supply that flickers: some changes are small by chance, and none grows over two frames."""
    rng = np.random.default_rng(3)
    one, two = (0.15 * np.exp(0.25 * rng.standard_normal(200)) for _ in range(2))
    one[::9] *= 0.4
    kinds = TwoKinds()
    got = [
        kinds.tell(Change(share=float(a), over_two=float(b), grain_grey=1.2, fine=0.3))
        for a, b in zip(one, two, strict=True)
    ]
    assert sum(each is True for each in got[20:]) <= 4
