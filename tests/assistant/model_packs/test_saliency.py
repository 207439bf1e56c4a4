from collections.abc import Callable

import numpy as np

from assistant.model_packs.model_process import ModelProcess
from assistant.model_packs.pack import Pack
from assistant.model_packs.saliency import saliency
from assistant.vocabulary import Unknown


def test_only_the_leak_and_what_lies_round_it_speaks(pack: Pack) -> None:
    sure = int(np.argmax([p[0] for p in pack.manifest.golden.p]))
    values = pack.golden[sure]
    process = ModelProcess(pack)
    told = saliency(process, values, 20.0)
    process.stop()
    assert not isinstance(told, Unknown)
    assert told.shape == (64, 64)
    rows, cols = np.nonzero(values[0] > 0)
    far = np.ones((64, 64), bool)
    far[max(rows.min() - 8, 0) : rows.max() + 9, max(cols.min() - 8, 0) : cols.max() + 9] = False
    assert not told[far].any()
    assert np.abs(told).max() > 0.0
    # Of a sure spike some place speaks for it.
    assert told.max() > 0.0


def test_a_model_that_fails_gives_the_reason(pack: Pack, faked: Callable[[str], ModelProcess]) -> None:
    told = saliency(faked("if asked > 1: sys.exit(1)"), pack.golden[0], 5.0)
    assert isinstance(told, Unknown)
    assert "died" in told.reason
