"""What lies in a folder: which runs, by what each file holds and not by what it is called."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final

from assistant.capture.dicom.dicom_series import DicomRun, dicom_runs, why_no_run
from assistant.capture.picture_files import page_count
from assistant.capture.pictures import SUFFIXES
from assistant.capture.source import Source
from assistant.language import sentence
from assistant.run_facts import RunFacts
from assistant.vocabulary import Frame

VIDEO_SUFFIXES: Final = frozenset({".avi", ".mkv", ".mp4", ".mov", ".m4v", ".webm", ".mpg", ".mpeg", ".ts", ".wmv"})
_VIDEO_STARTS: Final = (
    *(b"\x1a\x45\xdf\xa3", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"\x30\x26\xb2\x75", b"OggS", b"FLV\x01"),
    *(b"\x06\x0e\x2b\x34", b"nut/multimedia", b"GIF8", b"\x00\x00\x00\x01\x67", b"\x00\x00\x01\x67"),
)
_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide")
_DIRECTORY: Final = b"1.2.840.10008.1.3.10"
"""The class of a DICOMDIR (PS3.4)."""
HEAD_BYTES: Final = 512
_MOST_FILES, _MOST_LISTED, _DEEPEST = 5000, 5, 8


class FileKind(StrEnum):
    """What a file is."""

    VIDEO = "video"
    DICOM = "dicom"
    DIRECTORY = "dicomdir"
    STACK = "stack"
    OTHER = "other"


def kind_of(path: Path) -> FileKind:
    """What a file is, by its first bytes; a file with the name of a video is one, whatever it begins with."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        # Whether it can be read is told when it is opened.
        return FileKind.VIDEO if path.suffix.lower() in VIDEO_SUFFIXES else FileKind.OTHER
    if is_dicom(head):
        return FileKind.DIRECTORY if is_directory(head) else FileKind.DICOM
    is_riff = head[:4] == b"RIFF" and head[8:12] == b"AVI "
    is_stream = head[:1] == b"G" and head[188:189] == b"G" and head[376:377] == b"G"
    if head.startswith(_VIDEO_STARTS) or is_riff or is_stream or head[4:8] in _BOXES:
        return FileKind.VIDEO
    if path.suffix.lower() in VIDEO_SUFFIXES:
        return FileKind.VIDEO
    return FileKind.STACK if page_count(path) > 1 else FileKind.OTHER


def is_dicom(head: bytes) -> bool:
    """With the preamble, or without it: then the file begins with group 0002 or 0008."""
    if head[128:132] == b"DICM":
        return True
    if len(head) < 8 or head[:2] not in (b"\x02\x00", b"\x08\x00") or head[3] != 0:
        return False
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    implicit = int.from_bytes(head[4:8], "little") <= 64
    return explicit or implicit


def is_directory(head: bytes) -> bool:
    """Whether a DICOM file is the table of contents of a CD."""
    return _DIRECTORY in head


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRun:
    """A run in a folder: a file, or a series of DICOM files."""

    files: tuple[Path, ...]
    dicom: DicomRun | None = None

    @property
    def words(self) -> str:
        """Its name, and where it says so when it was taken and how long it is."""
        name = self.files[0].name
        if self.dicom is None:
            return name
        day = f"{self.dicom.taken:%Y-%m-%d %H:%M}, " if self.dicom.taken else ""
        return sentence(f"{name}: {day}{self.dicom.frames} frames")


def files_of(folder: Path) -> list[Path]:
    """Plain files of a folder that are not hidden, by name."""
    return sorted(path for path in folder.iterdir() if path.name[0] != "." and path.is_file())


def runs_of(files: Iterable[Path]) -> list[FoundRun]:
    """The runs that these files make, numbered pictures left out."""
    kinds = {path: kind_of(path) for path in files}
    found = [FoundRun(files=(path,)) for path, kind in kinds.items() if kind in (FileKind.VIDEO, FileKind.STACK)]
    dicoms = [path for path, kind in kinds.items() if kind is FileKind.DICOM]
    runs = [FoundRun(files=run.files, dicom=run) for run in dicom_runs(dicoms)]
    if not found and not runs and len(dicoms) == 1:
        runs = [FoundRun(files=(dicoms[0],))]  # why it is none is told when it is opened
    return [*found, *runs]


def runs_below(folder: Path) -> list[FoundRun]:
    """DICOM runs anywhere in the folders of a folder, as a CD of an archive has them."""
    return [run for run in runs_of(_dicom_files_below(folder)) if run.dicom is not None]


def why_no_run_below(folder: Path) -> str:
    """Why the DICOM files in a folder that holds no run are none, as part of a sentence; empty where there are none."""
    return why_no_run(list(_dicom_files_below(folder)))


def _dicom_files_below(folder: Path) -> Iterator[Path]:
    seen = 0
    for here, inner, names in os.walk(folder):
        inner.sort()
        if len(Path(here).relative_to(folder).parts) >= _DEEPEST:
            inner.clear()
        for name in sorted(names):
            seen += 1
            if seen > _MOST_FILES:
                return
            path = Path(here, name)
            other = name[0] == "." or path.suffix.lower() in SUFFIXES | VIDEO_SUFFIXES or not path.is_file()
            if not other and kind_of(path) is FileKind.DICOM:
                yield path


def listed(runs: list[FoundRun]) -> str:
    """Several runs in words, to choose from."""
    more = " ..." if len(runs) > _MOST_LISTED else ""
    return "; ".join(run.words for run in runs[:_MOST_LISTED]) + more


class WithNotes:
    """A source about which something more was assumed."""

    def __init__(self, source: Source, *notes: str) -> None:
        self._source, self._notes = source, notes

    @cached_property
    def facts(self) -> RunFacts:
        """What is known before reading to the end."""
        facts = self._source.facts
        return replace(facts, notes=(*self._notes, *facts.notes))

    def frames(self) -> Iterator[Frame]:
        """All frames from the first one on, each call anew."""
        return self._source.frames()

    def frame_at(self, index: int) -> Frame:
        """One frame by number."""
        return self._source.frame_at(index)

    def close(self) -> None:
        """Give back files and devices. May be called twice."""
        self._source.close()
