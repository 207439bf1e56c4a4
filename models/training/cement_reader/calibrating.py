"""What the network's numbers mean, on patients that it did not learn from.

Temperature and shift make the probability what it says (the share of px that are cement in sight among those that were
given so much); two limits say when a new piece counts. Also written: a table of reliability and how far the path and
its spread hold. ``python -m models.training.cement_reader.calibrating --help``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.system.plain import json_text
from models.training.cement_reader.asking import answers, padded, session_of
from models.training.cement_reader.runs import SampledRun, read_on_few_pictures, read_run

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
OUTLINE_P = 0.5
PIECE_MM2 = 2.0
DRY_PIECES = 0.02
"""At most so many pictures without cement may show a piece that counts; the step asks for a second picture."""
_PEAKS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99)


def fitted(odds: F64, right: F64, steps: int = 30) -> tuple[float, float]:
    """Temperature and shift by maximum likelihood: ``p = logistic(odds / temperature + shift)``.

    Parameters
    ----------
    odds, right : array (n,)
        ``right``: 0..1, the share of the px that is cement.
    steps : int
        Of Newton's way.
    """
    slope, shift = 1.0, 0.0
    worth = _surprise(odds, right, slope, shift)
    for _ in range(steps):
        p = logistic(slope * odds + shift)
        wrong, weight = p - right, p * (1 - p) + 1e-9
        gradient = np.array([(wrong * odds).sum(), wrong.sum()])
        mixed = (weight * odds).sum()
        second = np.array([[(weight * odds * odds).sum(), mixed], [mixed, weight.sum()]])
        change = np.linalg.solve(second + np.eye(2) * 1e-6, gradient)
        # A step too far makes it worse: half of it.
        for share in 0.5 ** np.arange(12):
            tried = slope - float(share * change[0]), shift - float(share * change[1])
            better = _surprise(odds, right, *tried)
            if better < worth:
                (slope, shift), worth = tried, better
                break
        else:
            break
    return 1.0 / max(slope, 1e-3), shift


def _surprise(odds: F64, right: F64, slope: float, shift: float) -> float:
    x = slope * odds + shift
    return float((np.logaddexp(0.0, x) - right * x).sum())


def logistic(x: F64) -> F64:
    """1 / (1 + exp(-x)), without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)), np.float64)


def odds_of(p: F32) -> F32:
    """Log odds of probabilities; beyond 16 they say no more."""
    kept = np.clip(p.astype(np.float64), 1e-7, 1 - 1e-7)
    return np.asarray(np.log(kept / (1 - kept)), np.float32)


def reliability(p: F64, right: F64, bins: int = 10) -> list[dict[str, float]]:
    """In each tenth of the scale: mean probability, share that is cement, how many px."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    rows = []
    for k in range(bins):
        there = at == k
        if there.any():
            rows.append({"said": float(p[there].mean()), "is": float(right[there].mean()), "px": float(there.sum())})
    return rows


def calibration_error(rows: list[dict[str, float]]) -> float:
    """Mean distance of what is said from what is, weighted by px, over the bins."""
    px = np.array([row["px"] for row in rows])
    return float((np.abs([row["said"] - row["is"] for row in rows]) * px).sum() / px.sum())


def dry_peaks(probabilities: list[F32], bodies: list[NDArray[np.bool_]], areas_mm2: list[float]) -> list[float]:
    """The highest probability of any piece of enough mass near the body, a picture each; 0 where there is none."""
    found = []
    for p, body, px_mm2 in zip(probabilities, bodies, areas_mm2, strict=True):
        count, labels = cv2.connectedComponents((p > OUTLINE_P).astype(np.uint8), connectivity=8)
        near = cv2.dilate(body.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        best = 0.0
        for k in range(1, count):
            piece = labels == k
            if (piece & near).any() and float(p[piece].sum()) * px_mm2 >= PIECE_MM2:
                best = max(best, float(p[piece].max()))
        found.append(best)
    return found


def calibrate(session: Any, runs: list[SampledRun], every: int = 3) -> tuple[dict[str, float], dict[str, object]]:
    """Numbers for the pack, and figures for its card.

    Parameters
    ----------
    session : onnxruntime session
        Of the model as it was exported without calibration.
    runs : list of SampledRun
        Of patients that nothing was learned from.
    every : int
        Every so many pictures; those without cement all, for they are few.
    """
    odds, right, errors, said = [], [], [], []
    dry: list[tuple[F32, NDArray[np.bool_], float]] = []
    volumes = []
    for run in runs:
        px_mm2 = run.mm_per_px**2
        for k, seen in enumerate(run.pictures):
            is_dry = seen.cement_mm2 == 0 and not seen.ignored.any()
            if k % every and not is_dry:
                continue
            p_raw, path, far = answers(session, run.maps(k))
            answer = odds_of(p_raw)
            if is_dry:
                dry.append((answer, run.body, px_mm2))
            if k % every:
                continue
            open_px = run.usable & ~seen.ignored
            odds.append(answer[open_px].astype(np.float64))
            right.append(seen.visible[open_px].astype(np.float64))
            known = (seen.visible > 0.5) & (seen.path_mm > 0.3)
            if known.any():
                errors.append(np.abs(np.log(path[known] / seen.path_mm[known])))
                said.append(far[known])
                true_ml, told_ml = (float(a[known].sum()) * px_mm2 / 1000 for a in (seen.path_mm, path))
                volumes.append((true_ml, told_ml, float((far * path)[known].sum()) * px_mm2 / 1000))
    all_odds, all_right = np.concatenate(odds), np.concatenate(right)
    temperature, shift = fitted(all_odds, all_right)
    before = reliability(logistic(all_odds), all_right)
    after = reliability(logistic(all_odds / temperature + shift), all_right)
    p = [np.asarray(logistic(a.astype(np.float64) / temperature + shift), np.float32) for a, _, _ in dry]
    peaks = np.array(dry_peaks(p, [b for _, b, _ in dry], [a for _, _, a in dry]) or [0.0])
    piece_p = next((each for each in _PEAKS if float((peaks >= each).mean()) <= DRY_PIECES), _PEAKS[-1])
    numbers = {
        "temperature": temperature,
        "shift": shift,
        "outline_p": OUTLINE_P,
        "piece_p": piece_p,
        "piece_mm2": PIECE_MM2,
    }
    figures: dict[str, object] = {
        "reliability_before": before,
        "reliability": after,
        "calibration_error_before": calibration_error(before),
        "calibration_error": calibration_error(after),
        "dry_pictures": len(dry),
        "dry_pictures_with_a_piece": float((peaks >= piece_p).mean()),
    } | _path_figures(errors, said, volumes)
    return numbers, figures


def _path_figures(errors: list[F32], said: list[F32], volumes: list[tuple[float, float, float]]) -> dict[str, object]:
    """How far the path is off, how often within its spread; the same of the volume in sight."""
    if not errors:
        return {}
    error, spread_said = np.concatenate(errors), np.concatenate(said)
    true, told, deviation = np.array(volumes).T
    off = np.abs(told - true)
    return {
        "path_error_median": float(np.median(error)),
        "path_within_spread": float((error < spread_said).mean()),
        "path_within_two_spreads": float((error < 2 * spread_said).mean()),
        "volume_error_median": float(np.median(off / np.maximum(true, 1e-3))),
        "volume_within_deviation": float((off < deviation).mean()),
        "volume_within_two_deviations": float((off < 2 * deviation).mean()),
    }


def write_examples(runs: list[SampledRun], path: Path, side_px: int = 48) -> None:
    """Maps for the golden answers and for the ranges of 8-bit integers."""
    stored: dict[str, NDArray[np.generic]] = {}
    golden = []
    for n, run in enumerate(runs[:12]):
        last = len(run.pictures) - 1
        for k in sorted({last // 4, last // 2, last}):
            stored[f"example{n:02d}_{k:03d}"] = padded(run.maps(k))
        maps = run.maps(last)
        y0, x0 = (maps.shape[1] - side_px) // 2, (maps.shape[2] - side_px) // 2
        golden.append(maps[:, y0 : y0 + side_px, x0 : x0 + side_px].astype(np.float16))
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, golden=np.stack(golden[:8]), **stored)


def main() -> None:
    """Calibrate and write the numbers, the figures and the examples."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="from `exporting --plain`")
    parser.add_argument("--samples", type=Path, nargs="+", required=True, help="of held-out patients")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for calibration.json, figures.json, examples.npz"
    )
    given = parser.parse_args()
    cv2.setNumThreads(1)
    session = session_of(given.model.read_bytes())
    rng = np.random.default_rng(1)
    read = [each for path in given.samples for each in (read_run(path), read_on_few_pictures(path, rng))]
    runs = [run for run in read if run is not None]
    numbers, figures = calibrate(session, runs)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "calibration.json").write_text(json_text(numbers, indent=1) + "\n")
    (given.out / "figures.json").write_text(json_text(figures, indent=1) + "\n")
    write_examples(runs, given.out / "examples.npz")


if __name__ == "__main__":
    main()
