"""What lies on the disk when all goes well, and when it does not."""

import errno
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.results.folder import ResultFolder, cannot_write

HEAD = ("frame", "reason")


def document(**changes: Any) -> dict[str, Any]:
    return {"run": {"frames": -1}, "complete": False} | changes


def rows_of(folder: Path) -> list[str]:
    return (folder / "measurements.csv").read_text(encoding="utf-8").splitlines()


def test_nothing_is_made_before_the_first_row(tmp_path: Path) -> None:
    files = ResultFolder(tmp_path / "a" / "b", HEAD, masks=True)
    files.flush()
    files.close()
    assert not files.is_open
    assert list(tmp_path.iterdir()) == []


def test_rows_masks_and_document(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    files = ResultFolder(folder, HEAD, masks=True)
    for k in range(200):
        files.add_row([str(k), "no, not at all" if k == 7 else ""])
    files.add_mask(7, b"png")
    files.write_document(document(complete=True))
    files.close()
    files.close()
    assert rows_of(folder) == ["frame,reason", *(f'{k},"no, not at all"' if k == 7 else f"{k}," for k in range(200))]
    assert json.loads((folder / "result.json").read_text()) == {"run": {"frames": 200}, "complete": True}
    assert (folder / "masks" / "000007.png").read_bytes() == b"png"
    assert sorted(path.name for path in folder.iterdir()) == ["masks", "measurements.csv", "result.json"]


def test_the_document_counts_the_rows_that_lie_in_the_file_and_is_replaced_whole(tmp_path: Path) -> None:
    files = ResultFolder(tmp_path, HEAD, masks=False)
    files.add_row(["0", ""])
    files.write_document(document())
    assert rows_of(tmp_path) == ["frame,reason", "0,"]
    assert json.loads((tmp_path / "result.json").read_text())["run"]["frames"] == 1
    files.add_row(["1", ""])
    files.write_document(document())
    files.close()
    assert json.loads((tmp_path / "result.json").read_text())["run"]["frames"] == 2


def test_an_earlier_result_stays_whole_until_the_first_row(tmp_path: Path) -> None:
    (tmp_path / "masks").mkdir()
    for name in ("result.json", "measurements.csv", "masks/000003.png", "masks/mine.png"):
        (tmp_path / name).write_text("old")
    files = ResultFolder(tmp_path, HEAD, masks=False)
    assert (tmp_path / "result.json").read_text() == (tmp_path / "measurements.csv").read_text() == "old"
    files.add_row(["0", ""])
    files.flush()
    files.close()
    assert not (tmp_path / "result.json").exists()
    assert rows_of(tmp_path) == ["frame,reason", "0,"]
    assert [path.name for path in (tmp_path / "masks").iterdir()] == ["mine.png"]


def test_where_it_cannot_begin_the_earlier_result_stays_and_no_folder_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "result.json").write_text("old")

    def full(_path: Path, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Path, "write_bytes", full)
    for folder in (tmp_path, tmp_path / "new" / "deep"):
        with pytest.raises(OSError, match="full"):
            ResultFolder(folder, HEAD, masks=True).add_row(["0", ""])
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]
    assert (tmp_path / "result.json").read_text() == "old"


class SmallDisk(io.FileIO):
    """A file on a disk with room for so many bytes: it takes what fits, as a disk does, and then refuses."""

    room = 0

    def write(self, data: Any) -> int:
        left = SmallDisk.room - self.tell()
        if left <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(bytes(data)[:left])


@given(room=st.integers(0, 1200), every=st.integers(1, 80))
def test_a_full_disk_keeps_whole_lines_and_none_is_lost_or_doubled(
    tmp_path_factory: pytest.TempPathFactory, room: int, every: int
) -> None:
    folder = tmp_path_factory.mktemp("full")
    lines = [f"{k},{'x' * (k % 7)}" for k in range(120)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(io, "FileIO", SmallDisk)
        SmallDisk.room = room
        files = ResultFolder(folder, HEAD, masks=False)
        refused = False
        for k, line in enumerate(lines):
            try:
                files.add_row(line.split(","))
                if k % every == 0 or k == len(lines) - 1:
                    files.flush()
            except OSError as error:
                assert error.errno == errno.ENOSPC  # noqa: PT017
                refused = True
                there = (folder / "measurements.csv").read_bytes()
                assert there == b"" or there.endswith(b"\n")
                assert files.rows == max(there.count(b"\n") - 1, 0)
        assert refused == (room < sum(len(line) + 1 for line in ["frame,reason", *lines]))
        SmallDisk.room = 1 << 20  # somebody made room
        files.write_document(document())
        files.close()
    assert rows_of(folder) == ["frame,reason", *lines]
    assert json.loads((folder / "result.json").read_text())["run"]["frames"] == len(lines)


def test_a_document_that_does_not_fit_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = ResultFolder(tmp_path, HEAD, masks=False)
    files.add_row(["0", ""])
    files.write_document(document())
    before = (tmp_path / "result.json").read_bytes()

    def full(path: Path, content: bytes) -> int:
        path.write_text(content[:10].decode())
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="full"):
        files.write_document(document(complete=True))
    files.close()
    assert (tmp_path / "result.json").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["measurements.csv", "result.json"]


def test_a_mask_that_does_not_fit_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = ResultFolder(tmp_path, HEAD, masks=True)
    files.add_row(["0", ""])

    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:3])
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="full"):
        files.add_mask(0, b"a whole picture")
    files.close()
    assert list((tmp_path / "masks").iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows has its own locks: only on Windows")
def test_two_analyses_do_not_write_into_one_folder(tmp_path: Path) -> None:
    first = ResultFolder(tmp_path, HEAD, masks=False)
    first.add_row(["0", "first"])
    first.flush()
    with pytest.raises(OSError) as refused:  # noqa: PT011
        ResultFolder(tmp_path, HEAD, masks=False).add_row(["0", "second"])
    assert refused.value.errno == errno.EBUSY
    assert rows_of(tmp_path) == ["frame,reason", "0,first"]
    first.close()
    again = ResultFolder(tmp_path, HEAD, masks=False)
    again.add_row(["0", "again"])
    again.flush()
    again.close()
    assert rows_of(tmp_path) == ["frame,reason", "0,again"]


def test_names_that_are_no_text_and_numbers_that_are_none(tmp_path: Path) -> None:
    files = ResultFolder(tmp_path, HEAD, masks=False)
    files.add_row(["0", "two\nlines \udcff"])
    files.write_document(document(source="r\udcff.mkv", note=float("inf"), words="≈ ü"))
    files.close()
    assert rows_of(tmp_path) == ["frame,reason", "0,two lines \\udcff"]
    read = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert read["source"] == "r\udcff.mkv"
    assert read["note"] is None
    assert read["words"] == "≈ ü"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full; free some room"),
        (errno.EACCES, "no permission to write there; choose another --out"),
        (errno.EROFS, "no permission"),
        (errno.EBUSY, "another analysis is writing there"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_the_sentence_says_why_and_what_to_do(number: int, words: str) -> None:
    error = cannot_write(Path("out"), OSError(number, os.strerror(number)))
    assert str(error).startswith("out: results cannot be written: ")
    assert words in str(error)
    assert error.exit_status == 4
