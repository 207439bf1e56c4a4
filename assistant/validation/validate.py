"""Says of a plan, a result, a run or a folder with these whether it is whole and well formed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.capture.opening import open_source
from assistant.errors import AssistantError, InputError, UsageError
from assistant.language import sentence
from assistant.lengths import UNCAL
from assistant.plan import SCHEMA as PLAN_SCHEMA
from assistant.plan import Plan, check_against_run, plan_from_document
from assistant.results.writer import FIRST_FRAME
from assistant.results.writer import SCHEMA as RESULT_SCHEMA
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings
from assistant.system.plain import read_json
from assistant.validation.recording import check_recording
from assistant.validation.schema_check import contract_schema, first_fault
from assistant.validation.table import TableFacts, mask_fault, read_table_facts
from assistant.vocabulary import Frame

Progress = Callable[[int, int | None], None]
_IN_MM_BEFORE: Final = sentence(
    "made by an older version of the program: {}. They rest on an assumed depth; analyse the run anew for its shares"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of one file: ``status`` 0 whole, 2 not well formed, 3 not readable (to its end)."""

    path: Path
    status: int
    text: str


def validate(path: Path, settings: Settings, progress: Progress = lambda _done, _total: None) -> list[Finding]:
    """Check a file, or each file of a folder that the contract knows.

    Parameters
    ----------
    path : Path
        ``plan.json``, ``result.json``, ``measurements.csv``, a run (it is read to its end), or a folder with these.
    settings : Settings
        Where a plan that does not say has its warning line.
    progress : callable
        Told (frames read, frames in all or None) while a run is read.

    Returns
    -------
    list of Finding
        At least one.
    """
    return _folder(path, settings, progress) if path.is_dir() else [_file(path, settings, progress)[0]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What a whole file holds, for checks between files."""

    plan: Plan | None = None
    result: dict[str, Any] | None = None
    table: TableFacts | None = None
    run: RunFacts | None = None


def _found(path: Path, check: Callable[[], tuple[str, _Content]]) -> tuple[Finding, _Content]:
    try:
        text, content = check()
    except AssistantError as error:
        reason = str(error).removeprefix(f"{path}: ")
        return Finding(path=path, status=error.exit_status, text=sentence(f"not whole: {reason}")), _Content()
    return Finding(path=path, status=0, text=text), content


def _file(path: Path, settings: Settings, progress: Progress) -> tuple[Finding, _Content]:
    if path.suffix.lower() == ".csv":
        return _found(path, lambda: _table(path))
    try:
        with path.open("rb") as file:
            is_json = path.suffix.lower() == ".json" or file.read(64).lstrip().startswith(b"{")
    except OSError as error:
        text = sentence(
            f"cannot be read ({error.strerror}); give a plan.json, a result.json, a run or a folder with these"
        )
        return Finding(path=path, status=InputError.exit_status, text=text), _Content()
    return _found(path, lambda: _document(path, settings) if is_json else _run(path, progress))


def _folder(path: Path, settings: Settings, progress: Progress) -> list[Finding]:
    findings = []
    found: dict[str, _Content] = {}
    for name in ("plan.json", "result.json", "measurements.csv"):
        if (path / name).is_file():
            finding, found[name] = _file(path / name, settings, progress)
            findings.append(finding)
    plan, result = found.get("plan.json", _Content()).plan, found.get("result.json", _Content()).result
    table = found.get("measurements.csv", _Content()).table
    is_result = "result.json" in found or "measurements.csv" in found
    if not is_result or _holds_run(path):
        finding, content = _found(path, lambda: _run(path, progress))
        findings.append(finding)
        run = content.run
        if plan is not None and run is not None:
            findings += _together(path / "plan.json", lambda: _check_plan_on_run(plan, run))
    if is_result:
        for name in ("result.json", "measurements.csv"):
            if name not in found:
                findings.append(Finding(path=path / name, status=3, text=sentence("missing: the result is not whole")))
    if result is not None and table is not None:
        findings += _together(path, lambda: _check_result_and_table(path, result, table))
        if _is_of_before(result) and _in_mm(result, table):
            findings.append(
                Finding(path=path, status=0, text=sentence(f"a note: {_IN_MM_BEFORE.format(_in_mm(result, table))}"))
            )
    return findings


def _together(path: Path, check: Callable[[], None]) -> list[Finding]:
    """A finding only where things do not fit together."""

    def checked() -> tuple[str, _Content]:
        check()
        return "", _Content()

    finding, _ = _found(path, checked)
    return [finding] if finding.status else []


def _holds_run(path: Path) -> bool:
    try:
        open_source(str(path)).close()
    except AssistantError:
        return False
    return True


def _run(path: Path, progress: Progress) -> tuple[str, _Content]:
    source = open_source(str(path))
    try:
        facts = source.facts
        frames, last_s = 0, 0.0
        lost: list[Frame] = []
        for frame in source.frames():
            frames, last_s = frames + 1, frame.t_s
            if frame.lost:
                lost.append(frame)
            progress(frames, facts.frame_count)
        if lost:
            raise InputError(
                f"{path}: {len(lost)} of {frames} pictures cannot be decoded (first in frame {lost[0].index}: "
                f"{lost[0].lost}); copy the file again from where it was recorded"
            )
        check_recording(source, frames)
    finally:
        source.close()
    kind = facts.details.get("codec") or facts.details.get("kind", "run")
    text = sentence(f"a whole run: {frames} frames of {facts.width_px} x {facts.height_px} in {last_s:.2f} s, {kind}")
    return text, _Content(run=facts)


def _document(path: Path, settings: Settings) -> tuple[str, _Content]:
    document = _json(path)
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema == PLAN_SCHEMA:
        _check_schema(document, "plan")
        plan = plan_from_document(document, settings.alarms.warning_lines)
        return sentence(f"a whole plan: {', '.join(_view(plan, k) for k in range(len(plan.views)))}"), _Content(
            plan=plan
        )
    if schema == RESULT_SCHEMA:
        _check_schema(document, "result")
        _check_frames(document)
        state = "complete" if document["complete"] else sentence("incomplete: the run was not analysed to its end")
        made = _made_with(document)
        return sentence(f"a whole result of {document['run']['frames']} frames, {state}{made}"), _Content(
            result=document
        )
    raise UsageError(
        f'"schema" must be "{PLAN_SCHEMA}" or "{RESULT_SCHEMA}", found {schema!r}; give a plan or a result of this '
        f"version"
    )


def _view(plan: Plan, k: int) -> str:
    view = plan.views[k]
    scale = sentence(f"at {view.mm_per_px:.3f} mm per px") if view.calibrated else sentence(f"not calibrated ({UNCAL})")
    by = f", {view.scale_by}" if view.scale_by else ""
    line = sentence(f", warning line at {100 * view.warning_line_fraction:g} %") if view.is_lateral else ""
    return sentence(f"{view.view} view{f' of {view.level}' if view.level else ''} {scale}{by}{line}")


def _made_with(document: dict[str, Any]) -> str:
    """The settings that a result was made with, as far as it says."""
    record = document["program"].get("settings")
    changed = record.get("changed") if isinstance(record, dict) else None
    if not isinstance(changed, dict):
        return ""
    values = ", ".join(f"{name} = {value}" for name, value in changed.items())
    return sentence(f"; made with {values or 'the default settings'}")


def _json(path: Path) -> Any:
    try:
        return read_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not JSON: {error}") from error


def _check_schema(document: Any, name: str) -> None:
    fault = first_fault(document, contract_schema(name))
    if fault:
        raise UsageError(f"not a {name} of the contract: {fault}")


def _check_frames(document: dict[str, Any]) -> None:
    frames, begin = document["run"]["frames"], document["run"].get(FIRST_FRAME, 0)
    for k, event in enumerate(document["events"]):
        first, last = event["first_frame"], event["last_frame"]
        if not begin <= first < begin + frames or (last is not None and not first <= last < begin + frames):
            raise UsageError(f"events[{k}] runs from frame {first} to {last}, and the result has {frames} frames")
    for k, leak in enumerate(document["leaks"]):
        if not begin <= leak["first_frame"] < begin + frames:
            raise UsageError(f"leaks[{k}] begins in frame {leak['first_frame']}, and the result has {frames} frames")


def _table(path: Path) -> tuple[str, _Content]:
    facts = read_table_facts(path, _first_frame(path.with_name("result.json")))
    return sentence(f"a whole table of {facts.rows} frames, {facts.measured} of them measured"), _Content(table=facts)


def _first_frame(result: Path) -> int:
    """The number of the first row of a table, as the result beside it says; 0 where none does."""
    try:
        first = read_json(result.read_bytes())["run"].get(FIRST_FRAME, 0)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return 0  # what is wrong with the result is told by its own check
    return first if isinstance(first, int) and first > 0 else 0


def _check_plan_on_run(plan: Plan, run: RunFacts) -> None:
    check_against_run(plan, run.width_px, run.height_px, run.end_frame)


def _check_result_and_table(path: Path, result: dict[str, Any], table: TableFacts) -> None:
    frames = result["run"]["frames"]
    # Of an analysis that was killed the table may go on for longer than the last result.json that was saved.
    if table.rows < frames or (result["complete"] and table.rows != frames):
        raise UsageError(f"result.json speaks of {frames} frames and measurements.csv holds {table.rows}")
    _check_uncalibrated(result, table)
    fault = mask_fault(path / "masks", table, result["run"]["width"], result["run"]["height"], result["complete"])
    if fault:
        raise UsageError(fault)


def _check_uncalibrated(result: dict[str, Any], table: TableFacts) -> None:
    """In a view that is not calibrated every figure in mm is empty; one of before knew no other figures."""
    refusal = _in_mm(result, table)
    if refusal and not _is_of_before(result):
        raise UsageError(refusal)


def _is_of_before(result: dict[str, Any]) -> bool:
    """Made by a version that did not know yet where its times come from, nor that a view may not be calibrated."""
    return "clock" not in result["run"]


def _in_mm(result: dict[str, Any], table: TableFacts) -> str:
    """Which figures of a view that is not calibrated are given in mm; empty where none are."""
    views = result["plan"].get("views", [])
    assumed = {str(view.get("view")) for view in views if isinstance(view, dict) and view.get("calibrated") is False}
    in_mm = sorted(assumed & table.views_in_mm)
    if in_mm:
        return sentence(f"the {in_mm[0]} view is not calibrated, and measurements.csv holds figures in mm of it")
    if not assumed or len(assumed) < len(views):
        return ""  # which view a leak was seen in is not always said
    if any(leak[name] is not None for leak in result["leaks"] for name in ("area_mm2", "length_mm")):
        return sentence("no view is calibrated, and result.json holds figures in mm of its leaks")
    if any(value is not None for name, value in result["final"].items() if name.endswith(("_mm", "_mm2"))):
        return sentence("no view is calibrated, and result.json holds figures in mm of the end")
    return ""
