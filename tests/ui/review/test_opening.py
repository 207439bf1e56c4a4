"""With which lines a run is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.cli import main
from assistant.library.identities import identify
from assistant.library.store import Library
from assistant.part import FOLDER, Part, write_part
from assistant.settings.tree import Settings
from tests.deaf_sink import Sink
from tests.recorded_levels import two_levels
from tests.small_run import write_small_run
from ui import words
from ui.review.opening import open_session


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


def test_the_whole_recording_of_levels_that_the_library_keeps_is_none_of_them(tmp_path: Path) -> None:
    """It cannot be written to, so no level lies in it: opened by its path it has no lines and is not the first one."""
    recording = two_levels(tmp_path / "read only")
    (recording / FOLDER).write_text("in the way")
    assert main(["import", str(recording), "--stay", "--no-analysis"]) == 0
    with Library() as library:
        runs = library.rows("runs")
    assert all(Path(run["path"]).is_relative_to(library.runs_folder) for run in runs)
    session, told = open_session(str(recording), None, Settings(), Sink())
    session.close()
    assert session.plan is None
    assert told.startswith(words.LEVELS_APART)
    assert identify(recording).run_id not in [run["id"] for run in runs]
