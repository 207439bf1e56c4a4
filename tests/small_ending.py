"""A run folder with the truth of a run, made by hand: cement comes towards the warning line, or stays where it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.small_run import FPS, plan_document, write_small_run

_HEAD = (
    "frame,t_s,state,view,new_picture,dx_px,dy_px,rotation_deg,scale,visible_area_mm2,visible_warning_line_mm,"
    "visible_superior_endplate_mm,visible_inferior_endplate_mm,visible_anterior_wall_mm,visible_side_wall_mm"
)


def write_ending(
    folder: Path, *, crosses_at: int | None = 30, frames: int = 46, held_from: int | None = None, leak: str = ""
) -> Path:
    """A run of 15 frames a second in which the line is reached in ``crosses_at``; 5 mm a second towards it."""
    run = write_small_run(folder, frames)
    truth = run.folder / "truth"
    truth.mkdir()
    rows = [_HEAD]
    for k in range(frames):
        state = "frozen" if held_from is not None and k >= held_from else "live"
        distance = 9.0 if crosses_at is None else (crosses_at - k) / 3
        rows.append(f"{k},{k / FPS:.3f},{state},lateral,1,0.0,0.0,0.0,1.0,20.0,{distance:.3f},6.0,7.0,5.0,")
    (truth / "truth.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    crossings: list[dict[str, Any]] = []
    leaks: list[dict[str, Any]] = []
    if crosses_at is not None:
        crossings.append({"kind": "warning_line", "site": "posterior", "visible_first_frame": crosses_at})
    if leak:
        shape = {"label": "spike"} if "disc" in leak else None
        leaks.append({"site": leak, "onset_2d_frame": (crosses_at or 20) + 5, "shape": shape})
    document = {"crossings": crossings, "leaks": leaks}
    (truth / "truth.json").write_text(json.dumps(document), encoding="utf-8")
    run.save_plan(plan_document())
    return run.folder
