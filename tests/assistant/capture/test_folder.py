from pathlib import Path

import pytest

from assistant.capture.folder import FileKind, files_of, is_dicom, kind_of, listed, runs_of


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"RIFF\0\0\0\0AVI LIST", "a", FileKind.VIDEO),
        (b"\x1a\x45\xdf\xa3", "a.dat", FileKind.VIDEO),
        (b"\0\0\0\x18ftypisom", "a", FileKind.VIDEO),
        ((b"G" + bytes(187)) * 3, "a", FileKind.VIDEO),
        (b"GIF89a", "a", FileKind.VIDEO),
        (b"nothing", "a.mkv", FileKind.VIDEO),
        (bytes(128) + b"DICM", "1.2.3", FileKind.DICOM),
        (bytes(128) + b"DICM" + bytes(20) + b"1.2.840.10008.1.3.10", "x", FileKind.DIRECTORY),
        (b"\x08\x00\x05\x00CS\x0a\x00", "a", FileKind.DICOM),
        (b"II*\0 no picture", "a.tif", FileKind.OTHER),
        (b"{}", "plan.json", FileKind.OTHER),
        (b"", "a", FileKind.OTHER),
    ],
)
def test_a_file_is_what_it_begins_with(head: bytes, name: str, kind: FileKind, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(head)
    assert kind_of(tmp_path / name) is kind


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    for name in ("b.mkv", "._b.mkv", "a.mkv", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in files_of(tmp_path)] == ["a.mkv", "b.mkv", "notes.txt"]
    assert listed(runs_of(files_of(tmp_path))) == "a.mkv; b.mkv"


def test_what_is_short_is_no_dicom() -> None:
    assert not is_dicom(b"\x08\x00")
