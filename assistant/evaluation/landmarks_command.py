"""``python -m assistant.evaluation.landmarks_command``: the proposed points on anatomy never tuned on."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from assistant.errors import AssistantError
from assistant.evaluation.landmarks_cases import LandmarkCase, cases
from assistant.evaluation.landmarks_table import LandmarkScore, ask, table
from assistant.landmarks import Proposal, propose
from assistant.vocabulary import Unknown

HELD_OUT = (
    "procedural/L1/090010/biconcave2",
    "procedural/L3/090008/wedge2",
    "procedural/T12/090009/wedge2",
    "procedural/T10/090005/wedge2",
    "procedural/T7/090006/wedge1",
    "procedural/L4/090000/biconcave2",
    "procedural/T11/090001/wedge2",
    "procedural/L2/090020/whole",
)
"""No seed from 90000 on was ever used in training."""
HELD_OUT_REAL = ("ct-lumbar/L1", "ct-lumbar/L2", "ct-lumbar/L3", "ct-lumbar/L4", "mesh-ssm/L3", "mesh-ssm/L2")
"""Training saw neither this CT nor this shape model."""


def asked(case: LandmarkCase, click_px: tuple[float, float] | None, mm_per_px: float | None) -> Proposal | Unknown:
    """The program's own answer."""
    return propose(case.grey, 255, case.view, click_px, mm_per_px)


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="landmarks", description=__doc__)
    parser.add_argument("--stills", type=int, default=6, help="for each anatomy")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--real", type=Path, help="folder with the real data: adds real anatomy")
    parser.add_argument("--quick", type=int, help="so many anatomies only")
    args = parser.parse_args(argv)
    identities = list(HELD_OUT) + (list(HELD_OUT_REAL) if args.real else [])
    outcomes: list[LandmarkScore] = []
    rng = np.random.default_rng(args.seed)
    try:
        for case in cases(identities[: args.quick], stills=args.stills, seed=args.seed, folder=args.real):
            outcomes += ask(case, asked, rng)
    except AssistantError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    sys.stdout.write(table(outcomes))
    times = np.array([o.took_s for o in outcomes])
    sys.stdout.write(f"\ntime for a proposal: median {np.median(times):.2f} s, longest {times.max():.2f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
