"""``python -m assistant.evaluation.command``: how right the program is, beside other methods (``make evaluate``)."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from assistant.errors import AssistantError, UsageError
from assistant.evaluation.acquisition_set import (
    ASSUMPTION_COUNTS,
    CEMENT_COUNTS,
    COUNTS,
    DISPLAY_COUNTS,
    Part,
)
from assistant.evaluation.alarm_curve import curve_of, curve_table, scores_along
from assistant.evaluation.coverage import coverage, coverage_table, missing, read_facts
from assistant.evaluation.paired_runs import beside_as_it_is, beside_ideal
from assistant.evaluation.report import per_run_table, subgroup_table, table, write_files
from assistant.evaluation.runs import RunToScore, Way, acquisition_runs, runs_under, score_all, simulate_set
from assistant.evaluation.score import PROGRAM
from assistant.evaluation.validation_set import RUNS
from assistant.steps.cement import USUAL_LIMITS, limits_with

_SETS: dict[str, tuple[Part, dict[str, int]]] = {
    "acquisition": ("measured", COUNTS["measured"]),
    "acquisition-tuning": ("tuning", COUNTS["tuning"]),
    "display": ("measured", DISPLAY_COUNTS["measured"]),
    "display-tuning": ("tuning", DISPLAY_COUNTS["tuning"]),
    "assumptions": ("measured", ASSUMPTION_COUNTS["measured"]),
    "assumptions-tuning": ("tuning", ASSUMPTION_COUNTS["tuning"]),
    "cement": ("measured", CEMENT_COUNTS["measured"]),
    "cement-tuning": ("tuning", CEMENT_COUNTS["tuning"]),
}
REAL_ANATOMY = Path("../shared/data")
"""Scans and meshes beside the project; they do not travel with it."""


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    args = _parser().parse_args(argv)
    try:
        return _evaluate(args)
    except AssistantError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fluoro-assistant evaluate", description="Score the program and other methods on runs with known truth."
    )
    parser.add_argument("--runs", type=Path, help="score these runs (folders with truth/); default: a validation set")
    parser.add_argument(
        "--set",
        choices=["validation", *_SETS],
        default="validation",
        help="which set is made and scored: the validation set; single shots, short exposures and stills; acts of "
        "consoles and display chains; assumptions about patient and picture broken one at a time; cement that is hard "
        "to see and what is taken for it; of these the parts on which steps may be tuned",
    )
    parser.add_argument("--quick", type=int, metavar="N", help="the first N runs only")
    parser.add_argument(
        "--data", type=Path, default=REAL_ANATOMY, help="folder of real anatomy for the validation set, if it is there"
    )
    parser.add_argument("--out", type=Path, default=Path("out/evaluation"), help="folder for results and tables")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="worker processes (default: all cores)")
    parser.add_argument(
        "--peers",
        action=argparse.BooleanOptionalAction,
        help="also the other methods (default: with the validation set alone)",
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--direct", action="store_true", help="the pipeline alone, without the command and its files: quick"
    )
    way.add_argument("--reuse", action="store_true", help="score the results that lie in --out, analyse nothing")
    parser.add_argument(
        "--limits",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="with --direct: another number of the cement step, as in edge.share=0.25 (several times for several); "
        "the names stand in assistant/steps/cement/limits.py",
    )
    parser.add_argument(
        "--curve",
        metavar="alarms.NAME=V1,V2",
        help="delay against false alarms: the alarms' figures at each of these values of a setting, on the pipeline's "
        "masks, and nothing else",
    )
    parser.add_argument("--notes", action="store_true", help="also print each missed, false and late event")
    return parser


def _evaluate(args: argparse.Namespace) -> int:
    limits = limits_with(args.limits)
    curve = None if args.curve is None else curve_of(args.curve)
    if limits != USUAL_LIMITS and not args.direct:
        raise UsageError("--limits: say --direct as well; the command and lying results know the usual numbers only")
    validation = args.runs is None and args.set == "validation"
    peers = validation if args.peers is None else args.peers
    if args.runs is not None:
        runs = runs_under(args.runs)[: args.quick]
    elif not validation:
        args.out = args.out / args.set
        runs = acquisition_runs(args.out / "runs", *_SETS[args.set], args.quick, args.jobs)
    else:
        data = args.data if args.data.is_dir() else None
        runs = simulate_set(args.out / "validation", args.quick or RUNS, args.jobs, data)
    if curve is not None:
        sys.stdout.write(curve_table(curve, scores_along(curve, runs, args.jobs)))
        return 0
    whole_set = validation and args.quick is None
    counted = coverage([read_facts(run) for run in runs]) if validation else []
    way = Way.DIRECT if args.direct else Way.REUSE if args.reuse else Way.COMMAND
    jobs = [
        RunToScore(
            run=run,
            results=args.out / "results" / run.name,
            peers=peers,
            way=way,
            limits=limits,
            ideal=args.set.startswith("cement"),
        )
        for run in runs
    ]
    scores = beside_ideal(beside_as_it_is(score_all(jobs, max(1, min(args.jobs, len(jobs))))))
    write_files(args.out, scores)
    own = [score for score in scores if score.method == PROGRAM]
    if args.limits:
        sys.stdout.write(f"numbers of the cement step that are not the usual ones: {', '.join(args.limits)}\n")
    if counted:
        sys.stdout.write(coverage_table(counted) + "\n")
    sys.stdout.write(per_run_table(own) + "\n")
    sys.stdout.write(table(scores) + "\n")
    sys.stdout.write(subgroup_table(scores, PROGRAM) + "\n")
    if args.notes:
        sys.stdout.writelines(f"{score.run}: {note}\n" for score in own for note in score.notes)
    failed = [score for score in own if score.counts["complete"][0] < 1]
    for score in failed:
        sys.stderr.write(f"{score.run}: not analysed to its end: {score.notes[-1] if score.notes else 'no reason'}\n")
    lacking = missing(counted) if whole_set else []
    for sentence in lacking:
        sys.stderr.write(f"the validation set lacks a kind of run: {sentence}\n")
    return 1 if failed or lacking else 0


if __name__ == "__main__":
    sys.exit(main())
