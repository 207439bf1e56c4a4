"""Cement drawn outside a box vertebra of 40 x 30 mm at 0.5 mm/px."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from assistant.acquisition import AcquisitionMemory, take_picture
from assistant.geometry import Crop
from assistant.line_maps import make_line_maps
from assistant.lines import Line
from assistant.plan import plan_from_document
from assistant.settings.tree import LeakSettings
from assistant.steps.leaks import PEDICLE_HEIGHT_MM, LeakMemory, all_leaks, find_leaks, keep_shape, settle_leaks
from assistant.vocabulary import CementMask, Leak, LeakSite, Shape, Unknown

CROP = Crop(x0_px=10, y0_px=20, width_px=190, height_px=150)
# x 60..140 and y 70..130 in px of the reference frame; anterior on the left.
MARKS = {
    "superior": [[60.0, 70.0], [100.0, 70.0], [140.0, 70.0]],
    "inferior": [[60.0, 130.0], [100.0, 130.0], [140.0, 130.0]],
}
Box = tuple[int, int, int, int]
INSIDE: Box = (90, 80, 120, 110)


@dataclass
class Run:
    """Pictures of one view, one after another."""

    view: str = "lateral"
    level: str = "L1"
    rate_hz: float = 10.0
    timed: bool = True
    memory: LeakMemory = field(default_factory=LeakMemory)
    beam: AcquisitionMemory = field(default_factory=AcquisitionMemory)
    frame: int = -1

    def __post_init__(self) -> None:
        entry = {"view": self.view, "level": self.level, "reference_frame": 0, "mm_per_px": 0.5, "landmarks": MARKS}
        self.planned = plan_from_document({"schema": "fluoro-assistant/plan/1", "views": [entry]}, 0.25).views[0]
        self.maps = make_line_maps(self.planned, CROP)

    def mask(self, *boxes: Box) -> CementMask:
        """Boxes (x0, y0, x1, y1), both ends included, in px of the reference frame."""
        mask = np.zeros((CROP.height_px, CROP.width_px), dtype=np.bool_)
        for x0, y0, x1, y1 in boxes:
            mask[y0 - CROP.y0_px : y1 + 1 - CROP.y0_px, x0 - CROP.x0_px : x1 + 1 - CROP.x0_px] = True
        return CementMask(crop=CROP, mask=mask, evidence=np.where(mask, 1, -1).astype(np.float32), outline_sigma_mm=0.1)

    def picture(self, *boxes: Box) -> tuple[Leak, ...]:
        self.frame += 1
        seen = self.mask(*boxes)
        acquisition = take_picture(self.beam, self.frame / self.rate_hz, timed=self.timed)
        return find_leaks(self.memory, self.frame, acquisition, seen, self.maps, self.planned, LeakSettings())

    def pictures(self, count: int, *boxes: Box) -> tuple[Leak, ...]:
        for _ in range(count):
            found = self.picture(*boxes)
        return found


PLACES = [
    ("lateral", (138, 95, 148, 104), LeakSite.POSTERIOR),
    ("lateral", (145, 40, 152, 50), LeakSite.POSTERIOR),  # behind the disc is the canal too
    ("lateral", (95, 60, 105, 72), LeakSite.SUPERIOR_DISC),
    ("lateral", (95, 128, 105, 140), LeakSite.INFERIOR_DISC),
    ("lateral", (50, 95, 62, 105), LeakSite.ANTERIOR),
    ("ap", (50, 95, 62, 105), LeakSite.LATERAL),
    ("ap", (138, 95, 150, 105), LeakSite.LATERAL),
    ("ap", (95, 60, 105, 72), LeakSite.SUPERIOR_DISC),
]


@pytest.mark.parametrize(("view", "box", "site"), PLACES)
def test_cement_outside_is_a_leak_at_its_site(view: str, box: Box, site: LeakSite) -> None:
    found = Run(view).pictures(5, INSIDE, box)
    assert [leak.site for leak in found] == [site]


@pytest.mark.parametrize("view", ["lateral", "ap"])
def test_cement_inside_is_none(view: str) -> None:
    run = Run(view)
    assert run.pictures(5, (60, 70, 140, 130)) == ()
    assert run.pictures(3) == ()
    assert all_leaks(run.memory) == ()


def test_figures_of_a_drawn_leak() -> None:
    # 10 px wide and 13 px high above the endplate at y = 70, that is 5 x 6.5 mm.
    leak = Run().pictures(5, INSIDE, (95, 57, 104, 80))[0]
    assert leak.area_mm2 == pytest.approx(10 * 13 * 0.25)
    assert leak.width_mm == pytest.approx(5.0)
    assert leak.length_mm == pytest.approx(np.hypot(5.0, 6.5), abs=0.4)
    assert leak.yeom == "C"
    assert leak.magnitude == "minor"
    low, high = leak.outline_px.min(axis=0), leak.outline_px.max(axis=0)
    np.testing.assert_array_equal(low, [95, 57])
    np.testing.assert_array_equal(high, [104, 69])


def test_too_small_an_area_is_none() -> None:
    assert Run().pictures(5, INSIDE, (100, 63, 100, 69)) == ()  # 1.75 mm², 3.5 mm past


def test_too_short_a_reach_is_none() -> None:
    assert Run().pictures(5, INSIDE, (90, 69, 120, 75)) == ()  # 7.75 mm², 0.5 mm past


def test_a_thin_skin_over_the_endplate_is_none() -> None:
    # 40 mm long and 0.5 mm past it: a rim, not a leak.
    assert Run().pictures(5, (61, 69, 139, 100)) == ()


def test_scattered_specks_are_none() -> None:
    specks: list[Box] = [(70 + 6 * k, 50, 70 + 6 * k, 50) for k in range(11)]
    assert Run().pictures(5, INSIDE, *specks) == ()


def test_a_leak_is_confirmed_in_time_and_keeps_its_first_frame() -> None:
    run = Run(rate_hz=10)
    box = (95, 57, 104, 80)
    run.pictures(4, INSIDE)
    assert run.picture(INSIDE, box) == ()
    assert run.picture(INSIDE, box) == ()
    (leak,) = run.picture(INSIDE, box)
    assert leak.first_frame == 4
    assert run.pictures(20, INSIDE, box)[0].first_frame == 4


def test_one_missed_picture_does_not_start_anew_and_a_flash_is_forgotten() -> None:
    run = Run(rate_hz=15)
    box = (95, 57, 104, 80)
    run.picture(INSIDE, box)
    run.picture(INSIDE)
    run.pictures(2, INSIDE, box)
    assert run.picture(INSIDE, box)[0].first_frame == 0
    other = Run(rate_hz=15)
    other.picture(INSIDE, box)
    other.pictures(10, INSIDE)
    assert other.picture(INSIDE, box) == ()
    assert other.pictures(4, INSIDE, box)[0].first_frame == 11


def test_a_leak_of_a_single_shot_counts_once_no_second_picture_has_come_to_deny_it() -> None:
    run = Run()
    assert run.picture(INSIDE, (95, 57, 104, 80)) == ()
    assert settle_leaks(run.memory, 0.15, LeakSettings()) == ()
    assert [leak.site for leak in settle_leaks(run.memory, 0.2, LeakSettings())] == [LeakSite.SUPERIOR_DISC]
    assert settle_leaks(run.memory, 0.3, LeakSettings()) == (), "it is told once"
    assert [leak.first_frame for leak in all_leaks(run.memory)] == [0]


def test_a_leak_that_one_shot_does_not_prove_waits_for_the_next() -> None:
    """Hardly farther than the least that is a leak, or doubtful: time alone does not confirm it, another shot does."""
    hardly, disc = (95, 67, 104, 80), (95, 57, 104, 80)
    run = Run(rate_hz=0.1)
    assert run.picture(INSIDE, (95, 68, 104, 80)) == ()
    for boxes, doubtful in (((INSIDE, hardly), ()), ((INSIDE, disc), (Line.SUPERIOR_ENDPLATE,))):
        run = Run()
        seen, first, second = run.mask(*boxes), take_picture(run.beam, 0.0), take_picture(run.beam, 10.0)
        seen = replace(seen, outline_sigma_mm=0.4)
        look = (seen, run.maps, run.planned, LeakSettings(), doubtful)
        assert find_leaks(run.memory, 0, first, *look) == ()
        assert settle_leaks(run.memory, 9.0, LeakSettings()) == ()
        assert [leak.site for leak in find_leaks(run.memory, 1, second, *look)] == [LeakSite.SUPERIOR_DISC]


def test_what_the_last_picture_does_not_show_any_more_does_not_settle() -> None:
    run = Run(rate_hz=20)
    run.picture(INSIDE, (95, 57, 104, 80))
    run.picture(INSIDE)
    assert settle_leaks(run.memory, 5.0, LeakSettings()) == ()


def test_one_picture_makes_no_vein_of_a_leak_and_two_of_three_do() -> None:
    run, blob, tube = Run(), (55, 90, 62, 110), (30, 99, 62, 101)
    run.pictures(4, INSIDE, blob)
    assert [leak.yeom for leak in run.picture(INSIDE, tube)] == ["C"]
    assert [leak.yeom for leak in run.picture(INSIDE, tube)] == ["S"]


def test_a_vein_in_a_single_shot_is_one_whatever_the_shots_before_showed() -> None:
    """Another shot comes after ten seconds: nobody waits for two of three."""
    run, blob, tube = Run(rate_hz=0.1), (55, 90, 62, 110), (30, 99, 62, 101)
    run.pictures(4, INSIDE, blob)
    assert [leak.yeom for leak in run.picture(INSIDE, tube)] == ["S"]


def test_without_times_one_rough_outline_makes_no_vein_of_a_leak() -> None:
    run, blob, tube = Run(timed=False), (55, 90, 62, 110), (30, 99, 62, 101)
    run.pictures(4, INSIDE, blob)
    routes = [run.picture(INSIDE, tube if k == 0 or k > 2 else blob)[0].yeom for k in range(6)]
    assert routes == ["C", "C", "C", "C", "S", "S"]


@pytest.mark.parametrize(("rate_hz", "alone"), [(4.0, 0), (7.5, 1), (15.0, 2), (30.0, 4)])
def test_how_long_a_route_stood_is_film_not_pictures(rate_hz: float, alone: int) -> None:
    run, blob, tube = Run(rate_hz=rate_hz), (55, 90, 62, 110), (30, 99, 62, 101)
    run.pictures(12, INSIDE, blob)
    routes = [run.picture(INSIDE, tube)[0].yeom for _ in range(8)]
    assert routes == ["C"] * alone + ["S"] * (8 - alone)


def test_a_skin_along_the_wall_is_no_vein_though_it_is_thin_and_long() -> None:
    assert [leak.yeom for leak in Run().pictures(5, INSIDE, (57, 85, 65, 115))] == ["C"]


def _lump(radius_px: int, *, at_px: int = 60) -> CementMask:
    """Cement inside the body and a disc in front of it, its middle ``at_px`` from the left; the wall is at 60."""
    seen = Run().mask(INSIDE)
    rows, cols = np.mgrid[0 : CROP.height_px, 0 : CROP.width_px]
    seen.mask[(cols + CROP.x0_px - at_px) ** 2 + (rows + CROP.y0_px - 100) ** 2 <= radius_px**2] = True
    return seen


def _route(seen: CementMask) -> str | None:
    run = Run()
    for k in range(5):
        found = find_leaks(run.memory, k, take_picture(run.beam, k / 10.0), seen, run.maps, run.planned, LeakSettings())
    return found[0].yeom


@pytest.mark.parametrize("radius_px", [5, 9, 14, 20])
def test_a_half_round_lump_on_the_wall_is_no_vein_whatever_its_size(radius_px: int) -> None:
    assert _route(_lump(radius_px)) == "C"


def test_what_stands_off_the_wall_on_a_narrower_foot_may_be_a_vein_that_is_seen_from_its_end() -> None:
    assert _route(_lump(7, at_px=54)) == "S"


@pytest.mark.parametrize("x_px", [57, 53])
def test_a_wide_vein_is_a_vein_also_where_its_beginning_is_not_seen(x_px: int) -> None:
    # 5 mm wide, as the simulator's veins of 0.3 ml.
    assert [leak.yeom for leak in Run().pictures(5, INSIDE, (35, 95, x_px, 104))] == ["S"]


def test_a_vein_is_not_hidden_by_a_larger_lump_beside_it() -> None:
    vein, lump = (40, 84, 60, 87), (52, 95, 62, 118)
    assert [leak.yeom for leak in Run().pictures(5, INSIDE, lump)] == ["C"]
    (leak,) = Run().pictures(5, INSIDE, vein, lump)
    assert (leak.yeom, leak.site) == ("S", LeakSite.ANTERIOR)
    assert leak.area_mm2 > 60.0  # both of them, as before


def test_a_vein_is_not_hidden_by_a_larger_lump_at_the_other_side() -> None:
    left_lump, right_vein = (50, 88, 62, 112), (138, 99, 158, 102)
    assert [leak.yeom for leak in Run("ap").pictures(5, INSIDE, left_lump)] == ["C"]
    assert [leak.yeom for leak in Run("ap").pictures(5, INSIDE, left_lump, right_vein)] == ["S"]


def test_the_largest_is_kept_with_its_shape() -> None:
    run = Run()
    spike = Shape(label="spike", p_spike=0.9, model="m")
    doubtful = Shape(label="undetermined", p_spike=0.5, model="m")
    large = run.pictures(5, INSIDE, (95, 57, 104, 80))[0]
    keep_shape(run.memory, replace(large, shape=spike))
    small = run.picture(INSIDE, (95, 63, 104, 80))[0]
    keep_shape(run.memory, replace(small, shape=doubtful))
    (kept,) = all_leaks(run.memory)
    assert kept.area_mm2 == large.area_mm2
    assert kept.shape == spike
    run.pictures(3, INSIDE)
    assert all_leaks(run.memory) == (kept,)


def test_what_many_pictures_said_gives_way_to_no_single_one() -> None:
    """A fault in the typing of a larger picture, or one that was not typed at all, takes back no weighed shape."""
    run = Run()
    spike = Shape(label="spike", p_spike=0.9, model="m", frames=(3, 4, 5))
    fault = Shape(label="undetermined", p_spike=Unknown("a fault"), model="m", reason="a fault")
    small = run.pictures(5, INSIDE, (95, 63, 104, 80))[0]
    keep_shape(run.memory, replace(small, shape=spike))
    large = run.picture(INSIDE, (95, 57, 104, 80))[0]
    (kept,) = all_leaks(run.memory)
    assert (kept.area_mm2, kept.shape) == (large.area_mm2, spike)
    keep_shape(run.memory, replace(large, shape=fault))
    assert all_leaks(run.memory)[0].shape == spike
    better = replace(spike, label="round", frames=(4, 5, 6))
    keep_shape(run.memory, replace(small, shape=better))
    assert all_leaks(run.memory)[0].shape == better


def test_both_sides_are_one_site_and_the_larger_stands_for_it() -> None:
    leaks = Run("ap").pictures(5, (40, 95, 62, 105), (138, 95, 150, 105))
    assert [leak.site for leak in leaks] == [LeakSite.LATERAL]
    assert leaks[0].outline_px[:, 0].max() < 60


def test_several_sites_at_once() -> None:
    found = Run().pictures(5, (50, 80, 155, 100), (95, 50, 105, 150))
    assert {leak.site for leak in found} == set(LeakSite) - {LeakSite.LATERAL}


@pytest.mark.parametrize(
    ("view", "box", "yeom"),
    [
        ("lateral", (40, 99, 62, 101), "S"),  # 1.5 mm thin, 10 mm long, from the front
        ("ap", (138, 99, 165, 101), "S"),
        ("lateral", (45, 85, 62, 115), "C"),
        ("lateral", (138, 95, 150, 105), "B"),  # the middle of the posterior wall
        ("lateral", (138, 72, 150, 82), "C"),  # its upper third
        ("lateral", (95, 50, 97, 72), "C"),  # thin, but into the disc
    ],
)
def test_the_route(view: str, box: Box, yeom: str) -> None:
    assert Run(view).pictures(5, INSIDE, box)[0].yeom == yeom


@pytest.mark.parametrize(
    ("length_mm", "magnitude"), [(14.0, "minor"), (16.5, "moderate"), (28.0, "moderate"), (31.0, "major")]
)
def test_the_magnitude_is_against_pedicle_and_body(length_mm: float, magnitude: str) -> None:
    # L1: pedicle 15.5 mm, body 30 mm.
    long_px = round(length_mm / 0.5)
    leak = Run().pictures(5, INSIDE, (142, 150 - long_px, 146, 149))[0]
    assert leak.length_mm == pytest.approx(length_mm, abs=0.9)
    assert leak.magnitude == magnitude


def test_each_level_of_a_plan_has_a_pedicle() -> None:
    levels = [f"T{k}" for k in range(1, 13)] + [f"L{k}" for k in range(1, 7)] + ["S1"]
    assert sorted(PEDICLE_HEIGHT_MM) == sorted(levels)
    # The two that are published.
    assert PEDICLE_HEIGHT_MM["T11"] == 17.0
    assert PEDICLE_HEIGHT_MM["L5"] == 12.9


def shots(run: Run, *pictures: tuple[Box, ...]) -> list[list[LeakSite]]:
    """Single shots eight seconds apart, each held for a second: which leaks stand at the end of each."""
    stood = []
    for boxes in pictures:
        at_s = 8.0 * (run.frame + 1)
        acquisition = take_picture(run.beam, at_s)
        run.frame += 1
        leaks = find_leaks(run.memory, run.frame, acquisition, run.mask(*boxes), run.maps, run.planned, LeakSettings())
        leaks += settle_leaks(run.memory, at_s + 1.0, LeakSettings())
        stood.append([leak.site for leak in leaks])
    return stood


def test_a_leak_of_one_shot_counts_and_the_next_confirms_or_withdraws_it() -> None:
    disc, front = (95, 57, 104, 80), (50, 95, 62, 105)
    run = Run()
    stood = shots(run, (INSIDE,), (INSIDE, disc, front), (INSIDE, disc), (INSIDE, disc))
    both = {LeakSite.SUPERIOR_DISC, LeakSite.ANTERIOR}
    assert [set(each) for each in stood] == [set(), both, {LeakSite.SUPERIOR_DISC}, {LeakSite.SUPERIOR_DISC}]
    assert [leak.site for leak in all_leaks(run.memory)] == [LeakSite.SUPERIOR_DISC], "the other was seen once alone"
    assert all_leaks(run.memory)[0].first_frame == 1


def test_of_pictures_without_a_clock_the_second_confirms() -> None:
    run, disc = Run(), (95, 57, 104, 80)
    for k, boxes in enumerate([(INSIDE,), (INSIDE, disc), (INSIDE, disc)]):
        acquisition = take_picture(run.beam, k / 15, timed=False)
        found = find_leaks(run.memory, k, acquisition, run.mask(*boxes), run.maps, run.planned, LeakSettings())
    assert [leak.site for leak in found] == [LeakSite.SUPERIOR_DISC]
