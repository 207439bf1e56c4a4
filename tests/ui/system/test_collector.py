"""What lives long is walked over a few times only; rings are still given back."""

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest

from ui.system import collector


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before, interval_s = list(gc.callbacks), sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval_s)
    gc.callbacks[:] = before
    collector._collector.set_aside = False
    gc.unfreeze()


class Ring:
    def __init__(self) -> None:
        self.self = self


def test_what_took_long_is_set_aside_and_a_ring_in_it_is_given_back_after_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(collector, "_LONG_MS", -1.0)
    collector.keep_short()
    kept = [[k] for k in range(20_000)]
    gc.collect()
    assert not any(kept[100] is each for each in gc.get_objects())
    ring = Ring()
    seen = weakref.ref(ring)
    gc.collect()
    del ring
    gc.collect()
    assert seen() is not None
    collector.after_a_run()
    assert seen() is None
    assert collector.longest_ms() > 0
    assert len(kept) == 20_000


def test_short_collections_set_nothing_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "_LONG_MS", 60_000.0)
    collector.keep_short()
    ring = Ring()
    seen = weakref.ref(ring)
    gc.collect()
    del ring
    gc.collect()
    assert seen() is None
    before = gc.get_freeze_count()
    collector.after_a_run()
    assert gc.get_freeze_count() == before
    collector.keep_short()
    assert sys.getswitchinterval() < 0.001
    assert gc.callbacks.count(collector._collector) == 1
