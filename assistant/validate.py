"""Say whether a plan, a result or a folder of results is whole and well formed."""

from __future__ import annotations

import csv
import json
from importlib import resources
from pathlib import Path
from typing import Any

from assistant.errors import InputError, UsageError
from assistant.plan import SCHEMA as PLAN_SCHEMA
from assistant.plan import plan_from_document
from assistant.results import COLUMNS
from assistant.results import SCHEMA as RESULT_SCHEMA
from assistant.vocabulary import EventKind, FrameState, LeakSite, Site

_CONTRACT_COLUMNS = 19
_PRIORITIES = ("low", "medium", "high")


def validate(path: Path) -> list[str]:
    """Check a file or folder.

    Returns
    -------
    list of str
        A line for each thing that is whole.

    Raises
    ------
    InputError
        If it cannot be read.
    UsageError
        If it is not well formed; the text says where.
    """
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise InputError(f"{path}: no such file or folder; give a plan.json, a result.json or a run folder")
    if path.suffix == ".csv":
        return [_table(path)]
    document = _json(path)
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema == PLAN_SCHEMA:
        try:
            plan = plan_from_document(document, 0.25)
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from error
        return [f"{path}: a whole plan with {len(plan.views)} view(s)"]
    if schema == RESULT_SCHEMA:
        fault = result_fault(document)
        if fault:
            raise UsageError(f"{path}: not a whole result: {fault}")
        state = "complete" if document["complete"] else "incomplete: the run was not analysed to its end"
        return [f"{path}: a whole result of {document['run']['frames']} frames, {state}"]
    raise UsageError(f'{path}: "schema" names neither a plan ({PLAN_SCHEMA}) nor a result ({RESULT_SCHEMA})')


def _folder(path: Path) -> list[str]:
    lines = []
    for name in ("plan.json", "result.json", "measurements.csv"):
        if (path / name).is_file():
            lines += validate(path / name)
    result, table = path / "result.json", path / "measurements.csv"
    if result.is_file() and table.is_file():
        frames = _json(result)["run"]["frames"]
        rows = sum(1 for _ in table.open(encoding="utf-8")) - 1
        if rows != frames:
            raise UsageError(f"{path}: result.json speaks of {frames} frames and measurements.csv holds {rows}")
    if not lines:
        raise UsageError(f"{path}: holds neither plan.json nor result.json nor measurements.csv")
    return lines


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes(), parse_constant=_refuse)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not JSON: {error}") from error


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no JSON number")


def _table(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    wanted = list(COLUMNS[:_CONTRACT_COLUMNS])
    if not rows or rows[0][:_CONTRACT_COLUMNS] != wanted:
        raise UsageError(f"{path}: the first line must name the columns {','.join(wanted)}")
    states = {state.value for state in FrameState}
    for number, row in enumerate(rows[1:]):
        if len(row) != len(rows[0]) or row[0] != str(number) or row[2] not in states:
            raise UsageError(f"{path}: line {number + 2} is not the line of frame {number}")
    return f"{path}: a whole table of {len(rows) - 1} frames"


def schema_text(name: str) -> str:
    """The contract's own JSON Schema, "plan" or "result"."""
    return resources.files("assistant").joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")


def result_fault(document: dict[str, Any]) -> str:
    """What keeps a document from being a result; empty where nothing does.

    The program has no JSON Schema library at run time; the tests hold this check against the schema itself.
    """
    wanted: dict[str, type | tuple[type, ...]] = {
        "program": dict, "run": dict, "complete": bool, "plan": dict, "events": list, "leaks": list, "final": dict,
        "timing": dict,
    }  # fmt: skip
    for key, kind in wanted.items():
        if not isinstance(document.get(key), kind):
            return f'"{key}" is missing or of the wrong kind'
    run = document["run"]
    for key in ("frames", "width", "height"):
        if not isinstance(run.get(key), int) or isinstance(run.get(key), bool) or run[key] < 0:
            return f'"run.{key}" must be a whole number, 0 or more'
    if not isinstance(run.get("source"), str):
        return '"run.source" must be text'
    for key in ("median_ms", "p99_ms", "max_ms"):
        if not _is_number(document["timing"].get(key)):
            return f'"timing.{key}" must be a number'
    for k, event in enumerate(document["events"]):
        fault = _event_fault(event)
        if fault:
            return f"events[{k}]: {fault}"
    for k, leak in enumerate(document["leaks"]):
        fault = _leak_fault(leak)
        if fault:
            return f"leaks[{k}]: {fault}"
    return ""


def _event_fault(event: Any) -> str:
    if not isinstance(event, dict):
        return "must be an object"
    if event.get("kind") not in {kind.value for kind in EventKind}:
        return f"unknown kind {event.get('kind')!r}"
    if event.get("priority") not in _PRIORITIES:
        return f"unknown priority {event.get('priority')!r}"
    if event.get("site") not in {None, *(site.value for site in Site)}:
        return f"unknown site {event.get('site')!r}"
    first, last = event.get("first_frame"), event.get("last_frame", "missing")
    if not isinstance(first, int) or not (last is None or isinstance(last, int)):
        return "first_frame and last_frame must be frame numbers (last_frame null while it stands)"
    return "" if isinstance(event.get("text"), str) else "text is missing"


def _leak_fault(leak: Any) -> str:
    if not isinstance(leak, dict):
        return "must be an object"
    if leak.get("site") not in {site.value for site in LeakSite}:
        return f"unknown site {leak.get('site')!r}"
    if not isinstance(leak.get("first_frame"), int):
        return "first_frame must be a frame number"
    if not (_is_number(leak.get("area_mm2")) and _is_number(leak.get("length_mm"))):
        return "area_mm2 and length_mm must be numbers"
    if leak.get("yeom", "missing") not in ("B", "C", "S", None):
        return f"unknown Yeom type {leak.get('yeom')!r}"
    if leak.get("magnitude", "missing") not in ("minor", "moderate", "major", None):
        return f"unknown magnitude {leak.get('magnitude')!r}"
    shape = leak.get("shape")
    if shape is None:
        return ""
    if not isinstance(shape, dict) or shape.get("label") not in ("spike", "round", "undetermined"):
        return "the shape's label must be spike, round or undetermined"
    p_spike = shape.get("p_spike")
    if p_spike is not None and not (_is_number(p_spike) and 0 <= p_spike <= 1):
        return "p_spike must lie between 0 and 1, or be null"
    return "" if isinstance(shape.get("model"), str) else "the shape's model is missing"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
