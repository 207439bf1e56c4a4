"""Runs are read in a thread: the newest wish counts, and what cannot be read is told."""

from pathlib import Path

import pytest

from tests.small_ending import write_ending
from ui.training.run_outcome_reader import RunOutcomeReader


@pytest.fixture
def told():
    return []


@pytest.fixture
def reader(qtbot, told):
    made = RunOutcomeReader(told.append)
    yield made
    made.stop()


def test_a_run_is_read_in_the_background(qtbot, reader, tmp_path):
    run, taken = write_ending(tmp_path, crosses_at=30), []
    reader.read(run, None, taken.append)
    assert reader.busy
    assert taken == []
    qtbot.waitUntil(lambda: taken != [])
    assert taken[0].first.frame == 30
    assert not reader.busy


def test_the_newest_wish_counts(qtbot, reader, tmp_path):
    taken = []
    reader.read(write_ending(tmp_path / "a", crosses_at=30), None, lambda _: taken.append("a"))
    reader.read(write_ending(tmp_path / "b", crosses_at=30), None, lambda _: taken.append("b"))
    qtbot.waitUntil(lambda: not reader.busy)
    qtbot.wait(50)
    assert taken == ["b"]


def test_what_cannot_be_read_is_told(qtbot, reader, told, tmp_path):
    reader.read(Path(tmp_path), None, lambda _: pytest.fail("nothing was read"))
    qtbot.waitUntil(lambda: told != [])
    assert "analyse it first" in told[0]
