"""What a row is made of: what is graver gives place to nothing that is less grave."""

from assistant.alarm_table.row import GRAVER, RaisingRule


def test_nothing_gives_place_to_what_gives_place_to_it() -> None:
    for rule, graver in GRAVER.items():
        assert rule not in graver
        assert not any(rule in GRAVER.get(other, ()) for other in graver)
    assert RaisingRule.VEIN not in GRAVER
