"""What a row is made of: what is graver gives place to nothing that is less grave."""

from assistant.alarm_table.row import GRAVER, Rule, Watched
from assistant.vocabulary import Distances


def test_nothing_gives_place_to_what_gives_place_to_it() -> None:
    for rule, graver in GRAVER.items():
        assert rule not in graver
        assert not any(rule in GRAVER.get(other, ()) for other in graver)
    assert Rule.VEIN not in GRAVER


def test_a_line_is_named_by_its_distance() -> None:
    lines = [watched.value for watched in Watched if watched.value.endswith("_mm")]
    assert len(lines) == 6
    assert set(lines) <= set(Distances.__dataclass_fields__)
