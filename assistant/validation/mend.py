"""A mended copy of a recorded run, or a clip of it: one whole video, nothing invented. The original stays.

Packets are copied, not coded anew: every picture that is there is in the copy bit by bit. Frames whose picture is lost
keep their number and time and stay without a picture.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av

from assistant.capture.run_folder import RunFolder
from assistant.errors import EnvironmentError_, InputError, UsageError
from assistant.identity import random_id
from assistant.recording.matroska_out import MatroskaOut, Track
from assistant.recording.reading import video_files
from assistant.recording.schema import FRAMES, HEAD, SCHEMA, VIDEO, FrameLine, LogAnchorLine
from assistant.recording.segment_file import GrowingFile
from assistant.system.files import write_json
from assistant.system.plain import json_line

_COPIED: Final = ("plan.json", "references")
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What the copy holds.

    Attributes
    ----------
    frames, lost_frames, cut_frames : int
        Frames in it, of these without a picture, and frames that were captured after the last picture that is there.
    was_whole : bool
        There was nothing to mend.
    """

    frames: int
    lost_frames: int
    cut_frames: int
    was_whole: bool


def mend(run: Path, out: Path, progress: Progress = lambda _done, _total: None) -> Mended:
    """Make a mended copy of a recorded run folder.

    Parameters
    ----------
    run, out : Path
        ``out`` must not exist or be empty.
    progress : callable

    Raises
    ------
    UsageError
        If ``out`` is in use.
    InputError
        If nothing can be read, or its pictures change their size (each part would need a plan of its own).
    EnvironmentError_
        If the copy cannot be written.
    """
    _check_free(out)
    source = RunFolder(run, str(run))
    try:
        recorded = source.recorded
        with _writing(out):
            out.mkdir(parents=True, exist_ok=True)
            copy_frames(run, out, recorded.lines, recorded.anchor, progress)
            for name in _COPIED:
                if (run / name).is_dir():
                    shutil.copytree(run / name, out / name, copy_function=shutil.copyfile)
                elif (run / name).is_file():
                    shutil.copyfile(run / name, out / name)
            for pattern in ("events*.jsonl", "readings*.jsonl"):
                for path in sorted(run.glob(pattern)):
                    shutil.copyfile(path, out / path.name)
        head = {
            **_as_another_run(recorded.head),
            "schema": SCHEMA,
            "closed": True,
            "mended": {"losses": recorded.losses, "frames_lost": recorded.lost_frames, "cut": recorded.cut_frames},
        }
        write_json(out / HEAD, head)
    finally:
        source.close()
    return Mended(
        frames=len(recorded.lines),
        lost_frames=recorded.lost_frames,
        cut_frames=recorded.cut_frames,
        was_whole=not recorded.losses,
    )


def _as_another_run(head: dict[str, Any]) -> dict[str, Any]:
    """The head of a copy: of the same session and case, and a run of its own."""
    ids = head.get("ids")
    return {**head, "ids": {**ids, "run": random_id("runs")}} if isinstance(ids, dict) else dict(head)


@contextlib.contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EnvironmentError_(
            f"{out}: the copy cannot be written ({error.strerror}); make room or choose another"
        ) from error


def cut_clip(run: Path, first: int, last: int, out: Path) -> int:
    """Make a run folder of its own from some frames of a recording, numbered and timed from 0; gives their count.

    Its plan is left behind: the pictures that its points were placed on need not be among these frames.

    Raises
    ------
    UsageError
        If there are no such frames, or ``out`` is in use.
    InputError
        If the run cannot be read.
    EnvironmentError_
        If the clip cannot be written.
    """
    _check_free(out)
    source = RunFolder(run, str(run))
    try:
        lines = source.recorded.lines[max(0, first) : last + 1]
        if not lines or first > last:
            raise UsageError(f"{run}: there are no frames {first} to {last}; it has {len(source.recorded.lines)}")
        moved = [
            FrameLine(i=k, t=round(line.t - lines[0].t, 6), ns=line.ns, v=line.v, p=line.p, crc=line.crc)
            for k, line in enumerate(lines)
        ]
        with _writing(out):
            out.mkdir(parents=True, exist_ok=True)
            copy_frames(run, out, moved, None)
        head = {
            **_as_another_run(source.recorded.head),
            "schema": SCHEMA,
            "closed": True,
            "clip": {"first": first, "last": last},
        }
        head.pop("events", None)
        write_json(out / HEAD, head)
    finally:
        source.close()
    return len(moved)


def _check_free(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out}: is in use; give a folder that does not exist yet")


def copy_frames(
    run: Path,
    out: Path,
    lines: list[FrameLine],
    anchor: LogAnchorLine | None,
    progress: Progress = lambda _done, _total: None,
) -> None:
    """Copy the pictures of some frames into one video of an existing folder, with their lines.

    Raises
    ------
    InputError
        If a picture cannot be read or has another size.
    OSError
        If it cannot be written.
    """
    video: GrowingFile | None = None
    made: MatroskaOut | None = None
    packets = _Packets(video_files(run), str(run))
    rows = GrowingFile(out / FRAMES.format(0))
    at: tuple[int, int] | None = None
    try:
        for done, line in enumerate(lines, 1):
            if line.v < 0:
                at = None
            elif (line.v, line.p) != at:
                at = (line.v, line.p)
                track, packet = packets.packet(line)
                if made is None or video is None:
                    made, video = MatroskaOut(track), GrowingFile(out / VIDEO.format(0))
                    video.append(made.head())
                if track != made.track:
                    raise InputError(f"{run}: the picture changes its size at frame {line.i}; it cannot be one video")
                video.append(made.picture(round(line.t * 1000), packet))
            kept = -1 if at is None or made is None else made.pictures - 1
            new = FrameLine(i=line.i, t=line.t, ns=line.ns, v=0 if kept >= 0 else -1, p=kept, crc=line.crc)
            rows.append(json_line(new))
            progress(done, len(lines))
        if video is not None and made is not None:
            cues, patches = made.end()
            video.append(cues)
            video.sync()
            video.put_over(patches)
            video.sync()
        if anchor is not None:
            rows.append(json_line(anchor))
        rows.sync()
    finally:
        packets.close()
        rows.close()
        if video is not None:
            video.close()


class _Packets:
    """The coded pictures of a run's video files, in order."""

    def __init__(self, files: dict[int, Path], label: str) -> None:
        self._files, self._shown = files, label
        self._number = -1
        self._at = -1
        self._container: av.container.InputContainer | None = None
        self._track: Track | None = None
        self._packets: Iterator[bytes] = iter(())

    def packet(self, line: FrameLine) -> tuple[Track, bytes]:
        """The track and the packet of a frame's picture."""
        if line.v != self._number:
            self._open(line.v)
        for packet in self._packets:
            self._at += 1
            if self._at == line.p:
                assert self._track is not None
                return self._track, packet
        raise InputError(f"{self._shown}: the picture of frame {line.i} cannot be read")

    def _open(self, number: int) -> None:
        self.close()
        container = av.open(str(self._files[number]), options={"protocol_whitelist": "file"})
        stream = container.streams.video[0]
        context = stream.codec_context
        self._track = Track(
            width_px=context.width, height_px=context.height, codec_private=bytes(context.extradata or b"")
        )
        self._packets = (bytes(packet) for packet in container.demux(stream) if packet.size)
        self._container, self._number, self._at = container, number, -1

    def close(self) -> None:
        """Close the file at hand."""
        if self._container is not None:
            self._container.close()
        self._container, self._number = None, -1
