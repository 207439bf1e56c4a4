"""A part of a recording says which frames it takes; what is damaged is not taken for a whole run."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from assistant.errors import InputError
from assistant.part import FILE, FOLDER, Part, read_part, recording_of, write_part

PART = Part(number=2, of=3, level="L2", first_frame=60, frames=40, first_plan=2)


def test_it_is_read_as_it_was_written_and_lies_in_its_recording(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER / PART.name
    write_part(folder, PART)
    assert folder.name == "2_L2"
    assert read_part(folder) == PART
    assert recording_of(folder) == tmp_path
    assert "frames 60 to 99" in PART.words
    assert read_part(tmp_path) is None
    assert recording_of(tmp_path) == tmp_path
    assert recording_of(tmp_path / FOLDER / "film.mkv") == tmp_path / FOLDER / "film.mkv"


def test_a_level_whose_name_is_no_name_of_a_folder_has_a_number_alone() -> None:
    assert msgspec.structs.replace(PART, level="../x").name == "2"
    assert msgspec.structs.replace(PART, level="").name == "2"


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 4},
        {"number": 0},
        {"frames": 0},
        {"first_frame": -1},
        {"pictures_from": 61},
        {"first_frame": 10**12},
        {"begins_s": -1.0},
        {"level": 30 * "L"},
        {"schema": "fluoro-assistant/part/9"},
    ],
)
def test_numbers_that_do_not_fit_are_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no part of a recording"):
        msgspec.structs.replace(PART, **changes)
    (tmp_path / FILE).write_bytes(msgspec.json.encode(msgspec.to_builtins(PART) | changes))
    with pytest.raises(InputError, match="no part of a recording"):
        read_part(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{", json.dumps({"number": 1})])
def test_a_damaged_file_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(InputError, match="does not say which frames"):
        read_part(tmp_path)
