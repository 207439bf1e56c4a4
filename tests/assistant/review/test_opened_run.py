"""An opened run: where the playhead goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.library.identities import identify
from assistant.part import Part, write_part
from assistant.review.opened_run import OpenedRun
from assistant.settings.tree import Settings
from tests.deaf_sink import Sink
from tests.small_run import FPS, write_small_run


@pytest.fixture
def part(tmp_path: Path) -> Iterator[OpenedRun]:
    """A part from a pack, without lines; its recording came slower before it began."""
    run = write_small_run(tmp_path, 40)
    write_part(run.folder, Part(number=2, of=2, level="L2", first_frame=60, frames=40, pictures_from=60, begins_s=10.0))
    session = OpenedRun(str(run.folder), None, Settings(), Sink(), identify)
    yield session
    session.close()


def test_without_lines_a_part_plays_from_its_first_frame_and_does_not_jump(part: OpenedRun) -> None:
    assert (part.playhead.frame, part.playhead.time_s) == (60, 10.0)
    part.playhead.advance(1.5 / FPS)
    assert part.playhead.frame == 61
    part.playhead.go(70)
    assert part.playhead.time_s == pytest.approx(10.0 + 10 / FPS)
    part.playhead.advance(-1 / FPS)
    assert part.playhead.frame == 69


def test_figures_of_the_day_that_cannot_be_read_are_told_by_their_file(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 4).folder
    lines = [{"columns": ["frame", "t_s", "state"], "since_frame": 0}]
    lines += [{"row": [str(frame), "0.1", "live"], "plan": 1, "standing": []} for frame in (0, 4_999_999)]
    (run / "readings_000.jsonl").write_text("\n".join(map(json.dumps, lines)))
    session = OpenedRun(str(run), None, Settings(), Sink(), identify)
    assert session._recollection is not None
    session._recollection.join()
    session.close()
    (note,) = (note for note in session.notes if "readings_000.jsonl" in note)
    assert "tells of frame 4999999" in note
