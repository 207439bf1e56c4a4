"""Removing for good what was deleted: after a copy, with its files, out of sight of the search."""

import pytest

from assistant.library.people import Permission
from assistant.library.search import Filter, search
from assistant.library.trash import empty_trash
from tests.one_library import add_case


def test_the_bin_is_emptied_after_a_copy(library):
    case_id = add_case(library, note="said by somebody")
    level = library.rows("levels", case_id=case_id)[0]["id"]
    folder = library.runs_folder / "B-1"
    folder.mkdir(parents=True)
    (folder / "run.mkv").write_bytes(b"x" * 1000)
    values = {"case_id": case_id, "level_id": level, "path": str(folder), "is_copied": 1, "sha256": "0", "bytes": 1000}
    library.add("runs", Permission.IMPORT, id="B-1", width_px=1, height_px=1, state="done", **values)
    assert empty_trash(library) == (0, 0)
    library.delete("cases", case_id)
    assert empty_trash(library) == (1, 1000)
    assert not folder.exists()
    assert search(library, which=Filter.TRASH).total == 0
    assert len(list((library.folder / "backups").glob("*.sqlite"))) == 1


def test_what_is_left_of_a_bin_whose_emptying_broke_off_goes_the_next_time(library, monkeypatch):
    case_id = add_case(library)
    level = library.rows("levels", case_id=case_id)[0]["id"]
    folder = library.runs_folder / "B-1"
    folder.mkdir(parents=True)
    (folder / "run.mkv").write_bytes(b"x" * 1000)
    values = {"case_id": case_id, "level_id": level, "path": str(folder), "is_copied": 1, "sha256": "0", "bytes": 1000}
    library.add("runs", Permission.IMPORT, id="B-1", width_px=1, height_px=1, state="done", **values)
    library.delete("cases", case_id)

    def end(_folder):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr("assistant.library.trash.shutil.rmtree", end)
        with pytest.raises(KeyboardInterrupt):
            empty_trash(library)
    assert folder.exists()
    assert empty_trash(library) == (0, 1000)
    assert not folder.exists()
