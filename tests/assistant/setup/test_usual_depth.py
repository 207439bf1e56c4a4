"""What is assumed of a view without a scale, level by level."""

from __future__ import annotations

import pytest

from assistant.setup.usual_depth import usual_across, usual_depth


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


@pytest.mark.parametrize("level", [*(f"T{n}" for n in range(1, 13)), *(f"L{n}" for n in range(1, 6))])
def test_a_body_is_wider_than_deep_at_every_level_and_the_width_is_called_a_proposal(level: str) -> None:
    width_mm, by = usual_across(level, "ap")
    assert by == f"assumed width, a proposal for {level}"
    assert 1.2 < width_mm / usual_depth(level).mm < 1.5
    assert usual_across(level, "lateral")[0] == usual_depth(level).mm


def test_without_a_level_it_is_said_whose_width_is_taken() -> None:
    assert usual_across("S1", "ap")[1] == "assumed width, that of T8, no figure for S1"
