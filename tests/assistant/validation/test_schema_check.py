"""The program's own check against the jsonschema library, on whole and on spoiled documents."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.validation.schema_check import contract_schema, first_fault
from tests.small_run import plan_document

CONTRACT = Path(__file__).resolve().parents[4] / "shared" / "contract"

RESULT: dict[str, Any] = {
    "schema": "fluoro-assistant/result/1",
    "program": {"version": "0.1.0", "models": [{"name": "leak_shape", "sha256": "0" * 64}]},
    "run": {"source": "run.mkv", "frames": 30, "width": 640, "height": 480, "fps": None},
    "complete": True,
    "plan": plan_document(),
    "events": [
        {
            "kind": "warning_line",
            "first_frame": 3,
            "last_frame": None,
            "priority": "high",
            "site": "posterior",
            "text": "x",
        },
        {"kind": "frozen", "first_frame": 3, "last_frame": 9, "priority": "low", "site": None, "text": "y"},
    ],
    "leaks": [
        {
            "site": "superior_disc",
            "first_frame": 4,
            "area_mm2": 3.5,
            "length_mm": 2,
            "yeom": "C",
            "magnitude": None,
            "shape": {"label": "spike", "p_spike": 0.5, "model": "m@0"},
        }
    ],
    "final": {"cement_area_mm2": 10.0, "distribution_grade": "below I"},
    "timing": {"median_ms": 1.0, "p99_ms": 2, "max_ms": 3.5},
}
RULER = {"from": [0, 0], "to": [10.5, 0], "mm": 3.2, "what": "cannula"}
DOCUMENTS = {"plan": plan_document(level="T12", warning_line_fraction=0.3), "result": RESULT}


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    found = [at]
    if isinstance(value, dict):
        found += [place for key, inner in value.items() for place in places(inner, (*at, key))]
    elif isinstance(value, list):
        found += [place for k, inner in enumerate(value) for place in places(inner, (*at, k))]
    return found


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(-2, 2, allow_nan=False),
    st.sampled_from(["", "lateral", "ap", "L1", "L7", "T13", "S1\n", "spike", "B", "high", "none"]),
    st.just([]),
    st.just({}),
    st.just([1.0, 2.0]),
    st.just(RULER),
).map(copy.deepcopy)


@pytest.mark.parametrize("name", ["plan", "result"])
def test_whole_documents_pass(name: str) -> None:
    jsonschema.Draft202012Validator(contract_schema(name)).validate(DOCUMENTS[name])
    assert first_fault(DOCUMENTS[name], contract_schema(name)) == ""


@pytest.mark.parametrize("name", ["plan", "result"])
@given(data=st.data())
def test_it_agrees_with_the_library_on_spoiled_documents(name: str, data: st.DataObject) -> None:
    document = copy.deepcopy(DOCUMENTS[name])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places(document)))
        if not place:
            continue
        *way, last = place
        parent = document
        for key in way:
            parent = parent[key]
        if data.draw(st.booleans()):
            parent[last] = data.draw(VALUES)
        else:
            del parent[last]
    wanted = jsonschema.Draft202012Validator(contract_schema(name)).is_valid(document)
    assert (first_fault(document, contract_schema(name)) == "") == wanted


def test_the_fault_names_its_place() -> None:
    document = copy.deepcopy(RESULT)
    document["events"][1]["kind"] = "bang"
    assert first_fault(document, contract_schema("result")).startswith("events[1].kind must be one of")
    assert first_fault({"schema": "fluoro-assistant/plan/1"}, contract_schema("plan")) == 'the document lacks "views"'


def test_a_scale_and_a_ruler_at_once_are_one_too_many() -> None:
    both = plan_document(ruler=RULER)
    assert "exactly one of" in first_fault(both, contract_schema("plan"))
    only = plan_document(ruler=RULER)
    del only["views"][0]["mm_per_px"]
    assert first_fault(only, contract_schema("plan")) == ""


def test_a_schema_with_a_word_that_is_not_understood_is_refused() -> None:
    with pytest.raises(KeyError):
        first_fault({}, {"dependentRequired": {}})
    with pytest.raises(NotImplementedError):
        first_fault({}, {"additionalProperties": False})


@pytest.mark.needs_shared_data
@pytest.mark.parametrize("name", ["plan", "result"])
def test_the_schemas_are_the_contract_s(name: str) -> None:
    path = CONTRACT / f"{name}.schema.json"
    if not path.is_file():
        pytest.skip("the contract beside the project (shared data) is absent")
    assert contract_schema(name) == json.loads(path.read_text(encoding="utf-8"))
