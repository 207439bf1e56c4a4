"""Where proposals for the six points come from. None of them is used before each point is confirmed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.capture.play import LOOP, PLAY, is_played
from assistant.console_display import ConsoleDisplay
from assistant.errors import AssistantError
from assistant.landmarks import true_lateral
from assistant.language import sentence, tr, translate
from assistant.live.messages import StampedFrame
from assistant.plan import read_plan
from assistant.settings.tree import WarningLines
from assistant.setup.field_found import alone_at
from assistant.setup.model import PointStatus, SetView
from assistant.system.places import plan_path_of
from assistant.vocabulary import Unknown
from ui.setup.proposal_child import ask

log = logging.getLogger(__name__)


FROM_PLAN, PLAN_BESIDE = sentence("from the plan"), sentence("from the plan beside this recording")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Six places with where they come from, and a scale if that came with them."""

    places: list[tuple[float, float]]
    note: str
    mm_per_px: float | None = None
    level: str | None = None


def from_plan_of_run(source: str, view: str, lines: WarningLines) -> Proposed | None:
    """The plan that lies beside a played run: made earlier, perhaps by another person; so it is only proposed."""
    if not is_played(source):
        return None
    run = Path(source.removeprefix(PLAY).removeprefix(LOOP))
    path = plan_path_of(run)
    if not path.is_file():
        return None
    try:
        plan = read_plan(path, lines)
    except AssistantError as error:
        log.warning("%s", error)
        return None
    for planned in plan.views:
        if planned.view == view:
            ends = [planned.superior, planned.inferior]
            places = [
                (float(x), float(y)) for line in ends for x, y in (line[0], line[len(line) // 2], line[len(line) - 1])
            ]
            note = PLAN_BESIDE
            # Which of the recording's pictures this one is cannot be told: of another size the scale would be wrong.
            same_size = all(ConsoleDisplay(zoom=each.zoom).is_planned for each in plan.displays)
            scale = planned.mm_per_px if planned.calibrated and same_size else None
            return Proposed(places=places, note=note, mm_per_px=scale, level=planned.level)
    return None


def from_picture(still: StampedFrame, view: str, click_px: tuple[float, float] | None) -> Proposed | Unknown:
    """What the program finds in the still picture itself; waits for it."""
    answer = ask(still.grey, still.white, view, click_px)
    if isinstance(answer, Unknown):
        return answer
    if len(answer) != 6 or not np.isfinite(answer).all():
        return Unknown("No proposal: it was not six points.")
    return Proposed(places=answer, note=sentence("found in this picture"))


def in_the_middle(still: StampedFrame, posterior_right: bool) -> list[tuple[float, float]]:
    """Six starting places for the arrow keys where nothing is proposed: a box in the middle of what is not black."""
    rows, cols = np.flatnonzero(still.grey.any(axis=1)), np.flatnonzero(still.grey.any(axis=0))
    if not len(rows):
        rows, cols = np.arange(still.grey.shape[0]), np.arange(still.grey.shape[1])
    size = min(len(rows), len(cols)) * 0.11
    x0, y0 = float(cols[0] + cols[-1] + 1) / 2, float(rows[0] + rows[-1] + 1) / 2
    xs = (-size, 0.0, size) if posterior_right else (size, 0.0, -size)
    return [(x0 + x, y0 + y) for y in (-0.8 * size, 0.8 * size) for x in xs]


def true_lateral_words(view: SetView) -> str:
    """What the double contour of the endplates says of the still picture; empty before six points stand in it."""
    places = [point.at for point in view.points if point.at is not None and point.status is not PointStatus.MISSING]
    if view.view != "lateral" or view.still is None or len(places) < 6:
        return ""
    points = np.array(places, dtype=np.float64)
    alone = alone_at(view.still, (float(points[:, 0].mean()), float(points[:, 1].mean())))
    answer = true_lateral.assess(alone.grey, alone.white, points)
    if isinstance(answer, Unknown):
        return tr("Whether the view is truly lateral is not known: {reason}.", reason=translate(answer.reason))
    if answer.is_true:
        return tr(
            "Tilt to the endplates ≈ {tilt_deg:.0f}°. Turn is not measured: is the posterior wall one line?",
            tilt_deg=answer.tilt_deg,
        )
    return tr(
        "NOT TRUE LATERAL: endplates double, tilt ≈ {tilt_deg:.0f}° or more. Tilt the arm, then F.",
        tilt_deg=answer.tilt_deg,
    )
