import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.capture.masking.layout import SCHEMA, ConsoleLayout, layouts, read_layout
from assistant.errors import UsageError

TEMPLATE = Path(__file__).resolve().parents[5] / "shared" / "data" / "console_layout" / "Templates.png"


def profile(tmp_path: Path, **changes: object) -> Path:
    plain = {"schema": SCHEMA, "name": "x", "field": {"x0": 0.25, "y0": 0.0, "x1": 1.0, "y1": 1.0}}
    path = tmp_path / "x.json"
    path.write_text(json.dumps(plain | changes))
    return path


def test_the_profiles_that_come_with_the_program_are_usable() -> None:
    found = layouts()
    assert found
    for name, layout in found.items():
        assert layout.name == name
        assert 0.3 < layout.field_mask(1280, 1024).mean() < 1.0


@pytest.mark.parametrize(("shape", "share"), [("rectangle", 1.0), ("ellipse", np.pi / 4), ("octagon", 0.828)])
def test_the_shapes_of_a_field(tmp_path: Path, shape: str, share: float) -> None:
    layout = read_layout(profile(tmp_path, shape=shape))
    mask = layout.field_mask(1000, 800)
    assert not mask[:, :249].any()
    assert mask[:, 250:].mean() == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "other"},
        {"field": {"x0": 0.5, "y0": 0.0, "x1": 0.4, "y1": 1.0}},
        {"field": {"x0": -0.1, "y0": 0.0, "x1": 0.4, "y1": 1.0}},
        {"shape": "star"},
        {"text": [{"x0": 0.2, "y0": 0.0, "x1": 0.3, "y1": 0.1}]},
        {"mark": {"box": {"x0": 0.5, "y0": 0.5, "x1": 0.5, "y1": 0.6}, "above": 1}},
        {"name": 3},
    ],
)
def test_what_is_no_usable_profile_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=r"x\.json"):
        read_layout(profile(tmp_path, **changes))


def test_a_file_that_is_missing_or_no_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_layout(tmp_path / "none.json")
    (tmp_path / "y.json").write_text("{")
    with pytest.raises(UsageError, match="no layout profile"):
        read_layout(tmp_path / "y.json")


def test_a_sites_profile_takes_the_programs_place(tmp_path: Path) -> None:
    name = next(iter(layouts()))
    profile(tmp_path, name=name, note="ours")
    assert layouts(tmp_path)[name].note == "ours"


def test_the_mark_is_read(tmp_path: Path) -> None:
    box = {"x0": 0.0, "y0": 0.0, "x1": 0.1, "y1": 0.1}
    layout = read_layout(profile(tmp_path, mark={"box": box, "above": 100}))
    dark, lit = np.zeros((100, 100), np.uint8), np.zeros((100, 100), np.uint16)
    lit[:10, :10] = 60000
    assert layout.mark_is_lit(dark) is False
    assert layout.mark_is_lit(lit) is True
    assert read_layout(profile(tmp_path)).mark_is_lit(dark) is None


@pytest.mark.needs_shared_data
@pytest.mark.skipif(not TEMPLATE.exists(), reason="the real data (console layout) beside the project is absent")
def test_the_real_console_keeps_its_panel_out_of_the_field() -> None:
    picture = cv2.imread(str(TEMPLATE), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    panel: ConsoleLayout = layouts()["panel left"]
    mask = panel.field_mask(picture.shape[1], picture.shape[0])
    edge = int(np.argmax(mask[100]))
    assert not mask[:, :88].any()
    assert edge < 95
    assert not mask[:7].any()
    assert mask.mean() > 0.75
    assert panel.mark_is_lit(picture) is True
