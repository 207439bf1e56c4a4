from pathlib import Path

import numpy as np
import pytest

from assistant.capture.play import PlayedSource, is_played
from assistant.errors import InputError
from tests.small_run import pictures, write_video


class Clock:
    """Turned by whoever sleeps."""

    def __init__(self) -> None:
        self.ns = 10**9

    def __call__(self) -> int:
        return self.ns

    def sleep(self, seconds: float) -> None:
        self.ns += round(seconds * 1e9)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("play") / "run.mkv", pictures(6))


def played(address: str, clock: Clock) -> PlayedSource:
    return PlayedSource(address, clock_ns=clock, sleep=clock.sleep)


def test_frames_come_when_they_are_due_and_are_stamped_then(path: Path) -> None:
    clock = Clock()
    source = played(f"play:{path}", clock)
    stamps = []
    for frame in source.frames():
        np.testing.assert_array_equal(frame.grey, pictures(6)[frame.index])
        stamps.append((source.stamp_ns - 10**9) / 1e9)
    assert stamps == pytest.approx([k / 15 for k in range(6)], abs=0.001)
    source.close()


def test_it_says_that_it_is_a_rehearsal_without_an_end(path: Path) -> None:
    source = played(f"play:{path}", Clock())
    assert source.facts.frame_count is None
    assert "rehearsal" in source.facts.details
    with pytest.raises(InputError, match="as if it were live"):
        source.frame_at(0)
    source.close()


def test_a_loop_goes_on_with_numbers_and_times(path: Path) -> None:
    clock = Clock()
    source = played(f"loop:{path}", clock)
    seen = []
    for frame in source.frames():
        seen.append((frame.index, (source.stamp_ns - 10**9) / 1e9))
        if len(seen) == 14:
            source.close()
    assert [index for index, _ in seen] == list(range(14))
    assert [at for _, at in seen] == pytest.approx([k / 15 for k in range(14)], abs=0.002)


def test_frames_that_come_late_are_not_left_out(path: Path) -> None:
    clock = Clock()
    source = played(f"play:{path}", clock)
    seen = []
    for frame in source.frames():
        seen.append(frame.index)
        clock.ns += 200_000_000
    assert seen == list(range(6))
    source.close()


def test_which_addresses_mean_a_rehearsal(tmp_path: Path) -> None:
    assert is_played("play:x")
    assert is_played("loop:x")
    assert not is_played("camera:0")
    with pytest.raises(InputError):
        PlayedSource(f"play:{tmp_path / 'none'}")
