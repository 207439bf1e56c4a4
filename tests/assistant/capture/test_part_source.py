"""A part of a recording as a source: numbers, times and pictures of the recording, in it or with its own pictures."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from assistant.capture.opening import holds_run, open_source
from assistant.capture.part_source import PartSource
from assistant.capture.play import PlayedSource
from assistant.errors import InputError
from assistant.part import FOLDER, Part, write_part
from tests.recorded_levels import Session, level_pictures
from tests.small_run import FPS, pictures, write_video

PART = Part(number=2, of=2, level="L2", first_frame=4, frames=5)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    session = Session(tmp_path / "recorded")
    session.film(level_pictures(12, 0))
    return session.end()


def test_frames_keep_the_numbers_and_times_of_the_recording(recording: Path) -> None:
    folder = recording / FOLDER / PART.name
    write_part(folder, PART)
    assert holds_run(folder)
    whole, part = open_source(str(recording)), open_source(str(folder))
    assert isinstance(part, PartSource)
    assert (part.facts.first_frame, part.facts.frame_count, part.facts.end_frame) == (4, 5, 9)
    assert (whole.facts.first_frame, whole.facts.end_frame) == (0, 12)
    assert any(note.startswith("Part 2 of 2 of a session (L2)") for note in part.facts.notes)
    for ours, theirs in zip(part.frames(), list(whole.frames())[4:9], strict=True):
        assert (ours.index, ours.t_s) == (theirs.index, theirs.t_s)
        assert np.array_equal(ours.grey, theirs.grey)
    assert np.array_equal(part.frame_at(2).grey, whole.frame_at(2).grey)  # its lines may be placed on an earlier one
    assert [frame.index for frame in part.since(2)] == [2, 3, 4, 5, 6, 7, 8]
    whole.close()
    part.close()


def test_with_pictures_of_its_own_it_counts_on_from_where_they_begin(tmp_path: Path) -> None:
    write_video(tmp_path / "run.mkv", pictures(12)[3:9])
    write_part(tmp_path, msgspec.structs.replace(PART, pictures_from=3, begins_s=3 / FPS))
    part = open_source(str(tmp_path))
    frames = list(part.frames())
    assert [frame.index for frame in frames] == [4, 5, 6, 7, 8]
    assert [frame.t_s for frame in frames] == pytest.approx([index / FPS for index in range(4, 9)], abs=0.001)
    assert all(np.array_equal(frame.grey, pictures(12)[frame.index]) for frame in frames)
    with pytest.raises(InputError, match="before the pictures"):
        part.frame_at(2)
    part.close()


def test_a_recording_that_ends_before_the_part_is_told(recording: Path) -> None:
    folder = recording / FOLDER / "2"
    write_part(folder, msgspec.structs.replace(PART, first_frame=12))
    with pytest.raises(InputError, match="ends before"):
        open_source(str(folder))
    write_part(folder, msgspec.structs.replace(PART, first_frame=10))
    part = open_source(str(folder))
    assert part.facts.frame_count == 2
    part.close()


def test_a_level_that_is_played_as_if_live_begins_at_once(recording: Path) -> None:
    folder = recording / FOLDER / "2"
    write_part(folder, PART)
    now_ns = 0

    def sleep(seconds: float) -> None:
        nonlocal now_ns
        now_ns += round(seconds * 1e9)

    played = PlayedSource(f"play:{folder}", clock_ns=lambda: now_ns, sleep=sleep)
    assert played.facts.first_frame == 0
    assert [frame.index for frame in played.frames()] == [0, 1, 2, 3, 4]
    assert now_ns == pytest.approx(4e9 / FPS, rel=0.05)
    played.close()
