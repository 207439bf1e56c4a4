"""Where each picture of a video file stands: made by reading the packets once, without decoding."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.capture.video_file import VideoPass

Stamps = NDArray[np.int64]


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
    """What is known where the stamps do not allow an index (missing, or the same twice): only the number."""

    frame_count: int


def read_index(path: Path, shown: str) -> VideoIndex | PacketCount:
    """Read all packets of a file and put them in the order in which they are shown.

    Pictures that no decoder can show are left out: those before the first key picture, in the file or in time, and
    those that the file's edit list hides.

    Raises
    ------
    InputError
        If the file cannot be opened or read.
    """
    rows: list[tuple[int | None, int | None, bool, bool]] = []
    with VideoPass(path, shown, threads=1) as video:
        for packet in video.demux():
            if rows or packet.is_keyframe:
                rows.append((packet.pts, packet.dts, packet.is_keyframe, packet.is_discard))
        is_avi, reorders = video.is_avi, video.stream.codec_context.has_b_frames
    all_pts = [pts for pts, _, _, _ in rows if pts is not None]
    shown_rows = [row for row in rows if not row[3] and (row[0] is None or row[0] >= all_pts[0])]
    pts = np.sort(np.array([row[0] for row in shown_rows if row[0] is not None], dtype=np.int64))
    unusable = len(pts) < len(shown_rows) or bool(np.any(np.diff(pts) <= 0)) or (is_avi and reorders)
    if unusable or not len(pts):
        return PacketCount(frame_count=len(shown_rows))
    clock = pts
    if is_avi and all(row[1] is not None for row in shown_rows):
        clock = np.sort(np.array([row[1] for row in shown_rows], dtype=np.int64))
    keys = [row for row in rows if row[2] and row[0] is not None]
    key_pts = np.array([row[0] for row in keys], dtype=np.int64)
    seek = np.array([row[0] if row[1] is None else min(row[0], row[1]) for row in keys], dtype=np.int64)  # type: ignore[type-var]
    order = np.argsort(key_pts, kind="stable")
    return VideoIndex(
        pts=pts, clock=clock, key_frames=np.searchsorted(pts, key_pts[order]).astype(np.int64), key_seek=seek[order]
    )
