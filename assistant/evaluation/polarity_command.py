"""``python -m assistant.evaluation.polarity_command``: native or inverted, told of reference frames never tuned on.

Each still is judged once with its true points and twice with points moved by a millimetre (a reader's ordinary
error), as it is and with its greys turned round inside the X-ray field, as a console shows an inverted picture.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from assistant.errors import AssistantError
from assistant.evaluation.landmarks_cases import LandmarkCase, cases
from assistant.imaging.xray_field import field_at, find_field
from assistant.steps.cement import Body, judged, log_odds_of
from assistant.vocabulary import Grey, ShownPolarity

_LEVELS = ("T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5")
_FRACTURES = ("whole", "wedge1", "wedge2", "biconcave2")
_FIRST_SEED = 96_000
"""No seed from 90000 on was ever used to fit or train anything."""
_MOVED_MM = 1.0
_MOVES = 2


def identities(patients: int) -> list[str]:
    """Procedural patients, every level in turn."""
    return [
        f"procedural/{_LEVELS[k % len(_LEVELS)]}/{_FIRST_SEED + k:06d}/{_FRACTURES[k % len(_FRACTURES)]}"
        for k in range(patients)
    ]


def answers(case: LandmarkCase, rng: np.random.Generator) -> list[tuple[str, ShownPolarity]]:
    """What is told of a still, each with what is true."""
    field = field_at(find_field(case.grey, 255), *case.grey.shape)
    turned: Grey = np.where(field, 255 - case.grey, case.grey).astype(np.uint8)
    shown: list[tuple[str, ShownPolarity]] = []
    for grey, inverted in ((case.grey, case.inverted), (turned, not case.inverted)):
        for move in range(_MOVES + 1):
            off = rng.normal(0.0, _MOVED_MM / case.mm_per_px, (6, 2)) if move else np.zeros((6, 2))
            points = case.points_px + off
            body = Body(
                superior_px=points[:3],
                inferior_px=points[3:],
                is_lateral=case.view == "lateral",
                mm_per_px=case.mm_per_px,
            )
            true = ShownPolarity.INVERTED if inverted else ShownPolarity.NATIVE
            shown.append((true.value, judged([log_odds_of(grey, 255, body)]).shown))
    return shown


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="polarity", description=__doc__)
    parser.add_argument("--patients", type=int, default=24)
    parser.add_argument("--stills", type=int, default=9, help="for each patient")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--real", type=Path, help="folder with the real data: adds real anatomy")
    args = parser.parse_args(argv)
    names = identities(args.patients)
    if args.real:
        names += [f"ct-lumbar/{level}" for level in ("L1", "L2", "L3", "L4")] + ["mesh-ssm/L3", "mesh-ssm/L2"]
    rng = np.random.default_rng(args.seed)
    stills = answered = wrong = unknown = 0
    try:
        for case in cases(names, stills=args.stills, seed=args.seed, folder=args.real):
            stills += 1
            for true, shown in answers(case, rng):
                answered += 1
                unknown += shown is ShownPolarity.NOT_KNOWN
                if shown is not ShownPolarity.NOT_KNOWN and shown.value != true:
                    wrong += 1
                    sys.stdout.write(f"wrong: {case.name}, {case.view}, {case.noise}, in truth {true}\n")
                    sys.stdout.flush()
    except AssistantError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    sys.stdout.write(
        f"{len(names)} patients, {stills} reference frames, {answered} answers: {wrong} wrong, "
        f"{unknown} not known ({100.0 * unknown / max(answered, 1):.1f} %)\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
