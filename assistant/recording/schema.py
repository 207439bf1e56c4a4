"""Names and lines of a recorded run folder, version 1.

    head.json            what made the run: program, source, settings; "closed" once it was ended in order
    plan.json            the last plan, and references/ with the pictures that its points were placed on
    video_000.mkv ...    distinct pictures, FFV1, a new file where the picture changed size or a file could not be kept
    frames_000.jsonl ... one line a captured frame: which picture it carries, and when
    readings_000.jsonl   one line an analysed frame: state, figures, alarms, as they were told live
    events.jsonl ...     what happened and what was done, hash-chained

A frame that repeats the picture before it, bit by bit, has a line in ``frames_000.jsonl`` and nothing in the video.
"""

from __future__ import annotations

from typing import Final

import msgspec

SCHEMA: Final = "fluoro-assistant/recording/1"
HEAD: Final = "head.json"
VIDEO: Final = "video_{:03d}.mkv"
FRAMES: Final = "frames_{:03d}.jsonl"
READINGS: Final = "readings_{:03d}.jsonl"


class FrameLine(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One line of ``frames_NNN.jsonl``.

    Attributes
    ----------
    i : int
        Number of the frame in the session.
    t : float
        Seconds from the session's first frame.
    ns : int
        Monotonic clock at the grab.
    v, p : int
        Video file, and which picture of it (from 0) the frame carries.
    crc : int or None
        CRC-32 of the pixels, where the picture is new.
    """

    i: int
    t: float
    ns: int
    v: int
    p: int
    crc: int | None = None


class LogAnchorLine(msgspec.Struct, kw_only=True, frozen=True):
    """A line of ``frames_NNN.jsonl`` that keeps the head of the event log."""

    events_head: str
    events_count: int
