"""A console that shows the live picture beside a held one: what is said is said of the one with the plan's points."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from assistant.cli import main
from assistant.reports.day_facts import clock
from assistant.reports.tables import lists_table
from assistant.system.places import data_home
from tests.two_pictures import LEFT, RIGHT, Picture, film, plan_at, screen, write_screens
from ui.shell import Shell

COUNT = 48
FILM = film(COUNT)
HELD = FILM[20]
OTHER = np.ascontiguousarray(FILM[40][::-1, ::-1])
SMALL = cv2.resize(HELD, (90, 90), interpolation=cv2.INTER_AREA)
LARGE = cv2.resize(OTHER, (340, 340))


def _analysed(
    folder: Path, drawn: Callable[[int], Picture], at: tuple[int, int]
) -> tuple[list[dict[str, str]], dict[str, Any]]:
    run = write_screens(folder, COUNT, drawn, plan_at(*at))
    assert main(["analyze", str(run), "--plan", str(run / "plan.json"), "--out", str(folder / "out")]) == 0
    assert main(["validate", str(folder / "out")]) == 0
    with (folder / "out" / "measurements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows, json.loads((folder / "out" / "result.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, int], list[dict[str, str]]]:
    """The same film alone on the screen."""
    folder = tmp_path_factory.mktemp("plain")
    return {
        at: _analysed(folder / str(at[0]), lambda k, at=at: screen((FILM[k], at)), at)[0]
        for at in (LEFT, RIGHT, (210, 10))
    }


@pytest.mark.parametrize(
    ("drawn", "at", "word"),
    [
        (lambda k: screen((FILM[k], LEFT), (HELD, RIGHT)), LEFT, "left"),
        (lambda k: screen((FILM[k], RIGHT), (HELD, LEFT)), RIGHT, "right"),
        (lambda k: screen((FILM[k], LEFT), (OTHER, (380, 160)), ground=74, words=True), LEFT, "left"),
        (lambda k: screen((FILM[k], RIGHT), (LARGE, (0, 140))), RIGHT, "right"),
        (lambda k: screen((FILM[k], (210, 10)), (OTHER, (210, 330)), ground=74), (210, 10), "top"),
    ],
    ids=["live left", "live right", "a gap with words", "held one larger", "above"],
)
def test_the_live_picture_is_measured_as_if_it_were_alone(
    tmp_path: Path,
    plain: dict[tuple[int, int], list[dict[str, str]]],
    drawn: Callable[[int], Picture],
    at: tuple[int, int],
    word: str,
) -> None:
    rows, result = _analysed(tmp_path / "run", drawn, at)
    alone = plain[at]
    assert [row["state"] for row in rows] == [row["state"] for row in alone]
    assert [row["alarm"] for row in rows] == [row["alarm"] for row in alone]
    assert "high" in {row["alarm"] for row in rows}
    for name in ("cement_area_mm2", "warning_line_mm"):
        pairs = [(row[name], other[name]) for row, other in zip(rows, alone, strict=True)]
        assert all(bool(one) == bool(other) for one, other in pairs)
        assert max(abs(float(one) - float(other)) for one, other in pairs if one) < 12.0
    assert any(f"the one at the {word}" in note for note in result["run"]["notes"])


def test_a_small_reference_in_the_corner_changes_nothing_that_counts(
    tmp_path: Path, plain: dict[tuple[int, int], list[dict[str, str]]]
) -> None:
    rows, _ = _analysed(tmp_path / "run", lambda k: screen((FILM[k], LEFT), (SMALL, (250, 160))), LEFT)
    assert [row["state"] for row in rows] == [row["state"] for row in plain[LEFT]]
    assert [row["alarm"] for row in rows] == [row["alarm"] for row in plain[LEFT]]


def test_a_held_picture_with_the_points_is_frozen_though_the_other_is_live(tmp_path: Path) -> None:
    """Never "live", and the reason says where the live one is."""
    rows, result = _analysed(tmp_path / "run", lambda k: screen((FILM[min(k, 12)], LEFT), (FILM[k], RIGHT)), LEFT)
    assert {row["state"] for row in rows[14:27]} <= {"repeat"}
    assert {row["state"] for row in rows[30:]} == {"frozen"}
    assert "the picture at the right is live instead" in rows[-1]["reason"]
    assert "frozen" in {event["kind"] for event in result["events"]}
    assert any("stood still while the one at the right was live" in note for note in result["run"]["notes"])


def test_a_console_that_goes_over_to_two_pictures_is_told(tmp_path: Path) -> None:
    def drawn(k: int) -> Picture:
        return screen((FILM[k], LEFT)) if k < 20 else screen((FILM[k], LEFT), (HELD, RIGHT))

    rows, result = _analysed(tmp_path / "run", drawn, LEFT)
    assert "high" in {row["alarm"] for row in rows}
    assert any("the screen changed" in note for note in result["run"]["notes"])


def test_a_field_longer_than_a_picture_that_nothing_parts_is_told(tmp_path: Path) -> None:
    def drawn(k: int) -> Picture:
        soft = cv2.GaussianBlur(np.hstack([FILM[k], HELD]), (121, 1), 0)
        return screen((soft, LEFT))

    _, result = _analysed(tmp_path / "run", drawn, LEFT)
    assert any("times as wide as it is high" in note for note in result["run"]["notes"])


def test_a_screen_that_changes_is_an_event_of_the_review_and_the_report(
    qtbot: Any, window: Shell, tmp_path: Path
) -> None:
    """From which frame on: found in the window, kept by the command, and shown again from what was kept."""

    def drawn(k: int) -> Picture:
        return screen((FILM[k], LEFT)) if k < 20 else screen((FILM[k], LEFT), (HELD, RIGHT))

    run = write_screens(tmp_path / "run", COUNT, drawn, plan_at(*LEFT))
    window.go_to("review")
    page: Any = window.page("review")

    def shown(run: Path) -> list[tuple[int, str]]:
        assert page.open(str(run), None)
        qtbot.waitUntil(lambda: page.session.ended)
        return [(row.frame, row.aside) for row in page.events.rows() if row.title == "Screen changed"]

    ((frame, said),) = shown(run)
    assert 20 < frame < COUNT
    assert said.startswith("The screen shows 2 pictures; the one at the left")
    facts = page.exporter.material(page.session).report()
    part = ["screen", clock(frame / 15), str(frame), said, ""]
    assert part in lists_table(facts)
    page.close_session()

    assert main(["import", str(run)]) == 0
    (run,) = (data_home() / "runs").glob("*/run")
    assert main(["validate", str(run.parent / "result")]) == 0
    document = json.loads((run.parent / "result" / "result.json").read_text(encoding="utf-8"))
    assert [each["frame"] for each in document["run"]["screen_changes"]] == [frame]
    assert shown(run) == [(frame, said)]
    assert page.session.result is not None, "it was read, not made anew"
    page.close_session()


def test_more_than_one_picture_that_moves_is_told(tmp_path: Path) -> None:
    """A browser of a console plays films in its small pictures: nothing tells which of them is of now."""
    rng = np.random.default_rng(7)
    scene = cv2.GaussianBlur(rng.normal(size=(300, 300)), (0, 0), 20.0)
    scene = 120.0 + 30.0 * scene / scene.std()

    def drawn(k: int) -> Picture:
        other = np.clip(scene + rng.normal(0.0, 6.0, scene.shape), 0, 255).astype(np.uint8)
        film_now = FILM[k] if k < 30 else np.clip(scene.T + rng.normal(0.0, 6.0, scene.shape), 0, 255).astype(np.uint8)
        return screen((film_now, LEFT), (other, (380, 160)), ground=74, words=True)

    rows, result = _analysed(tmp_path / "run", drawn, LEFT)
    (note,) = [each for each in result["run"]["notes"] if "more than one" in each]
    assert "the one at the left was looked at" in note
    lost = [row["reason"] for row in rows[34:] if row["state"] == "live"]
    assert lost
    assert all("more than one picture on the screen moves" in reason for reason in lost), lost
    assert not any("more than one" in row["reason"] for row in rows[:28])
