"""A plan parser never fails but with its own error, whatever the bytes."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.plan import Plan, plan_from_document, read_plan

GOOD: dict[str, Any] = {
    "schema": "fluoro-assistant/plan/1",
    "views": [
        {
            "view": "lateral",
            "level": "L1",
            "reference_frame": 12,
            "ruler": {"from": [100.0, 100.0], "to": [103.0, 104.0], "mm": 3.2, "what": "cannula 11G"},
            "warning_line_fraction": 0.25,
            "landmarks": {
                "superior": [[402.0, 511.5], [455.0, 516.0], [507.0, 508.0]],
                "inferior": [[398.0, 590.0], [452.0, 583.0], [511.0, 592.0]],
                "posterior": [[507.0, 508.0], [500.0, 550.0], [511.0, 592.0]],
                "anterior": [[402.0, 511.5], [406.0, 550.0], [398.0, 590.0]],
            },
        }
    ],
}
ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400), 1e308, -1e308, 5e-324, float("nan"), float("inf"), "\ud800", "", "NaN"])
    | st.floats()
    | st.text(max_size=4)
    | st.lists(st.floats(), max_size=4)
    | st.dictionaries(st.sampled_from(["from", "to", "mm", "superior"]), st.floats(), max_size=2)
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way] * bool(way) + [place for key, part in inner for place in places(part, (*way, key))]


PLACES = places(GOOD)


def put(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    inner: Any = document
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return document


def plan_or_sentence(make: Callable[[], Plan]) -> Plan | str:
    """The plan, or the sentence that any terminal can print; any other error fails the test."""
    try:
        return make()
    except UsageError as error:
        return str(error).encode().decode()


def is_plan_or_refusal(document: Any) -> None:
    found = plan_or_sentence(lambda: plan_from_document(document, 0.25))
    if isinstance(found, Plan):
        assert 0.01 <= found.views[0].mm_per_px <= 10
    else:
        assert found


@given(place=st.sampled_from(PLACES), value=ODD)
@example(place=("views", 0, "reference_frame"), value=10**400)
@example(place=("views", 0, "ruler", "mm"), value=10**400)
@example(place=("views", 0, "landmarks", "superior", 0, 0), value=1e308)
def test_any_value_at_any_place(place: tuple[Any, ...], value: Any) -> None:
    is_plan_or_refusal(put(place, value))


@given(st.sampled_from(PLACES), st.floats(-2000, 2000))
def test_any_number_at_any_place(place: tuple[Any, ...], value: float) -> None:
    is_plan_or_refusal(put(place, value))


@given(st.sampled_from(PLACES))
def test_anything_left_out(place: tuple[Any, ...]) -> None:
    document = copy.deepcopy(GOOD)
    inner: Any = document
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    is_plan_or_refusal(document)


def read(folder: Path, content: bytes) -> None:
    path = folder / "plan.json"
    path.write_bytes(content)
    found = plan_or_sentence(lambda: read_plan(path, 0.25))
    if isinstance(found, Plan):
        assert found.views
    else:
        assert found.startswith(str(path))


# Each example writes over the file of the one before: one folder will do.
in_one_folder = settings(suppress_health_check=[*settings().suppress_health_check, HealthCheck.function_scoped_fixture])


@in_one_folder
@given(st.binary(max_size=200))
@example(b"\xff\xfe")
@example(b'{"schema": "fluoro-assistant/plan/1", "views": ' + b"9" * 5000 + b"}")
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    read(tmp_path, content)


@in_one_folder
@given(st.integers(0, len(json.dumps(GOOD)) - 1), st.binary(min_size=0, max_size=3))
def test_a_good_file_with_changed_bytes(tmp_path: Path, at: int, change: bytes) -> None:
    content = json.dumps(GOOD).encode()
    read(tmp_path, content[:at] + change + content[at + 1 :])


@in_one_folder
@given(st.integers(0, len(json.dumps(GOOD)) - 1))
def test_a_good_file_cut_short(tmp_path: Path, at: int) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(json.dumps(GOOD).encode()[:at])
    with pytest.raises(UsageError, match="not a plan"):
        read_plan(path, 0.25)


@pytest.mark.parametrize("depth", [50, 400, 900, 990, 3000, 200_000])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"])
def test_deep_nesting(tmp_path: Path, depth: int, opens: str, closes: str) -> None:
    inner = opens * depth + "1" + closes * depth
    good = json.dumps(GOOD)
    for content in (inner, good[:-1] + f', "more": {inner}}}', good.replace("12,", inner + ",")):
        read(tmp_path, content.encode())
