"""``python -m assistant.evaluation.vein_command``: is cement in a vein told as one (A3), how late, and what else is.

A vein is *in sight* from the first picture that shows 2 mm² of leaked cement beyond the wall that this view watches
(the front from the side, both sides from the front); a vein that runs before or behind the body in that projection is
not, and is counted apart. A run without a vein in which one is told is a false alarm. What leaves the body through a
hole in the same wall is told as "outside the body" when all is right; where it is called a vein that is false too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from scipy.stats import beta, chi2

from assistant.capture.opening import open_source
from assistant.errors import AssistantError
from assistant.evaluation.outcome import MethodAnswers, MethodEvent
from assistant.evaluation.program_run import run_program
from assistant.evaluation.truth import Truth, read_truth
from assistant.evaluation.vein_runs import PARTS, VeinRun, planned_runs, simulate
from assistant.vocabulary import EventKind, LeakSite, Priority

_WATCHED: Final = {"lateral": LeakSite.ANTERIOR.value, "ap": LeakSite.LATERAL.value}
"""The site whose wall a view shows, and at which it can tell a vein."""


class VeinFinding(Enum):
    """What is said of a run, at the most."""

    VEIN = "told as a vein"
    OUTSIDE = "told as cement outside the body"
    ELSEWHERE = "told at another site alone"
    NOTHING = "not told"


@dataclass(frozen=True, slots=True, kw_only=True)
class VeinScore:
    """One run.

    Attributes
    ----------
    run : VeinRun
    in_sight : bool
        Leaked cement shows beyond the wall that the view watches.
    finding : VeinFinding
    early : bool
        A vein was told before any cement had left the body.
    late_pictures : int or None
        New pictures from the first that shows the leak to the alarm; None without either.
    late_ml : float or None
        What was injected between the two.
    minutes : float
        Of pictures.
    """

    run: VeinRun
    in_sight: bool
    finding: VeinFinding
    early: bool
    late_pictures: int | None
    late_ml: float | None
    minutes: float

    @property
    def is_vein(self) -> bool:
        """Whether cement leaves by a vein."""
        return self.run.leak.startswith("vein")

    @property
    def is_false(self) -> bool:
        """Whether a vein is told without one."""
        return self.early or (self.finding is VeinFinding.VEIN and not self.is_vein)


def score(run: VeinRun, truth: Truth, outcome: MethodAnswers) -> VeinScore:
    """Hold what was told of a run against what is true.

    Parameters
    ----------
    run : VeinRun
    truth : Truth
    outcome : MethodAnswers
    """
    site = _WATCHED[run.view]
    there = [leak for leak in truth.leaks if leak.site == site and leak.onset_2d_frame is not None]
    seen_from = there[0].onset_2d_frame if there else None
    left_body = min((leak.onset_3d_frame for leak in truth.leaks if leak.onset_3d_frame is not None), default=None)
    outside = [event for event in outcome.events if event.kind == EventKind.LEAK.value]
    veins = [event.first_frame for event in outside if is_vein_alarm(event)]
    alarm = min(veins, default=None)
    late_pictures, late_ml = None, None
    if alarm is not None and seen_from is not None:
        late_pictures = int(truth.new_picture[seen_from + 1 : alarm + 1].sum())
        late_ml = float(truth.volume_ml[alarm] - truth.volume_ml[seen_from])
    return VeinScore(
        run=run,
        in_sight=seen_from is not None,
        finding=_most(outside, site),
        early=alarm is not None and (left_body is None or alarm < left_body),
        late_pictures=late_pictures,
        late_ml=late_ml,
        minutes=float(truth.t_s[-1]) / 60.0,
    )


def is_vein_alarm(event: MethodEvent) -> bool:
    """A leak that is told with the highest priority is one into a vein (alarm table, A3)."""
    return event.kind == EventKind.LEAK.value and event.priority == Priority.HIGH.word


def _most(outside: Sequence[MethodEvent], site: str) -> VeinFinding:
    if any(map(is_vein_alarm, outside)):
        return VeinFinding.VEIN
    if any(event.site == site for event in outside):
        return VeinFinding.OUTSIDE
    return VeinFinding.ELSEWHERE if outside else VeinFinding.NOTHING


def scores(part: str, patients: int, folder: Path) -> Iterator[VeinScore]:
    """Simulate what is not there yet, analyse, score.

    Raises
    ------
    AssistantError
    """
    cv2.setNumThreads(1)
    for run, path in simulate(folder / part, planned_runs(part, patients)):
        truth = read_truth(path / "truth")
        source = open_source(str(path))
        try:
            yield score(run, truth, run_program(truth, source))
        finally:
            source.close()


def table(done: Sequence[VeinScore]) -> str:
    """The figures in words, one a line; shares and rates with their exact 95 % intervals."""
    veins = [s for s in done if s.is_vein]
    seen, unseen = [s for s in veins if s.in_sight], [s for s in veins if not s.in_sight]
    lines = [f"{len({s.run.patient for s in done})} patients, {len(done)} runs, {len(veins)} of them with a vein"]
    lines.append(f"in sight: {_share([s.finding is VeinFinding.VEIN for s in seen])} told as a vein")
    for finding in (VeinFinding.OUTSIDE, VeinFinding.ELSEWHERE, VeinFinding.NOTHING):
        lines.append(f"  {finding.value}: {sum(s.finding is finding for s in seen)} of {len(seen)}")
    for name in ("lateral", "ap"):
        lines.append(f"  view {name}: {_share([s.finding is VeinFinding.VEIN for s in seen if s.run.view == name])}")
    for volume in sorted({s.run.leak_ml or 0.0 for s in seen}):
        lines.append(
            f"  {volume:.2f} ml: {_share([s.finding is VeinFinding.VEIN for s in seen if s.run.leak_ml == volume])}"
        )
    late = [s.late_pictures for s in seen if s.late_pictures is not None]
    late_ml = [s.late_ml for s in seen if s.late_ml is not None]
    if late:
        lines.append(
            f"  alarm after: median {np.median(late):.0f}, most {max(late)} pictures; "
            f"median {np.median(late_ml):.2f}, most {max(late_ml):.2f} ml injected"
        )
    lines.append(
        f"not in sight of that view: {len(unseen)}, of them told {sum(s.finding is VeinFinding.VEIN for s in unseen)}"
    )
    lines.append(_false("no vein", [s for s in done if not s.is_vein]))
    groups = {
        "nothing leaves the body": ("none",),
        "a hole in the front or the side": ("anterior", "lateral_left", "lateral_right"),
    }
    for words, leaks in groups.items():
        lines.append(_false(f"  {words}", [s for s in done if s.run.leak in leaks]))
    early = sum(s.early for s in veins)
    lines.append(f"told before the vein took any: {early} of {len(veins)}")
    return "\n".join(lines) + "\n"


def _share(is_reported: Sequence[bool]) -> str:
    """So many of so many, with Clopper and Pearson's interval."""
    n, k = len(is_reported), sum(is_reported)
    if n == 0:
        return "none"
    low = float(beta.ppf(0.025, k, n - k + 1)) if k else 0.0
    high = float(beta.ppf(0.975, k + 1, n - k)) if k < n else 1.0
    return f"{k} of {n} ({k / n:.2f} [{low:.2f}, {high:.2f}])"


def _false(words: str, runs: Sequence[VeinScore]) -> str:
    """False alarms a run, and for each line and minute (one watched line a view; Garwood's interval)."""
    k, minutes = sum(s.is_false for s in runs), sum(s.minutes for s in runs)
    if not runs:
        return f"{words}: none"
    low, high = (float(chi2.ppf(0.025, 2 * k)) / 2 if k else 0.0), float(chi2.ppf(0.975, 2 * k + 2)) / 2
    rate = f"{k / minutes:.2f} [{low / minutes:.2f}, {high / minutes:.2f}] a line-minute"
    return f"{words}: false {_share([s.is_false for s in runs])} a run, {rate}"


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="veins", description=__doc__)
    parser.add_argument("--part", choices=sorted(PARTS), default="measured")
    parser.add_argument("--patients", type=int, default=24)
    parser.add_argument("--runs", type=Path, default=Path("out/veins"), help="simulated runs are kept here")
    args = parser.parse_args(argv)
    done: list[VeinScore] = []
    try:
        for one in scores(args.part, args.patients, args.runs):
            done.append(one)
            missed = one.is_vein and one.in_sight and one.finding is not VeinFinding.VEIN
            if missed or one.is_false:
                sys.stdout.write(f"{'missed' if missed else 'false'}: {one.run.name}, {one.finding.value}\n")
                sys.stdout.flush()
    except AssistantError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    sys.stdout.write(table(done))
    return 0


if __name__ == "__main__":
    sys.exit(main())
