from pathlib import Path

import pytest

from assistant.live.machine.machine_watch import MachineWatch, battery_percent, boot_ns
from assistant.vocabulary import Unknown

SECOND = 1_000_000_000


class Clocks:
    """Monotonic (stands still in sleep), boot (goes on), wall."""

    def __init__(self) -> None:
        self.monotonic, self.boot, self.wall = 100 * SECOND, 500 * SECOND, 9_000 * SECOND

    def go(self, awake_s: float, asleep_s: float = 0.0, set_s: float = 0.0) -> None:
        self.monotonic += round(awake_s * SECOND)
        self.boot += round((awake_s + asleep_s) * SECOND)
        self.wall += round((awake_s + asleep_s + set_s) * SECOND)


@pytest.fixture
def watched(tmp_path: Path) -> tuple[Clocks, MachineWatch]:
    clocks = Clocks()
    watch = MachineWatch(lambda: clocks.monotonic, lambda: clocks.boot, lambda: clocks.wall, tmp_path)
    return clocks, watch


def test_nothing_is_told_while_nothing_happens(watched: tuple[Clocks, MachineWatch]) -> None:
    clocks, watch = watched
    for _ in range(50):
        clocks.go(0.02, set_s=0.0001)
        news = watch.look()
        assert (news.slept_s, news.clock_jump_s) == (0.0, 0.0)


def test_sleep_is_told_once(watched: tuple[Clocks, MachineWatch]) -> None:
    """F-38."""
    clocks, watch = watched
    clocks.go(0.02, asleep_s=600.0)
    assert watch.look().slept_s == pytest.approx(600.0)
    clocks.go(0.02)
    assert watch.look().slept_s == 0.0


@pytest.mark.parametrize("by_s", [3600.0, -3600.0, 5.0])
def test_a_clock_that_is_set_is_told_once(watched: tuple[Clocks, MachineWatch], by_s: float) -> None:
    """F-59."""
    clocks, watch = watched
    clocks.go(0.02, set_s=by_s)
    assert watch.look().clock_jump_s == pytest.approx(by_s)
    clocks.go(0.02)
    assert watch.look().clock_jump_s == 0.0


def supply(folder: Path, name: str, **content: str) -> None:
    (folder / name).mkdir()
    for key, value in content.items():
        (folder / name / key).write_text(value + "\n")


def test_the_battery_counts_only_while_it_is_used(tmp_path: Path) -> None:
    supply(tmp_path, "AC", type="Mains")
    assert isinstance(battery_percent(tmp_path), Unknown)
    supply(tmp_path, "BAT0", type="Battery", status="Charging", capacity="55")
    assert isinstance(battery_percent(tmp_path), Unknown)
    (tmp_path / "BAT0" / "status").write_text("Discharging\n")
    assert battery_percent(tmp_path) == 55.0
    (tmp_path / "BAT0" / "capacity").write_text("?")
    assert isinstance(battery_percent(tmp_path), Unknown)
    assert isinstance(battery_percent(tmp_path / "none"), Unknown)


def test_the_real_clocks_go_together() -> None:
    assert boot_ns() > 0
    assert MachineWatch().look().slept_s == 0.0
