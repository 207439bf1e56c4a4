"""What would have warned when: runs analysed anew with another line, another threshold or another model, as a table.

The work is done by a process of its own (``python -m assistant.review.whatif FOLDER``): one row a run and variant,
written as soon as it is known. Begun again in the same folder it skips the rows that are there, so it may be stopped at
any time.
"""

from __future__ import annotations

import copy
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import msgspec

from assistant import __version__, lengths
from assistant.analysis import start_pipeline
from assistant.capture.opening import open_source
from assistant.errors import AssistantError, EnvironmentError_, InputError, describe
from assistant.language import sentence
from assistant.model_packs.starting import recorded_shape_model
from assistant.plan import Plan, plan_from_document, read_plan
from assistant.review.whatif_cache import Keeper, nearer, place_for, read_cached, recompute, write_cached
from assistant.settings.file import handed_settings, lost_settings
from assistant.settings.tree import Settings, changes_of, with_changes
from assistant.system.plain import json_line, json_text
from assistant.vocabulary import Alarm, EventKind, Leak, Priority

log = logging.getLogger(__name__)
JOB: Final = "job.json"
ROWS: Final = "rows.jsonl"
RULE: Final = "rule"
BASE: Final = sentence("as planned")
CACHE_FOLDER: Final = "kept"
"""Folder beside those of the jobs: all jobs share what the slow steps found."""


class Variant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way to analyse.

    Attributes
    ----------
    name : str
    line_fraction : float or None
        Another warning line, as a share of the depth from the posterior wall; None: the plan's.
    settings : dict
        Such as ``{"alarms.posterior_band_mm": 4.0}``.
    model : str
        What types leaks into a disc: "" as `analyze` does it, "rule" the geometric rule alone.
    """

    name: str
    line_fraction: float | None = None
    settings: dict[str, float] = {}
    model: str = ""


class RunAndPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A run and its plan file."""

    run: str
    plan: str


class WhatIfJob(msgspec.Struct, frozen=True, kw_only=True):
    """All that is to be done; the first variant is the one the others are compared with.

    Attributes
    ----------
    runs, variants : list
    settings : dict
        What every variant starts from: of the window, other than the default (`assistant.settings.tree.changes_of`).
    program : str
        Version. With other settings or another program it is another job: no finished row of this one counts there.
    """

    runs: list[RunAndPlan]
    variants: list[Variant]
    settings: dict[str, Any]
    program: str = __version__


class Warning_(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a run: what, where, how urgent, and when it was raised."""

    kind: str
    site: str | None
    priority: str
    frame: int
    t_s: float


class VariantResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one run comes to in one variant.

    Attributes
    ----------
    events : list of Warning_
    nearest_mm : float or None
        Smallest distance to the warning line; None where it is not known, or the view is not calibrated.
    nearest_share : float or None
        The same as a share of the sagittal diameter.
    leaks : list of str
    failure : str
        Why the run was not analysed to its end; empty where it was.
    """

    run: str
    plan: str
    variant: str
    frames: int
    events: list[Warning_]
    nearest_mm: float | None
    leaks: list[str]
    failure: str = ""
    nearest_share: float | None = None

    def first(self, kind: str) -> Warning_ | None:
        """The first event of a kind."""
        return min((event for event in self.events if event.kind == kind), key=lambda e: e.frame, default=None)

    @property
    def first_warning_s(self) -> float | None:
        """Time of the first event of MEDIUM or HIGH priority that concerns a line; None where there was none."""
        warned_s = [e.t_s for e in self.events if e.site is not None and e.priority in _TELLING]
        return min(warned_s, default=None)


_TELLING: Final = (Priority.MEDIUM.word, Priority.HIGH.word)


def with_line(document: dict[str, Any], fraction: float | None) -> dict[str, Any]:
    """A plan's document with another warning line in its lateral views."""
    changed = copy.deepcopy(document)
    if fraction is not None:
        for view in changed["views"]:
            if view["view"] == "lateral":
                view["warning_line_fraction"] = fraction
    return changed


def analyse(
    pair: RunAndPlan,
    variant: Variant,
    base: Settings,
    should_stop: Callable[[], bool] = lambda: False,
    kept: Path | None = None,
) -> VariantResult | None:
    """Analyse one run in one variant; None when stopped. A run that cannot be read is a row that says why.

    Parameters
    ----------
    pair, variant : RunAndPlan, Variant
    base : Settings
        What the variant starts from.
    should_stop : callable
        Asked before each frame.
    kept : Path, optional
        Folder for what the slow steps found (`assistant.review.whatif_cache`): where it holds this run, they are not
        repeated.

    Raises
    ------
    UsageError
        If the variant itself cannot be used.
    """
    settings = with_changes(base, variant.settings)
    row = VariantResult(
        run=pair.run, plan=pair.plan, variant=variant.name, frames=0, events=[], nearest_mm=None, leaks=[]
    )
    try:
        lines = settings.alarms.warning_lines
        plan = plan_from_document(with_line(read_plan(Path(pair.plan), lines).document, variant.line_fraction), lines)
    except AssistantError as error:
        return msgspec.structs.replace(row, failure=str(error))
    place = None if kept is None else place_for(kept, pair.run, plan.document, settings, variant.model)
    known = None if place is None else read_cached(place)
    if known is not None:
        times_s = {known.first + k: frame.t_s for k, frame in enumerate(known.frames)}
        found = recompute(known, plan, settings)
        return _filled(row, plan, times_s, found.events, found.nearest_mm, known.leaks)
    return _through(row, plan, settings, variant.model, should_stop, place)


def _through(
    row: VariantResult, plan: Plan, settings: Settings, model: str, should_stop: Callable[[], bool], place: Path | None
) -> VariantResult | None:
    """The whole way of every frame; keeps what the slow steps found, where the run came to its end."""
    times_s: dict[int, float] = {}
    nearest, failure = None, ""
    keeper = pipeline = None
    try:
        source = open_source(row.run)
        keeper = Keeper(source.facts.clock, source.facts.first_frame)
        try:
            with recorded_shape_model() if model != RULE else nullcontext(None) as shapes:
                pipeline = start_pipeline(source, plan, settings, shapes)
                for frame in source.frames():
                    if should_stop():
                        return None
                    reading = pipeline.process(frame)
                    keeper.add(reading)
                    times_s[frame.index] = frame.t_s
                    nearest = nearer(nearest, reading.distances)
        finally:
            source.close()
    except AssistantError as error:
        failure = str(error)
    except Exception as error:
        # One run that our code fails on must not end the table of all others.
        failure = sentence(f"a fault in the program: {describe(error)}")
    if pipeline is None:
        return msgspec.structs.replace(row, frames=len(times_s), failure=failure)
    summary = pipeline.finish()
    failure = failure or pipeline.trouble
    leaks = [_leak(leak) for leak in summary.leaks]
    if not failure and keeper is not None and place is not None:
        write_cached(place, keeper.done(leaks))
    return msgspec.structs.replace(_filled(row, plan, times_s, summary.events, nearest, leaks), failure=failure)


def _filled(
    row: VariantResult,
    plan: Plan,
    times_s: dict[int, float],
    events: Sequence[Alarm],
    nearest: float | None,
    leaks: list[str],
) -> VariantResult:
    # The warning line is drawn in lateral views alone.
    view = next((view for view in plan.views if view.is_lateral), None)
    in_mm = nearest is not None and view is not None and view.calibrated
    return msgspec.structs.replace(
        row,
        frames=len(times_s),
        events=[
            Warning_(
                kind=alarm.kind.value,
                site=None if alarm.site is None else alarm.site.value,
                priority=alarm.priority.word,
                frame=alarm.first_frame,
                t_s=round(times_s[alarm.first_frame], 4),
            )
            for alarm in events
            # How long the analysis took on this machine today is no event of the run.
            if alarm.first_frame in times_s and alarm.kind is not EventKind.SLOW_PROCESSING
        ],
        nearest_mm=round(nearest, 3) if nearest is not None and in_mm else None,
        nearest_share=None if nearest is None or view is None else round(nearest / lengths.depth_mm(view), 5),
        leaks=leaks,
    )


def _leak(leak: Leak) -> str:
    site = leak.site.value.replace("_", " ")
    return site if leak.shape is None else f"{site} {leak.shape.label}"


def begin(folder: Path, job: WhatIfJob) -> None:
    """Put a job into its folder. One that is there already and is the same goes on; another one takes its place.

    Raises
    ------
    EnvironmentError_
        If the folder cannot be written to.
    """
    content = json_text(job).encode()
    path = folder / JOB
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != content:
            (folder / ROWS).unlink(missing_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise EnvironmentError_(f"{folder}: cannot be written ({error.strerror}); free some room") from error


def read_job(folder: Path) -> WhatIfJob:
    """Read the job of a folder.

    Raises
    ------
    InputError
        If there is none.
    """
    try:
        return msgspec.json.decode((folder / JOB).read_bytes(), type=WhatIfJob)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise InputError(f"{folder}: holds no what-if job ({error}); begin it from the window") from error


def read_rows(folder: Path) -> list[VariantResult]:
    """The rows that are finished; half a last line (a killed process) is left out."""
    try:
        lines = (folder / ROWS).read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    rows = []
    for line in lines[:-1]:
        try:
            rows.append(msgspec.json.decode(line, type=VariantResult))
        except (ValueError, msgspec.MsgspecError):
            continue  # a line torn by a power cut: that row is done again
    return rows


def missing(job: WhatIfJob, rows: Sequence[VariantResult]) -> Iterator[tuple[RunAndPlan, Variant]]:
    """What is still to be done, run by run."""
    done = {(row.run, row.plan, row.variant) for row in rows}
    for pair in job.runs:
        for variant in job.variants:
            if (pair.run, pair.plan, variant.name) not in done:
                yield pair, variant


def work(
    folder: Path,
    should_stop: Callable[[], bool] = lambda: False,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> bool:
    """Do what is missing of a folder's job; False when stopped before its end.

    Raises
    ------
    InputError, UsageError, EnvironmentError_
    """
    job = _of_today(folder, read_job(folder))
    base, rows = handed_settings(job.settings), read_rows(folder)
    total = len(job.runs) * len(job.variants)
    _mend(folder)
    for done, (pair, variant) in enumerate(missing(job, rows), start=len(rows)):
        on_progress(done, total)
        row = None if should_stop() else analyse(pair, variant, base, should_stop, folder.parent / CACHE_FOLDER)
        if row is None:
            return False
        try:
            with (folder / ROWS).open("ab") as file:
                file.write(json_line(row))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise EnvironmentError_(f"{folder}: cannot be written ({error.strerror}); free some room") from error
    on_progress(total, total)
    return True


def _of_today(folder: Path, job: WhatIfJob) -> WhatIfJob:
    """The job without what this program no longer has; its rows, which rest on that, are done again."""
    lost = lost_settings(job.settings)
    if not lost:
        return job
    log.warning("%s: %s; what was done is done again without it", folder, "; ".join(lost))
    job = msgspec.structs.replace(job, settings=changes_of(handed_settings(job.settings)), program=__version__)
    begin(folder, job)
    return job


def _mend(folder: Path) -> None:
    """Cut half a last line off, so that the next row stands on its own."""
    path = folder / ROWS
    if not path.is_file():
        return
    content = path.read_bytes()
    if content and not content.endswith(b"\n"):
        path.write_bytes(content[: content.rfind(b"\n") + 1])


def main(arguments: list[str]) -> int:
    """The child: works on a folder and tells its progress as one JSON line each; gives the exit status."""
    import cv2

    if hasattr(os, "nice"):
        os.nice(10)
    cv2.setNumThreads(1)

    def report(done: int, total: int) -> None:
        sys.stdout.write(json_text({"done": done, "total": total}, indent=None) + "\n")
        sys.stdout.flush()

    try:
        work(Path(arguments[0]), on_progress=report)
    except BrokenPipeError:
        return 0  # the window has gone; the next start goes on from here
    except AssistantError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
