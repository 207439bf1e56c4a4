"""What the lines of a recorded run folder say: which frame carries which picture, what is missing, what was witnessed.

Lines that were not written to their end are passed over; of two lines of one frame the later one counts (it was
written again after a failed fsync).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from assistant.language import sentence
from assistant.recording.schema import HEAD, SCHEMA, VIDEO, FrameLine, LogAnchorLine
from assistant.system.plain import read_json

MOST_LOST_IN_A_ROW = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The frames of a recorded run, in order and without holes.

    Attributes
    ----------
    lines : list of FrameLine
        One a frame; ``v`` is -1 where its picture is lost.
    lost_frames : int
        How many of them have no picture.
    cut_frames : int
        Frames that were captured after the last picture that is there.
    closed : bool
        Ended in order.
    anchor : LogAnchorLine or None
        The newest head of the event log that the recording kept.
    head : dict
        ``head.json``; empty where it cannot be read.
    """

    lines: list[FrameLine]
    lost_frames: int
    cut_frames: int
    closed: bool
    anchor: LogAnchorLine | None
    head: dict[str, Any]

    @property
    def losses(self) -> str:
        """What is not whole, in one sentence without its full stop; empty for a whole recording."""
        parts = []
        if not self.closed:
            parts.append(sentence("it was not closed in order"))
        if self.lost_frames:
            parts.append(sentence(f"{self.lost_frames} of {len(self.lines)} frames have no picture"))
        if self.cut_frames:
            ending = sentence(f"the last {self.cut_frames} frames are cut off")
            parts.append(ending)
        return " and ".join(parts)


def is_recorded(folder: Path) -> bool:
    """Whether a folder holds a run that the program recorded."""
    return any(folder.glob("frames_*.jsonl"))


def read_recorded(folder: Path, pictures: Mapping[int, int]) -> Recorded:
    """Read all lines of a folder.

    Parameters
    ----------
    folder : Path
    pictures : mapping of int to int
        How many whole pictures each video file holds.
    """
    found: dict[int, FrameLine] = {}
    anchor: LogAnchorLine | None = None
    for path in sorted(folder.glob("frames_*.jsonl")):
        for line in _lines(path):
            if isinstance(line, LogAnchorLine):
                anchor = line
            elif line.i >= 0:
                found[line.i] = line
    there = {i: line for i, line in found.items() if 0 <= line.p < pictures.get(line.v, 0)}
    last = _last_in_reach(sorted(there))
    lines: list[FrameLine] = []
    lost = 0
    for i in range(last + 1):
        kept = there.get(i)
        lost += kept is None
        lines.append(kept if kept is not None else _lost(i, found.get(i), lines, there))
    head = read_head(folder)
    return Recorded(
        lines=lines,
        lost_frames=lost,
        cut_frames=sum(1 for i in found if i > last),
        closed=head.get("closed") is True,
        anchor=anchor,
        head=head,
    )


def read_frame_times(folder: Path) -> dict[int, float]:
    """The time in s of each frame that has a line, by its number, on the recording's own clock; none of other runs."""
    lines = (line for path in sorted(folder.glob("frames_*.jsonl")) for line in _lines(path))
    return {line.i: line.t for line in lines if isinstance(line, FrameLine) and line.i >= 0}


def _last_in_reach(numbers: list[int]) -> int:
    """The last frame; numbers after a gap that no disk fault makes are not believed."""
    last = -1
    for number in numbers:
        if number - last > MOST_LOST_IN_A_ROW:
            break
        last = number
    return last


def _lost(i: int, line: FrameLine | None, before: list[FrameLine], there: dict[int, FrameLine]) -> FrameLine:
    """The line of a frame whose picture is lost; where not even its line is there, its time lies between the others."""
    if line is not None:
        return FrameLine(i=i, t=line.t, ns=line.ns, v=-1, p=-1)
    after = next(there[k] for k in range(i, i + MOST_LOST_IN_A_ROW + 1) if k in there)
    previous = before[-1] if before else after
    share = 1.0 / (after.i - i + 1)
    t = previous.t + (after.t - previous.t) * share
    return FrameLine(i=i, t=t, ns=round(previous.ns + (after.ns - previous.ns) * share), v=-1, p=-1)


def _lines(path: Path) -> list[FrameLine | LogAnchorLine]:
    lines: list[FrameLine | LogAnchorLine] = []
    for raw in path.read_bytes().split(b"\n"):
        if not raw:
            continue
        try:
            lines.append(
                read_json(raw, LogAnchorLine) if raw.startswith(b'{"events_head"') else read_json(raw, FrameLine)
            )
        except ValueError:
            continue  # torn: its frame counts as one without a line
    return lines


def read_head(folder: Path) -> dict[str, Any]:
    """``head.json`` of a run folder; empty where there is none of ours."""
    try:
        head = read_json((folder / HEAD).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return head if isinstance(head, dict) and head.get("schema") == SCHEMA else {}


def video_files(folder: Path) -> dict[int, Path]:
    """The video files of a folder by number."""
    found = {}
    for path in folder.glob("video_*.mkv"):
        number = path.stem.rpartition("_")[2]
        if number.isdecimal() and path.name == VIDEO.format(int(number)):
            found[int(number)] = path
    return found


def last_line(folder: Path) -> FrameLine | None:
    """The last frame that has a whole line, without reading all of them; None where there is none."""
    decode = msgspec.json.Decoder(FrameLine).decode
    for path in sorted(folder.glob("frames_*.jsonl"), reverse=True):
        for raw in reversed(path.read_bytes().split(b"\n")):
            try:
                return decode(raw)
            except ValueError:
                continue  # torn, or no frame
    return None
