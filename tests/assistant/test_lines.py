"""One row a line: what is in it is complete, and names of files follow from it as they always were."""

import pytest

from assistant.line_maps import make_line_maps
from assistant.lines import TABLED_LINES, WARNING_THIRDS, WHOLE_LINES, Line, Of
from assistant.readings.csv_row import COLUMNS
from assistant.vocabulary import Distances, Unknown
from tests.one_reading import VIEWS, disc_of_cement


def test_columns_of_the_tables_are_what_they_were() -> None:
    in_mm = [name for name in COLUMNS if name.endswith("_mm") and name != "front_mm"]
    assert in_mm == [line.column_mm for line in TABLED_LINES]
    assert [line.value for line in TABLED_LINES] == [
        *("posterior_wall", "warning_line", "superior_endplate", "inferior_endplate", "anterior_wall", "side_wall"),
        *("posterior_upper", "posterior_middle", "posterior_lower"),
    ]
    assert [line.value for line in WARNING_THIRDS] == ["warning_upper", "warning_middle", "warning_lower"]
    assert [line for line in Line if line.of is Of.HEIGHT] == [Line.SUPERIOR_ENDPLATE, Line.INFERIOR_ENDPLATE]


def test_a_third_knows_its_line() -> None:
    assert Line.POSTERIOR_LOWER.whole is Line.POSTERIOR_WALL
    assert Line.WARNING_UPPER.whole is Line.WARNING_LINE
    assert all(line.whole is line for line in WHOLE_LINES)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.view)
def test_each_view_has_a_map_of_each_line_that_is_measured_in_it(view) -> None:
    maps = make_line_maps(view, disc_of_cement().crop)
    assert set(maps.mm) == {line for line in WHOLE_LINES if line.view in ("", view.view)}


def test_no_line_is_left_out_of_distances() -> None:
    with pytest.raises(ValueError, match="side_wall"):
        Distances(cement_area_mm2=1.0, mm={line: Unknown("x") for line in Line if line is not Line.SIDE_WALL})
