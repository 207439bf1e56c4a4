"""What a live session keeps of a reading comes back as it was told, through JSON."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np

from assistant.analysis import start_pipeline
from assistant.capture.opening import open_source
from assistant.lines import Line
from assistant.plan import plan_from_document
from assistant.readings.csv_row import COLUMNS, csv_row
from assistant.readings.live_line import FILES, KEEPS, lines_of, read_leaks, read_thirds, serialise_reading
from assistant.readings.moments import cement_outline
from assistant.review.stored import holds_leaks, read_as_seen
from assistant.settings.tree import Settings
from assistant.vocabulary import Leak, LeakSite, Reading, Shape, Unknown
from tests.small_run import plan_document, write_small_run

VIEWS = plan_from_document(plan_document(), 0.25).views


def readings(tmp_path: Path) -> list[Reading]:
    run = write_small_run(tmp_path, 46)
    source = open_source(str(run.folder))
    try:
        pipeline = start_pipeline(source, plan_from_document(plan_document(), 0.25), Settings())
        return [pipeline.process(frame) for frame in source.frames()]
    finally:
        source.close()


def test_outlines_leaks_and_thirds_of_the_day_are_seen_again(tmp_path: Path) -> None:
    told_live = readings(tmp_path / "run")
    folder = tmp_path / "live"
    folder.mkdir()
    lines = [{"columns": list(COLUMNS), KEEPS: True}]
    before = None
    for reading in told_live:
        is_new, before = before != (reading.cement, reading.leaks), (reading.cement, reading.leaks)
        outline = cement_outline(reading.cement)
        lines.append(
            {
                "row": csv_row(reading, VIEWS),
                "standing": [],
                **serialise_reading(reading, outline if is_new else None, VIEWS),
            }
        )
    text = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    (folder / FILES.replace("*", "000")).write_bytes(text)
    assert holds_leaks(folder)
    seen = read_as_seen(folder, plan_from_document(plan_document(), 0.25))
    assert len(seen) == len(told_live) == 46
    assert any(reading.leaks for reading in told_live)
    for moment, reading in zip(seen, told_live, strict=True):
        outline = cement_outline(reading.cement)
        assert len(moment.outline) == len(outline)
        assert all(np.allclose(a, b, atol=0.05) for a, b in zip(moment.outline, outline, strict=True))
        assert [leak.site for leak in moment.leaks] == [leak.site for leak in reading.leaks]
        if not isinstance(reading.distances, Unknown) and not isinstance(
            reading.distances.mm[Line.WARNING_MIDDLE], Unknown
        ):
            assert abs(moment.distances.mm[Line.WARNING_MIDDLE] - reading.distances.mm[Line.WARNING_MIDDLE]) < 0.001


def test_a_leak_with_its_shape_comes_back() -> None:
    shape = Shape(label="spike", p_spike=0.9312, model="m@1", reason="", frames=(3, 4))
    leak = Leak(
        site=LeakSite.SUPERIOR_DISC,
        first_frame=3,
        area_mm2=12.0,
        length_mm=5.0,
        width_mm=2.5,
        yeom="C",
        magnitude="minor",
        shape=shape,
        outline_px=np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 1.0]]),
    )
    line = {"outline": [], "leaks": [json.loads(json.dumps(_line(leak)))]}
    (again,) = read_leaks(line, VIEWS)
    assert again == leak
    assert np.array_equal(again.outline_px, leak.outline_px)


def _line(leak: Leak) -> dict[str, object]:
    from assistant.readings import live_line

    return live_line._leak(leak, VIEWS[0])


def test_a_third_without_cement_is_unknown() -> None:
    upper, middle, _ = read_thirds({"thirds": [None, 1.5, -0.5]}, None)
    assert isinstance(upper, Unknown)
    assert middle == 1.5


def test_a_session_that_kept_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / FILES.replace("*", "000")).write_text(json.dumps({"columns": list(COLUMNS)}) + "\n")
    assert not holds_leaks(tmp_path)


def test_lines_are_read_as_far_as_they_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "readings_000.jsonl"
    path.write_bytes(b'{"row":["0"]}\n{"row":["1"]}\n{"ro')
    assert [line["row"] for line in lines_of(path)] == [["0"], ["1"]]
