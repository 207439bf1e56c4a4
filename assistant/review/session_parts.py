"""The parts of a recorded session: one for each level's work, so that each is analysed with its own lines.

A session of one level has none: its recording is its one run. What a part is: `assistant.part`.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from assistant.capture.opening import open_source
from assistant.errors import EnvironmentError_, InputError
from assistant.part import FOLDER, Part, keep_parts_elsewhere, part_name, read_part, write_part
from assistant.review.session_log import read_events
from assistant.review.session_reading import Stretch, day_of, stretches_of
from assistant.system.files import write_json
from assistant.system.places import plan_path_of
from assistant.system.plain import read_json


class MadePart(NamedTuple):
    """A part's folder, which is not there where none of its pictures were recorded; its level's place in the day."""

    folder: Path
    level_at: int
    number: int


def write_parts(recording: Path, otherwise: Path | None = None) -> tuple[MadePart, ...]:
    """Make the folders of a session's parts in its recording; none for any other run.

    Those that are there already and whole stay as they are: their lines may have been mended since.

    Parameters
    ----------
    recording : Path
    otherwise : Path, optional
        Where they are kept if the recording cannot be written to.

    Raises
    ------
    InputError
        If the recording cannot be read.
    EnvironmentError_
        If they cannot be written.
    """
    try:
        return _made_in(recording / FOLDER, recording)
    except (OSError, EnvironmentError_):
        if otherwise is None:
            raise
    made = _made_in(otherwise / FOLDER, recording)
    keep_parts_elsewhere(otherwise / FOLDER, recording)
    return made


def _made_in(place: Path, recording: Path) -> tuple[MadePart, ...]:
    events = read_events(recording)
    stretches = stretches_of(events) if events else ()
    if len(stretches) < 2:
        return ()
    levels = day_of(events).levels
    made = []
    for number, (stretch, end) in enumerate(_with_ends(stretches, recording), start=1):
        level = levels[stretch.level_at].level
        folder = place / part_name(number, level)
        if end > stretch.first_frame:
            part = Part(
                number=number,
                of=len(stretches),
                level=level,
                first_frame=stretch.first_frame,
                frames=end - stretch.first_frame,
                first_plan=stretch.first_plan,
            )
            _make(folder, part, stretch.plan)
        made.append(MadePart(folder, stretch.level_at, number))
    return tuple(made)


def _make(folder: Path, part: Part, plan: dict[str, Any] | None) -> None:
    """Lines first: what says that the folder is a part is the last that is written, and only beside its lines."""
    if plan is not None and not _is_document(plan_path_of(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        write_json(plan_path_of(folder), plan)
    try:
        there = read_part(folder)
    except InputError:
        there = None  # cut short when it was written
    if there is None:
        write_part(folder, part)


def _is_document(path: Path) -> bool:
    try:
        return isinstance(read_json(path.read_bytes()), dict)
    except (OSError, ValueError, RecursionError):
        return False


def _with_ends(stretches: tuple[Stretch, ...], recording: Path) -> list[tuple[Stretch, int]]:
    """Each stretch with the frame at which the next one begins; the last ends with the recording."""
    source = open_source(str(recording))
    try:
        count = source.facts.end_frame or 0
    finally:
        source.close()
    ends = [min(later.first_frame, count) for _, later in pairwise(stretches)]
    return list(zip(stretches, [*ends, count], strict=True))
