from dataclasses import replace

from assistant.live.messages import Lines
from assistant.live.state.arming import CementGrowth, why_not
from assistant.settings.tree import AlarmSettings, Settings


def test_only_confirmed_lines_and_limits_in_range_can_be_armed() -> None:
    assert why_not(Lines.CONFIRMED, Settings()) == ""
    assert "confirm" in why_not(Lines.UNCONFIRMED, Settings())
    assert "Place" in why_not(Lines.NONE, Settings())
    broken = replace(Settings(), alarms=AlarmSettings(release_mm=99.0))
    assert "release_mm" in why_not(Lines.CONFIRMED, broken)


def test_growing_cement_is_noticed_and_noise_is_not() -> None:
    growth = CementGrowth()
    assert not any(growth.grows(k * 0.13, 20.0 + (k % 3) * 0.7) for k in range(50))
    grown = [growth.grows(7.0 + k * 0.13, 20.0 + 1.5 * k) for k in range(12)]
    assert any(grown)
    assert not any(grown[:2])


def test_one_wild_picture_does_not_arm() -> None:
    growth = CementGrowth()
    areas = [10.0, 10.1, 10.2, 60.0, 10.3, 10.2, 10.1]
    assert not any(growth.grows(k * 0.13, area) for k, area in enumerate(areas))


def test_after_a_rest_only_what_is_new_counts() -> None:
    growth = CementGrowth()
    for k in range(5):
        growth.grows(k * 0.1, 10.0 + k)
    growth.rest()
    assert not growth.grows(0.6, 40.0)
    assert not growth.grows(0.7, 40.5)
