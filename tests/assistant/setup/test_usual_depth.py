"""What is assumed of a view without a scale, level by level."""

from __future__ import annotations

import pytest

from assistant.setup.usual_depth import usual_depth


@pytest.mark.parametrize(("level", "mm"), [("L1", 30.2), ("L2", 32.0), ("L3", 32.9), ("L4", 33.1), ("L5", 35.5)])
def test_a_lumbar_level_has_a_figure_of_its_own(level: str, mm: float) -> None:
    assert (usual_depth(level).mm, usual_depth(level).source) == (mm, f"usual at {level}")


@pytest.mark.parametrize("level", ["T1", "T6"])
def test_a_thoracic_level_has_the_pooled_one_and_says_so(level: str) -> None:
    assert (usual_depth(level).mm, usual_depth(level).source) == (20.8, f"thoracic mean, no figure for {level}")


@pytest.mark.parametrize(("level", "mm"), [("T7", 21.5), ("T8", 23.0), ("T11", 27.3), ("T12", 28.8)])
def test_towards_the_lumbar_spine_bodies_grow(level: str, mm: float) -> None:
    found = usual_depth(level)
    assert (found.mm, found.source) == (mm, f"between thoracic mean and L1, no figure for {level}")
