"""How right the proposed points are: errors in mm, how often nothing is proposed, by subgroup, with 95 % ranges."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.landmarks_cases import LandmarkCase
from assistant.geometry import PointsPx
from assistant.landmarks import Proposal
from assistant.vocabulary import Unknown

Proposer = Callable[[LandmarkCase, tuple[float, float] | None, float | None], Proposal | Unknown]

NEAR_MM = 2.0
WRONG_MM = 5.0
"""A proposal with a point farther off than this is counted as wrong: a person would have to notice it."""
_DRAWS = 400


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LandmarkScore:
    """One case with one way of asking.

    Attributes
    ----------
    case : LandmarkCase
    way : str
        "click" or "no click".
    errors_mm : array (6,) or None
        None where nothing was proposed.
    confidence : array (6,) or None
    reason : str
        Why nothing was.
    took_s : float
    """

    case: LandmarkCase = field(repr=False)
    way: str
    errors_mm: NDArray[np.float64] | None
    confidence: NDArray[np.float64] | None
    reason: str
    took_s: float


def click_in(case: LandmarkCase, rng: np.random.Generator) -> tuple[float, float]:
    """A place somewhere in the body, source px, as a person clicks."""
    centre = case.points_px.mean(axis=0)
    weights = rng.dirichlet(np.ones(6) * 2.0)
    click = 0.4 * centre + 0.6 * weights @ case.points_px
    return float(click[0]), float(click[1])


def ask(case: LandmarkCase, propose: Proposer, rng: np.random.Generator) -> list[LandmarkScore]:
    """Ask with a click somewhere in the body and with none; the scale is known in half of the cases."""
    click = click_in(case, rng)
    scale = case.mm_per_px if rng.random() < 0.5 else None
    found = []
    for way, at in (("click", click), ("no click", None)):
        began = time.perf_counter()
        answer = propose(case, at, scale)
        took_s = time.perf_counter() - began
        if isinstance(answer, Unknown):
            found.append(
                LandmarkScore(case=case, way=way, errors_mm=None, confidence=None, reason=answer.reason, took_s=took_s)
            )
            continue
        errors = errors_mm(answer.points_px, case)
        found.append(
            LandmarkScore(case=case, way=way, errors_mm=errors, confidence=answer.confidence, reason="", took_s=took_s)
        )
    return found


def errors_mm(points_px: PointsPx, case: LandmarkCase) -> NDArray[np.float64]:
    """Distance of each point to the truth. AP: turned on its side, neither wall is surely the left one."""
    orders = [[0, 1, 2, 3, 4, 5]] + ([[2, 1, 0, 5, 4, 3]] if case.view == "ap" else [])
    each = [np.linalg.norm(points_px[order] - case.points_px, axis=1) * case.mm_per_px for order in orders]
    return min(each, key=lambda errors: float(errors.mean()))


def table(outcomes: Sequence[LandmarkScore]) -> str:
    """One row for all and for each subgroup.

    Ranges are bootstrapped over anatomies, not stills: stills of one patient are alike.
    """
    head = (
        f"{'group':<28}{'stills':>7}{'answered':>10}{'mean mm':>9}{'95 % range':>14}{'p95 mm':>8}"
        f"{'within 2 mm':>13}{'wrong':>7}"
    )
    rows = [head, "-" * len(head)]
    for name, part in groups(outcomes):
        rows.append(_row(name, part))
    return "\n".join(rows) + "\n"


def groups(outcomes: Sequence[LandmarkScore]) -> list[tuple[str, list[LandmarkScore]]]:
    """All, each way of asking, and subgroups."""
    keys: list[tuple[str, Callable[[LandmarkScore], str]]] = [
        ("way", lambda o: o.way),
        ("view", lambda o: o.case.view),
        ("source", lambda o: o.case.identity.split("/")[0]),
        ("level", lambda o: _part_of_spine(o.case.level)),
        ("noise", lambda o: o.case.noise),
        ("turned", lambda o: o.case.turned),
    ]
    found = [("all", list(outcomes))]
    for name, key in keys:
        for value in sorted({key(o) for o in outcomes}):
            found.append((f"{name} {value}", [o for o in outcomes if key(o) == value]))
    return found


def _part_of_spine(level: str) -> str:
    if level.startswith("T"):
        return "T11-T12" if level in ("T11", "T12") else "T5-T10"
    return "L1-L2" if level in ("L1", "L2") else "L3-L5"


def _row(name: str, part: Sequence[LandmarkScore]) -> str:
    answered = [o.errors_mm for o in part if o.errors_mm is not None]
    share = f"{len(answered) / max(len(part), 1):.2f}"
    if not answered:
        return f"{name:<28}{len(part):>7}{share:>10}{'-':>9}{'-':>14}{'-':>8}{'-':>13}{'-':>7}"
    errors = np.concatenate(answered)
    low, high = _range(part)
    within = float((errors <= NEAR_MM).mean())
    wrong = float(np.mean([e.max() > WRONG_MM for e in answered]))
    between = f"{low:.2f} - {high:.2f}"
    return (
        f"{name:<28}{len(part):>7}{share:>10}{errors.mean():>9.2f}{between:>14}{np.percentile(errors, 95):>8.2f}"
        f"{within:>13.3f}{wrong:>7.3f}"
    )


def _range(part: Iterable[LandmarkScore]) -> tuple[float, float]:
    by_patient: dict[str, list[float]] = {}
    for o in part:
        if o.errors_mm is not None:
            by_patient.setdefault(o.case.identity, []).append(float(o.errors_mm.mean()))
    patients = list(by_patient.values())
    rng = np.random.default_rng(0)
    means = []
    for _ in range(_DRAWS):
        drawn = [patients[k] for k in rng.integers(0, len(patients), len(patients))]
        means.append(float(np.mean(np.concatenate([np.asarray(d) for d in drawn]))))
    return float(np.percentile(means, 2.5)), float(np.percentile(means, 97.5))
