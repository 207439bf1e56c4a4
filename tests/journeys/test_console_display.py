"""A console that shows the picture otherwise in the middle of a run: told in one sentence, measured once taken over."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.cli import main
from assistant.plan import read_plan
from assistant.review.stored import read_analysed
from assistant.settings.file import default_settings
from assistant.training.run_outcome import read_run_outcome
from assistant.vocabulary import Motion
from tests.small_run import pictures, plan_document, write_video

Grey8 = NDArray[np.uint8]
BEGINS = 24
"""From this frame on the console shows it otherwise, before there is much cement."""
COUNT = 60


def analyze(folder: Path, made: list[Grey8], **more: Any) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """What the command says of pictures and a plan; ``more`` goes into the plan."""
    folder.mkdir()
    plan = folder / "plan.json"
    plan.write_text(json.dumps(plan_document() | more), encoding="utf-8")
    video = write_video(folder / "run.mkv", made)
    asked = ["analyze", video, "--plan", plan, "--out", folder / "out", "--defaults", "--masks"]
    assert main([str(each) for each in asked]) == 0
    with (folder / "out" / "measurements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return json.loads((folder / "out" / "result.json").read_text(encoding="utf-8")), rows


def zoomed(times: float) -> Callable[[Grey8], Grey8]:
    """As a console enlarges it about the middle."""

    def zoom(grey: Grey8) -> Grey8:
        rows, cols = grey.shape
        middle = np.array([(cols - 1) / 2, (rows - 1) / 2])
        matrix = np.column_stack([np.eye(2) * times, middle - times * middle])
        return np.asarray(cv2.warpAffine(grey, matrix, (cols, rows)), np.uint8)

    return zoom


def mirrored(grey: Grey8) -> Grey8:
    return np.ascontiguousarray(grey[:, ::-1])


def inverted(grey: Grey8) -> Grey8:
    return np.asarray(255 - grey, np.uint8)


def turned(grey: Grey8) -> Grey8:
    return np.ascontiguousarray(grey[::-1, ::-1])


CHANGES = {
    "zoomed ×1.": zoomed(1.2),
    "mirrored": mirrored,
    "turned by 180°": turned,
    "inverted": inverted,
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], list[dict[str, str]]]:
    """The run as it is: its folder, and what the command says of it."""
    folder = tmp_path_factory.mktemp("plain") / "run"
    return folder, *analyze(folder, list(pictures(COUNT)))


LINES = [f"{line}_mm" for line in ("superior_endplate", "inferior_endplate", "anterior_wall")]
TOWARDS_THE_CANAL = [
    f"{line}_mm"
    for line in ("posterior_wall", "warning_line", "posterior_upper", "posterior_middle", "posterior_lower", "front")
]
EXACT_MM, ZOOMED_MM, EARLY_MM = 0.05, 0.5, 2.6
"""Mirrored and turned by a half nothing is resampled; a zoomed picture finds the front by up to 2.4 mm earlier in one
picture of two, and never later than the second figure."""


def holds_as_it_was(rows: list[dict[str, str]], as_it_was: list[dict[str, str]], *, zoomed: bool) -> None:
    """Every distance of every row, and whether there is one."""
    for row, same in zip(rows, as_it_was, strict=True):
        for column in (*LINES, *TOWARDS_THE_CANAL):
            assert bool(row[column]) is bool(same[column]), (row["frame"], column)
            if not same[column]:
                continue
            further_mm = float(row[column]) - float(same[column])
            most_mm = ZOOMED_MM if zoomed else EXACT_MM
            least_mm = -EARLY_MM if zoomed and column in TOWARDS_THE_CANAL else -most_mm
            assert least_mm <= further_mm <= most_mm, (row["frame"], column, further_mm)


def mask(folder: Path, frame: int) -> Grey8:
    read = cv2.imread(str(folder / "out" / "masks" / f"{frame:06d}.png"), cv2.IMREAD_GRAYSCALE)
    assert read is not None
    return np.asarray(read, np.uint8)


def changed(how: Callable[[Grey8], Grey8], *, end: int = COUNT) -> list[Grey8]:
    """The small run, shown otherwise from one frame to another."""
    return [how(grey) if BEGINS <= k < end else grey for k, grey in enumerate(pictures(COUNT))]


@pytest.mark.parametrize("word", CHANGES)
def test_it_is_named_in_one_sentence_and_nothing_is_measured(tmp_path: Path, word: str) -> None:
    result, rows = analyze(tmp_path / "run", changed(CHANGES[word]))
    after = rows[BEGINS + 4 :]
    assert all(not row["scale"] and not row["cement_area_mm2"] for row in after)
    assert {row["reason"] for row in after if row["state"] == "live"} == {after[0]["reason"]}
    assert word in after[0]["reason"]
    (note,) = [note for note in result["run"]["notes"] if word in note]
    assert '"displays"' in note, "how it can be measured"


@pytest.mark.parametrize("ground", [127.5, 70.0, 190.0])
def test_a_roadmap_is_named_as_such(tmp_path: Path, ground: float) -> None:
    """Consoles lay it on a grey of half the range, or on a darker or brighter one."""
    made = list(pictures(COUNT))
    mask = np.log(np.mean(made[6:12], axis=0) + 8.0)
    grain = np.random.default_rng(4)

    def subtracted(grey: Grey8) -> Grey8:
        level = ground + 110.0 * (np.log(grey + 8.0) - mask) + grain.normal(0.0, 4.0, grey.shape)
        return np.asarray(np.clip(level, 0, 255), np.uint8)

    _, rows = analyze(tmp_path / "run", changed(subtracted))
    told = [row["reason"] for row in rows[BEGINS + 6 :] if row["state"] == "live"]
    assert told
    assert all("roadmap or a subtraction" in reason for reason in told)
    assert not any(row["scale"] or row["cement_area_mm2"] for row in rows[BEGINS + 6 :])


def the_formula_holds_where_a_motion_is_given(rows: list[dict[str, str]]) -> None:
    """By the contract: no figure of a mirrored picture stands where its formula would draw the walls the wrong way."""
    for row in rows:
        given = [bool(row[name]) for name in ("dx_px", "dy_px", "rotation_deg", "scale")]
        assert given == [row["registration_ok"] == "1" and row["mirrored"] == "0"] * 4, row["frame"]


def whoever_reads_it_again_finds_the_vertebra_where_it_was(folder: Path, as_planned: list[dict[str, str]]) -> None:
    """The review and the training, by the result's folder."""
    settings = default_settings()
    plan = read_plan(folder / "plan.json", settings.alarms.warning_lines)
    moments = read_analysed(folder / "out", plan, (), ())
    learnt = read_run_outcome(folder, folder / "out" / "result.json")
    shown = [moment for moment in moments if moment.frame_index in {int(row["frame"]) for row in as_planned}]
    assert len(shown) == len(as_planned)
    for moment in shown:
        assert isinstance(moment.motion, Motion)
        assert learnt.motion[moment.frame_index] == moment.motion.similarity


@pytest.mark.parametrize("word", CHANGES)
def test_a_plan_that_knows_it_is_measured_on_in_the_new_geometry(
    tmp_path: Path, plain: tuple[Path, dict[str, Any], list[dict[str, str]]], word: str
) -> None:
    """And the plan's own way comes back by itself."""
    end = 48
    entry: dict[str, dict[str, Any]] = {
        "zoomed ×1.": {"zoom": 1.2},
        "mirrored": {"mirrored": True},
        "turned by 180°": {"turn_deg": 180.0},
        "inverted": {"inverted": True},
    }
    folder, result, as_planned = plain
    said, rows = analyze(tmp_path / "run", changed(CHANGES[word], end=end), displays=[entry[word]])
    for first, last in ((BEGINS + 4, end), (end + 4, COUNT)):
        for row, as_it_was in zip(rows[first:last], as_planned[first:last], strict=True):
            assert row["registration_ok"] == "1"
            area, same = float(row["cement_area_mm2"]), float(as_it_was["cement_area_mm2"])
            assert area == pytest.approx(same, abs=12.0, rel=0.12)
    scale = rows[end - 1]["mirrored_scale" if word == "mirrored" else "scale"]
    assert float(scale) == pytest.approx(1.2 if word.startswith("zoomed") else 1.0, abs=0.02)
    is_zoomed = word.startswith("zoomed")
    if word != "inverted":
        holds_as_it_was(rows[BEGINS + 4 : end], as_planned[BEGINS + 4 : end], zoomed=is_zoomed)
    assert {row["mirrored"] == "1" for row in rows[BEGINS + 4 : end]} == {word == "mirrored"}
    the_formula_holds_where_a_motion_is_given(rows)
    assert main(["validate", str(tmp_path / "run" / "out" / "result.json")]) == 0
    whoever_reads_it_again_finds_the_vertebra_where_it_was(tmp_path / "run", as_planned[BEGINS + 4 : end])
    # The same warnings, and the mask where the console shows the cement.
    assert [event["kind"] for event in said["events"]] == [event["kind"] for event in result["events"]]
    for event, same in zip(said["events"], result["events"], strict=True):
        assert -4 <= event["first_frame"] - same["first_frame"] <= (2 if word == "inverted" else 0)
    for frame in range(BEGINS + 4, end, 4):
        made = CHANGES[word](mask(folder, frame)) if word != "inverted" else mask(folder, frame)
        found, expected = mask(tmp_path / "run", frame) > 127, made > 127
        overlap = 2 * (found & expected).sum() / (found.sum() + expected.sum())
        assert overlap > (0.94 if is_zoomed or word == "inverted" else 0.995), frame
