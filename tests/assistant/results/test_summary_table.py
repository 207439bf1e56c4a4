"""The table for a person."""

import re
from typing import Any

from assistant.results.summary_table import summary_table


def document(**changes: Any) -> dict[str, Any]:
    unknown = dict.fromkeys(
        ("cement_area_mm2", "fill_area_ratio", "distribution_grade", "wedge_angle_deg", "anterior_height_mm")
    )
    return {
        "run": {"source": "a.mkv", "frames": 100, "width": 640, "height": 480, "fps": 25.0},
        "complete": True,
        "events": [],
        "leaks": [],
        "final": unknown,
        "timing": {"median_ms": 4.0, "p99_ms": 9.0, "max_ms": 12.0},
    } | changes


def event(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "warning_line",
        "first_frame": 50,
        "last_frame": None,
        "priority": "high",
        "site": "posterior",
        "text": "CEMENT AT POSTERIOR LINE.",
    } | changes


def leak(**changes: Any) -> dict[str, Any]:
    return {
        "site": "superior_disc",
        "first_frame": 60,
        "area_mm2": 12.3,
        "length_mm": 5.6,
        "yeom": "C",
        "magnitude": "minor",
        "shape": {"label": "spike", "p_spike": 0.93, "model": "m"},
    } | changes


def test_nothing_seen_is_never_called_good() -> None:
    told = summary_table(document(final={"fill_area_ratio": 0.0}))
    assert "No crossing seen in this view." in told
    assert "No leak seen in this view." in told
    assert told.rstrip().splitlines()[-1].startswith("What is not listed was not seen in this view.")
    for text in (told, summary_table(document(events=[event()], leaks=[leak()]))):
        assert not re.search(r"\b(safe|safely|clear|ok|okay|fine|good)\b", text, re.IGNORECASE)


def test_that_nothing_was_timed_is_no_time_of_nothing() -> None:
    told = summary_table(document(timing={"median_ms": 0.0, "p99_ms": 0.0, "max_ms": 0.0}))
    assert "no new picture was measured, so none was timed" in told
    assert "0.0 ms" not in told


def test_what_was_not_looked_at_or_could_not_be_seen_is_not_called_none() -> None:
    assert "No leak is listed: not visible." in summary_table(document())
    half = summary_table(document(complete=False, final={"fill_area_ratio": 0.1}))
    assert "No crossing is listed: not looked at to its end." in half


def test_an_event_with_its_time_and_whether_it_stands() -> None:
    told = summary_table(document(events=[event(), event(last_frame=70, site=None, kind="frozen")]))
    standing, ended = (line for line in told.splitlines() if "CEMENT AT" in line)
    assert re.search(r"50 +≈2\.0 s +stands +high +warning_line +posterior", standing)
    assert re.search(r"50 +≈2\.0 s +70 +high +frozen", ended)


def test_without_a_rate_there_are_no_seconds() -> None:
    run = {"source": "a", "frames": 1, "width": 2, "height": 2, "fps": None}
    told = summary_table(document(run=run, events=[event()]))
    assert " s " not in next(line for line in told.splitlines() if "warning_line" in line)


def test_a_leak_in_words() -> None:
    told = summary_table(document(leaks=[leak(), leak(site="anterior", shape=None, yeom=None, magnitude=None)]))
    assert "leak superior disc from frame 60, ≈ 12 mm², ≈ 6 mm long, Yeom C, minor, shape spike 0.93" in told
    assert "leak anterior from frame 60, ≈ 12 mm², ≈ 6 mm long\n" in told


def test_an_undetermined_shape_has_no_number() -> None:
    told = summary_table(document(leaks=[leak(shape={"label": "undetermined", "p_spike": None, "model": "m"})]))
    assert "shape undetermined\n" in told


def test_unknown_measures_are_said_to_be_unknown_and_known_ones_rounded() -> None:
    assert "cement at the end unknown, unknown of the body, distribution grade unknown" in summary_table(document())
    final = {
        "cement_area_mm2": 120.4,
        "fill_area_ratio": 0.314,
        "distribution_grade": "II",
        "anterior_height_mm": 17.26,
        "middle_height_mm": 19.0,
        "posterior_height_mm": 25.0,
        "wedge_angle_deg": 15.4,
    }
    told = summary_table(document(final=final))
    assert "cement at the end ≈ 120 mm², ≈ 31 % of the body, distribution grade II" in told
    assert "heights anterior ≈ 17.3 mm, middle ≈ 19.0 mm, posterior ≈ 25.0 mm; wedge angle ≈ 15.4°" in told


def test_an_incomplete_result_says_so_in_its_first_line() -> None:
    assert "INCOMPLETE" in summary_table(document(complete=False)).splitlines()[0]
