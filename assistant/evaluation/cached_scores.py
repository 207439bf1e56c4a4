"""Keeps the scores of a run: an evaluation that was broken off goes on where it stopped, and no peer is asked twice.

What is kept is taken again only while everything that it was made from is the same to the byte: the run's plan and
truth and the code that scores; for a peer's score its network, for the program's own all of the program.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.evaluation.tally import RunScore
from assistant.system.files import whole_file
from assistant.system.places import models_folder
from assistant.system.plain import json_text

_ASSISTANT = Path(__file__).resolve().parents[1]
_SCORING = ("peers/*.py", "score*.py", "film.py", "truth.py", "outcome.py", "tally.py")
_ALSO = ("geometry.py", "line_maps.py", "lines.py", "plan.py", "readings/table_file.py", "settings/tree.py")


def _code() -> list[Path]:
    mine = [path for names in _SCORING for path in sorted((_ASSISTANT / "evaluation").glob(names))]
    return [*mine, *(_ASSISTANT / name for name in _ALSO), models_folder() / "plain_unet" / "model.onnx"]


def key_of(run: Path) -> str:
    """Checksum of all that a run's peer scores are made from.

    Raises
    ------
    OSError
        If one of the files cannot be read.
    """
    digest = hashlib.sha256()
    files = (run / "plan.json", run / "truth" / "truth.json", run / "truth" / "truth.csv", run / "scenario.toml")
    for path in (*(file for file in files if file.is_file() or file.suffix != ".toml"), *_code()):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    # The ideal observer answers where a run has its masks.
    digest.update(str((run / "truth" / "ideal").is_dir()).encode())
    return digest.hexdigest()


def own_key_of(run: Path, how: str) -> str:
    """Checksum of all that the program's own score of a run is made from.

    Parameters
    ----------
    run : Path
    how : str
        How its answers are come by, and with what numbers.

    Raises
    ------
    OSError
        If one of the files cannot be read.
    """
    return hashlib.sha256(f"{key_of(run)} {_program()} {how}".encode()).hexdigest()


@cache
def _program() -> str:
    digest = hashlib.sha256()
    code = [path for kind in ("*.py", "*.toml") for path in _ASSISTANT.rglob(kind)]
    for path in sorted([*code, *(path for path in models_folder().rglob("*") if path.is_file())]):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def keep(path: Path, key: str, scores: Iterable[RunScore]) -> None:
    """Write scores of one run.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    heads: list[dict[str, Any]] = []
    arrays: dict[str, Any] = {}
    for k, score in enumerate(scores):
        counts = {name: list(pair) for name, pair in score.counts.items()}
        heads.append(
            {
                "run": score.run,
                "method": score.method,
                "tags": dict(score.tags),
                "counts": counts,
                "notes": list(score.notes),
            }
        )
        arrays |= {f"{k}/{name}": samples for name, samples in score.samples.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    head = np.array(json_text({"key": key, "scores": heads}, indent=None))
    with whole_file(path, durable=False) as part, part.open("wb") as file:
        np.savez_compressed(file, head=head, **arrays)


def cached(path: Path, key: str) -> list[RunScore] | None:
    """Scores of one run, or None where there are none or they were made from something else.

    Raises
    ------
    OSError, ValueError
        If the file is damaged.
    """
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as file:
        head = json.loads(str(file["head"]))
        if head["key"] != key:
            return None
        arrays = {name: file[name] for name in file.files if name != "head"}
    return [
        RunScore(
            run=one["run"],
            method=one["method"],
            tags=one["tags"],
            samples={
                name.partition("/")[2]: values for name, values in arrays.items() if name.partition("/")[0] == str(k)
            },
            counts={name: (pair[0], pair[1]) for name, pair in one["counts"].items()},
            notes=tuple(one["notes"]),
        )
        for k, one in enumerate(head["scores"])
    ]
