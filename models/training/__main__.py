"""From nothing to a verified pack: ``python -m models.training``.

Makes the simulated leaks (once; kept), trains, calibrates, exports, measures, writes the card, and reads the pack back
as the program does. Seeds are fixed; on the same machine the same command gives the same pack.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from assistant.leak_shape.model_protocol import ShapeLimits
from assistant.model_packs.pack import from_bytes, to_bytes
from models.training import evaluating
from models.training.card import write_card
from models.training.drawn_outlines import drawn_outline
from models.training.exporting import F32, run_onnx, write_pack
from models.training.learning import learn, learned_before
from models.training.sample_store import load, make_all, make_real
from models.training.short_runs import answers_of, run_figures, short_runs
from models.training.small_run import LeakSample
from models.training.variants import Perturbation

SEED = 20261121
_STRESSED = 300
"""So many of the test's samples go through each kind of error."""
_ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Run all of it."""
    args = _arguments()
    cv2.setNumThreads(1)
    torch.set_num_threads(args.threads)
    store = args.work / "samples"
    if not args.as_is:
        make_all(
            store,
            [
                ("train", args.patients, 14, 4, 0),
                ("calibration", max(args.patients // 4, 1), 18, 3, 0),
                ("test", max(2 * args.patients // 3, 1), 9, 7, 6),
            ],
            args.workers,
        )
        if args.real is not None:
            make_real(store, args.real, 14, args.workers)
    parts = {part: sorted(store.glob(f"{part}-*.npz")) for part in ("train", "calibration", "test", "real")}
    _say(f"samples: {', '.join(f'{len(files)} files of {part}' for part, files in parts.items())}")
    learned = learned_before(args.pack) if args.again else learn(parts, args.drawn, args.epochs, SEED)
    _say(f"limits: {learned.limits}")
    if args.note:
        learned.facts["note"] = args.note
    samples = [sample for path in parts["test"] for sample in load(path)]
    worlds = {"outlines drawn in two dimensions": [s for s in map(_drawn, range(600)) if s is not None]}
    if parts["real"]:
        worlds["real bones (CT and meshes)"] = [sample for path in parts["real"] for sample in load(path)]
    metrics = _measured(learned.model, learned.limits, samples, worlds)
    metrics["facts"] |= {
        **learned.facts,
        **asdict(learned.limits),
        "version": args.version,
        "test_patients": len(parts["test"]),
        "temperature": learned.temperature,
    }
    write = partial(write_pack, learned=learned, version=args.version, made=args.made)
    # The runs ask the program, and the program takes a whole pack: a draft of it answers them.
    draft = write(args.work / "draft", card="draft", metrics={})
    answers = answers_of(short_runs(store / "runs", "test"), draft, args.work / "analysed")
    metrics = _rounded(metrics | {"runs": run_figures(answers)})
    pack = write(args.pack, card=write_card(metrics), metrics=metrics)
    _say(json.dumps(metrics["model"]))
    _say(json.dumps(metrics["runs"]))
    _say(f"{pack.folder}: {pack.identity.name} {pack.manifest.version} {pack.identity.sha256}")


def _measured(
    model: bytes, limits: ShapeLimits, samples: list[LeakSample], worlds: dict[str, list[LeakSample]]
) -> dict[str, Any]:
    def run(values: F32) -> tuple[F32, F32]:
        return run_onnx(model, from_bytes(to_bytes(values)))

    plain = evaluating.model_verdicts(samples, run, limits, Perturbation())
    rule = evaluating.rule_verdicts(samples, Perturbation())
    some = samples[:: -(-len(samples) // _STRESSED)]
    unseen = [reason for reason in plain.reasons if reason and reason != "not clear"]
    return {
        "facts": {
            "test_stills": len(samples),
            "injections": len({(sample.facts["seed"], sample.facts["number"]) for sample in samples}),
        },
        "model": plain.figures(),
        "rule": rule.figures(),
        "missing": "Without an answer: "
        + (", ".join(f"{unseen.count(reason)} × {reason}" for reason in sorted(set(unseen))) or "none")
        + " (no cement beyond the endplate: the cement step did not find the leak).",
        "confusion": evaluating.confusion(plain),
        "subgroups": {name: plain.figures(own) for name, own in evaluating.subgroups(samples).items()},
        "stress": {
            name: {
                "model": evaluating.model_verdicts(some, run, limits, change).figures(),
                "rule": evaluating.rule_verdicts(some, change).figures(),
            }
            for name, change in evaluating.STRESS.items()
        },
        "worlds": {
            name: {
                "model": evaluating.model_verdicts(own, run, limits, Perturbation()).figures(),
                "rule": evaluating.rule_verdicts(own, Perturbation()).figures(),
            }
            for name, own in worlds.items()
        },
        "reliability": evaluating.reliability(plain),
        "risk": evaluating.risk_coverage(plain),
    }


def _drawn(number: int) -> LeakSample | None:
    return drawn_outline(np.random.default_rng([SEED + 1, number]), number)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, float):
        return None if np.isnan(value) else round(value, 4)
    return value


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("--work", type=Path, default=_ROOT / "out" / "models", help="where the samples are kept")
    parser.add_argument("--pack", type=Path, default=_ROOT / "models" / "leak_shape", help="folder of the pack")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--made", default=time.strftime("%Y-%m-%d"), help="date in the manifest")
    parser.add_argument(
        "--patients", type=int, default=36, help="for training; a quarter more to calibrate, two thirds to test"
    )
    parser.add_argument("--drawn", type=int, default=4000, help="outlines of leaks drawn in two dimensions")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2, help="processes that simulate")
    parser.add_argument("--threads", type=int, default=1, help="of the training")
    parser.add_argument("--real", type=Path, help="folder of real spines, for one more test")
    parser.add_argument("--as-is", action="store_true", help="use the samples that are there, make none")
    parser.add_argument("--again", action="store_true", help="measure the pack that is there anew, train none")
    parser.add_argument("--note", default="", help="a sentence for the card on where the pictures come from")
    return parser.parse_args()


if __name__ == "__main__":
    main()
