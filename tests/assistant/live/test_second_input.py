import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.capture.run_folder import RunFolder
from assistant.errors import EnvironmentError_
from assistant.live.messages import SourceOpened
from assistant.live.second_input import SecondInput
from assistant.settings import Settings


@pytest.fixture
def second(run_file: Path, tmp_path: Path) -> Iterator[SecondInput]:
    made = SecondInput(f"loop:{run_file}", tmp_path, Settings())
    yield made
    made.stop()


def until(second: SecondInput, holds: Callable[[], bool]) -> list[object]:
    heard: list[object] = []
    begun = time.monotonic()
    while not holds():
        heard += second.poll()
        assert time.monotonic() - begun < 25
        time.sleep(0.01)
    return heard


def test_it_is_shown_and_recorded_beside_the_first(second: SecondInput, tmp_path: Path) -> None:
    assert second.newest_frame() is None
    assert second.frame_age_ms() is None
    heard = until(second, lambda: (frame := second.newest_frame()) is not None and frame.index > 5)
    assert any(isinstance(message, SourceOpened) for message in heard)
    age_ms = second.frame_age_ms()
    assert age_ms is not None
    assert age_ms < 5000
    until(second, lambda: second.recording.bytes_written > 0)
    assert second.stop()
    assert second.stop()
    assert second.newest_frame() is None
    source = RunFolder(tmp_path / "second", "second")
    assert source.recorded.losses == ""
    assert len(source.recorded.lines) > 5
    source.close()


def test_killed_it_comes_back_and_numbers_go_on(second: SecondInput) -> None:
    until(second, lambda: second.newest_frame() is not None)
    pid, frame = second.state.pid, second.newest_frame()
    assert pid is not None
    assert frame is not None
    os.kill(pid, signal.SIGKILL)
    until(second, lambda: (now := second.newest_frame()) is not None and now.index > frame.index + 20)
    assert second.state.restarts == 1


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "second").touch()
    with pytest.raises(EnvironmentError_, match="cannot be made"):
        SecondInput("play:x", tmp_path, Settings())
