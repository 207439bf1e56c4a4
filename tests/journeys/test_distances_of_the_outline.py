"""Distances are taken where the outline lies, not at the px that it passes through: they do not step by whole ones."""

from __future__ import annotations

import csv
from pathlib import Path

from assistant.cli import main
from tests.small_run import write_small_run


def test_the_distance_of_a_front_that_comes_nearer_is_told_in_fractions_of_a_pixel(tmp_path: Path) -> None:
    run = write_small_run(tmp_path / "run", 120)
    assert main(["analyze", str(run.folder), "--plan", str(run.plan), "--out", str(tmp_path / "out")]) == 0
    table = next((tmp_path / "out").rglob("measurements.csv"))
    with table.open(encoding="utf-8", newline="") as file:
        told = [row["warning_line_mm"] for row in csv.DictReader(file) if row["warning_line_mm"]]
    # Each X-ray picture stands for two frames. By whole px it was 30 distances in 53 pictures.
    assert len(told) > 80
    assert len(set(told)) > 0.9 * len(told) / 2
