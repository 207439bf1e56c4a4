"""With which lines a run is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.part import FOLDER, Part, write_part
from assistant.settings.tree import Settings
from tests.deaf_sink import Sink
from tests.small_run import write_small_run
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
