"""Samples in, a calibrated model out; kept, so that measuring again does not train again."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import leak_patch
from assistant.model_packs.pack import from_bytes
from assistant.shape_model import ShapeLimits
from models.training import calibrating
from models.training.exporting import run_onnx, to_onnx
from models.training.network import Packed, ShapeNet
from models.training.sample_store import digest
from models.training.training import Patches, answers, collect, collect_drawn, joined, train

_GOLDEN = 16
_EXAMPLES = 300


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """A calibrated model.

    Attributes
    ----------
    model : bytes
        ONNX.
    limits : ShapeLimits
    temperature : float
    golden, examples : array of uint8
        Patches of the calibration part.
    facts : dict
        Counts for the card.
    """

    model: bytes = field(repr=False)
    limits: ShapeLimits
    temperature: float
    golden: NDArray[np.uint8] = field(repr=False)
    examples: NDArray[np.uint8] = field(repr=False)
    facts: dict[str, Any]


def learn(work: Path, parts: dict[str, list[Path]], *, drawn: int, epochs: int, seed: int) -> Learned:
    """Train and calibrate, or take what the same data, code and figures gave before.

    Parameters
    ----------
    work : Path
        Where the outcome is kept.
    parts : dict
        Files of "train" and "calibration".
    drawn : int
        Leaks drawn in two dimensions beside them.
    epochs, seed : int
    """
    path = work / f"learned-{_key(parts, drawn, epochs, seed)}.npz"
    if path.is_file():
        return _read(path)
    simulated = collect(parts["train"], 2)
    sketched = collect_drawn(drawn, seed, 1)
    held = collect(parts["calibration"], 1)
    sys.stdout.write(
        f"patches: {len(simulated.labels)} simulated, {len(sketched.labels)} drawn, {len(held.labels)} to calibrate\n"
    )
    every = joined(simulated, sketched)
    net = train(every, epochs=epochs, seed=seed)
    made = _calibrated(net, every, held, seed)
    made.facts.update(
        train_stills=_plain(simulated),
        drawn_stills=_plain(sketched),
        train_patients=len(parts["train"]),
        calibration_patients=len(parts["calibration"]),
        parameters=sum(p.numel() for p in net.parameters()),
    )
    _write(path, made)
    return made


def _calibrated(net: ShapeNet, every: Patches, held: Patches, seed: int) -> Learned:
    logits, _ = answers(net, from_bytes(held.bytes))
    temperature = calibrating.fit_temperature(logits, held.labels)
    _, embeddings = answers(net, from_bytes(every.bytes))
    means, whitening = calibrating.fit_distance(embeddings, every.labels)
    model = to_onnx(Packed(net, temperature, means, whitening))
    p, strangeness = run_onnx(model, from_bytes(held.bytes))
    plain = np.array([fact["variant"] == 0 for fact in held.facts])
    blur = [fact["blur_mm"] for fact in (*every.facts, *held.facts) if fact["variant"] == 0]
    rng = np.random.default_rng(seed)
    golden = np.sort(rng.choice(len(held.bytes), _GOLDEN, replace=False))
    return Learned(
        model=model,
        limits=ShapeLimits(
            decide=calibrating.decide_limit(p[plain].astype(np.float64), held.labels[plain]),
            strangeness=calibrating.strangeness_limit(strangeness),
            blur_mm=round(float(np.quantile(blur, 0.995)), 1),
        ),
        temperature=temperature,
        golden=held.bytes[golden],
        examples=held.bytes[:_EXAMPLES],
        facts={},
    )


def _plain(patches: Patches) -> int:
    return sum(fact["variant"] == 0 for fact in patches.facts)


def _key(parts: dict[str, list[Path]], drawn: int, epochs: int, seed: int) -> str:
    """A checksum of the data, the figures, and the code that makes a model of them."""
    whole = hashlib.sha256(f"{drawn} {epochs} {seed}".encode())
    for part in ("train", "calibration"):
        whole.update(digest(parts[part]).encode())
    here = Path(__file__).parent
    names = ("learning", "training", "network", "calibrating", "variants", "drawn_leaks", "exporting")
    for file in (*(here / f"{name}.py" for name in names), Path(leak_patch.__file__)):
        whole.update(file.read_bytes())
    return whole.hexdigest()[:16]


def _write(path: Path, made: Learned) -> None:
    told = {"limits": asdict(made.limits), "temperature": made.temperature, "facts": made.facts}
    draft = path.with_suffix(".tmp")
    with draft.open("wb") as file:
        np.savez(
            file,
            model=np.frombuffer(made.model, np.uint8),
            golden=made.golden,
            examples=made.examples,
            told=np.frombuffer(json.dumps(told).encode(), np.uint8),
        )
    draft.replace(path)


def _read(path: Path) -> Learned:
    with np.load(path) as file:
        held = dict(file)
    told = json.loads(held["told"].tobytes())
    return Learned(
        model=held["model"].tobytes(),
        limits=ShapeLimits(**told["limits"]),
        temperature=told["temperature"],
        golden=held["golden"],
        examples=held["examples"],
        facts=told["facts"],
    )
