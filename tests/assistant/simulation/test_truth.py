import itertools

import numpy as np
import pytest

from assistant import plan as plan_module
from assistant.geometry import Crop, Similarity, apply
from assistant.lines import WHOLE_LINES
from assistant.simulation import truth
from assistant.vocabulary import LeakSite

MM = 0.25
PART = Crop(x0_px=60, y0_px=50, width_px=220, height_px=200)


def planned(view="lateral"):
    document = {
        "schema": plan_module.SCHEMA,
        "views": [
            {
                "view": view,
                "reference_frame": 0,
                "mm_per_px": MM,
                "landmarks": {
                    "superior": [[100.0, 100.0], [160.0, 106.0], [220.0, 96.0]],
                    "inferior": [[96.0, 190.0], [158.0, 184.0], [224.0, 194.0]],
                },
            }
        ],
    }
    return plan_module.plan_from_document(document, 0.25).views[0]


def still_similarity(view):
    return Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=view.centre_px)


def brute_distance_mm(points, line, inside, *, runs_on):
    """Signed distance by trying ten thousand points of the line: nothing shared with the code under test."""
    chord = line[-1] - line[0]
    unit = chord / np.linalg.norm(chord)
    reach = 600.0 if runs_on else 8.0  # 2 mm
    whole = np.vstack([line[0] - reach * unit, line, line[-1] + reach * unit])
    dense = np.vstack([a + (b - a) * np.linspace(0, 1, 4000)[:, None] for a, b in itertools.pairwise(whole)])
    side_of_line = np.interp(points @ unit, dense @ unit, dense @ np.array([-unit[1], unit[0]]))
    height = points @ np.array([-unit[1], unit[0]]) - side_of_line
    inside_height = inside @ np.array([-unit[1], unit[0]]) - np.interp(
        inside @ unit, dense @ unit, dense @ np.array([-unit[1], unit[0]])
    )
    out = []
    for p, h in zip(points, height, strict=True):
        gap = np.linalg.norm(dense - p, axis=1)
        if not runs_on and gap.argmin() in (0, len(dense) - 1):
            continue
        out.append(gap.min() * np.sign(h) * np.sign(inside_height) * MM)
    return min(out)


def blob(centre, radius_px):
    ys, xs = np.mgrid[PART.rows, PART.cols]
    return np.where((xs - centre[0]) ** 2 + (ys - centre[1]) ** 2 < radius_px**2, 4.0, 0.0).astype(np.float32)


def measure(path, view, similarity, cnr=None, leaked=None, shaft=None):
    return truth.measure(
        view_index=0,
        view=view,
        ruler=truth.Ruler(view, PART),
        similarity=similarity,
        volume_ml=1.0,
        path_mm=path,
        leaked_mm=[np.zeros_like(path)] * len(LeakSite) if leaked is None else leaked,
        contrast_to_noise=np.full_like(path, 10.0) if cnr is None else cnr,
        shaft_mm=np.zeros_like(path) if shaft is None else shaft,
        part=PART,
        mm_per_px=MM,
    )


@pytest.mark.parametrize("centre", [(190.0, 150.0), (215.0, 120.0), (150.0, 112.0), (130.0, 185.0), (105.0, 150.0)])
def test_distances_against_brute_force(centre):
    view = planned()
    path = blob(centre, 9.0)
    found = measure(path, view, still_similarity(view)).distances_mm
    points = truth.points_of(path > 0, PART)
    inside = np.asarray(view.centre_px)
    for name, line, runs_on in (
        ("posterior_wall", view.last_wall, True),
        ("warning_line", view.warning_line, True),
        ("superior_endplate", view.superior, False),
        ("inferior_endplate", view.inferior, False),
        ("anterior_wall", view.first_wall, False),
    ):
        assert found[name] == pytest.approx(brute_distance_mm(points, line, inside, runs_on=runs_on), abs=0.02), name
    assert "side_wall" not in found


def test_more_points_than_opencv_takes_in_a_row_are_measured():
    view = planned()
    ruler = truth.Ruler(view, PART)
    points = np.tile(np.array([[190.0, 150.0], [150.0, 112.0]]), (20_000, 1))
    found = ruler.per_pixel_mm("warning_line", points, still_similarity(view))
    assert found.shape == (40_000,)
    assert np.unique(found[::2]).size == 1
    assert found[0] != found[1]


def test_side_walls_in_ap():
    view = planned("ap")
    found = measure(blob((110.0, 150.0), 6.0), view, still_similarity(view)).distances_mm
    assert set(found) == {"superior_endplate", "inferior_endplate", "side_wall"}
    points = truth.points_of(blob((110.0, 150.0), 6.0) > 0, PART)
    expected = brute_distance_mm(points, view.first_wall, np.asarray(view.centre_px), runs_on=False)
    assert found["side_wall"] == pytest.approx(expected, abs=0.02)


def test_the_simulator_draws_every_line_of_the_program_by_itself():
    drawn = {
        name: runs_on for view in ("lateral", "ap") for name, (_, runs_on) in truth.lines_of(planned(view)).items()
    }
    assert drawn == {line.value: line.runs_on for line in WHOLE_LINES}


def test_lines_move_with_the_vertebra():
    view = planned()
    moved = Similarity(dx_px=11.3, dy_px=-7.6, rotation_deg=2.0, scale=1.0, centre_px=view.centre_px)
    there = apply(moved.current_from_reference(), np.array([[190.0, 140.0]]))[0]
    rest = measure(blob((190.0, 140.0), 9.0), view, still_similarity(view)).distances_mm
    carried = measure(blob(tuple(there), 9.0), view, moved).distances_mm
    for name, value in rest.items():
        assert carried[name] == pytest.approx(value, abs=MM), name


def test_mask_is_the_half_millimetre_path_without_specks():
    view = planned()
    path = blob((160.0, 150.0), 8.0)
    path[path > 0] = 0.5
    path[5, 5] = 3.0  # one pixel of 0.0625 mm²
    path[60:63, 60:63] = 0.6  # 9 pixels, 0.5625 mm²
    path[100, 30:60] = 0.49
    found = measure(path, view, still_similarity(view))
    assert found.cement_mm2 == pytest.approx(((blob((160.0, 150.0), 8.0) > 0).sum() + 9) * MM**2)
    assert not found.cement[5, 5]
    assert found.cement[61, 61]
    assert not found.cement[100, 40]


def test_what_is_visible_beside_a_shaft():
    view = planned()
    path = blob((160.0, 150.0), 10.0)
    shaft = np.zeros_like(path)
    shaft[:, 160 - PART.x0_px :] = 3.0
    found = measure(path, view, still_similarity(view), shaft=shaft)
    assert found.free_mm2 == pytest.approx((path[:, : 160 - PART.x0_px] > 0).sum() * MM**2)
    assert 0.0 < found.free_mm2 < found.visible_mm2


def test_visible_part_and_leaked_area():
    view = planned()
    path = blob((160.0, 104.0), 14.0)  # astride the superior endplate
    cnr = np.full_like(path, 10.0)
    cnr[:, PART.width_px // 2 :] = 2.9
    leaked = [np.zeros_like(path) for _ in LeakSite]
    leaked[list(LeakSite).index(LeakSite.SUPERIOR_DISC)] = path
    found = measure(path, view, still_similarity(view), cnr, leaked)
    assert (found.visible <= found.cement).all()
    assert not found.visible[:, PART.width_px // 2 :].any()
    points = truth.points_of(found.visible, PART)
    above = [
        brute_distance_mm(p[None], view.superior, np.asarray(view.centre_px), runs_on=False) < 0 for p in points[::7]
    ]
    assert found.beyond_mm2[LeakSite.SUPERIOR_DISC] == pytest.approx(np.mean(above) * found.visible_mm2, rel=0.1)
    assert found.beyond_mm2[LeakSite.INFERIOR_DISC] == 0.0
    assert found.visible_mm["superior_endplate"] >= found.distances_mm["superior_endplate"]


def test_nothing_to_measure_without_cement():
    view = planned()
    found = measure(np.zeros((PART.height_px, PART.width_px), np.float32), view, still_similarity(view))
    assert found.cement_mm2 == 0.0
    assert found.distances_mm == {}


def test_a_crossing_has_to_last():
    frames, times = [0, 3, 6, 9, 12], [0.0, 0.1, 0.2, 0.3, 0.4]
    assert truth.first_lasting(frames, times, [False, True, False, True, True], 0.5) == 9
    assert truth.first_lasting(frames, times, [False, True, True, False, False], 0.5) == 3
    assert truth.first_lasting(frames, times, [False, True, False, False, True], 0.5) is None
    assert truth.first_lasting([0, 25], [0.0, 1.0], [False, True], 2.0) == 25
