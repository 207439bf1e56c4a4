"""The table's own rules, and the masks beside it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.errors import InputError, UsageError
from assistant.readings.csv_row import COLUMNS
from assistant.validation.table import TableFacts, mask_fault, read_table_facts

ROW = dict.fromkeys(COLUMNS, "") | {
    "t_s": "0.5",
    "state": "live",
    "view": "lateral",
    "registration_ok": "1",
    "dx_px": "0.1",
    "dy_px": "0.1",
    "rotation_deg": "0",
    "scale": "1",
    "cement_area_mm2": "5",
    "posterior_wall_mm": "-1.5",
    "alarm": "none",
    "processing_ms": "4",
}


def write(path: Path, *rows: dict[str, str], head: tuple[str, ...] = COLUMNS) -> Path:
    lines = [",".join(head)]
    for k, row in enumerate(rows):
        lines.append(",".join({**row, "frame": row["frame"] or str(k)}[name] for name in COLUMNS))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_whole_table(tmp_path: Path) -> None:
    lost = ROW | {"registration_ok": "0", "dx_px": "", "cement_area_mm2": "", "posterior_wall_mm": "", "view": ""}
    empty = ROW | {"cement_area_mm2": "0.000", "posterior_wall_mm": "", "reason": "words of any kind"}
    facts = read_table_facts(write(tmp_path / "a.csv", ROW, lost, empty))
    assert (facts.rows, facts.measured, bytes(facts.measured_bits)) == (3, 2, b"\x01\x00\x01")


def test_further_columns_are_anybody_s(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ROW)
    head, line = path.read_text().splitlines()
    path.write_text(f"{head},my_own\n{line},what I like\n")
    assert read_table_facts(path).rows == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"frame": "7"}, "frame must be 0, found '7'"),
        ({"state": "good"}, "unknown state 'good'"),
        ({"view": "oblique"}, "unknown view"),
        ({"alarm": "loud"}, "unknown alarm"),
        ({"alarm": ""}, "alarm is empty"),
        ({"registration_ok": "yes"}, "registration_ok must be"),
        ({"registration_ok": "2"}, "registration_ok must be 0 or 1"),
        ({"t_s": ""}, "t_s is empty"),
        ({"posterior_wall_mm": "nan"}, "posterior_wall_mm must be a number or empty, found 'nan'"),
        ({"posterior_wall_mm": "near"}, "must be a number"),
        ({"cement_area_mm2": "0"}, "posterior_wall_mm is given without cement"),
        ({"cement_area_mm2": ""}, "posterior_wall_mm is given without cement"),
        ({"dx_px": ""}, "the motion is not there"),
    ],
)
def test_a_row_that_the_contract_does_not_allow(tmp_path: Path, change: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=r"line 2 \(frame 0\)") as refused:
        read_table_facts(write(tmp_path / "a.csv", ROW | change))
    assert words in str(refused.value)


def test_time_never_falls(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"line 3 .*t_s falls from 0\.5 to 0\.4"):
        read_table_facts(write(tmp_path / "a.csv", ROW, ROW | {"t_s": "0.4"}))


def test_a_table_that_is_cut_off(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ROW, ROW)
    path.write_text(path.read_text()[:-40])
    with pytest.raises(UsageError, match=r"line 3 has .* cells instead of"):
        read_table_facts(path)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n"])
def test_a_file_that_is_no_table(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match="the first line must begin with frame,t_s,state"):
        read_table_facts(path)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_table_facts(tmp_path / "none.csv")
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        read_table_facts(tmp_path / "a.csv")


@pytest.fixture
def masks(tmp_path: Path) -> Path:
    for k in (0, 2):
        cv2.imwrite(str(tmp_path / f"{k:06d}.png"), np.zeros((30, 40), np.uint8))
    (tmp_path / "notes.png").write_bytes(b"somebody's")
    return tmp_path


FACTS = TableFacts(rows=3, measured=2, measured_bits=bytearray(b"\x01\x00\x01"))


def test_whole_masks(masks: Path) -> None:
    assert mask_fault(masks, FACTS, 40, 30, complete=True) == ""
    assert mask_fault(masks / "nowhere", FACTS, 40, 30, complete=True) == ""


def test_a_mask_of_a_frame_that_was_not_measured(masks: Path) -> None:
    (masks / "000001.png").write_bytes((masks / "000000.png").read_bytes())
    assert "masks/000001.png belongs to a frame that was not measured" in mask_fault(masks, FACTS, 40, 30, True)


def test_a_mask_of_another_size_or_kind(masks: Path) -> None:
    assert "is not an 8-bit grey PNG of 41 x 30" in mask_fault(masks, FACTS, 41, 30, True)
    cv2.imwrite(str(masks / "000002.png"), np.zeros((30, 40, 3), np.uint8))
    assert "masks/000002.png is not" in mask_fault(masks, FACTS, 40, 30, True)
    (masks / "000002.png").write_bytes(b"")
    assert "masks/000002.png is not" in mask_fault(masks, FACTS, 40, 30, True)


def test_a_mask_that_is_missing(masks: Path) -> None:
    (masks / "000002.png").unlink()
    assert "masks/000002.png is missing" in mask_fault(masks, FACTS, 40, 30, True)
    assert mask_fault(masks, FACTS, 40, 30, complete=False) == ""
