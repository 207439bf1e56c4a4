"""One reading with known figures, for the tests of what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from assistant.geometry import Crop, Similarity
from assistant.lines import Line
from assistant.plan import plan_from_document
from assistant.vocabulary import (
    Alarm,
    AlarmSite,
    Approach,
    CementMask,
    Distances,
    EventKind,
    FrameState,
    Liveness,
    Motion,
    Priority,
    Reading,
    Unknown,
)
from tests.small_run import plan_document

NONE = Unknown("no cement")
LATERAL = plan_document()["views"][0]
VIEWS = plan_from_document(plan_document() | {"views": [LATERAL, LATERAL | {"view": "ap"}]}, 0.25).views
STILL = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(160.0, 145.0))
ALARM = Alarm(
    kind=EventKind.WARNING_LINE,
    site=AlarmSite.POSTERIOR,
    priority=Priority.HIGH,
    first_frame=3,
    last_frame=None,
    headline="CEMENT AT POSTERIOR LINE",
    action="Stop injecting.",
)


def disc_of_cement(x_px: float = 40.0, y_px: float = 30.0, radius_px: float = 12.0) -> CementMask:
    crop = Crop(x0_px=100, y0_px=90, width_px=120, height_px=100)
    ys, xs = np.mgrid[0:100, 0:120]
    evidence = (radius_px - np.hypot(xs - x_px, ys - y_px)).astype(np.float32)
    return CementMask(crop=crop, mask=evidence > 0, evidence=evidence, outline_sigma_mm=0.12)


def distances(**changes: Any) -> Distances:
    known = Distances(cement_area_mm2=72.5, mm=dict.fromkeys(Line, 1.0) | {Line.SIDE_WALL: NONE})
    return but(known, **changes)


def but(found: Distances, **changes: Any) -> Distances:
    """The same with other distances, by the name of their line."""
    return replace(found, mm={**found.mm, **{Line(name): value for name, value in changes.items()}})


def reading(**changes: Any) -> Reading:
    return replace(
        Reading(
            frame_index=4,
            t_s=0.16,
            liveness=Liveness(state=FrameState.LIVE, xray_age_s=0.0, noise_grey=4.0),
            motion=Motion(view_index=0, similarity=replace(STILL, dx_px=1.25, scale=1.01), confidence=0.9),
            cement=disc_of_cement(),
            distances=distances(),
            approach=Approach(approach_mm_per_s=0.5, time_to_line_s=Unknown("not nearer")),
            standing=(ALARM,),
            changes=(),
            leaks=(),
            processing_ms=5.25,
        ),
        **changes,
    )
