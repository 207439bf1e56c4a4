"""An opened run without widgets: where the playhead goes, and which lines it is opened with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.part import FOLDER, Part, write_part
from assistant.settings.tree import Settings
from tests.small_run import FPS, write_small_run
from ui.review.opening import open_session
from ui.review.session import Session


class Sink:
    def alarm_changed(self, _alarm: object) -> None: ...

    def look_now(self) -> None: ...

    def ended(self, _summary: object, _failure: str) -> None: ...


@pytest.fixture
def part(tmp_path: Path) -> Iterator[Session]:
    """A part from a pack, without lines; its recording came slower before it began."""
    run = write_small_run(tmp_path, 40)
    write_part(run.folder, Part(number=2, of=2, level="L2", first_frame=60, frames=40, pictures_from=60, begins_s=10.0))
    session = Session(str(run.folder), None, Settings(), Sink())
    yield session
    session.close()


def test_without_lines_a_part_plays_from_its_first_frame_and_does_not_jump(part: Session) -> None:
    assert (part.playhead, part.time_s) == (60, 10.0)
    part.advance(1.5 / FPS)
    assert part.playhead == 61
    part.go(70)
    assert part.time_s == pytest.approx(10.0 + 10 / FPS)
    part.advance(-1 / FPS)
    assert part.playhead == 69


@pytest.mark.parametrize("has_part", [False, True])
def test_a_folder_that_is_called_levels_makes_no_session_of_a_run(tmp_path: Path, has_part: bool) -> None:
    run = write_small_run(tmp_path, 40)
    inner = run.folder / FOLDER / "1_L1"
    inner.mkdir(parents=True)
    if has_part:
        write_part(inner, Part(number=1, of=2, level="L1", first_frame=0, frames=20))
    session, told = open_session(str(run.folder), None, Settings(), Sink())
    session.close()
    assert told == ""
    assert session.plan is not None
