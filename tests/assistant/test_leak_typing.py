"""Which leaks are typed, and that a fault in their typing is said once and costs the shape alone."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from assistant import leak_typing
from assistant.leak_typing import LeakTyping, is_untyped
from assistant.steps.leaks import LeakMemory
from assistant.vocabulary import Leak, LeakSite, Shape, Unknown


def leak(site: LeakSite, shape: Shape | None = None) -> Leak:
    return Leak(
        site=site,
        first_frame=3,
        area_mm2=4.0,
        length_mm=2.0,
        width_mm=2.0,
        yeom="C",
        magnitude="minor",
        shape=shape,
        outline_px=np.zeros((0, 2)),
    )


def test_only_a_leak_into_a_disc_without_a_shape_is_typed() -> None:
    known = Shape(label="spike", p_spike=0.9, model="m", reason="")
    assert [site for site in LeakSite if is_untyped(leak(site))] == [LeakSite.SUPERIOR_DISC, LeakSite.INFERIOR_DISC]
    assert not is_untyped(leak(LeakSite.SUPERIOR_DISC, known))


def test_a_fault_leaves_the_shape_open_and_is_said_of_its_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Leak] = []
    monkeypatch.setattr(leak_typing, "keep_shape", lambda _memory, typed: kept.append(typed))
    broken: Any = SimpleNamespace(maps=None, leaks=None)  # without maps the typing of any leak fails
    typing = LeakTyping(quick=broken, mask=broken)
    told: Any = (leak(LeakSite.POSTERIOR), leak(LeakSite.SUPERIOR_DISC))
    cement: Any = None
    for frame in (7, 8):
        canal, disc = typing.typed(Unknown("no model"), told, cement, frame, frame / 7.5)
        assert canal is told[0]
        assert disc.shape is not None
        assert (disc.shape.label, disc.area_mm2) == ("undetermined", 4.0)
        assert "a fault in the program" in disc.shape.reason
    assert [each.site for each in kept] == [LeakSite.SUPERIOR_DISC] * 2
    assert "from frame 7 on" in typing.fault


@pytest.mark.parametrize("fails", ["the typing", "the keeping"])
def test_a_fault_takes_back_no_shape_that_many_pictures_told(monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    weighed = Shape(label="spike", p_spike=0.9, model="m", frames=(1, 2, 3))
    memory = LeakMemory(largest={LeakSite.SUPERIOR_DISC: leak(LeakSite.SUPERIOR_DISC, weighed)})

    def broken(*_args: object) -> Any:
        raise ZeroDivisionError

    if fails == "the typing":
        monkeypatch.setattr(LeakTyping, "_shape", broken)
    else:
        monkeypatch.setattr(LeakTyping, "_shape", lambda *_args: replace(weighed, label="round"))
        monkeypatch.setattr(leak_typing, "keep_shape", broken)
    quick: Any = SimpleNamespace(maps=None, leaks=memory)
    typing = LeakTyping(quick=quick, mask=quick)
    nothing: Any = None
    (told,) = typing.typed(nothing, [replace(leak(LeakSite.SUPERIOR_DISC), area_mm2=9.0)], nothing, 7, 1.0)
    assert memory.largest[LeakSite.SUPERIOR_DISC].shape == weighed
    assert told.shape is not None
    assert told.shape.label in ("spike", "undetermined")
    assert "ZeroDivisionError" in typing.fault
