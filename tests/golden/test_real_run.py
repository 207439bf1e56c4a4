"""The real angiography run: a real moving X-ray picture in which vessels fill with contrast, and no cement is."""

import csv
import json
from pathlib import Path

import pytest

from assistant.cli import main
from tests.small_run import plan_document

RUN = Path(__file__).resolve().parents[3] / "shared" / "data" / "xa_run" / "coronary_96_frames.dcm"

pytestmark = [
    pytest.mark.needs_shared_data,
    pytest.mark.skipif(not RUN.is_file(), reason="the real data beside the project is absent"),
]

# The thoracic vertebra whose endplates are seen best; the scale is a guess, the file states none.
LANDMARKS = {
    "superior": [[272.0, 160.0], [352.0, 158.0], [430.0, 160.0]],
    "inferior": [[270.0, 232.0], [345.0, 233.0], [420.0, 238.0]],
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    plan = folder / "plan.json"
    plan.write_text(json.dumps(plan_document(level="T8", mm_per_px=0.3, landmarks=LANDMARKS)), encoding="utf-8")
    assert main(["analyze", str(RUN), "--plan", str(plan), "--out", str(folder / "out"), "--masks", "--defaults"]) == 0
    return folder / "out"


@pytest.fixture(scope="module")
def rows(out: Path) -> list[dict[str, str]]:
    with (out / "measurements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_is_analysed_to_its_end(out: Path, rows: list[dict[str, str]]) -> None:
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert result["complete"] is True
    assert len(rows) == result["run"]["frames"] == 96
    assert main(["validate", str(out)]) == 0
    assert main(["validate", str(RUN)]) == 0


def test_the_lines_go_with_the_bone_or_are_withdrawn_with_a_reason(rows: list[dict[str, str]]) -> None:
    carried = [row for row in rows if row["registration_ok"] == "1"]
    assert len(carried) >= 48
    # The heart beats in front of a spine that moves by a few pixels only.
    assert max(abs(float(row[name])) for row in carried for name in ("dx_px", "dy_px")) < 12
    assert all(row["reason"] for row in rows if row["registration_ok"] == "0")


def test_contrast_in_vessels_is_not_called_cement(out: Path, rows: list[dict[str, str]]) -> None:
    called_mm2 = [float(row["cement_area_mm2"]) for row in rows if row["cement_area_mm2"]]
    assert called_mm2
    assert sum(area > 5.0 for area in called_mm2) <= 0.02 * len(rows)
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert result["leaks"] == []
    assert [event for event in result["events"] if event["site"] is not None] == []
