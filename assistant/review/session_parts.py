"""The parts of a recorded session: one for each level's work, so that each is analysed with its own lines.

A session of one level has none: its recording is its one run. What a part is: `assistant.part`.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from assistant.capture.opening import open_source
from assistant.part import FOLDER, Part, read_part, write_part
from assistant.review.session_log import read_events
from assistant.review.session_reading import Stretch, day_of, stretches_of
from assistant.system.places import plan_beside
from assistant.system.plain import json_text


def write_parts(recording: Path) -> tuple[tuple[Path, int], ...]:
    """Make the folders of a session's parts in its recording; gives each with the place of its level in the day.

    None for any other run.

    Those that are there already stay as they are: their lines may have been mended since.

    Raises
    ------
    InputError
        If the recording cannot be read.
    OSError
        If they cannot be written.
    """
    events = read_events(recording)
    stretches = stretches_of(events) if events else ()
    if len(stretches) < 2:
        return ()
    levels = day_of(events).levels
    made = []
    for number, (stretch, end) in enumerate(_with_ends(stretches, recording), start=1):
        if end <= stretch.first_frame:
            continue  # nothing of it was recorded
        part = Part(
            number=number,
            of=len(stretches),
            level=levels[stretch.level_at].level,
            first_frame=stretch.first_frame,
            frames=end - stretch.first_frame,
            first_plan=stretch.first_plan,
        )
        folder = recording / FOLDER / part.name
        if read_part(folder) is None:
            write_part(folder, part)
            if stretch.plan is not None:
                plan_beside(folder).write_text(json_text(stretch.plan), encoding="utf-8")
        made.append((folder, stretch.level_at))
    return tuple(made)


def _with_ends(stretches: tuple[Stretch, ...], recording: Path) -> list[tuple[Stretch, int]]:
    """Each stretch with the frame at which the next one begins; the last ends with the recording."""
    source = open_source(str(recording))
    try:
        count = source.facts.end_frame or 0
    finally:
        source.close()
    ends = [min(later.first_frame, count) for _, later in pairwise(stretches)]
    return list(zip(stretches, [*ends, count], strict=True))
