"""Picks the source for whatever was given, by what it is and not by what it is called."""

from __future__ import annotations

import math
import os
import stat
from pathlib import Path
from typing import Final

from assistant.capture.picture_files import PNG_MAGIC, TIFF_MAGICS, page_count
from assistant.capture.pictures import PictureFolder, numbered_pictures
from assistant.capture.source import Source
from assistant.capture.stamps import MAX_FPS
from assistant.capture.video.video import VideoSource
from assistant.errors import InputError, UsageError
from assistant.language import sentence
from assistant.part import read_part, recording_of
from assistant.recording.reading import is_recorded

VIDEO_SUFFIXES: Final = frozenset({".avi", ".mkv", ".mp4", ".mov", ".m4v", ".webm", ".mpg", ".mpeg", ".ts", ".wmv"})
_CAMERA_SCHEMES: Final = ("camera:", "rtsp://", "rtsps://", "http://", "https://", "udp://", "tcp://")
_DICOM_SUFFIXES = ("", ".dcm", ".dicom", ".ima")
_KINDS: Final = sentence(
    "a video file (AVI, MKV, MP4, MOV), a DICOM multi-frame file or a folder of numbered PNG or TIFF pictures"
)


def open_source(run: str, fps: float | None = None) -> Source:
    """Open a run or a camera.

    Parameters
    ----------
    run : str
        A video file; a DICOM file (any name); a folder of numbered PNG or TIFF pictures; a run folder (one video file,
        or pictures in ``frames``) or a part of one; a camera: its number, a device such as ``/dev/video0``,
        ``camera:0`` or a network address.
    fps : float or None
        Frames a second of a source that has no time of its own (15 without it); one that has some notes that it was
        not used.

    Returns
    -------
    Source
        To be closed by the caller.

    Raises
    ------
    InputError
        In one sentence that names the run, what is wrong and what to do.
    UsageError
        If ``fps`` is no rate.
    """
    if fps is not None and not (math.isfinite(fps) and 0 < fps <= MAX_FPS):
        raise UsageError(f"--fps must lie above 0 and not above {MAX_FPS:g}, got {fps}")
    if is_camera(run):
        from assistant.capture.camera.camera import open_camera

        return open_camera(run)
    if not run or "\0" in run:
        raise InputError(f"{run!r}: not a name of a file; give {_KINDS}")
    path = Path(run)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise InputError(_unreachable(run, error)) from error
    if stat.S_ISDIR(mode):
        return _open_folder(path, run, fps)
    if not stat.S_ISREG(mode):
        raise InputError(f"{run}: neither a file nor a folder; give {_KINDS}")
    return _open_file(path, run, fps)


def is_camera(run: str) -> bool:
    """Whether the name means a camera: a number (unless a file is called so), a video device or an address."""
    if run.startswith(_CAMERA_SCHEMES):
        return True
    if run.startswith("/dev/video"):
        return True
    return run.isascii() and run.isdigit() and not os.path.exists(run)


def _unreachable(run: str, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return sentence(f"{run}: no permission to read it; ask for access or copy it to a folder of yours")
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return sentence(f"{run}: there is no such file or folder; check the path")
    return sentence(f"{run}: cannot be reached ({error.strerror}); check the path")


def _open_file(path: Path, run: str, fps: float | None) -> Source:
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise InputError(_unreachable(run, error)) from error
    if not head:
        raise InputError(f"{run}: the file is empty; copy it again from where it was recorded")
    if _is_dicom(head):
        from assistant.capture.dicom.dicom import DicomSource

        return DicomSource(path, run, fps=fps)
    pages = page_count(path)
    if pages > 1:
        return PictureFolder(path.parent, [path] * pages, run, fps=fps, stack=True)
    if head.startswith((PNG_MAGIC, *TIFF_MAGICS, b"\xff\xd8\xff", b"BM")):
        raise InputError(f"{run}: a single picture is no run; give the folder that holds all its numbered pictures")
    if head.lstrip().startswith(b"{"):
        raise InputError(f"{run}: a settings or plan file, not a run; give {_KINDS}")
    return VideoSource(path, run, fps=fps)


def _may_be_a_run(path: Path) -> bool:
    """Whether a file in a run folder is the run: a video by its name, a DICOM file by what it holds."""
    if path.suffix.lower() in VIDEO_SUFFIXES:
        return True
    if path.suffix.lower() not in _DICOM_SUFFIXES:
        return False
    try:
        with path.open("rb") as file:
            return _is_dicom(file.read(512))
    except OSError:
        # Whether it can be read is told when it is opened.
        return True


def _is_dicom(head: bytes) -> bool:
    """With the preamble, or without it: then the file begins with group 0002 or 0008."""
    if head[128:132] == b"DICM":
        return True
    if len(head) < 8 or head[:2] not in (b"\x02\x00", b"\x08\x00") or head[3] != 0:
        return False
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    implicit = int.from_bytes(head[4:8], "little") <= 64
    return explicit or implicit


def holds_run(folder: Path) -> bool:
    """Whether a folder is a run as `open_source` takes it, by its names alone; quick, nothing is read."""
    try:
        if is_recorded(recording_of(folder)) or numbered_pictures(folder, str(folder)):
            return True
        videos = [path for path in folder.iterdir() if path.name[0] != "." and path.is_file() and _may_be_a_run(path)]
        inner = folder / "frames"
        return len(videos) == 1 or (inner.is_dir() and bool(numbered_pictures(inner, str(inner))))
    except InputError:
        return True  # pictures that make no run: said when it is opened
    except OSError:
        return False


def _open_folder(folder: Path, run: str, fps: float | None) -> Source:
    part = read_part(folder)
    if part is None:
        return _open_whole(folder, run, fps)
    from assistant.capture.part_source import PartSource

    return PartSource(_open_whole(recording_of(folder), run, fps), part, run)


def _open_whole(folder: Path, run: str, fps: float | None) -> Source:
    if is_recorded(folder):
        from assistant.capture.run_folder import RunFolder

        return RunFolder(folder, run, fps=fps)
    pictures = numbered_pictures(folder, run)
    if pictures:
        return PictureFolder(folder, pictures, run, fps=fps)
    videos = sorted(p for p in folder.iterdir() if p.name[0] != "." and p.is_file() and _may_be_a_run(p))
    if len(videos) == 1:
        return _open_file(videos[0], os.path.join(run, videos[0].name), fps)
    if len(videos) > 1:
        raise InputError(
            f"{run}: the folder holds {len(videos)} runs ({videos[0].name}, {videos[1].name} ...); give one of them"
        )
    inner = folder / "frames"
    if inner.is_dir():
        pictures = numbered_pictures(inner, os.path.join(run, "frames"))
        if pictures:
            return PictureFolder(folder, pictures, run, fps=fps)
    raise InputError(f"{run}: the folder holds no run that can be read; give {_KINDS}")
