"""How right a model is on patients that it never saw, with the geometric rule on the same pictures beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.leak_shape.model_protocol import CLASSES, ShapeLimits
from assistant.leak_shape.patch import leak_patch
from assistant.steps.leak_shape import classify_by_geometry
from assistant.vocabulary import Unknown, value_or_none
from models.training.calibrating import auc, calibration_error
from models.training.small_run import LeakSample
from models.training.variants import Perturbation, changed

F32 = NDArray[np.float32]
Run = Callable[[F32], tuple[F32, F32]]

NOT_SEEN = ("no cement beyond the endplate", "too small to type")
"""Reasons that are the cement step's: it did not find the leak, or next to nothing of it."""

STRESS: dict[str, Perturbation] = {
    "as marked": Perturbation(),
    "scale 20 % too large": Perturbation(scale=1.2),
    "scale 20 % too small": Perturbation(scale=0.8),
    "endplate turned by 2°": Perturbation(turn_deg=2.0),
    "endplate turned by -2°": Perturbation(turn_deg=-2.0),
    "endplate 1 mm too far out": Perturbation(off_mm=1.0),
    "endplate 1 mm too far in": Perturbation(off_mm=-1.0),
    "each mark off by 0.5 mm": Perturbation(bend_mm=0.5),
    "much grain": Perturbation(noise=0.25),
    "more blur": Perturbation(blur_mm=0.5),
    "the other polarity": Perturbation(swap=True),
    "masks with a frayed edge": Perturbation(ragged_mm=0.3),
    "masks without the outer quarter of the leak": Perturbation(missing=0.25),
    "a veil and another tone": Perturbation(haze=0.3, tone=0.6),
}


@dataclass(slots=True, kw_only=True)
class Verdicts:
    """What was said of many samples, one entry each; NaN and "" where nothing was said."""

    truth: list[str] = field(default_factory=list)
    predicted: list[str] = field(default_factory=list)
    p_spike: list[float] = field(default_factory=list)
    sure: list[float] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add(self, truth: str, predicted: str, p_spike: float | None, sure: float, reason: str) -> None:
        """One sample."""
        self.truth.append(truth)
        self.predicted.append(predicted)
        self.p_spike.append(np.nan if p_spike is None else p_spike)
        self.sure.append(sure)
        self.reasons.append(reason)

    def figures(self, only: NDArray[np.bool_] | None = None) -> dict[str, float]:
        """The figures of the contract's page on scoring; ``only`` picks some samples."""
        keep = np.ones(len(self.truth), bool) if only is None else only
        truth, predicted = np.array(self.truth)[keep], np.array(self.predicted)[keep]
        p = np.array(self.p_spike)[keep]
        named = truth != "undetermined"
        decided = named & np.isin(predicted, ("spike", "round"))
        scored = named & np.isfinite(p)
        found = named & ~np.isin(np.array(self.reasons)[keep], NOT_SEEN)
        spike = truth == "spike"
        return {
            "stills": int(keep.sum()),
            "spikes and rounds": int(named.sum()),
            "decided": float(decided.sum() / max(named.sum(), 1)),
            "found by the cement step": float(found.sum() / max(named.sum(), 1)),
            "decided of found": float(decided.sum() / max(found.sum(), 1)),
            "right of decided": float((predicted == truth)[decided].mean()) if decided.any() else float("nan"),
            "right of all": float((predicted == truth)[named].mean()) if named.any() else float("nan"),
            "with a number": float(scored.sum() / max(named.sum(), 1)),
            "AUC": auc(p[scored], spike[scored]),
            "ECE": calibration_error(p[scored], spike[scored]) if scored.any() else float("nan"),
            "in-between left open": float(np.isin(predicted[~named], ("undetermined", "")).mean())
            if (~named).any()
            else float("nan"),
        }


def model_verdicts(
    samples: list[LeakSample], run: Run, limits: ShapeLimits, change: Perturbation, seed: int = 5
) -> Verdicts:
    """The model's, one picture each, refused patches counted as said nothing."""
    rng = np.random.default_rng(seed)
    patches = [leak_patch(*changed(sample, change, rng)) for sample in samples]
    held = [patch.values for patch in patches if not isinstance(patch, Unknown)]
    p, strangeness = run(np.stack(held)) if held else (np.zeros((0, 3)), np.zeros(0))
    answers = iter(zip(p.astype(float), strangeness.astype(float), strict=True))
    verdicts = Verdicts()
    for sample, patch in zip(samples, patches, strict=True):
        if isinstance(patch, Unknown):
            verdicts.add(sample.label, "", None, 0.0, patch.reason)
            continue
        shares, far = next(answers)
        if patch.blur_mm > limits.blur_mm:
            verdicts.add(sample.label, "undetermined", None, 0.0, "too blurred to type")
            continue
        if far > limits.strangeness:
            verdicts.add(sample.label, "undetermined", None, 0.0, "unlike the training data")
            continue
        best = int(np.argmax(shares))
        clear = CLASSES[best] != "undetermined" and shares[best] >= limits.decide
        verdicts.add(
            sample.label,
            CLASSES[best] if clear else "undetermined",
            float(shares[0] / (shares[0] + shares[1])),
            float(shares[:2].max()),
            "" if clear else "not clear",
        )
    return verdicts


def rule_verdicts(samples: list[LeakSample], change: Perturbation, seed: int = 5) -> Verdicts:
    """The geometric rule's, on the same masks and lines."""
    rng = np.random.default_rng(seed)
    verdicts = Verdicts()
    for sample in samples:
        ground, plate = changed(sample, change, rng)
        reached = np.where(plate.beyond | (plate.away_mm >= 0), plate.away_mm, np.float32(np.inf))
        shape = classify_by_geometry(ground.mask, reached, ground.mm_per_px)
        p_spike = value_or_none(shape.p_spike)
        sure = 0.0 if p_spike is None else max(p_spike, 1 - p_spike)
        verdicts.add(sample.label, shape.label if p_spike is not None else "", p_spike, sure, shape.reason)
    return verdicts


def confusion(verdicts: Verdicts) -> dict[str, dict[str, int]]:
    """Counts by truth and by what was said ("no answer": no patch, too strange or too blurred)."""
    table = {truth: dict.fromkeys((*CLASSES, "no answer"), 0) for truth in CLASSES}
    for truth, predicted, p in zip(verdicts.truth, verdicts.predicted, verdicts.p_spike, strict=True):
        table[truth]["no answer" if np.isnan(p) else predicted] += 1
    return table


def risk_coverage(verdicts: Verdicts) -> list[dict[str, float]]:
    """Share wrong among what is decided, for the surest tenth, two tenths, ... of all spikes and rounds."""
    truth = np.array(verdicts.truth)
    named = truth != "undetermined"
    sure = np.where(np.isfinite(verdicts.p_spike), verdicts.sure, -1.0)[named]
    guess = np.where(np.nan_to_num(verdicts.p_spike, nan=0.5) > 0.5, "spike", "round")[named]
    wrong = (guess != truth[named])[np.argsort(-sure, kind="stable")]
    count = int((sure >= 0).sum())
    return [
        {"coverage": round(share, 2), "risk": float(wrong[: max(round(share * len(wrong)), 1)].mean())}
        for share in np.arange(0.1, 1.01, 0.1)
        if round(share * len(wrong)) <= count
    ]


def reliability(verdicts: Verdicts, bins: int = 10) -> list[dict[str, float]]:
    """How often what has a p_spike in each tenth is a spike."""
    truth, p = np.array(verdicts.truth), np.array(verdicts.p_spike)
    scored = (truth != "undetermined") & np.isfinite(p)
    at = np.clip((p * bins), 0, bins - 1)
    rows = []
    for k in range(bins):
        own = scored & (np.nan_to_num(at, nan=-1).astype(int) == k)
        if own.any():
            rows.append(
                {"said": float(p[own].mean()), "true": float((truth[own] == "spike").mean()), "stills": int(own.sum())}
            )
    return rows


def subgroups(samples: list[LeakSample]) -> dict[str, NDArray[np.bool_]]:
    """Samples by what might matter."""
    facts = [sample.facts for sample in samples]

    def of(test: Callable[[dict[str, Any]], bool]) -> NDArray[np.bool_]:
        return np.array([test(fact) for fact in facts], dtype=bool)

    return {
        "all": of(lambda f: True),
        "the leak's first picture": of(lambda f: f["picture"] == 0),
        "later pictures": of(lambda f: f["picture"] > 0),
        "superior disc": of(lambda f: f["site"] == "superior_disc"),
        "inferior disc": of(lambda f: f["site"] == "inferior_disc"),
        "thoracic to T11": of(lambda f: f["level"][0] == "T" and int(f["level"][1:]) <= 11),
        "T12 to L2": of(lambda f: f["level"] in ("T12", "L1", "L2")),
        "L3 to L5": of(lambda f: f["level"] in ("L3", "L4", "L5")),
        "dose to 25 nGy": of(lambda f: f["dose_ngy"] <= 25),
        "dose 25 to 60 nGy": of(lambda f: 25 < f["dose_ngy"] <= 60),
        "dose above 60 nGy": of(lambda f: f["dose_ngy"] > 60),
        "cement bright": of(lambda f: bool(f["inverted"])),
        "height to 3 mm": of(lambda f: f["height_mm"] <= 3),
        "height 3 to 6 mm": of(lambda f: 3 < f["height_mm"] <= 6),
        "height above 6 mm": of(lambda f: f["height_mm"] > 6),
        "off true lateral by more than 2°": of(lambda f: abs(f["lateral_error_deg"]) > 2),
    }
