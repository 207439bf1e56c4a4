"""Samples on disk, one file a patient: made once, read for every training."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import cv2
import numpy as np

from assistant.leak_shape.patch import Ground
from assistant.simulation.anatomy.anatomy import build
from assistant.simulation.dataset import patient_seed
from assistant.system.files import whole_file
from models.training.small_run import LeakSample, draw_anatomy, samples_of

# Parts never share a patient. Calibration takes validation patients that `make evaluate` does not use.
_FIRST = {"train": 0, "calibration": 50_000, "test": 50_000, "real": 90_000}
_SPLIT = {"train": "train", "calibration": "validation", "test": "test", "real": "test"}


def seed_of(part: str, number: int) -> int:
    """The seed of a patient of a part ("train", "calibration", "test")."""
    return patient_seed(_SPLIT[part], _FIRST[part] + number)


REAL = (
    "mesh-vhp/L1", "mesh-vhp/L2", "mesh-vhp/L3", "mesh-vhp/L4", "ct-lumbar/L1", "ct-lumbar/L2", "ct-lumbar/L3",
    "ct-thoracic/T12", "mesh-ssm/L2", "mesh-ssm/L3",
)  # fmt: skip
"""Real spines for the part "real": another anatomy than any that trained."""


def make(
    folder: Path,
    part: str,
    number: int,
    injections: int,
    most: int,
    runs: int = 0,
    real: tuple[Path, str] | None = None,
) -> Path:
    """Make one patient's file, and runs of the first injections beside it, unless it is there.

    Parameters
    ----------
    folder : Path
    part : str
    number : int
        Of the patient in its part.
    injections : int
    most : int
        Samples of each injection at most.
    runs : int
        So many injections are written as whole runs too (`short_runs`).
    real : (Path, str) or None
        Folder and identity of a real spine.
    """
    path = folder / f"{part}-{number:04d}.npz"
    if path.is_file():
        return path
    seed = seed_of(part, number)
    anatomy = draw_anatomy(seed) if real is None else build(real[1], real[0])
    arrays: dict[str, np.ndarray] = {}
    facts: list[dict[str, object]] = []
    for injection in range(injections):
        run = folder / "runs" / f"{part}-{number:04d}-{injection:02d}" if injection < runs else None
        for sample in samples_of(anatomy, seed, injection, most, run):
            _pack(arrays, len(facts), sample)
            facts.append({"label": sample.label, **sample.facts})
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    with whole_file(path, durable=False, by_many=True) as partial, partial.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    return path


def make_all(folder: Path, wanted: list[tuple[str, int, int, int, int]], workers: int) -> None:
    """Make files of many patients, a row a part: (part, patients, injections, samples of each, runs); side by side."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [
        (number / patients, part, number, injections, most, runs)
        for part, patients, injections, most, runs in wanted
        for number in range(patients)
    ]
    with ProcessPoolExecutor(workers, initializer=_one_thread) as pool:
        running = [pool.submit(make, folder, *job[1:]) for job in sorted(jobs)]
        for done in as_completed(running):
            done.result()


def make_real(folder: Path, data: Path, injections: int, workers: int) -> None:
    """Make the part "real" from the spines in a folder that does not belong to the project."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers, initializer=_one_thread) as pool:
        running = [
            pool.submit(make, folder, "real", k, injections, 2, 2, (data, f"{name}@{9000 + k}"))
            for k, name in enumerate(REAL)
        ]
        for done in as_completed(running):
            done.result()


def load(path: Path) -> list[LeakSample]:
    """Read one patient's samples."""
    with np.load(path) as file:
        arrays = dict(file)
    facts = json.loads(arrays["facts"].tobytes())
    return [_unpacked(arrays, k, own) for k, own in enumerate(facts)]


def digest(paths: list[Path]) -> str:
    """One checksum of many files, whatever their order."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _one_thread() -> None:
    cv2.setNumThreads(1)


def _pack(arrays: dict[str, np.ndarray], k: int, sample: LeakSample) -> None:
    ground = sample.ground
    arrays[f"{k}.shape"] = np.array(ground.mask.shape)
    arrays[f"{k}.bits"] = np.packbits(
        np.stack([ground.mask, ground.usable, sample.true_mask, sample.allowed]).reshape(4, -1), axis=1
    )
    arrays[f"{k}.pictures"] = np.stack([ground.before, ground.difference]).astype(np.float16)
    arrays[f"{k}.scale"] = np.array([ground.mm_per_px, ground.source_mm_per_px])
    arrays[f"{k}.line"] = sample.line_px
    arrays[f"{k}.inside"] = sample.inside_px


def _unpacked(arrays: dict[str, np.ndarray], k: int, facts: dict[str, object]) -> LeakSample:
    rows, cols = arrays[f"{k}.shape"].tolist()
    bits = np.unpackbits(arrays[f"{k}.bits"], axis=1, count=rows * cols).reshape(4, rows, cols).astype(bool)
    before, difference = arrays[f"{k}.pictures"].astype(np.float32)
    scale = arrays[f"{k}.scale"].tolist()
    return LeakSample(
        ground=Ground(
            mask=bits[0],
            before=before,
            difference=difference,
            usable=bits[1],
            mm_per_px=scale[0],
            source_mm_per_px=scale[1],
        ),
        true_mask=bits[2],
        line_px=arrays[f"{k}.line"],
        inside_px=arrays[f"{k}.inside"],
        allowed=bits[3],
        label=str(facts["label"]),
        facts={key: value for key, value in facts.items() if key != "label"},
    )
