"""X-ray in single shots and short exposures, by the command and in the theatre: counted, measured, never blind."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from assistant.cli import main
from assistant.geometry import Similarity
from assistant.live.procedure import Procedure
from assistant.live.session import LiveSession
from assistant.review.session_reading import read_session_day
from assistant.settings.tree import Settings
from assistant.simulation.tabletop import Tabletop
from tests.exposures import Exposures, in_exposures, write_exposures
from tests.small_run import FPS
from tests.waiting import wait_until

SHOTS = in_exposures([1] * 14)
SHORT = in_exposures([6, 2, 10, 3, 8, 2, 7])
LOST = in_exposures([5, 1, 6, 1, 1, 5], beyond=[1, 2])


def pushed_shots(count: int, dose_ngy: float, seed: int) -> tuple[Exposures, list[tuple[float, float]]]:
    """Single shots, the table pushed by up to 13 mm and the light halved or doubled at each; soon all cement."""
    patient, rng = Tabletop(dose_ngy=dose_ngy, seed=seed), np.random.default_rng(seed + 5)
    rows, cols = np.mgrid[:300, :320]
    x, y = patient.centre_px
    cement = ((cols - x) / 34) ** 2 + ((rows - y) / 27) ** 2 < 1
    frames, new, moved = [], [], []
    for k in range(count):
        dx, dy = rng.uniform(-33, 33, 2) if k else (0.0, 0.0)
        there = Similarity(dx_px=dx, dy_px=dy, rotation_deg=0.0, scale=1.0, centre_px=patient.centre_px)
        gain = float(np.exp(rng.uniform(-0.9, 0.7))) if k else 1.0
        grey = patient.frame(similarity=there, gain=gain, cement=cement if k > 1 else None).grey
        new.append(len(frames))
        moved.append((float(dx), float(dy)))
        frames += [grey] * 45
    return Exposures(tuple(frames), tuple(new), (1 / 7.5,) * count), moved


def analysed(folder: Path, made: Exposures) -> tuple[dict, list[dict[str, str]]]:
    small = write_exposures(folder, made)
    assert main(small.arguments()) == 0
    with (small.out / "measurements.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return json.loads((small.out / "result.json").read_text()), rows


@pytest.mark.parametrize("made", [SHORT, in_exposures([20, 10, 20])], ids=["short", "long"])
def test_exposures_and_x_ray_time_stand_in_the_result(tmp_path, made):
    result, _ = analysed(tmp_path, made)
    assert result["run"]["exposures"] == len(made.lengths_s)
    # Up to three of this small run's 38 short pictures are said to be repeats of the frame before (none a replay).
    assert result["run"]["xray_s"] == pytest.approx(sum(made.lengths_s), abs=0.05 * sum(made.lengths_s) + 2 / 7.5)


def test_single_shots_are_measured_and_a_line_that_was_crossed_is_told(tmp_path):
    result, rows = analysed(tmp_path, SHOTS)
    assert result["run"]["exposures"] == len(SHOTS.new)
    seen = [rows[at] for at in SHOTS.new]
    assert all(row["state"] == "live" for row in seen)
    assert np.mean([row["cement_area_mm2"] != "" for row in seen]) >= 0.9
    past = [at for at in SHOTS.new if (row := rows[at])["warning_line_mm"] and float(row["warning_line_mm"]) < -0.5]
    told = [event["first_frame"] for event in result["events"] if event["kind"] == "warning_line"]
    assert told
    assert told[0] <= past[0] + 3
    technical = {"registration_lost", "view_changed"}
    assert not technical & {event["kind"] for event in result["events"]}


def test_one_shot_that_does_not_show_the_vertebra_says_why_and_is_told_while_it_is_held(tmp_path):
    """Nobody waits for the next one. Two in a row are told as another view too."""
    made = in_exposures([1] * 14, beyond=[6, 9, 10])
    result, rows = analysed(tmp_path, made)
    assert all(rows[made.new[k]]["reason"] for k in (6, 9, 10))
    lost, views = (
        [e["first_frame"] for e in result["events"] if e["kind"] == kind]
        for kind in ("registration_lost", "view_changed")
    )
    assert [next(k for k in (6, 9) if made.new[k] <= at < made.new[k + 1]) for at in lost] == [6, 9]
    assert min(views) >= made.new[10]


@pytest.mark.parametrize("seed", [0, 1])
def test_each_shot_is_found_wherever_the_table_was_pushed(tmp_path, seed):
    made, moved = pushed_shots(10, 4.0, seed)
    _, rows = analysed(tmp_path, made)
    shown = [(rows[at]["dx_px"], rows[at]["dy_px"]) for at in made.new]
    assert all(dx for dx, _ in shown), [rows[at]["reason"] for at in made.new]
    away = np.array(shown, dtype=float) - np.array(moved)
    assert np.abs(away).max() * 0.4 < 1.0


@pytest.mark.parametrize("made", [SHOTS, SHORT, LOST], ids=["shots", "short", "lost"])
def test_no_new_picture_is_without_figures_and_without_a_word(tmp_path, made):
    result, rows = analysed(tmp_path, made)
    for at in made.new:
        row = rows[at]
        stands = row["alarm"] in ("medium", "high")
        assert row["cement_area_mm2"] or row["reason"] or stands, at
    if made is LOST:
        ended = [made.new[5 - 1 + 1], made.new[5 + 1 + 6 - 1]]
        lost = [e for e in result["events"] if e["kind"] in ("registration_lost", "view_changed")]
        assert any(e["first_frame"] <= ended[1] + 8 for e in lost), "while it is held nobody sees cement"


def test_the_theatre_counts_what_was_filmed_in_both_inputs(tmp_path):
    """Three exposures of a second and more; a pause is no X-ray, and what was counted stands in the day."""
    made = in_exposures([8, 6, 8, 6], pause_s=1.6)
    video = write_exposures(tmp_path, made).video
    procedure = Procedure(Settings(), LiveSession)
    procedure.start(f"loop:{video}")
    session = procedure.session
    assert session is not None
    folder = session.folder
    assert procedure.open_second(f"loop:{video}") == []
    counted: dict[int, tuple[float, ...]] = {1: (), 2: ()}

    def look() -> None:
        session.poll()
        procedure.look(session.status)
        counted[1] = session.status.xray_s
        if session.second is not None and session.second.status is not None:
            counted[2] = session.second.status.xray_s

    try:
        wait_until(lambda: min(map(len, counted.values())) >= 4, look, lambda: counted, 0.02)
        assert procedure.log.xray.pushes == len(counted[1])
    finally:
        procedure.end()
    off_s = []
    for lengths in counted.values():
        # The first may have begun before the program looked, the last goes on.
        off_s += [min(abs(each - true) for true in made.lengths_s) for each in lengths[1:-1]]
    # On a machine that is starved the analysis skips frames, and with one a picture at an end: never more than that.
    assert max(off_s) < 1.1 * 2 / FPS, off_s
    assert np.median(off_s) < 0.1 * min(made.lengths_s), off_s
    day = read_session_day(folder)
    assert day is not None
    assert day.levels[0].exposures == len(counted[1]) + len(counted[2])
    assert day.levels[0].second_exposures == len(counted[2])
    assert day.levels[0].xray_s == pytest.approx(sum(counted[1]) + sum(counted[2]), rel=0.05)
    assert day.levels[0].second_xray_s == pytest.approx(sum(counted[2]), rel=0.05)
