"""A part of a recording: one level of a session, a run of its own that has lines, figures and a report of its own.

The recording stays one folder, and its frames keep their numbers and times everywhere. A part is a small folder in it,
``levels/2_L2``: `FILE` says which frames it takes, ``plan.json`` beside it holds the lines of that level. Whatever
opens a run by its path opens a part by that of its folder. In a case pack a part brings its own pictures, so its
folder holds them; their first one has the number that it had in the recording.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import msgspec

from assistant.errors import InputError
from assistant.language import sentence
from assistant.system.files import write_json
from assistant.system.plain import plain, read_json

FILE: Final = "part.json"
FOLDER: Final = "levels"
"""In the recording's folder: holds those of its parts."""
ELSEWHERE: Final = "recording.json"
"""In a folder of parts that the library keeps, as their recording cannot be written to: says where that lies."""
SCHEMA: Final = "fluoro-assistant/part/1"
_MOST_BYTES: Final = 1 << 16
MOST_FRAMES: Final = 5_000_000
"""Two days at 30 frames/s: no recording is longer, and no table or line of a frame beyond is believed."""
_IN_A_NAME: Final = re.compile(r"[A-Za-z0-9+-]{1,24}")
_NAME: Final = re.compile(r"[1-9][0-9]{0,3}(_[A-Za-z0-9+-]{1,24})?")


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which frames of a recording a part takes.

    Attributes
    ----------
    number, of : int
        Its place among the parts of the recording, from 1, and how many there are.
    level : str
        Such as "L1"; empty where nobody has said which.
    first_frame, frames : int
        The number of its first frame in the recording, and how many there are.
    first_plan : int
        Number of the first plan that was set in it on the day; what was told by an earlier one is of another level.
    pictures_from : int
        The frame of the recording that the first stored picture is: 0 in the recording itself.
    begins_s : float
        The time of that frame in the recording.
    """

    number: int
    of: int
    level: str
    first_frame: int
    frames: int
    first_plan: int = 0
    pictures_from: int = 0
    begins_s: float = 0.0
    schema: str = SCHEMA

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit together, wherever they come from."""
        fits = 1 <= self.number <= self.of <= 1000 and 0 <= self.pictures_from <= self.first_frame
        fits = fits and self.frames > 0 and self.end_frame <= MOST_FRAMES and 0 <= self.begins_s < 1e9
        if not fits or self.schema != SCHEMA or len(self.level) > 24:
            raise ValueError("no part of a recording is like this")

    @property
    def end_frame(self) -> int:
        """One past the number of its last frame."""
        return self.first_frame + self.frames

    @property
    def words(self) -> str:
        """In a sentence: which part it is."""
        last = self.end_frame - 1
        name = f" ({self.level})" if self.level else ""
        return sentence(
            f"Part {self.number} of {self.of} of a session{name}: frames {self.first_frame} to {last} of its recording."
        )

    @property
    def name(self) -> str:
        """Of its folder."""
        return part_name(self.number, self.level)


def part_name(number: int, level: str) -> str:
    """The name of a part's folder."""
    return f"{number}_{level}" if _IN_A_NAME.fullmatch(level) else f"{number}"


def may_be_part(path: Path) -> bool:
    """Whether a path is named like that of a part in its recording; nothing is looked at."""
    return path.parent.name == FOLDER and _NAME.fullmatch(path.name) is not None


def read_part(folder: Path) -> Part | None:
    """Which part of a recording a run is; None for a run that is whole.

    Raises
    ------
    InputError
        If what says it is damaged: the run is not taken for a whole one then.
    """
    path = folder / FILE
    try:
        with path.open("rb") as file:
            return read_json(file.read(_MOST_BYTES), Part)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: does not say which frames of the recording are meant ({error})") from error


def write_part(folder: Path, part: Part) -> None:
    """Say which part of a recording a folder is.

    Raises
    ------
    EnvironmentError_
        If it cannot be written.
    """
    write_json(folder / FILE, plain(part))


def has_parts(recording: Path) -> bool:
    """Whether the parts of a recorded session lie in its folder; a folder that merely has that name holds none."""
    return any(may_be_part(path.parent) for path in (recording / FOLDER).glob(f"*/{FILE}"))


def recording_of(run: Path) -> Path:
    """The folder that holds the pictures of a run and what was kept of its day: for most runs it is the run itself.

    A part whose own folder holds its pictures (of a case pack) is its own recording.
    """
    if not may_be_part(run) or not (run / FILE).is_file():
        return run
    return recording_elsewhere(run) or run.parent.parent


class _Elsewhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    recording: str


def recording_elsewhere(run: Path) -> Path | None:
    """Where the recording of a part lies that the library keeps; None for any other run."""
    try:
        with (run.parent / ELSEWHERE).open("rb") as file:
            return Path(read_json(file.read(_MOST_BYTES), _Elsewhere).recording)
    except (OSError, ValueError, RecursionError):
        return None


def keep_parts_elsewhere(levels: Path, recording: Path) -> None:
    """Say in a folder of parts where their recording lies.

    Raises
    ------
    EnvironmentError_
        If it cannot be written.
    """
    write_json(levels / ELSEWHERE, {"recording": str(recording.absolute())})
