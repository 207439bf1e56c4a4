"""A simulated run onto the disc: the stored frames, the plan, the case and the truth."""

from __future__ import annotations

import csv
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.errors import EnvironmentError_, UsageError
from assistant.simulation.fluoroscope import Fluoroscope, SimulatedFrame
from assistant.simulation.imaging_chain.sinks import FrameSink, sink_for
from assistant.simulation.leak_truth import LeakTruth
from assistant.simulation.scenario import as_toml
from assistant.simulation.stage import LEAK_SITES
from assistant.simulation.truth import LINES, PictureTruth
from assistant.system.plain import json_text
from assistant.vocabulary import FrameState

_WAITING = 12
"""Frames and masks that may wait for the disc: the memory is bounded by it."""
_POSE = ("dx_px", "dy_px", "rotation_deg", "scale")
_MIRRORED_POSE = tuple(f"mirrored_{name}" for name in _POSE)
"""Where the console shows the vertebra mirrored its motion stands in these, as in ``measurements.csv``."""
COLUMNS = (
    *("frame", "t_s", "state", "view", "new_picture", *_POSE, "volume_ml", "cement_area_mm2"),
    *(f"{line}_mm" for line in LINES),
    "visible_area_mm2",
    *(f"visible_{line}_mm" for line in LINES),
    *("mirrored", *_MIRRORED_POSE),
    "visible_beside_shafts_mm2",
)


def write_run(
    fluoroscope: Fluoroscope,
    folder: Path,
    progress: Callable[[float], None] | None = None,
    also: Callable[[SimulatedFrame], None] | None = None,
) -> dict[str, Any]:
    """Simulate to the end and write everything.

    Parameters
    ----------
    fluoroscope : Fluoroscope
    folder : Path
        Made if absent; must be empty.
    progress : callable or None
        Called with the share that is done, 0..1.
    also : callable or None
        Called with each frame in order, for what somebody else keeps beside the truth.

    Returns
    -------
    dict
        What ``truth/truth.json`` holds.

    Raises
    ------
    UsageError
        The folder holds something already.
    EnvironmentError_
        The disc refuses.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: exists and is not an empty folder; give a new one")
    try:
        for name in ("cement", "visible"):
            (folder / "truth" / name).mkdir(parents=True)
        (folder / "scenario.toml").write_text(as_toml(fluoroscope.case), "utf-8")
        (folder / "plan.json").write_text(json_text(fluoroscope.marked_document) + "\n", "utf-8")
        return _write(fluoroscope, folder, progress, also)
    except OSError as error:
        raise EnvironmentError_(
            f"{folder}: cannot be written ({error.strerror}); free space or choose another"
        ) from error


def _write(
    fluoroscope: Fluoroscope,
    folder: Path,
    progress: Callable[[float], None] | None,
    also: Callable[[SimulatedFrame], None] | None,
) -> dict[str, Any]:
    run = fluoroscope.case.run
    gathered = LeakTruth(fluoroscope=fluoroscope)
    states: list[dict[str, Any]] = []
    total = max(len(fluoroscope.stored), 1)
    shape = (run.height_px, run.width_px)
    with (
        sink_for(run, folder, [stored.t_s for stored in fluoroscope.stored]) as sink,
        (folder / "truth" / "truth.csv").open("w", newline="", encoding="utf-8") as table,
        ThreadPoolExecutor(1) as disc,
    ):
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(COLUMNS)
        waiting: list[Future[None]] = []
        for frame in fluoroscope.frames():
            waiting.append(disc.submit(_store, sink, frame, folder, shape))
            while len(waiting) > _WAITING:
                waiting.pop(0).result()
            rows.writerow(row(frame))
            gathered.add(frame)
            if also is not None:
                also(frame)
            _add_state(states, frame)
            if progress is not None and frame.stored.index % 10 == 0:
                progress(frame.stored.index / total)
        for pending in waiting:
            pending.result()
    document = truth_document(fluoroscope, gathered, states)
    (folder / "truth" / "truth.json").write_text(json_text(document) + "\n", "utf-8")
    if progress is not None:
        progress(1.0)
    return document


def _store(sink: FrameSink, frame: SimulatedFrame, folder: Path, shape: tuple[int, int]) -> None:
    sink.write(frame.grey, frame.stored.t_s)
    if frame.truth is not None and frame.stored.new:
        name = f"{frame.stored.index:06d}.png"
        for kind, mask in (("cement", frame.truth.cement), ("visible", frame.truth.visible)):
            whole = np.zeros(shape, dtype=np.uint8)
            part = frame.truth.part
            whole[part.rows, part.cols] = mask.astype(np.uint8) * 255
            _write_png(folder / "truth" / kind / name, whole)


def _write_png(path: Path, picture: NDArray[np.uint8]) -> None:
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise OSError(0, "the picture could not be packed")
    path.write_bytes(data.tobytes())


def row(frame: SimulatedFrame) -> list[str]:
    """One line of ``truth.csv``: an empty cell is unknown, or has no cement to measure."""
    stored, light = frame.stored, frame.truth
    cells = [str(stored.index), f"{stored.t_s:.3f}", frame.state.value, frame.view, str(int(stored.new))]
    if light is None:
        return cells + [""] * (len(COLUMNS) - len(cells))
    similarity = light.similarity
    moved, mirrored = [""] * 4, ["", *[""] * 4]
    if similarity is not None:
        at = [
            f"{value:.4f}" for value in (similarity.dx_px, similarity.dy_px, similarity.rotation_deg, similarity.scale)
        ]
        mirrored[0] = str(int(similarity.mirrored))
        if similarity.mirrored:
            mirrored[1:] = at
        else:
            moved = at
    cells += moved
    cells += [f"{light.volume_ml:.4f}", f"{light.cement_mm2:.3f}", *_lines(light.distances_mm)]
    return [*cells, f"{light.visible_mm2:.3f}", *_lines(light.visible_mm), *mirrored, f"{light.free_mm2:.3f}"]


def _lines(distances_mm: dict[str, float]) -> list[str]:
    return [f"{distances_mm[line]:.3f}" if line in distances_mm else "" for line in LINES]


def _add_state(states: list[dict[str, Any]], frame: SimulatedFrame) -> None:
    """Segments of what the source shows; repeats between pulses belong to the live stretch they stand in."""
    if frame.state is FrameState.REPEAT and states and states[-1]["state"] in ("live", "moving"):
        states[-1]["last_frame"] = frame.stored.index
        return
    word = "live" if frame.state is FrameState.REPEAT else frame.state.value
    key = {"state": word, "view": frame.view}
    if states and all(states[-1][name] == value for name, value in key.items()):
        states[-1]["last_frame"] = frame.stored.index
    else:
        states.append({**key, "first_frame": frame.stored.index, "last_frame": frame.stored.index})


def truth_document(fluoroscope: Fluoroscope, gathered: LeakTruth, states: list[dict[str, Any]]) -> dict[str, Any]:
    """What is true of the run as a whole."""
    flow, case = fluoroscope.flow, fluoroscope.case
    views = []
    for planned in fluoroscope.plan.views:
        geometry = fluoroscope.view_of(planned.view)
        views.append(
            {
                "view": planned.view,
                "reference_frame": planned.reference_frame,
                "mm_per_px": geometry.mm_per_px,
                "magnification": geometry.magnification,
                "detector_px_mm": geometry.detector_px_mm,
                "landmarks": {"superior": planned.superior.tolist(), "inferior": planned.inferior.tolist()},
                "six_points": {
                    name: [line[k].tolist() for k in (0, len(line) // 2, -1)]
                    for name, line in (("superior", planned.superior), ("inferior", planned.inferior))
                },
                "warning_line": None if planned.warning_line is None else planned.warning_line.tolist(),
            }
        )
    last: PictureTruth | None = gathered.pictures[-1] if gathered.pictures else None
    return {
        "schema": "fluoro-assistant/truth/1",
        "case": case.title,
        "seed": fluoroscope.seed,
        "identity": fluoroscope.anatomy.identity,
        "level": fluoroscope.anatomy.level,
        "width_px": case.run.width_px,
        "height_px": case.run.height_px,
        "fps": case.run.fps,
        "pulses_per_s": case.run.pulses_per_s,
        "exposures": fluoroscope.pulses.exposures,
        "xray_s": fluoroscope.pulses.xray_s,
        "views": views,
        "landmarks_mm": {name: points.tolist() for name, points in fluoroscope.anatomy.landmarks_mm.items()},
        "cement": {
            "opened_leak": flow.leak,
            "barium_g_per_cm3": flow.barium_g_per_cm3,
            "zirconia_g_per_cm3": flow.zirconia_g_per_cm3,
            "injection_start_s": case.cement.start_s,
            "injection_end_s": round(fluoroscope.injection_end_s, 3),
            "volume_ml": None if last is None else round(last.volume_ml, 4),
            "places": None if last is None else _places(fluoroscope, last.volume_ml),
            "cannulas": [
                {
                    "tip_mm": list(cannula.tip_mm),
                    "towards_handle": list(cannula.towards_handle),
                    "outer_diameter_mm": cannula.outer_diameter_mm,
                }
                for cannula in flow.cannulas
            ],
        },
        "leaks": gathered.leaks(),
        "crossings": gathered.crossings(),
        "states": states,
    }


def _places(fluoroscope: Fluoroscope, volume_ml: float) -> dict[str, dict[str, Any]]:
    """Where in the patient cement stands once so much is injected: "body" and each site of a leak that it reached.

    Millilitres, and the middle and both corners in mm on the patient's axes (x to the front, y to the left, z to the
    head, from the middle of the treated body).
    """
    arrival = fluoroscope.flow.arrival_ml
    values = np.asarray(arrival.values, dtype=np.float32)
    found = {}
    for number, name in enumerate(("body", *(site.value for site in LEAK_SITES))):
        at = np.argwhere((values <= volume_ml) & (fluoroscope.sites == number))[:, ::-1]
        if len(at):
            points = at * arrival.spacing_mm + np.asarray(arrival.origin_mm)
            found[name] = {
                "volume_ml": round(len(at) * arrival.spacing_mm**3 / 1000.0, 4),
                "middle_mm": points.mean(axis=0).round(2).tolist(),
                "low_mm": points.min(axis=0).round(2).tolist(),
                "high_mm": points.max(axis=0).round(2).tolist(),
            }
    return found
