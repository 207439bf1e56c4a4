"""Samples in, a calibrated model out; or the model of a pack, to measure it again."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from assistant.leak_shape.model_protocol import ShapeLimits
from assistant.model_packs.pack import from_bytes, read_pack, to_bytes
from models.training import calibrating
from models.training.exporting import F32, CalibratedModel, run_onnx, to_int8, to_onnx
from models.training.network import Packed, ShapeNet
from models.training.sample_store import digest
from models.training.training import Patches, answers, collect, collect_drawn, joined, train

_GOLDEN = 16
_EXAMPLES = 300
FACTS = ("train_stills", "drawn_stills", "train_patients", "calibration_patients", "parameters", "int8")
"""What a training says of itself in the card."""


def learned_before(folder: Path) -> CalibratedModel:
    """The model of a pack with all that is not measured anew.

    Parameters
    ----------
    folder : Path
        Of the pack.

    Raises
    ------
    ModelRefused
        If the pack is not whole.
    """
    pack = read_pack(folder)
    facts = json.loads((folder / "metrics.json").read_text("utf-8"))["facts"]
    return CalibratedModel(
        model=(folder / "model.onnx").read_bytes(),
        limits=pack.limits,
        temperature=pack.manifest.temperature,
        training_data_sha256=pack.manifest.training_data_sha256,
        golden=to_bytes(pack.golden),
        facts={name: facts[name] for name in FACTS} | {"note": facts.get("note", "")},
    )


def learn(parts: dict[str, list[Path]], drawn: int, epochs: int, seed: int) -> CalibratedModel:
    """Train and calibrate.

    Parameters
    ----------
    parts : dict
        Files of "train" and "calibration".
    drawn : int
        Outlines drawn in two dimensions beside them.
    epochs, seed : int
    """
    simulated = collect(parts["train"], 2)
    sketched = collect_drawn(drawn, seed, 1)
    held = collect(parts["calibration"], 1)
    sys.stdout.write(
        f"patches: {len(simulated.labels)} simulated, {len(sketched.labels)} drawn, {len(held.labels)} to calibrate\n"
    )
    every = joined(simulated, sketched)
    net = train(every, epochs=epochs, seed=seed)
    made = _calibrated(net, every, held, seed, digest(parts["train"]))
    made.facts.update(
        train_stills=_plain(simulated),
        drawn_stills=_plain(sketched),
        train_patients=len(parts["train"]),
        calibration_patients=len(parts["calibration"]),
        parameters=sum(p.numel() for p in net.parameters()),
        int8=_int8(made.model, from_bytes(held.bytes[:_EXAMPLES])),
    )
    return made


def _calibrated(net: ShapeNet, every: Patches, held: Patches, seed: int, data_sha256: str) -> CalibratedModel:
    logits, _ = answers(net, from_bytes(held.bytes))
    temperature = calibrating.fit_temperature(logits, held.labels)
    _, embeddings = answers(net, from_bytes(every.bytes))
    means, whitening = calibrating.fit_distance(embeddings, every.labels)
    model = to_onnx(Packed(net, temperature, torch.from_numpy(means), torch.from_numpy(whitening)))
    p, strangeness = run_onnx(model, from_bytes(held.bytes))
    plain = np.array([fact["variant"] == 0 for fact in held.facts])
    blur = [fact["blur_mm"] for fact in (*every.facts, *held.facts) if fact["variant"] == 0]
    rng = np.random.default_rng(seed)
    golden = np.sort(rng.choice(len(held.bytes), _GOLDEN, replace=False))
    return CalibratedModel(
        model=model,
        limits=ShapeLimits(
            decide=calibrating.decide_limit(p[plain].astype(np.float64), held.labels[plain]),
            strangeness=calibrating.strangeness_limit(strangeness),
            blur_mm=round(float(np.quantile(blur, 0.995)), 1),
        ),
        temperature=temperature,
        training_data_sha256=data_sha256,
        golden=held.bytes[golden],
        facts={"note": ""},
    )


def _plain(patches: Patches) -> int:
    return sum(fact["variant"] == 0 for fact in patches.facts)


def _int8(model: bytes, values: F32) -> str:
    small = to_int8(model, values[:200, None])
    p, p8 = run_onnx(model, values)[0], run_onnx(small, values)[0]
    same = float((p.argmax(axis=1) == p8.argmax(axis=1)).mean())
    spent = [_spent_ms(each, values[:1]) for each in (model, small)]
    return (
        f"was tried and left out (same word in {100 * same:.1f} % of the calibration patches, p off by up to "
        f"{float(np.abs(p - p8).max()):.2f}, {spent[1]:.2f} ms against {spent[0]:.2f} ms a patch)"
    )


def _spent_ms(model: bytes, values: F32) -> float:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    spent = []
    for _ in range(200):
        began_s = time.perf_counter()
        session.run(None, {"leak": values})
        spent.append(time.perf_counter() - began_s)
    return float(np.median(spent)) * 1000.0
