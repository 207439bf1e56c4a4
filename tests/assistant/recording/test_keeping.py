import json
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.identity import session_of
from assistant.recording import keeping
from assistant.recording.schema import SCHEMA
from assistant.settings.tree import Settings


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_reference_pictures_keep_every_grey_value(tmp_path: Path, dtype: type) -> None:
    grey = np.arange(60, dtype=dtype).reshape(6, 10) * np.iinfo(dtype).max // 60
    keeping.write_picture(tmp_path / "r.png", grey[:, ::2])
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "r.png"), cv2.IMREAD_UNCHANGED), grey[:, ::2])


def test_the_head_says_what_made_the_run(tmp_path: Path) -> None:
    begun = keeping.begin_head(tmp_path)
    keeping.write_head(tmp_path, "play:x", Settings(), None, begun)
    head = json.loads((tmp_path / "head.json").read_text())
    assert (head["schema"], head["source"], head["closed"]) == (SCHEMA, "play:x", False)
    assert head["settings"]["alarms"]["warning_line_fraction"] == 0.25
    keeping.write_head(tmp_path, "play:x", Settings(), ("abc", 3), begun)
    head = json.loads((tmp_path / "head.json").read_text())
    assert (head["closed"], head["events"]) == (True, {"head": "abc", "count": 3})


def test_a_session_is_known_by_the_same_ids_from_its_beginning_on(tmp_path: Path) -> None:
    begun = keeping.begin_head(tmp_path)
    keeping.write_head(tmp_path, "camera:0", Settings(), None, begun)
    assert keeping.begin_head(tmp_path) == begun  # the window died and another one goes on with the session
    first = session_of(begun)
    (tmp_path / "second").mkdir()
    second = session_of(keeping.begin_head(tmp_path / "second"))
    assert (second.session_id, second.case_id, second.recorded) == (first.session_id, first.case_id, first.recorded)
    assert second.run_id != first.run_id
    assert first.recorded == date.today()
