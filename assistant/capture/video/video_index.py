"""Where each picture of a video file stands, worked out without decoding."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.capture.video.matroska import read_blocks
from assistant.capture.video.mp4 import composition_offsets
from assistant.capture.video.video_file import VideoPass

Stamps = NDArray[np.int64]

_Row = tuple[int | None, int | None, bool, bool]
"""A packet: presentation stamp, decoding stamp, key picture, hidden by the edit list."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VideoIndex:
    """Pictures in the order in which they are shown.

    Attributes
    ----------
    pts : array (n,) of int64
        Presentation stamp of each picture, rising: by it a decoded picture is recognised.
    clock : array (n,) of int64
        Stamp from which the time is told; in AVI, which has no presentation stamps, the place in the file.
    key_frames : array (k,) of int64
        First picture that a key picture can give, rising.
    key_seek : array (k,) of int64
        Stamp to send the file to, to arrive at that key picture.
    """

    pts: Stamps = field(repr=False)
    clock: Stamps = field(repr=False)
    key_frames: Stamps = field(repr=False)
    key_seek: Stamps = field(repr=False)

    @property
    def frame_count(self) -> int:
        """Number of pictures."""
        return len(self.pts)

    def key_before(self, frame: int) -> int:
        """Row of the last key picture at or before a frame; -1 where there is none."""
        return int(np.searchsorted(self.key_frames, frame, side="right")) - 1

    def frame_of(self, pts: int | None) -> int | None:
        """Number of the picture with this stamp; None where there is none."""
        if pts is None:
            return None
        at = int(np.searchsorted(self.pts, pts))
        return at if at < len(self.pts) and self.pts[at] == pts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketCount:
    """What is known where no index is of use: only the number.

    Stamps are missing, or the same twice; or a picture is not whole without what came with the first packet.
    """

    frame_count: int


def read_index(path: Path, label: str) -> VideoIndex | PacketCount:
    """Read a file through and list its pictures in the order in which they are shown.

    Pictures that no decoder can show are left out: those before the first key picture, in the file or in time, and
    those that the file's edit list hides.

    Raises
    ------
    InputError
        If the file cannot be opened or read.
    """
    with VideoPass(path, label, threads=1) as video:
        rows = [(p.pts, p.dts, p.is_keyframe, p.is_discard) for p in video.demux()]
        return _ordered(rows, video)


def quick_index(path: Path, label: str) -> VideoIndex | PacketCount | None:
    """The same list without reading the pictures' data, for files of any size.

    From the heads of a Matroska file's blocks, or from the lists that a whole AVI, MP4 or MOV file begins or ends with.
    None where there are none: then it takes `read_index`.

    Raises
    ------
    InputError
        If the file cannot be opened.
    """
    with VideoPass(path, label, threads=1) as video:
        rows = _rows_from_heads(video)
        return None if rows is None else _ordered(rows, video)


def _rows_from_heads(video: VideoPass) -> list[_Row] | None:
    """The packets as the container lists them, without reading them; None where it does not."""
    if video.container_name.startswith("matroska"):
        blocks = read_blocks(video.path)
        return None if blocks is None else [(block.stamp, None, block.is_key, False) for block in blocks]
    if video.missing_end() is not None or not video.stream.frames:
        return None
    entries = [entry for entry in video.stream.index_entries if entry.size]
    first = next(video.demux(), None)
    if len(entries) != video.stream.frames or first is None or first.pts is None or first.dts is None:
        return None
    later = composition_offsets(video.path) if video.container_name.startswith("mov") else []
    if later is None or len(later) not in (0, len(entries)):
        return None
    later = later or [0] * len(entries)
    # What the demuxer adds to all stamps alike (edit lists, the start at 0) is seen on the first packet.
    pts_shift = first.pts - entries[0].timestamp - later[0]
    dts_shift = first.dts - entries[0].timestamp
    return [
        (e.timestamp + offset + pts_shift, e.timestamp + dts_shift, e.is_keyframe, e.is_discard)
        for e, offset in zip(entries, later, strict=True)
    ]


def _ordered(rows: list[_Row], video: VideoPass) -> VideoIndex | PacketCount:
    first_key = next((k for k, row in enumerate(rows) if row[2]), len(rows))
    rows = rows[first_key:]
    all_pts = [pts for pts, _, _, _ in rows if pts is not None]
    shown_rows = [row for row in rows if not row[3] and (row[0] is None or row[0] >= all_pts[0])]
    pts = np.sort(np.array([row[0] for row in shown_rows if row[0] is not None], dtype=np.int64))
    broken = len(pts) < len(shown_rows) or bool(np.any(np.diff(pts) <= 0)) or video.has_palette
    if broken or not len(pts) or not video.has_times or (video.is_avi and video.stream.codec_context.has_b_frames):
        return PacketCount(frame_count=len(shown_rows))
    clock = pts
    if video.is_avi and all(row[1] is not None for row in shown_rows):
        clock = np.sort(np.array([row[1] for row in shown_rows], dtype=np.int64))
    # Only an AVI is sent to a place in the file; there the decoding stamp is that place.
    keys = [
        (pts_, dts if video.is_avi and dts is not None else pts_)
        for pts_, dts, is_key, _ in rows
        if is_key and pts_ is not None
    ]
    keys.sort()
    key_pts, key_seek = np.array(keys, dtype=np.int64).T
    return VideoIndex(
        pts=pts, clock=clock, key_frames=np.searchsorted(pts, key_pts).astype(np.int64), key_seek=key_seek
    )
