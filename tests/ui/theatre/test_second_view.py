"""The second input beside the first: its figures, its own state, its lines that must be looked at."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.live.messages import Lines, LiveState
from assistant.live.status import UNTIMED
from assistant.plan import plan_from_document
from assistant.vocabulary import Unknown
from tests.one_reading import but
from tests.ui.theatre.fake_session import DOCUMENT, distances, moment, picture, status
from ui.theatre.second import Second
from ui.theatre.second_view import figures

AP = plan_from_document({**DOCUMENT, "views": [{**DOCUMENT["views"][0], "view": "ap"}]}, 0.25)


class FakeSecond:
    def __init__(self) -> None:
        self.source = "camera:1"
        self.frame = picture(5)
        self.state, self.xray_s = LiveState.LIVE, ()
        self.input = SimpleNamespace(session_state=SimpleNamespace(lines=Lines.CONFIRMED))

    @property
    def newest_index(self) -> int:
        return self.frame.index

    def newest_frame(self) -> Any:
        return self.frame

    @property
    def status(self) -> Any:
        seen = but(distances(), side_wall=6.2, superior_endplate=-1.4)
        return status(self.state, moment=moment(5, distances=seen), xray_s=self.xray_s)


@pytest.fixture
def two(armed):
    armed.session.second = FakeSecond()
    armed.procedure.second_plan = AP
    armed.pictures.show_second_input(is_open=True)
    return armed


def test_distances_of_both_views_are_shown(two) -> None:
    two.display._shown_state = None
    two._tick()
    shown = dict(row[:2] for row in two.pictures.beside.figures._rows)
    assert shown == {"Side wall": "≈ 6 mm inside", "Sup. endplate": "≈ 1 mm beyond", "Inf. endplate": "≈ 4 mm inside"}
    assert two.pictures.beside.picture.painted_index == -1 or two.pictures.beside.frame.index == 5
    assert "AP" in two.pictures.beside.figures.accessibleName()
    assert two.pictures.beside.geometry().intersects(two.picture.geometry()) is False


@pytest.mark.parametrize("state", [each for each in LiveState if each is not LiveState.LIVE])
def test_no_figure_of_a_second_picture_that_is_not_live(state: LiveState) -> None:
    rows = figures(status(state), AP.views[0])
    assert [row[1] for row in rows] == ["—"]
    assert rows[0][0]


def test_without_lines_it_says_how_they_are_set_and_without_scale_there_are_no_millimetres() -> None:
    assert "Set-up" in figures(status(), None)[0][1]
    told = figures(
        status(moment=moment(5, distances=but(distances(), side_wall=6.2))),
        replace(AP.views[0], calibrated=False),
    )
    assert all("mm" not in figure and "%" in figure and "uncal." in label for label, figure, _ in told)
    unknown = figures(status(moment=moment(5, distances=Unknown("no cement seen"))), AP.views[0])
    assert unknown[0][:2] == ("no cement seen", "—")


def test_its_lines_are_shown_before_they_are_confirmed(two) -> None:
    two.session.second.input.session_state.lines = Lines.UNCONFIRMED
    assert two.host.lines.waits
    two.host.lines.propose()
    assert two.pictures.beside.picture.proposal is not None
    assert two.picture.proposal is None
    assert "confirm_second_lines" not in two.session.acts
    two.host.lines.confirm()
    assert two.session.acts[-1] == "confirm_second_lines"
    assert "confirm_lines" not in two.session.acts
    assert not two.host.lines.asks


def test_the_second_picture_is_one_of_the_kinds_only_while_it_is_open(two) -> None:
    kinds = {two.second.next(with_input=True) for _ in Second}
    assert Second.INPUT in kinds
    two.second.shows = Second.NONE
    assert Second.INPUT not in {two.second.next() for _ in range(2 * len(Second))}


def test_x_ray_of_each_plane_and_of_both_stands_beside(two) -> None:
    two.session.more = {"xray_s": (13.0,)}
    two.session.second.xray_s = (4.0, 3.0)
    two._tick()
    two.display._shown_state = None
    two._tick()
    assert "X-ray 00:07, both 00:20" in two.pictures.beside.figures.accessibleName()
    assert "X-ray 00:13, both 00:20" in two.display.clocks.accessibleName()
    two.session.second.xray_s = Unknown("the source has no clock")
    two.display._shown_state = None
    two._tick()
    assert "X-ray not counted: no clock" in two.pictures.beside.figures.accessibleName()


@pytest.mark.parametrize(("second", "doubt"), [(UNTIMED, ""), (Unknown("noisy"), "noisy")])
def test_a_second_input_without_a_clock_is_no_noisy_line(two, second: Unknown, doubt: str) -> None:
    two.session.second.xray_s = second
    two._tick()
    log = two.procedure.log
    assert (log.xray.doubt, log.second_xray.doubt) == ("", doubt)
