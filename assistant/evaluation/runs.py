"""Takes runs with truth through the program and the peers, in worker processes, and scores them."""

from __future__ import annotations

import shutil
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from enum import Enum
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import cv2

from assistant.capture.opening import open_source
from assistant.capture.source import Source
from assistant.errors import UsageError
from assistant.evaluation import cached_scores
from assistant.evaluation.acquisition_set import Part, make_run
from assistant.evaluation.acquisition_set import planned_runs as planned_acquisition
from assistant.evaluation.outcome import no_outcome, read_outcome
from assistant.evaluation.paired_runs import IDEAL
from assistant.evaluation.peers.ideal_observer import IdealObserver
from assistant.evaluation.peers.peer_methods import PEERS, PeerKind
from assistant.evaluation.peers.peer_run import run_peers
from assistant.evaluation.program_run import run_program
from assistant.evaluation.score import PROGRAM, score
from assistant.evaluation.tally import RunScore
from assistant.evaluation.truth import Truth, read_truth
from assistant.evaluation.validation_set import PlannedRun, fluoroscope_of, planned_runs
from assistant.simulation.writing import write_run
from assistant.steps.cement import USUAL_LIMITS, CementLimits
from assistant.system.files import whole_folder
from assistant.system.processes import TooLate, answer_of, module_environment

T = TypeVar("T")

# The program as anyone calls it, also where its script is not on the path.
_PROGRAM = "import sys; from ui.entry import main; sys.exit(main())"
_ROOT = Path(__file__).resolve().parents[2]
RUN_LIMIT_S = 1800


class Way(Enum):
    """How the program's answers are come by: the command as anyone calls it, the pipeline alone, or lying results."""

    COMMAND = "command"
    DIRECT = "direct"
    REUSE = "reuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunToScore:
    """One run to score.

    Attributes
    ----------
    run : Path
        Run folder with ``plan.json`` and ``truth/``.
    results : Path
        Where the program's result goes, or lies.
    peers : bool
        Also the other methods.
    ideal : bool
        Of these the ideal observer alone, where ``peers`` is not asked for.
    way : Way
        How the program's answers are come by.
    limits : CementLimits
        The numbers of the cement step; others than the usual ones only where the pipeline is run alone.
    """

    run: Path
    results: Path
    peers: bool
    way: Way
    limits: CementLimits = USUAL_LIMITS
    ideal: bool = False


def runs_under(folder: Path) -> list[Path]:
    """Run folders with truth: the folder itself, or those right below it, by name.

    Raises
    ------
    UsageError
        If there is none.
    """
    found = [folder] if (folder / "truth" / "truth.json").is_file() else []
    found += sorted(path.parent.parent for path in folder.glob("*/truth/truth.json"))
    if not found:
        raise UsageError(f"{folder}: holds no run with truth (RUN/truth/truth.json); give a folder of simulated runs")
    return found


def acquisition_runs(folder: Path, part: Part, groups: dict[str, int], count: int | None, jobs: int) -> list[Path]:
    """The first ``count`` runs (None: all) of these groups of `acquisition_set`; those not there yet are simulated.

    Raises
    ------
    AssistantError
        If the simulator fails.
    """
    planned = planned_acquisition(part, groups)[:count]
    todo = [run for run in planned if not (folder / run.name / "truth/truth.json").is_file()]
    if todo:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            for k, _ in enumerate(pool.map(make_run, todo, [folder / run.name for run in todo]), 1):
                progress("simulated", k, len(todo))
    return [folder / run.name for run in planned]


def simulate_set(folder: Path, count: int, jobs: int, data: Path | None) -> list[Path]:
    """The first ``count`` runs of the validation set; those that are not there yet are simulated.

    Parameters
    ----------
    folder : Path
    count : int
    jobs : int
        Worker processes.
    data : Path or None
        Folder of the real anatomy.

    Raises
    ------
    AssistantError
        If the simulator fails.
    """
    planned = planned_runs()[:count]
    runs = [folder / f"{run.number:06d}" for run in planned]
    todo = [(plan, run) for plan, run in zip(planned, runs, strict=True) if not (run / "truth/truth.json").is_file()]
    if todo:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            for k, _ in enumerate(pool.map(_simulate, *zip(*todo, strict=True), [data] * len(todo)), 1):
                progress("simulated", k, len(todo))
    return runs


def _simulate(planned: PlannedRun, run: Path, data: Path | None) -> None:
    """Make one run, whole or not at all."""
    cv2.setNumThreads(1)
    fluoroscope = fluoroscope_of(planned, data)
    with whole_folder(run) as part:
        observer = IdealObserver(part, planned.seed, fluoroscope.plan.views[0].mm_per_px)
        write_run(fluoroscope, part, also=observer.see)


def progress(done: str, count: int, total: int) -> None:
    """Rewrite a line on standard error, where somebody looks."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} {count} of {total} runs" + ("\n" if count == total else ""))
        sys.stderr.flush()


def analyse(job: RunToScore) -> tuple[float, str]:
    """Call the program on a run, from outside.

    Returns
    -------
    wall_s : float
    message : str
        What it said when it failed; empty otherwise.
    """
    command = [sys.executable, "-c", _PROGRAM, "analyze", str(job.run), "--defaults"]
    command += ["--plan", str(job.run / "plan.json"), "--out", str(job.results), "--masks"]
    shutil.rmtree(job.results, ignore_errors=True)  # an old result is never taken for a new one
    started_s = time.monotonic()
    try:
        done = answer_of(command, environment=module_environment(OPENCV_FOR_THREADS_NUM="1"), limit_s=RUN_LIMIT_S)
    except TooLate:
        return time.monotonic() - started_s, f"was stopped after {RUN_LIMIT_S} s"
    output = done.errors.decode("utf-8", "replace").strip()
    message = "" if done.status == 0 else f"exit {done.status}: {output[-300:]}"
    return time.monotonic() - started_s, message


def score_job(job: RunToScore) -> list[RunScore]:
    """Score the program and, if asked, the peers on one run."""
    cv2.setNumThreads(1)  # each worker has its own core
    truth = read_truth(job.run / "truth")
    scores = [_own_score(job, truth)]
    if not job.peers and not job.ideal:
        return scores
    kinds = PEERS if job.peers else tuple(kind for kind in PEERS if kind.name == IDEAL)
    return scores + _peer_scores(job, truth, kinds)


def _peer_scores(job: RunToScore, truth: Truth, kinds: tuple[PeerKind, ...]) -> list[RunScore]:
    """The peers' scores, kept beside the results: `cached_scores`."""
    path = job.results.parent.parent / ("peers" if kinds == PEERS else "ideal") / f"{job.run.name}.npz"
    key = cached_scores.key_of(job.run)
    scores = cached_scores.cached(path, key)
    if scores is None:
        outcomes = _with_source(job.run, lambda source: run_peers(truth, source, kinds))
        scores = [score(truth, outcome, name, state_given=True) for name, outcome in outcomes.items()]
        cached_scores.keep(path, key, scores)
    return scores


def _own_score(job: RunToScore, truth: Truth) -> RunScore:
    """The program's own score, kept as the peers' are: an evaluation that was broken off goes on where it stopped."""
    if job.way is Way.REUSE:
        return _fresh_score(job, truth)
    path = job.results.parent.parent / "own" / f"{job.run.name}.npz"
    key = cached_scores.own_key_of(job.run, f"{job.way.value} {job.limits}")
    kept = cached_scores.cached(path, key)
    if kept is not None:
        return kept[0]
    fresh = _fresh_score(job, truth)
    if fresh.counts["complete"][0] == 1:  # what failed is tried again
        cached_scores.keep(path, key, [fresh])
    return fresh


def _fresh_score(job: RunToScore, truth: Truth) -> RunScore:
    if job.way is Way.DIRECT:
        return _direct_score(job, truth)
    wall_s, message = analyse(job) if job.way is Way.COMMAND else (0.0, "")
    written = (job.results / "result.json").is_file() and (job.results / "measurements.csv").is_file()
    outcome = read_outcome(job.results, truth.frames) if written else no_outcome(truth.frames)
    own = score(truth, outcome, PROGRAM)
    if job.way is Way.REUSE:
        return own
    notes = (*own.notes, *([message] if message else []))
    return replace(own, counts={**own.counts, "wall_s": (wall_s, float(truth.frames))}, notes=notes)


def _direct_score(job: RunToScore, truth: Truth) -> RunScore:
    try:
        return score(truth, _with_source(job.run, lambda source: run_program(truth, source, job.limits)), PROGRAM)
    except Exception as error:
        # As when the command dies: this run is lost with all its figures, the others are scored.
        places = traceback.extract_tb(error.__traceback__)
        inside = [place for place in places if place.filename.startswith(str(_ROOT / "assistant"))]
        own = inside[-1] if inside else places[-1]
        lost = score(truth, no_outcome(truth.frames), PROGRAM)
        place = f"{Path(own.filename).name}:{own.lineno}"
        return replace(lost, notes=(*lost.notes, f"crashed at {place}: {type(error).__name__}: {error}"))


def _with_source(run: Path, use: Callable[[Source], T]) -> T:
    source = open_source(str(run))
    try:
        return use(source)
    finally:
        source.close()


def of_each(work: Callable[[Any], T], items: Sequence[Any], workers: int) -> list[T]:
    """What ``work`` says of each, in their order, in worker processes."""
    with ProcessPoolExecutor(max(1, min(workers, len(items))), mp_context=get_context("spawn")) as pool:
        return list(pool.map(work, items))


def score_all(jobs: Sequence[RunToScore], workers: int) -> list[RunScore]:
    """Score all runs; the scores come in the order of the runs."""
    results: dict[int, list[RunScore]] = {}
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(score_job, job): k for k, job in enumerate(jobs)}
        for future in as_completed(waiting):
            results[waiting[future]] = future.result()
            progress("scored", len(results), len(jobs))
    return [score for k in sorted(results) for score in results[k]]
