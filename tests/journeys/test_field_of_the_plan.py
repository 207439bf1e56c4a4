"""Blades round the body, flicker and torn frames cost no figures: what counts is the field round the plan."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assistant.cli import main
from assistant.simulation.building import build_flow
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.scenario import Case, SourceFault
from assistant.simulation.tabletop import small_case, small_patient
from assistant.simulation.writing import write_run

changed: Any = msgspec.structs.replace


@cache
def made(kind: str) -> Case:
    """The small run in a wider field, and what happens to it."""
    case = small_case(dose_ngy=120.0)
    case = changed(case, geometry=changed(case.geometry, field_mm=1.5 * case.geometry.field_mm, offset_mm=(0.0, 0.0)))
    if kind.startswith("inverted"):
        case = changed(case, screen=changed(case.screen, bright_cement=True))
    if kind.endswith("blades"):
        return changed(case, screen=changed(case.screen, blades_round_body_mm=14.0, blades_move_at_s=3.0))
    if kind == "flicker":
        return changed(case, faults=(SourceFault(kind="flicker", from_s=1.5, to_s=9.0),))
    if kind == "torn":
        each = [2.4 + 0.8 * k for k in range(6)]
        return changed(case, faults=tuple(SourceFault(kind="half_frame", from_s=s, to_s=s + 0.07) for s in each))
    return case


def measured(kind: str, folder: Path) -> list[dict[str, str]]:
    run = Fluoroscope(made(kind), 0, small_patient(), build_flow(made(kind), 0, small_patient()))
    write_run(run, folder / kind)
    asked = [
        "analyze",
        folder / kind / "run.mkv",
        "--plan",
        folder / kind / "plan.json",
        "--out",
        folder / f"{kind}_out",
    ]
    assert main([str(each) for each in [*asked, "--defaults"]]) == 0
    with (folder / f"{kind}_out" / "measurements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", ["blades", "inverted blades", "flicker", "torn"])
def test_figures_stay(tmp_path: Path, kind: str) -> None:
    """Blades are black, and white on a console that inverts its pictures."""
    plain, rows = measured("inverted" if "inverted" in kind else "plain", tmp_path), measured(kind, tmp_path)
    assert "no_signal" not in {row["state"] for row in rows}
    if kind != "torn":
        assert "unusable" not in {row["state"] for row in rows}
    torn = {k for k, row in enumerate(rows) if row["state"] == "unusable"}
    assert len(torn) <= (12 if kind == "torn" else 0), "torn frames, and nothing else"
    had = [k for k, row in enumerate(plain) if row["cement_area_mm2"] and k not in torn]
    lost = [k for k in had if not rows[k]["cement_area_mm2"]]
    assert had
    assert len(lost) <= 0.02 * len(had), [(k, rows[k]["state"], rows[k]["reason"]) for k in lost]
