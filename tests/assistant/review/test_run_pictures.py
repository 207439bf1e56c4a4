"""The pictures of a run: wished for and there a little later, beside another one, waited for by an export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.capture.opening import open_source
from assistant.review.run_pictures import RunPictures
from tests.small_run import pictures as film
from tests.small_run import write_small_run
from tests.waiting import wait_until


@pytest.fixture
def pictures(tmp_path: Path) -> Iterator[RunPictures]:
    run = str(write_small_run(tmp_path, 40).folder)
    source = open_source(run)
    made = RunPictures(run, source.facts, source.frame_at(0), lambda: None, small_ones=False)
    source.close()
    yield made
    made.close()


def test_a_picture_that_was_wished_for_is_there_a_little_later(pictures: RunPictures) -> None:
    assert pictures.holds(0)
    assert not pictures.holds(20)
    assert pictures.at(20) is None
    wait_until(lambda: pictures.holds(20))
    assert (pictures.at(20).grey == film(40)[20]).all()
    assert pictures.trouble == ""
    assert pictures.preview(20) is None, "no small ones are made of a run whose pictures come at once"


def test_one_beside_is_wished_for_only_once_the_main_one_is_there(pictures: RunPictures) -> None:
    assert pictures.beside(30, main=10) is None
    assert pictures.at(10) is None
    wait_until(lambda: pictures.holds(10))
    assert not pictures.holds(30)
    wait_until(lambda: pictures.beside(30, main=10) is not None)


def test_an_export_waits_for_its_picture(pictures: RunPictures) -> None:
    assert (pictures.still(33).grey == film(40)[33]).all()
    assert pictures.still(4000) is None
