"""Pictures for the window: the exact one, those around it, small ones meanwhile."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from assistant.part import Part, write_part
from assistant.review.picture_reader import PictureReader, PictureRing, ScrubMaker
from tests.small_run import pictures, write_small_run, write_video
from tests.waiting import HUNG_S
from ui.review.stills import StillReader, cut_out, image_of


def test_the_ring_forgets_the_oldest() -> None:
    from tests.small_run import frames

    ring = PictureRing(3)
    for frame in frames(6):
        ring.put(frame)
    assert ring.get(2) is None
    assert [ring.get(k).index for k in (3, 4, 5)] == [3, 4, 5]


class Waited:
    def __init__(self) -> None:
        self._told = threading.Event()

    def __call__(self) -> None:
        self._told.set()

    def wait(self) -> None:
        assert self._told.wait(HUNG_S)
        self._told.clear()


@pytest.fixture
def run(tmp_path: Path) -> str:
    return str(write_small_run(tmp_path, 40).folder)


def test_the_newest_wish_is_fulfilled(run: str) -> None:
    waited = Waited()
    reader = PictureReader(run, waited)
    reader.want(30)
    waited.wait()
    assert (reader.ring.get(30).grey == pictures(40)[30]).all()
    assert reader.stop()


def test_stepping_back_brings_those_before_it_too(run: str) -> None:
    waited = Waited()
    reader = PictureReader(run, waited)
    reader.want(30)
    waited.wait()
    reader.want(29)
    waited.wait()
    assert all(reader.ring.get(k) is not None for k in range(17, 30))
    assert reader.stop()


def test_stepping_back_near_the_start_of_a_part_of_a_pack_asks_for_none_before_it(run: str) -> None:
    write_part(Path(run), Part(number=2, of=2, level="L2", first_frame=60, frames=40, pictures_from=60, begins_s=10.0))
    waited = Waited()
    reader = PictureReader(run, waited)
    reader.want(66)
    waited.wait()
    reader.want(65)
    waited.wait()
    assert all(reader.ring.get(k) is not None for k in range(60, 66))
    assert reader.trouble == ""
    assert reader.stop()


def test_a_frame_that_is_not_there_is_told(run: str) -> None:
    waited = Waited()
    reader = PictureReader(run, waited)
    reader.want(99)
    reader.want(5)
    waited.wait()
    assert reader.ring.get(5) is not None
    assert reader.stop()
    gone = PictureReader("none.mkv", waited)
    gone.want(0)
    assert gone.stop()
    assert "none.mkv" in gone.trouble


def test_small_pictures_come_from_a_process_of_its_own(tmp_path: Path) -> None:
    film = write_video(tmp_path / "film.mp4", [p[:, :320] for p in pictures(20)], codec="libx264")
    maker = ScrubMaker(str(film), tmp_path / "cache")
    assert maker._process.wait(HUNG_S) == 0
    frame, is_exact = maker.frame(12, 320, 300, 15.0)
    assert is_exact
    assert np.abs(frame.grey.astype(float) - pictures(20)[12]).mean() < 6
    maker.stop()
    again = ScrubMaker(str(film), tmp_path / "cache")
    assert again._process is None
    assert again.frame(3, 320, 300, 15.0) is not None
    nothing = ScrubMaker("camera:0", tmp_path / "cache")
    assert nothing.frame(0, 320, 300, 15.0) is None
    nothing.stop()


def test_stills_are_read_once_each(run: str) -> None:
    told: list[int] = []
    done = threading.Event()

    def take(frame) -> None:
        told.append(frame.index)
        if len(told) == 3:
            done.set()

    reader = StillReader(run, take)
    reader.want([7, 3])
    reader.want([3, 7, 11])
    assert done.wait(HUNG_S)
    assert reader.stop()
    assert sorted(told) == [3, 7, 11]


def test_pictures_and_cut_outs() -> None:
    from tests.small_run import frames

    frame = frames(3)[2]
    assert image_of(frame, 160).width() == 160
    assert image_of(frame).height() == 300
    cut = cut_out(frame, -10, 290, 40)
    assert (cut.width(), cut.height()) == (40, 40)
    assert cut.pixelColor(0, 0).lightness() == 0  # beyond the edge of the frame
    assert cut.pixelColor(20, 5).value() == frame.grey[295, 10]
