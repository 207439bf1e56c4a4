"""Checks ``measurements.csv`` line by line, and the masks beside it."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from assistant.errors import InputError, UsageError
from assistant.language import sentence
from assistant.lines import TABLED_LINES
from assistant.part import MOST_FRAMES
from assistant.readings.csv_row import COLUMNS, read_motion
from assistant.readings.table_file import NotATable, open_table
from assistant.vocabulary import FrameState, Priority

_CONTRACT_COLUMNS: Final = 19
_STATES: Final = frozenset(state.value for state in FrameState)
_PRIORITIES: Final = frozenset(priority.word for priority in Priority)
_WORDS: Final = frozenset({"state", "view", "alarm", "reason"})
_MUST: Final = frozenset({"frame", "t_s", "state", "registration_ok", "alarm", "processing_ms"})
_DISTANCES: Final = (*(line.column_mm for line in TABLED_LINES), *(line.column_share for line in TABLED_LINES))
_IN_MM: Final = tuple(name for name in COLUMNS if name.endswith(("_mm", "_mm2", "_mm_per_s")))


@dataclass(slots=True, kw_only=True)
class TableFacts:
    """What a whole table holds.

    Attributes
    ----------
    rows : int
    first_frame : int
        The number in the first row: 0, but for a part of a recording.
    measured : int
        Rows with a cement area.
    measured_bits : bytearray
        1 for each measured row, to compare with the masks.
    views_in_mm : set of str
        Views with any figure in mm, mm² or mm/s.
    """

    rows: int = 0
    first_frame: int = 0
    measured: int = 0
    measured_bits: bytearray = field(default_factory=bytearray, repr=False)
    views_in_mm: set[str] = field(default_factory=set)


def read_table_facts(path: Path, first_frame: int = 0) -> TableFacts:
    """Read a table once, line by line.

    Parameters
    ----------
    path : Path
    first_frame : int
        The number that its first row must have: of a part of a recording its result says it.

    Raises
    ------
    InputError
        If it cannot be read.
    UsageError
        At the first line that the contract does not allow.
    """
    facts = TableFacts(first_frame=first_frame)
    last_s = -math.inf
    try:
        with open_table(path) as table:
            head = table.columns
            if head[:_CONTRACT_COLUMNS] != COLUMNS[:_CONTRACT_COLUMNS]:
                raise UsageError(f"the first line must begin with {','.join(COLUMNS[:_CONTRACT_COLUMNS])}")
            for number, line in enumerate(table.rows):
                if len(line) != len(head):
                    raise UsageError(f"line {number + 2} has {len(line)} cells instead of {len(head)}: cut off?")
                row = dict(zip(head, line, strict=True))
                frame = first_frame + number
                if frame >= MOST_FRAMES:
                    raise UsageError(f"line {number + 2}: no recording has {MOST_FRAMES} frames")
                fault = _row_fault(row, frame, last_s)
                if fault:
                    raise UsageError(f"line {number + 2} (frame {frame}): {fault}")
                last_s = float(row["t_s"])
                measured = _area(row) is not None
                if row["view"] not in facts.views_in_mm and any(row.get(name) for name in _IN_MM):
                    facts.views_in_mm.add(row["view"])
                facts.rows += 1
                facts.measured += measured
                facts.measured_bits.append(measured)
    except (OSError, NotATable) as error:
        raise InputError(f"cannot be read ({error})") from error
    return facts


def _row_fault(row: dict[str, str], number: int, last_s: float) -> str:
    if row["frame"] != str(number):
        return sentence(f"frame must be {number}, found {row['frame']!r}")
    for name, cell in row.items():
        if cell == "":
            if name in _MUST:
                return sentence(f"{name} is empty")
        elif name in COLUMNS and name not in _WORDS and not _is_number(cell):
            return sentence(f"{name} must be a number or empty, found {cell!r}")
    if row["state"] not in _STATES:
        return sentence(f"unknown state {row['state']!r}")
    if row["view"] not in ("", "lateral", "ap"):
        return sentence(f"unknown view {row['view']!r}")
    if row["alarm"] not in _PRIORITIES:
        return sentence(f"unknown alarm {row['alarm']!r}")
    if row["registration_ok"] not in ("0", "1"):
        return sentence(f"registration_ok must be 0 or 1, found {row['registration_ok']!r}")
    if float(row["t_s"]) < last_s:
        return sentence(f"t_s falls from {last_s} to {row['t_s']}")
    if row["registration_ok"] == "1" and read_motion(lambda name: row.get(name, ""), (0.0, 0.0)) is None:
        return sentence("registration_ok is 1 and the motion is not there")
    if not _area(row):
        given = [name for name in _DISTANCES if row.get(name)]
        if given:
            return sentence(f"{given[0]} is given without cement")
    return ""


def _area(row: dict[str, str]) -> float | None:
    """The cement's area in mm², or as a share where the view is not calibrated; None where nothing was measured."""
    cell = row["cement_area_mm2"] or row.get("cement_area_share", "")
    return float(cell) if cell else None


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def mask_fault(folder: Path, table: TableFacts, width_px: int, height_px: int, complete: bool) -> str:
    """What is wrong with the masks of a result; empty where nothing is, or where there are none.

    Parameters
    ----------
    folder : Path
        ``masks``; it need not exist.
    table : TableFacts
    width_px, height_px : int
        Size of the source's pictures.
    complete : bool
        Whether each measured frame must have its mask.
    """
    if not folder.is_dir():
        return ""
    there = set()
    for path in sorted(folder.glob("*.png")):
        if not path.stem.isdigit():
            continue
        frame = int(path.stem)
        at = frame - table.first_frame
        if 0 <= at < table.rows and not table.measured_bits[at]:
            return sentence(f"masks/{path.name} belongs to a frame that was not measured")
        with path.open("rb") as file:
            head = file.read(26)
        wanted = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBB", 13, b"IHDR", width_px, height_px, 8, 0)
        if head != wanted:
            return sentence(f"masks/{path.name} is not an 8-bit grey PNG of {width_px} x {height_px}")
        there.add(frame)
    first = table.first_frame
    missing = [first + at for at in range(table.rows) if table.measured_bits[at] and first + at not in there]
    if complete and there and missing:
        return sentence(f"masks/{missing[0]:06d}.png is missing, and so are {len(missing) - 1} more")
    return ""
