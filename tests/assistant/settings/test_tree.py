from dataclasses import fields, replace

import pytest

from assistant.errors import UsageError
from assistant.settings.tree import AlarmSettings, LivenessSettings, Settings, check, leaf_fault

LEAVES = [(room.name, leaf) for room in fields(Settings) for leaf in fields(type(getattr(Settings(), room.name)))]
NUMBERS = [(room, leaf) for room, leaf in LEAVES if "low" in leaf.metadata]
WORDS = [(room, leaf) for room, leaf in LEAVES if "low" not in leaf.metadata]
UNITS = ("_s", "_ms", "_mm", "_mm2", "_fraction", "_mb", "_percent", "_sigma")


def test_the_defaults_pass() -> None:
    check(Settings())


@pytest.mark.parametrize(("room", "leaf"), NUMBERS, ids=lambda value: getattr(value, "name", value))
def test_each_number_has_a_unit_a_range_around_its_default_and_a_sentence(room, leaf) -> None:
    assert leaf.name.endswith(UNITS)
    assert leaf.metadata["low"] <= leaf.default <= leaf.metadata["high"]
    assert leaf.metadata["sentence"].endswith(".") or leaf.metadata["sentence"].endswith("[P].")


@pytest.mark.parametrize(("room", "leaf"), WORDS, ids=lambda value: getattr(value, "name", value))
def test_each_word_passes_as_it_is_and_nonsense_is_refused_by_name(room, leaf) -> None:
    assert not leaf_fault(leaf.metadata, leaf.default)
    assert leaf.metadata["sentence"].endswith(".")
    for nonsense in ("", "no such \n word", 3, None):
        branch = replace(getattr(Settings(), room), **{leaf.name: nonsense})
        with pytest.raises(UsageError, match=rf"setting {room}\.{leaf.name} must be"):
            check(replace(Settings(), **{room: branch}))


@pytest.mark.parametrize(("room", "leaf"), NUMBERS, ids=lambda value: getattr(value, "name", value))
@pytest.mark.parametrize("side", ["low", "high"])
def test_a_number_outside_its_range_is_refused_by_name(room, leaf, side) -> None:
    beyond = leaf.metadata[side] + (-0.001 if side == "low" else 0.001)
    branch = replace(getattr(Settings(), room), **{leaf.name: beyond})
    with pytest.raises(UsageError, match=rf"setting {room}\.{leaf.name} must lie between"):
        check(replace(Settings(), **{room: branch}))


def test_nan_is_outside_every_range() -> None:
    with pytest.raises(UsageError, match="got nan"):
        check(Settings(alarms=AlarmSettings(release_mm=float("nan"))))


def test_the_contract_speaks_of_one_second_and_of_a_quarter() -> None:
    assert LivenessSettings().frozen_after_s == 1.0
    assert AlarmSettings().warning_line_fraction == 0.25
