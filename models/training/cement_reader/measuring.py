"""How right the network is, group by group, on runs of patients that nothing was learned from or chosen on.

``python -m models.training.cement_reader.measuring --pack DIR --samples FILE...``; pieces are taken as the cement step
takes them. Alarms and distances are measured by the evaluation, through the whole program.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.system.plain import json_text, read_json
from models.training.cement_reader.asking import answers, session_of
from models.training.cement_reader.runs import SampledRun, read_run

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]
LEAST_MM2 = 5.0
_SEEN_MM2, _DRY_MM2, _FAR_MM2, _FAR_MM = 1.0, 1.0, 2.0, 2.0


@dataclass(slots=True, eq=False)
class GroupTally:
    """What is counted over the runs of a group."""

    dice: list[float] = field(default_factory=list)
    first_mm2: list[float] = field(default_factory=list)
    first_pictures: list[int] = field(default_factory=list)
    dry: list[float] = field(default_factory=list)
    far: list[float] = field(default_factory=list)
    never: int = 0

    def figures(self) -> dict[str, float]:
        """By name; a share of nothing is NaN."""

        def at(values: Sequence[float], percent: float) -> float:
            return float(np.percentile(values, percent)) if values else float("nan")

        def beyond(values: Sequence[float], limit: float) -> float:
            return float((np.array(values) > limit).mean()) if values else float("nan")

        return {
            "pictures": float(len(self.dice)),
            "dice": at(self.dice, 50),
            "dice_p5": at(self.dice, 5),
            "first_mm2": at(self.first_mm2, 50),
            "first_mm2_p90": at(self.first_mm2, 90),
            "pictures_after_5_mm2_p90": at(self.first_pictures, 90),
            "never_seen": float(self.never),
            "dry_pictures_over_1_mm2": beyond(self.dry, _DRY_MM2),
            "pictures_over_2_mm2_far": beyond(self.far, _FAR_MM2),
        }


def pieces(p: F32, body: Bool, known: Bool | None, px_mm2: float, limits: dict[str, float]) -> Bool:
    """Cement: pieces near the body that were known, or are sure and large enough."""
    count, labels = cv2.connectedComponents((p > limits["outline_p"]).astype(np.uint8), connectivity=8)
    near = cv2.dilate(body.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    mass = np.bincount(labels.ravel(), weights=p.ravel(), minlength=count) * px_mm2
    peak = np.zeros(count)
    np.maximum.at(peak, labels.ravel().astype(np.intp), p.ravel())
    good = (mass >= limits["piece_mm2"]) & (peak >= limits["piece_p"])
    if known is not None and known.any():
        good[np.unique(labels[known])] = True
    touching = np.zeros(count, bool)
    touching[np.unique(labels[near])] = True
    good &= touching
    good[0] = False
    return np.asarray(good[labels], bool)


def tally(run: SampledRun, read: Callable[[F32], F32], limits: dict[str, float], into: GroupTally) -> None:
    """Read a run picture after picture and count.

    Parameters
    ----------
    run : SampledRun
    read : callable
        Maps (8, rows, cols) to the probability (rows, cols).
    limits : dict
        Of the pack.
    into : GroupTally
    """
    px_mm2, known, found, waited = run.mm_per_px**2, None, False, 0
    reach = 2 * round(_FAR_MM / run.mm_per_px) + 1
    for k, seen in enumerate(run.pictures):
        p = read(run.maps(k)) * run.usable
        known = pieces(p, run.body, known, px_mm2, limits) & (not seen.before)
        right = seen.visible > 0.5
        told, true = known & ~seen.ignored, right & ~seen.ignored
        in_sight_mm2 = float((right & ~seen.steel).sum()) * px_mm2
        if seen.visible_mm2 >= LEAST_MM2:
            into.dice.append(2 * float((told & true).sum()) / max(float(told.sum() + true.sum()), 1.0))
        if seen.cement_mm2 == 0:
            into.dry.append(float(told.sum()) * px_mm2)
        else:
            beside = cv2.dilate(seen.cement.astype(np.uint8), np.ones((reach, reach), np.uint8)) == 0
            into.far.append(float((told & beside).sum()) * px_mm2)
        if not found and float((told & true).sum()) * px_mm2 >= _SEEN_MM2:
            found = True
            into.first_mm2.append(in_sight_mm2)
            into.first_pictures.append(waited)
        elif not found and in_sight_mm2 >= LEAST_MM2:
            waited += 1
    if not found and waited:
        into.never += 1
        into.first_mm2.append(max(float((seen.visible > 0.5).sum()) * px_mm2 for seen in run.pictures))
        into.first_pictures.append(waited)


def table(figures: dict[str, dict[str, float]]) -> str:
    """Markdown, a row a group."""
    names = list(next(iter(figures.values())))
    lines = ["| group | " + " | ".join(name.replace("_", " ") for name in names) + " |"]
    lines.append("| --- " * (len(names) + 1) + "|")
    for group, row in figures.items():
        cells = [f"{row[name]:.3g}" for name in names]
        lines.append(f"| {group} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def measure(pack: Path, paths: Sequence[Path]) -> dict[str, dict[str, float]]:
    """Figures by group, "all" last."""
    session = session_of((pack / "model.onnx").read_bytes())
    limits = read_json((pack / "manifest.json").read_bytes(), dict[str, object])["limits"]
    assert isinstance(limits, dict)
    groups: dict[str, GroupTally] = {}
    whole = GroupTally()
    for path in paths:
        run = read_run(path)
        if run is None:
            continue
        for into in (groups.setdefault(run.group, GroupTally()), whole):
            tally(run, lambda maps: answers(session, maps)[0], limits, into)
    return {name: each.figures() for name, each in sorted(groups.items())} | {"all": whole.figures()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--samples", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    figures = measure(given.pack, given.samples)
    sys.stdout.write(table(figures))
    if given.out:
        given.out.write_text(json_text(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
