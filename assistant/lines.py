"""The lines of a vertebra to which the cement's distance is measured: one row a line, and all else follows from it.

What is measured (`assistant.steps.distances`), the maps it is measured on (`assistant.line_maps`), columns and shares
of the tables, the rows of the screens: a new line is a new row here. The simulator's truth draws its lines by itself,
so that it stays a second witness.
"""
# sentences: all

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Final


class Of(Enum):
    """What a length is a share of."""

    DEPTH = "depth"  # sentences
    """Sagittal diameter; in an AP view the width between the side walls."""
    HEIGHT = "height"  # sentences


class Line(StrEnum):
    """A line, or a third of one. The value is its name in files: columns ``NAME_mm`` and ``NAME_share``.

    Attributes
    ----------
    words : str
        Its row among the figures of a frame.
    of : Of
        What its distance is a share of.
    view : str
        The view that it is measured in, "lateral" or "ap"; empty: in both.
    drawn : tuple of str
        The lines of a planned view that it consists of (attributes of `PlannedView`); the nearest of them counts.
    runs_on : bool
        It goes on past its ends.
    third : int
        1, 2, 3: the upper, middle, lower third of the posterior wall's height alone; 0: the whole.
    in_tables : bool
        It has its columns in the tables.
    """

    words: str
    of: Of
    view: str
    drawn: tuple[str, ...]
    runs_on: bool
    third: int
    in_tables: bool

    def __new__(
        cls,
        name: str,
        words: str,
        drawn: tuple[str, ...],
        view: str = "",
        of: Of = Of.DEPTH,
        runs_on: bool = False,
        third: int = 0,
        in_tables: bool = True,
    ) -> Line:
        """Make a row; parameters as the attributes."""
        made = str.__new__(cls, name)
        made._value_ = name
        made.words, made.drawn, made.view, made.of = words, drawn, view, of
        made.runs_on, made.third, made.in_tables = runs_on, third, in_tables
        return made

    POSTERIOR_WALL = "posterior_wall", "Posterior wall", ("last_wall",), "lateral", Of.DEPTH, True
    WARNING_LINE = "warning_line", "Line b", ("warning_line",), "lateral", Of.DEPTH, True
    SUPERIOR_ENDPLATE = "superior_endplate", "Superior endplate", ("superior",), "", Of.HEIGHT
    INFERIOR_ENDPLATE = "inferior_endplate", "Inferior endplate", ("inferior",), "", Of.HEIGHT
    ANTERIOR_WALL = "anterior_wall", "Anterior wall", ("first_wall",), "lateral"
    SIDE_WALL = "side_wall", "Side wall", ("first_wall", "last_wall"), "ap"
    POSTERIOR_UPPER = "posterior_upper", "Posterior wall, upper", ("last_wall",), "lateral", Of.DEPTH, True, 1
    POSTERIOR_MIDDLE = "posterior_middle", "Posterior wall, middle", ("last_wall",), "lateral", Of.DEPTH, True, 2
    POSTERIOR_LOWER = "posterior_lower", "Posterior wall, lower", ("last_wall",), "lateral", Of.DEPTH, True, 3
    WARNING_UPPER = "warning_upper", "Upper third", ("warning_line",), "lateral", Of.DEPTH, True, 1, False
    WARNING_MIDDLE = "warning_middle", "Middle third", ("warning_line",), "lateral", Of.DEPTH, True, 2, False
    WARNING_LOWER = "warning_lower", "Lower third", ("warning_line",), "lateral", Of.DEPTH, True, 3, False

    @property
    def column_mm(self) -> str:
        """Its column of distances in mm."""
        return f"{self.value}_mm"

    @property
    def column_share(self) -> str:
        """Its column of distances as a share of the body."""
        return f"{self.value}_share"

    @property
    def whole(self) -> Line:
        """The line of which it is a third; a whole line is its own."""
        return next(line for line in WHOLE_LINES if line.drawn == self.drawn and line.view == self.view)


WHOLE_LINES: Final = tuple(line for line in Line if line.third == 0)
WARNING_THIRDS: Final = tuple(line for line in Line if line.third and not line.in_tables)
"""Upper, middle, lower third of the warning line."""
GRAVEST: Final = (Line.WARNING_LINE, Line.POSTERIOR_WALL)
"""A front past one of them is told as HIGH."""
TABLED_LINES: Final = tuple(line for line in Line if line.in_tables)
"""Those with columns in the tables, in their order."""
