"""Picks the source for whatever was given, by what it is and not by what it is called."""

from __future__ import annotations

import math
import os
import stat
from pathlib import Path
from typing import Final

from assistant.capture.folder import (
    HEAD_BYTES,
    FileKind,
    FoundRun,
    WithNotes,
    files_of,
    is_dicom,
    is_directory,
    kind_of,
    listed,
    runs_below,
    runs_of,
    why_no_run_below,
)
from assistant.capture.picture_files import PNG_MAGIC, TIFF_MAGICS, page_count
from assistant.capture.pictures import SUFFIXES, PictureFolder, numbered_pictures
from assistant.capture.source import Source
from assistant.capture.stamps import MAX_FPS
from assistant.capture.video.video import VideoSource
from assistant.errors import InputError, UsageError
from assistant.language import sentence
from assistant.part import read_part, recording_of
from assistant.recording.reading import is_recorded

_CAMERA_SCHEMES: Final = ("camera:", "rtsp://", "rtsps://", "http://", "https://", "udp://", "tcp://")
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
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise InputError(_unreachable(run, error)) from error
    if not head:
        raise InputError(f"{run}: the file is empty; copy it again from where it was recorded")
    if is_dicom(head) and is_directory(head):
        return _open_folder(path.parent, run, fps)
    if is_dicom(head):
        from assistant.capture.dicom.dicom import DicomSource
        from assistant.capture.dicom.dicom_video import DicomVideo, is_video

        if is_video(head):
            return DicomVideo(path, run, fps=fps)
        return DicomSource(path, run, fps=fps)
    pages = page_count(path)
    if pages > 1:
        return PictureFolder(path.parent, [path] * pages, run, fps=fps, stack=True)
    if head.startswith((PNG_MAGIC, *TIFF_MAGICS, b"\xff\xd8\xff", b"BM")):
        raise InputError(f"{run}: a single picture is no run; give the folder that holds all its numbered pictures")
    if head.lstrip().startswith(b"{"):
        raise InputError(f"{run}: a settings or plan file, not a run; give {_KINDS}")
    return VideoSource(path, run, fps=fps)


def holds_run(folder: Path) -> bool:
    """Whether a folder is a run as `open_source` takes it; quick, of each file only the head is read."""
    try:
        if is_recorded(recording_of(folder)) or numbered_pictures(folder, str(folder)):
            return True
        files = files_of(folder)
        if len(runs_of(files)) == 1 or any(kind_of(path) is FileKind.DIRECTORY for path in files):
            return True
        inner = folder / "frames"
        return inner.is_dir() and bool(numbered_pictures(inner, str(inner)))
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
    runs = runs_of(path for path in files_of(folder) if path.suffix.lower() not in SUFFIXES)
    try:
        pictures = numbered_pictures(folder, run)
    except InputError:
        if len(runs) != 1:
            raise
        pictures = []
        beside = True
    else:
        beside = bool(runs and pictures)
    if pictures and not runs and not _is_stack(pictures):
        return PictureFolder(folder, pictures, run, fps=fps)
    runs = runs or runs_of(pictures)
    if len(runs) > 1:
        raise InputError(f"{run}: the folder holds {len(runs)} runs ({listed(runs)}); give one of them")
    if runs:
        source = _open_found(runs[0], folder, run, fps)
        if not beside:
            return source
        if pictures and len(pictures) >= (source.facts.frame_count or 0):
            source.close()
            raise InputError(
                f"{run}: the folder holds 2 runs ({listed(runs)}; {pictures[0].name}: {len(pictures)} pictures); give "
                f"the first by its name, or keep the pictures in a folder of their own"
            )
        note = sentence(f"Beside {runs[0].files[0].name} lie pictures in the folder: they were left out.")
        return WithNotes(source, note)
    inner = folder / "frames"
    if inner.is_dir():
        pictures = numbered_pictures(inner, os.path.join(run, "frames"))
        if pictures:
            return PictureFolder(folder, pictures, run, fps=fps)
    return _open_below(folder, run, fps)


def _is_stack(pictures: list[Path]) -> bool:
    return len(pictures) == 1 and page_count(pictures[0]) > 1


def _open_found(found: FoundRun, folder: Path, run: str, fps: float | None) -> Source:
    if len(found.files) == 1 or found.dicom is None:
        path = found.files[0]
        return _open_file(path, os.path.join(run, os.path.relpath(path, folder)), fps)
    from assistant.capture.dicom.dicom_series import DicomSeries

    return DicomSeries(found.dicom, run, fps=fps)


def _open_below(folder: Path, run: str, fps: float | None) -> Source:
    """The one DICOM run in the folders of a folder, as on a CD."""
    runs = runs_below(folder)
    if len(runs) > 1:
        raise InputError(f"{run}: the folders in it hold {len(runs)} runs ({listed(runs)}); give one of them")
    if not runs:
        why = why_no_run_below(folder)
        raise InputError(f"{run}: the folder holds no run that can be read{f' ({why})' if why else ''}; give {_KINDS}")
    where = os.path.relpath(runs[0].files[0], folder)
    return WithNotes(_open_found(runs[0], folder, run, fps), sentence(f"The run was found at {where}."))
