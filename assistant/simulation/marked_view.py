"""Where a run's plan is marked, and where the vertebra went since: the plan and its truth, view by view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import plan as plan_module
from assistant.geometry import PointsPx, Similarity, similarity_from_matrix
from assistant.plan import Plan, Point
from assistant.settings.file import default_settings
from assistant.simulation.imaging_chain import source_faults
from assistant.simulation.imaging_chain.distortion import Distortion, fitted_similarity
from assistant.simulation.scenario import Case
from assistant.simulation.stage import Stage
from assistant.simulation.theatre import ScenePose


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarkedView:
    """A view with the frame in which it is marked.

    Attributes
    ----------
    view : str
        "lateral" or "ap".
    frame : int
        Its reference frame.
    stage : Stage
    pose : ScenePose
        Where that frame shows the vertebra.
    landmarks_mm : dict
        As the contract orders them, patient mm: "superior" and "inferior".
    distortion : Distortion or None
        What the camera makes of places in the picture.
    line_fraction : float or None
        Where the plan states its warning line; None where it does not.
    """

    view: str
    frame: int
    stage: Stage
    pose: ScenePose
    landmarks_mm: dict[str, NDArray[np.float64]]
    distortion: Distortion | None
    line_fraction: float | None

    def stored_px(self, points_mm: NDArray[np.float64], pose: ScenePose) -> PointsPx:
        """Where points of the patient stand in the stored picture."""
        seen_px = self.stage.landmarks_px(points_mm, pose)
        return seen_px if self.distortion is None else self.distortion.stored(seen_px)

    def similarity(self, pose: ScenePose, centre_px: Point) -> Similarity:
        """Where the vertebra went since the reference frame, about a centre."""
        if self.distortion is not None or (pose.turn_deg != self.pose.turn_deg).any():
            # No similarity is exact here: the one that fits the landmarks best.
            marks = np.vstack(list(self.landmarks_mm.values()))
            fitted = fitted_similarity(self.stored_px(marks, self.pose), self.stored_px(marks, pose))
            return similarity_from_matrix(fitted, centre_px)
        now = np.vstack([self.stage.current_from_rest(pose, pose.spine_mm), [0, 0, 1]])
        then = np.vstack([self.stage.current_from_rest(self.pose, self.pose.spine_mm), [0, 0, 1]])
        return similarity_from_matrix((now @ np.linalg.inv(then))[:2], centre_px)


def marked_otherwise(case: Case, document: dict[str, Any]) -> dict[str, Any]:
    """What a person says in the plan beside the marks, where the case asks for it; keys of the document."""
    said: dict[str, Any] = {}
    if case.plan.says_cement_before:
        said["views"] = [{**view, "cement_before": True} for view in document["views"]]
    if case.plan.takes_displays_over:
        found = [source_faults.display_of(kind) for kind in dict.fromkeys(fault.kind for fault in case.faults)]
        said["displays"] = [display for display in found if display is not None]
    return said


def marked_plan(
    views: Sequence[MarkedView], level: str, error_mm: float, hand: np.random.Generator
) -> tuple[Plan, dict[str, Any]]:
    """Mark the plan.

    Parameters
    ----------
    views : sequence of MarkedView
    level : str
    error_mm : float
        Standard deviation of a person's marks, each way.
    hand : Generator
        Draws the errors.

    Returns
    -------
    Plan
        The true one.
    dict
        ``plan.json`` as a person marked it.
    """
    true: list[dict[str, Any]] = []
    marked: list[dict[str, Any]] = []
    for each in views:
        mm_per_px = each.stage.view.mm_per_px
        entry: dict[str, Any] = {"view": each.view, "level": level, "reference_frame": each.frame}
        entry["mm_per_px"] = mm_per_px
        if each.line_fraction is not None:
            entry["warning_line_fraction"] = each.line_fraction
        places_px = {name: each.stored_px(points, each.pose) for name, points in each.landmarks_mm.items()}
        error_px = error_mm / mm_per_px
        off = {name: points + error_px * hand.standard_normal(points.shape) for name, points in places_px.items()}
        true.append(entry | {"landmarks": {name: points.tolist() for name, points in places_px.items()}})
        marked.append(entry | {"landmarks": {name: np.round(points, 3).tolist() for name, points in off.items()}})
    lines = default_settings().alarms.warning_lines
    plan = plan_module.plan_from_document({"schema": plan_module.SCHEMA, "views": true}, lines)
    return plan, {"schema": plan_module.SCHEMA, "views": marked}
