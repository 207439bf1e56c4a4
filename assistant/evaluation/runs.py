"""Takes runs with truth through the program and the peers, in worker processes, and scores them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import cv2

from assistant.capture.opening import open_source
from assistant.errors import EnvironmentError_, UsageError
from assistant.evaluation.outcome import no_outcome, read_outcome
from assistant.evaluation.peer_run import run_peers
from assistant.evaluation.score import PROGRAM, score
from assistant.evaluation.tally import RunScore
from assistant.evaluation.truth import read_truth

# The program as anyone calls it, also where its script is not on the path.
_PROGRAM = "import sys; from ui.entry import main; sys.exit(main())"
_ROOT = Path(__file__).resolve().parents[2]
RUN_LIMIT_S = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run to score.

    Attributes
    ----------
    run : Path
        Run folder with ``plan.json`` and ``truth/``.
    results : Path
        Where the program's result goes (or lies, with ``reuse``).
    peers, reuse : bool
    """

    run: Path
    results: Path
    peers: bool
    reuse: bool


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


def simulate_set(folder: Path, count: int, jobs: int) -> list[Path]:
    """The first ``count`` runs of the validation set; simulated when they are not there yet.

    Raises
    ------
    EnvironmentError_
        If the simulator fails.
    """
    done = sorted(path.parent.parent for path in folder.glob("*/truth/truth.json"))
    if len(done) < count:
        command = [sys.executable, "-m", "assistant.simulation.command", "--dataset", str(count)]
        command += ["--split", "validation", "--out", str(folder), "--workers", str(jobs)]
        if subprocess.run(command, env=_environment(), check=False).returncode != 0:
            raise EnvironmentError_(f"{folder}: the validation set could not be simulated (its message stands above)")
    return runs_under(folder)[:count]


def analyse(job: Job) -> tuple[float, str]:
    """Call the program on a run, from outside.

    Returns
    -------
    wall_s : float
    message : str
        What it said when it failed; empty otherwise.
    """
    command = [sys.executable, "-c", _PROGRAM, "analyze", str(job.run)]
    command += ["--plan", str(job.run / "plan.json"), "--out", str(job.results), "--masks"]
    started_s = time.monotonic()
    try:
        done = subprocess.run(
            command, env=_environment(), capture_output=True, text=True, timeout=RUN_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return time.monotonic() - started_s, f"was stopped after {RUN_LIMIT_S} s"
    message = "" if done.returncode == 0 else f"exit {done.returncode}: {done.stderr.strip()[-300:]}"
    return time.monotonic() - started_s, message


def score_job(job: Job) -> list[RunScore]:
    """Score the program and, if asked, the peers on one run."""
    cv2.setNumThreads(1)  # each worker has its own core
    truth = read_truth(job.run / "truth")
    wall_s, message = (0.0, "") if job.reuse else analyse(job)
    written = (job.results / "result.json").is_file() and (job.results / "measurements.csv").is_file()
    outcome = read_outcome(job.results, truth.frames) if written else no_outcome(truth.frames)
    own = score(truth, outcome, PROGRAM)
    counts = own.counts if job.reuse else {**own.counts, "wall_s": (wall_s, float(truth.frames))}
    scores = [replace(own, counts=counts, notes=(*own.notes, *([message] if message else [])))]
    if job.peers:
        source = open_source(str(job.run))
        try:
            outcomes = run_peers(truth, source)
        finally:
            source.close()
        scores += [score(truth, outcome, name, told=True) for name, outcome in outcomes.items()]
    return scores


def score_all(jobs: Sequence[Job], workers: int, done: Callable[[int], None]) -> list[RunScore]:
    """Score all runs, in their order; ``done`` is told how many are finished."""
    results: dict[int, list[RunScore]] = {}
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(score_job, job): k for k, job in enumerate(jobs)}
        for future in as_completed(waiting):
            results[waiting[future]] = future.result()
            done(len(results))
    return [score for k in sorted(results) for score in results[k]]


def _environment() -> dict[str, str]:
    """One thread for each worker's program, which finds the modules also in a clone that is not installed."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OPENCV_FOR_THREADS_NUM": "1", "OMP_NUM_THREADS": "1"}
