"""A case of one's own becomes a training case once it was analysed."""

import pytest

from assistant.errors import InputError, UsageError
from assistant.library.people import Act
from assistant.library.search import Filter, search
from assistant.library.store import Library
from assistant.training.archive import clip_of_case
from assistant.training.desk import Desk
from tests.small_ending import write_ending


@pytest.fixture
def library(tmp_path):
    with Library(tmp_path / "home") as opened:
        opened.add("cases", Act.IMPORT, id="K-1")
        opened.add("levels", Act.EDIT, id="L-1", case_id="K-1")
        yield opened


def add_run(library, path):
    values = {"path": str(path), "is_copied": 0, "sha256": "0", "bytes": 1, "width_px": 320, "height_px": 300}
    library.add("runs", Act.IMPORT, case_id="K-1", level_id="L-1", state="done", **values)


def test_a_clip_of_a_case(library, tmp_path):
    add_run(library, write_ending(tmp_path, crosses_at=40))
    desk = Desk(library)
    clip_id = clip_of_case(desk, "K-1")
    assert clip_of_case(desk, "K-1") == clip_id
    clip = desk.clip(clip_id)
    assert clip.facts.stop_frame < clip.facts.event_frame == 40
    assert "K-1" not in clip.name
    assert search(library, which=Filter.TRAINING).total == 1


def test_a_case_without_a_run(library):
    with pytest.raises(UsageError, match="no run"):
        clip_of_case(Desk(library), "K-1")


def test_a_run_that_nobody_analysed(library, tmp_path):
    add_run(library, tmp_path)
    with pytest.raises(InputError, match="analyse it first"):
        clip_of_case(Desk(library), "K-1")
