"""A data set of random runs whose parts (train, validation, test) never share a patient."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from assistant.errors import UsageError
from assistant.simulation.building import build_run
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.random_case import random_case
from assistant.simulation.writing import write_run

# Each part draws its patients' seeds from a range of its own.
_FIRST_SEED = {"train": 100_000, "validation": 500_000, "test": 800_000}
_ROOM = 100_000
_ATTEMPTS = 8
COLUMNS = ("run", "seed", "identity", "level", "opened_leak", "view", "leaks", "crossings", "title")


def patient_seed(split: str, number: int) -> int:
    """The anatomy's seed of one run of a part.

    Raises
    ------
    UsageError
        For more runs than a part has patients.
    """
    if not 0 <= number < _ROOM:
        raise UsageError(f"a part holds at most {_ROOM} runs")
    return _FIRST_SEED[split] + number


def write_dataset(
    count: int, split: str, folder: Path, *, workers: int = 0, progress: Callable[[float], None] | None = None
) -> None:
    """Make runs 000000, 000001, ... and ``index.csv`` in a new folder, on all cores.

    Parameters
    ----------
    count : int
    split : str
        "train", "validation" or "test".
    folder : Path
    workers : int
        Processes; 0: one for each core.
    progress : callable or None
        Called with the share that is done.

    Raises
    ------
    UsageError
        The folder holds something already, or a count below 1.
    """
    if count < 1:
        raise UsageError(f"--dataset needs 1 run or more, got {count}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: exists and is not an empty folder; give a new one")
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[int, dict[str, Any]] = {}
    with ProcessPoolExecutor(workers or os.cpu_count() or 1, initializer=_one_thread) as pool:
        jobs = {pool.submit(one_run, split, number, folder / f"{number:06d}"): number for number in range(count)}
        for job in as_completed(jobs):
            rows[jobs[job]] = job.result()
            if progress is not None:
                progress(len(rows) / count)
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[number] for number in range(count))


def _one_thread() -> None:
    """Every process keeps to one core: the processes are the parallelism."""
    cv2.setNumThreads(1)


def one_run(split: str, number: int, folder: Path) -> dict[str, Any]:
    """Make one run; what comes back is its row of the index."""
    seed = patient_seed(split, number)
    fluoroscope = _possible_run(seed, f"{split} {number}")
    case = fluoroscope.case
    document = write_run(fluoroscope, folder)
    return {
        "run": folder.name,
        "seed": seed,
        "identity": document["identity"],
        "level": document["level"],
        "opened_leak": document["cement"]["opened_leak"],
        "view": "+".join(view["view"] for view in document["views"]),
        "leaks": "+".join(leak["site"] for leak in document["leaks"]),
        "crossings": "+".join(f"{c['kind']}:{c['site']}" for c in document["crossings"]),
        "title": case.title,
    }


def _possible_run(seed: int, title: str) -> Fluoroscope:
    """Draw cases until one is possible: not every leak can be opened in every body."""
    for attempt in range(_ATTEMPTS - 1):
        try:
            return build_run(random_case(np.random.default_rng([seed, attempt]), title), seed)
        except UsageError:
            continue
    return build_run(random_case(np.random.default_rng([seed, _ATTEMPTS - 1]), title), seed)
