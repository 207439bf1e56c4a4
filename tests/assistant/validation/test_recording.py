from pathlib import Path

import numpy as np
import pytest

from assistant.capture.run_folder import RunFolder
from assistant.errors import InputError
from assistant.recording.event_log import EventLog
from assistant.recording.schema import SCHEMA
from assistant.recording.writer import Recorder
from assistant.system.files import write_json
from assistant.validation.recording import check_recording, what_is_lost
from tests.recorders import WRITER
from tests.small_run import frames


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    log = EventLog(tmp_path)
    log.append("mark")
    log.close()
    recorder = Recorder(tmp_path, WRITER)
    for k in range(4):
        grey = np.random.default_rng(k).integers(0, 255, (32, 40), np.uint8)
        recorder.offer(k, k * 10**8, k * 10**8, grey)
    recorder.anchor(*log.head)
    recorder.close()
    write_json(tmp_path / "head.json", {"schema": SCHEMA, "closed": True})
    return tmp_path


def said(folder: Path) -> str:
    source = RunFolder(folder, "run")
    try:
        check_recording(source, 4)
    except InputError as error:
        return str(error)
    finally:
        source.close()
    return ""


def test_a_whole_recording_passes_and_other_sources_are_not_looked_at(folder: Path) -> None:
    assert said(folder) == ""
    check_recording(frames(1), 1)


def test_a_recording_that_was_not_closed_says_so(folder: Path) -> None:
    write_json(folder / "head.json", {"schema": SCHEMA, "closed": False})
    assert "4 frames play; it was not closed in order" in said(folder)


def test_an_event_log_that_was_changed_is_told_with_its_line(folder: Path) -> None:
    path = folder / "events.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"mark"', b'"nark"'))
    assert "events.jsonl line 1: was changed" in said(folder)


def test_the_next_start_says_what_was_lost(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert what_is_lost(folder) == ""
    write_json(folder / "head.json", {"schema": SCHEMA, "closed": False})
    video = folder / "video_000.mkv"
    video.write_bytes(video.read_bytes()[:-400])
    said = what_is_lost(folder)
    assert said.startswith(("3 frames (0 s) of the recording play; it was not closed in order", "4 frames"))
    video.write_bytes(b"")
    assert "cannot be played" in what_is_lost(folder)
    assert what_is_lost(tmp_path_factory.mktemp("none")) == "Nothing was recorded."
