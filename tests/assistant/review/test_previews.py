"""The scrub file: the same pictures, smaller; usable while it grows; bounded."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.errors import InputError
from assistant.review import previews
from tests.small_run import pictures, write_small_run, write_video


def test_each_frame_has_its_small_picture(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 30)
    place = tmp_path / "a.scrub"
    assert previews.build(str(run.folder), place)
    file = previews.ScrubFile(place)
    file.refresh()
    assert file.is_whole
    assert file.frames_known == 30
    for index in (0, 7, 29):
        frame = file.frame(index, 320, 300, 15.0)
        assert frame.index == index
        assert np.abs(frame.grey.astype(float) - pictures(30)[index]).mean() < 3.0
    assert file.frame(30, 320, 300, 15.0) is None


def test_a_file_that_grows_gives_what_is_there(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 30)
    whole, half = tmp_path / "a.scrub", tmp_path / "b.scrub"
    previews.build(str(run.folder), whole)
    content = whole.read_bytes()
    file = previews.ScrubFile(half)
    file.refresh()
    assert file.frames_known == 0
    assert file.picture(0) is None
    half.write_bytes(content[: len(content) // 2])
    file.refresh()
    early = file.frames_known
    assert 0 < early < 30
    assert not file.is_whole
    half.write_bytes(content)
    file.refresh()
    assert file.is_whole
    assert file.frames_known == 30


def test_large_pictures_are_made_small_and_deep_ones_8_bits() -> None:
    large = np.full((1000, 2000), 40000, np.uint16)
    made = previews.small(large, 65535)
    assert made.dtype == np.uint8
    assert made.shape == (320, 640)
    assert made.max() == 40000 >> 8


def test_only_films_whose_pictures_build_on_one_another_need_it(tmp_path: Path) -> None:
    easy = open_source(str(write_small_run(tmp_path, 4).folder))
    assert not previews.is_needed(easy)
    easy.close()
    hard = open_source(str(write_video(tmp_path / "hard.mp4", [p[:, :320] for p in pictures(6)], codec="libx264")))
    assert previews.is_needed(hard)
    hard.close()


def test_a_changed_run_gets_another_file(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 4)
    first = previews.place_for(tmp_path, run.folder)
    assert previews.place_for(tmp_path, run.video) == first
    os.utime(run.video, (1, 1))
    assert previews.place_for(tmp_path, run.folder) != first


def test_the_cache_is_bounded_and_the_oldest_go_first(tmp_path: Path) -> None:
    for k in range(4):
        path = tmp_path / f"{k}.scrub"
        path.write_bytes(bytes(100))
        os.utime(path, (k, k))
    previews.keep_within(tmp_path, 250, keep=tmp_path / "0.scrub")
    assert sorted(p.name for p in tmp_path.glob("*.scrub")) == ["0.scrub", "3.scrub"]


def test_a_run_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 30)
    run.video.write_bytes(run.video.read_bytes()[: run.video.stat().st_size * 6 // 10])
    with pytest.raises(InputError):
        previews.build(str(run.folder), tmp_path / "a.scrub")
    file = previews.ScrubFile(tmp_path / "a.scrub")
    file.refresh()
    assert 0 < file.frames_known < 30


def test_stopped_is_said(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 30)
    assert not previews.build(str(run.folder), tmp_path / "a.scrub", lambda: True)


def test_the_child_does_it(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 6)
    assert previews.main([str(run.folder), str(tmp_path / "c" / "a.scrub")]) == 0
    assert (tmp_path / "c" / "a.scrub").is_file()
    assert previews.main([str(tmp_path / "none.mkv"), str(tmp_path / "b.scrub")]) == InputError.exit_status


def test_key_pictures_come_first_and_are_near(tmp_path: Path) -> None:
    made = write_video(tmp_path / "film.mp4", [p[:, :320] for p in pictures(60, repeat_each=1)], codec="libx264")
    assert previews.build_keys(str(made), tmp_path / "k.scrub")
    file = previews.ScrubFile(tmp_path / "k.scrub")
    file.refresh()
    assert file.is_whole
    assert file.nearest(0) == 0
    assert file.picture(0) is not None
    assert file.frames_known >= 1


def test_the_child_makes_both(tmp_path: Path) -> None:
    made = write_video(tmp_path / "film.mp4", [p[:, :320] for p in pictures(20)], codec="libx264")
    assert previews.main([str(made), str(tmp_path / "a.scrub"), str(tmp_path / "k.scrub")]) == 0
    for name, frames in (("a", 20), ("k", 1)):
        file = previews.ScrubFile(tmp_path / f"{name}.scrub")
        file.refresh()
        assert file.frames_known >= frames


def test_a_file_that_is_made_anew_shows_nothing_of_the_one_before(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 30)
    place = tmp_path / "a.scrub"
    previews.build(str(run.folder), place)
    content = place.read_bytes()
    place.write_bytes(content[: len(content) * 3 // 4])
    file = previews.ScrubFile(place)
    file.refresh()
    known = file.frames_known
    place.write_bytes(content[:2000])
    assert file.picture(known - 1) is None
    file.refresh()
    assert file.frames_known < known
    place.write_bytes(content)
    file.refresh()
    assert file.frames_known == 30
    assert file.picture(29) is not None


def test_the_child_ends_when_its_window_has_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_small_run(tmp_path, 30)
    parents = iter([100, *[100] * 5, *[1] * 100])
    monkeypatch.setattr(os, "getppid", lambda: next(parents))
    assert previews.main([str(run.folder), str(tmp_path / "a.scrub")]) == 0
    file = previews.ScrubFile(tmp_path / "a.scrub")
    file.refresh()
    assert 0 < file.frames_known < 30
    assert not file.is_whole
