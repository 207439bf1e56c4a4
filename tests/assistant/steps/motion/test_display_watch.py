"""A picture that is shown otherwise is told in one sentence, offered, and brought back once it is taken over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.console_display import AS_PLANNED, ConsoleDisplay
from assistant.geometry import Similarity, apply
from assistant.steps.motion import DisplayWatch
from assistant.steps.motion.display_watch import SUBTRACTION
from assistant.vocabulary import Frame, Motion, Unknown
from tests.small_run import INFERIOR, SUPERIOR, frames

BODY = np.array([*SUPERIOR, *reversed(INFERIOR)])
LOST = Unknown("not found")
MOTION = Motion(
    view_index=0,
    similarity=Similarity(dx_px=2.0, dy_px=1.0, rotation_deg=0.5, scale=1.0, centre_px=(160.0, 146.0)),
    confidence=1.0,
)


def watch(*known: ConsoleDisplay) -> DisplayWatch:
    return DisplayWatch([frames(60)[2]], [BODY], known)


def mirrored(frame: Frame) -> Frame:
    return replace(frame, grey=np.ascontiguousarray(frame.grey[:, ::-1]))


def seen(watching: DisplayWatch, frame: Frame) -> str | None:
    """What is told of a picture that cannot be followed; None: follow anew."""
    why = watching.explain(0, frame, fast=False)
    if why:
        return why
    judged = watching.judge(0, frame, LOST, certain=False)
    return judged.reason if isinstance(judged, Unknown) else None


def test_it_stands_is_offered_and_taken() -> None:
    watching, made = watch(), frames(60)
    told = [seen(watching, mirrored(frame)) for frame in made[8:16:2]]
    assert told == ["the picture is mirrored against the plan"] * 4
    offered = watching.offered
    assert offered is not None
    assert offered.mirrored
    assert offered.zoom == 1.0, "a flip does not zoom"
    watching.take(offered)
    assert watching.offered is None
    assert watching.explain(0, mirrored(made[18]), fast=False) == ""
    back = watching.as_planned(mirrored(made[18]))
    assert np.abs(back.grey.astype(int) - made[18].grey).max() <= 1
    there = watching.as_shown(MOTION, made[18]).similarity
    point = np.array([[100.0, 90.0]])
    planned = apply(MOTION.similarity.current_from_reference(), point)
    cols = made[18].grey.shape[1]
    assert apply(there.current_from_reference(), point) == pytest.approx(
        np.array([[cols - 1 - planned[0, 0], planned[0, 1]]]), abs=0.01
    )
    # The console goes back: known without a word.
    assert seen(watching, made[20]) is None
    assert watching.shown == AS_PLANNED
    assert len([note for note in watching.notes if "mirrored" in note]) == 2


def test_what_is_gone_is_told_no_more() -> None:
    watching, made = watch(), frames(60)
    seen(watching, mirrored(made[8]))
    assert watching.explain(0, made[10], fast=False) == ""
    assert watching.offered is None
    assert not watching.explains


def test_a_picture_as_planned_is_never_told_of() -> None:
    watching = watch(ConsoleDisplay(zoom=1.35))
    for frame in frames(60)[::4]:
        assert watching.explain(0, frame, fast=False) == ""
        assert watching.judge(0, frame, LOST, certain=False) is LOST
        assert watching.judge(0, frame, MOTION, certain=True) is MOTION
        assert watching.as_shown(MOTION, frame) is MOTION
    assert watching.notes == []


def test_a_known_way_comes_back_by_itself() -> None:
    watching, made = watch(ConsoleDisplay(inverted=True)), frames(60)
    frame = replace(made[10], grey=255 - made[10].grey)
    assert seen(watching, frame) is None
    assert watching.shown.inverted
    assert np.array_equal(watching.as_planned(frame).grey, made[10].grey)


def test_a_picture_of_ten_bits_is_turned_round_about_its_own_white() -> None:
    deep = [replace(each, grey=each.grey.astype(np.uint16) * 4, white=1020) for each in frames(60)]
    watching = DisplayWatch([deep[2]], [BODY], [ConsoleDisplay(inverted=True)])
    frame = replace(deep[10], grey=1020 - deep[10].grey)
    assert seen(watching, frame) is None
    assert watching.shown.inverted
    assert np.array_equal(watching.as_planned(frame).grey, deep[10].grey)


def test_a_subtraction_is_told_from_its_second_picture_on_and_not_in_a_swing() -> None:
    made, grain = frames(60), np.random.default_rng(2)
    grey = [replace(frame, grey=grain.normal(128, 5, frame.grey.shape).astype(np.uint8)) for frame in made[:5]]
    watching = watch()
    assert watching.explain(0, grey[0], fast=True) == ""
    assert [watching.explain(0, frame, fast=False) for frame in grey[1:3]] == ["", SUBTRACTION]
    assert watching.explain(0, made[9], fast=False) == ""
