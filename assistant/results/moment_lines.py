"""What an analysis keeps beside its table, to be opened again at once: outlines, leaks and thirds, as a session does.

``moments.jsonl`` lies with ``result.json`` where a run of the library was analysed: a line a frame that brought
something (`assistant.readings.live_line`), with the frame's number.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from assistant.plan import PlannedView
from assistant.readings.live_line import serialise_reading
from assistant.readings.moments import MomentMaker, Outline
from assistant.results.folder import MOMENTS as FILE
from assistant.results.folder import cannot_write
from assistant.system.plain import json_line
from assistant.vocabulary import Leak, Reading

FRAME: Final = "frame"


class MomentLines:
    """Writes the lines as the readings come; nothing is made before the first one.

    Parameters
    ----------
    folder : Path
        Of the result.
    views : sequence of PlannedView
        The plan's.
    """

    def __init__(self, folder: Path, views: Sequence[PlannedView]) -> None:
        self._folder, self._views = folder, views
        self._maker = MomentMaker()
        self._last: tuple[Outline, tuple[Leak, ...]] | None = None
        self._file: IO[bytes] | None = None

    def add(self, reading: Reading) -> None:
        """Keep what a reading brought.

        Raises
        ------
        EnvironmentError_
            If the disk refuses.
        """
        outline = self._maker.make(reading).outline
        last, self._last = self._last, (outline, reading.leaks)
        is_new = last is None or outline is not last[0] or reading.leaks != last[1]
        line = serialise_reading(reading, outline if is_new else None, self._views)
        try:
            if self._file is None:
                self._file = (self._folder / FILE).open("wb")
            if line:
                self._file.write(json_line({FRAME: reading.frame_index, **line}))
        except OSError as error:
            raise cannot_write(self._folder, error) from error

    def close(self) -> None:
        """Close the file. May be called twice.

        Raises
        ------
        EnvironmentError_
            If the disk refuses the last lines.
        """
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:
                raise cannot_write(self._folder, error) from error
