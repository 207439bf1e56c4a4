"""Readings to rows, masks and documents."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import jsonschema
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.geometry import Similarity
from assistant.plan import plan_from_document
from assistant.results.writer import ResultWriter, Timing, mask_in_frame
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings
from assistant.validation.schema_check import contract_schema
from assistant.vocabulary import (
    CANNOT_TELL,
    FrameState,
    Leak,
    LeakSite,
    Liveness,
    Measures,
    ModelIdentity,
    Motion,
    Reading,
    Shape,
    Unknown,
)
from tests.one_reading import ALARM, NONE, STILL, disc_of_cement, reading
from tests.small_run import plan_document

FACTS = RunFacts(source="run.mkv", width_px=320, height_px=300, fps=None, frame_count=None)


@given(
    dx=st.floats(-20, 20),
    dy=st.floats(-20, 20),
    angle=st.floats(-10, 10),
    scale=st.floats(0.9, 1.1),
    r=st.floats(6, 20),
)
@example(dx=1.125, dy=1.5, angle=0.0, scale=1.080078125, r=6.0)
def test_the_mask_lies_where_the_vertebra_went(dx: float, dy: float, angle: float, scale: float, r: float) -> None:
    moved = Similarity(dx_px=dx, dy_px=dy, rotation_deg=angle, scale=scale, centre_px=(160.0, 145.0))
    mask = mask_in_frame(disc_of_cement(radius_px=r), moved, 320, 300)
    assert mask.shape == (300, 320)
    assert mask.dtype == np.uint8
    assert set(np.unique(mask)) == {0, 255}
    turn = np.deg2rad(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    at = scale * rotation @ np.array([140.0 - 160.0, 120.0 - 145.0]) + np.array([160.0 + dx, 145.0 + dy])
    found = np.argwhere(mask)[:, ::-1].mean(axis=0)
    assert np.abs(found - at).max() < 0.25
    # the border lies within a quarter of a pixel of the true one, over its whole length (a share of the area is no law
    # for small discs: whole pixels come and go at their border)
    assert np.count_nonzero(mask) == pytest.approx(np.pi * (r * scale) ** 2, abs=0.25 * 2 * np.pi * r * scale)


def test_a_mask_beyond_the_picture_is_cut_there() -> None:
    away = replace(STILL, dx_px=-135.0)
    mask = mask_in_frame(disc_of_cement(), away, 320, 300)
    assert mask[:, 0].any()
    assert not mask[:, 40:].any()


@given(st.lists(st.floats(0.02, 1900), min_size=1, max_size=200))
def test_times_are_counted_within_a_hundredth(times_ms: list[float]) -> None:
    timing = Timing()
    for each in times_ms:
        timing.add(each)
    ordered = np.sort(times_ms)
    for share in (0.5, 0.99):
        wanted = ordered[max(int(np.ceil(share * len(ordered))) - 1, 0)]
        assert timing.quantile_ms(share) == pytest.approx(wanted, abs=0.0101)
    assert timing.quantile_ms(0.5) <= timing.quantile_ms(0.99) <= timing.longest_ms + 0.001


def test_times_beyond_the_scale_and_none_at_all() -> None:
    timing = Timing()
    assert timing.quantile_ms(0.99) == 0.0
    timing.add(5000.0)
    assert timing.quantile_ms(0.5) == 5000.0


SHAPE = Shape(label="undetermined", p_spike=Unknown("too small"), model="geometry", reason="too small")
LEAK = Leak(
    site=LeakSite.SUPERIOR_DISC,
    first_frame=0,
    area_mm2=3.14159,
    length_mm=2.0,
    width_mm=1.0,
    yeom="C",
    magnitude="minor",
    shape=SHAPE,
    outline_px=np.zeros((3, 2)),
)


def measures(**changes: Any) -> Measures:
    known: dict[str, Any] = dict.fromkeys((name for name in Measures.__dataclass_fields__), 1.23456)
    return Measures(**(known | {"distribution_grade": None, "view_index": 0} | changes))


def write(folder: Path, *readings: Reading, masks: bool = True, **changes: Any) -> dict[str, Any]:
    writer = ResultWriter(folder, plan_from_document(plan_document(), 0.25), FACTS, Settings(), masks=masks)
    for each in readings:
        writer.add(each)
    what: dict[str, Any] = {
        "complete": True,
        "events": (ALARM, replace(ALARM, site=None, last_frame=9, action="")),
        "leaks": (LEAK, replace(LEAK, site=LeakSite.ANTERIOR, shape=None, yeom=None, magnitude=None)),
        "measures": measures(),
        "models": (ModelIdentity(name="leak_shape", sha256="ab"),),
        "notes": ("Something was assumed.",),
    }
    document = writer.write(**(what | changes))
    writer.close()
    return document


def test_the_document_follows_the_schema_and_is_what_lies_on_the_disk(tmp_path: Path) -> None:
    document = write(tmp_path, reading(frame_index=0))
    jsonschema.Draft202012Validator(contract_schema("result")).validate(document)
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8")) == document
    assert [event["text"] for event in document["events"]] == [
        "CEMENT AT POSTERIOR LINE. Stop injecting.",
        "CEMENT AT POSTERIOR LINE",
    ]
    assert document["leaks"][0]["shape"] == {
        "label": "undetermined",
        "p_spike": None,
        "model": "geometry",
        "reason": "too small",
        "frames": [],
    }
    assert document["leaks"][1]["shape"] is None
    assert document["program"]["models"] == [{"name": "leak_shape", "sha256": "ab"}]


def test_unknown_measures_are_null(tmp_path: Path) -> None:
    final = write(tmp_path, reading(), measures=measures(wedge_angle_deg=NONE, fill_area_ratio=float("nan")))["final"]
    assert final["wedge_angle_deg"] is None
    assert final["fill_area_ratio"] is None
    assert final["anterior_height_mm"] == 1.2346


def test_a_repeat_has_the_mask_of_its_picture_and_an_unmeasured_frame_none(tmp_path: Path) -> None:
    first = reading(frame_index=0)
    again = replace(
        first,
        frame_index=1,
        liveness=Liveness(state=FrameState.REPEAT, xray_age_s=0.04, noise_grey=4.0),
    )
    moved = replace(
        first, frame_index=2, motion=Motion(view_index=0, similarity=replace(STILL, dx_px=9.0), confidence=1.0)
    )
    lost = reading(frame_index=3, motion=NONE, cement=NONE, distances=NONE)
    write(tmp_path, first, again, moved, lost)
    names = sorted(path.name for path in (tmp_path / "masks").iterdir())
    assert names == ["000000.png", "000001.png", "000002.png"]
    pictures = [cv2.imread(str(tmp_path / "masks" / name), cv2.IMREAD_UNCHANGED) for name in names]
    assert pictures[0].shape == (300, 320)
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


def test_only_new_pictures_are_timed(tmp_path: Path) -> None:
    again = Liveness(state=FrameState.REPEAT, xray_age_s=0.04, noise_grey=4.0)
    blank = Liveness(state=FrameState.NO_SIGNAL, xray_age_s=0.0, noise_grey=4.0, reason="blank")
    document = write(
        tmp_path,
        reading(frame_index=0, processing_ms=10.0),
        reading(frame_index=1, processing_ms=900.0, liveness=again),
        reading(frame_index=2, processing_ms=900.0, liveness=blank),
        reading(frame_index=3, processing_ms=20.0),
    )
    assert document["timing"]["max_ms"] == 20.0
    assert document["timing"]["median_ms"] == pytest.approx(10.0, abs=0.01)


def test_pictures_that_may_be_new_are_timed(tmp_path: Path) -> None:
    """They are measured as new ones are; a run in doubt throughout took its time all the same."""
    doubt = Liveness(state=FrameState.LIVE, xray_age_s=Unknown(CANNOT_TELL), noise_grey=4.0, doubt=CANNOT_TELL)
    document = write(tmp_path, *(reading(frame_index=k, processing_ms=30.0, liveness=doubt) for k in range(3)))
    assert document["timing"]["max_ms"] == 30.0


def test_a_reason_with_commas_and_quotes_stays_one_cell(tmp_path: Path) -> None:
    odd = Unknown('it said "no", twice\nand left')
    write(tmp_path, reading(frame_index=0, distances=odd), masks=False)
    with (tmp_path / "measurements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["reason"] == 'it said "no", twice and left'
    assert not (tmp_path / "masks").exists()
