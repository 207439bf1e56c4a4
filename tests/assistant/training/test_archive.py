"""A case of one's own becomes a training case once it was analysed, stopped by rule or by hand."""

from pathlib import Path

import pytest

from assistant.errors import InputError, UsageError
from assistant.library.people import Permission, Person, Role
from assistant.library.search import Filter, search
from assistant.library.store import Library
from assistant.settings.tree import AlarmSettings
from assistant.training.archive import cut_before, keep_clip, result_of, run_at, run_of_case
from assistant.training.run_outcome import read_run_outcome
from assistant.training.trainer import Trainer
from tests.small_ending import write_ending


@pytest.fixture
def library(tmp_path):
    with Library(tmp_path / "home") as opened:
        opened.add("cases", Permission.IMPORT, id="K-1")
        opened.add("levels", Permission.EDIT, id="L-1", case_id="K-1")
        yield opened


def add_run(library, path):
    values = {"path": str(path), "is_copied": 0, "sha256": "0", "bytes": 1, "width_px": 320, "height_px": 300}
    library.add("runs", Permission.IMPORT, case_id="K-1", level_id="L-1", state="done", **values)


def test_a_clip_of_a_case(library, tmp_path):
    add_run(library, write_ending(tmp_path, crosses_at=40))
    trainer = Trainer(library)
    run = run_of_case(trainer, "K-1")
    assert cut_before(trainer, run) is None
    clip_id = keep_clip(trainer, run, read_run_outcome(Path(run["path"]), result_of(run)), AlarmSettings())
    assert cut_before(trainer, run) == clip_id
    clip = trainer.clip(clip_id)
    assert clip.facts.stop_frame < clip.facts.event_frame == 40
    assert clip.name == "101"
    assert search(library, which=Filter.TRAINING).total == 1


def test_a_clip_that_stops_where_a_person_says(library, tmp_path):
    path = write_ending(tmp_path, crosses_at=40)
    add_run(library, path)
    trainer = Trainer(library)
    run = run_at(trainer, str(path))
    run_outcome = read_run_outcome(path)
    by_hand = trainer.clip(keep_clip(trainer, run, run_outcome, AlarmSettings(), stop_s=run_outcome.t_s[20]))
    assert by_hand.facts.stop_frame == 20
    library.who = Person(id="R-1", role=Role.TRAINEE)
    with pytest.raises(UsageError, match="make a training set"):
        keep_clip(trainer, run, run_outcome, AlarmSettings(), stop_s=1.0)


def test_a_case_without_a_run_and_a_run_without_a_case(library, tmp_path):
    with pytest.raises(UsageError, match="no run"):
        run_of_case(Trainer(library), "K-1")
    with pytest.raises(UsageError, match="import it first"):
        run_at(Trainer(library), str(tmp_path))


def test_a_run_that_nobody_analysed(library, tmp_path):
    add_run(library, tmp_path)
    run = run_of_case(Trainer(library), "K-1")
    with pytest.raises(InputError, match="analyse it first"):
        read_run_outcome(Path(run["path"]), result_of(run))
