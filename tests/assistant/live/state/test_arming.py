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


def test_cement_that_grows_from_shot_to_shot_is_noticed_and_another_breath_is_not() -> None:
    growth, other = CementGrowth(), CementGrowth()
    assert not any(growth.grows(8.0 * k, area) for k, area in enumerate([0.0, 0.0, 6.0]))
    assert growth.grows(24.0, 14.0), "two shots that follow on each other show more"
    assert not any(other.grows(8.0 * k, area) for k, area in enumerate([200.0, 190.0, 206.0, 208.0, 196.0, 209.0]))
