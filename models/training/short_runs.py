"""Whole runs of a few seconds, one leak into a disc each, through the program as a person would run it.

What `small_run` shows to the cement step alone is written as numbered pictures with the plan that was marked, and
analysed by the same call as ``fluoro-assistant analyze``: field, liveness, motion, cement, leaks and the model all do
their own part, and a leak that the program does not find counts as missed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.analysis import analyze
from assistant.capture.opening import open_source
from assistant.model_packs.pack import Pack
from assistant.model_packs.shape_models import WaitingShapeModel
from assistant.plan import read_plan
from assistant.settings import Settings
from assistant.shape_model import ShapeModel
from assistant.simulation.fluoroscope import Fluoroscope, SimulatedFrame
from assistant.simulation.leak_truth import disc_shapes
from assistant.simulation.sinks import PictureSink
from assistant.simulation.truth import LEAK_MM2
from assistant.vocabulary import LeakSite

SEEN_STEP_S = 0.35
"""Pictures lie this far apart for the program, so that a dozen of them are a run of some seconds."""
_FACTS = "leak.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAnswer:
    """What the program said of one run at its end.

    Attributes
    ----------
    facts : dict
        Of the true leak, as written beside the run.
    model, rule : str
        The word of the model and of the rule; "no leak found" where the program reports none at that disc.
    p_spike : float or None
        The model's.
    reason : str
        Why it is undetermined.
    """

    facts: dict[str, Any]
    model: str
    rule: str
    p_spike: float | None
    reason: str


def write_short_run(folder: Path, fluoroscope: Fluoroscope, frames: Sequence[SimulatedFrame], site: LeakSite) -> bool:
    """Write one run; False, and an empty folder, where its end shows no leak large enough to have a shape.

    Parameters
    ----------
    folder : Path
        Of the run.
    fluoroscope : Fluoroscope
    frames : sequence of SimulatedFrame
        All of them.
    site : LeakSite
        Where the leak was opened.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    light = next((frame.truth for frame in reversed(frames) if frame.truth is not None), None)
    shape = None if light is None else disc_shapes(fluoroscope, light).get(site)
    if light is None or shape is None or not shape["large_enough"] or light.beyond_mm2[site] < LEAK_MM2:
        return False
    with PictureSink(folder / "frames", "png") as sink:
        for frame in frames:
            sink.write(frame.grey, frame.stored.t_s)
    (folder / "plan.json").write_text(json.dumps(fluoroscope.marked_document, indent=1) + "\n", "utf-8")
    known = {
        **shape,
        "site": site.value,
        "area_mm2": round(light.beyond_mm2[site], 2),
        "identity": fluoroscope.anatomy.identity,
        "level": fluoroscope.anatomy.level,
        "dose_ngy": fluoroscope.case.exposure.dose_ngy,
    }
    (folder / _FACTS).write_text(json.dumps(known, indent=1) + "\n", "utf-8")
    return True


def short_runs(folder: Path, part: str) -> list[Path]:
    """The runs of a part that show a leak, in order."""
    return sorted(path.parent for path in folder.glob(f"{part}-*/{_FACTS}"))


def answer_of(folder: Path, pack: Pack, out: Path) -> RunAnswer:
    """Analyse one run twice, with a model and without.

    Parameters
    ----------
    folder : Path
    pack : Pack
    out : Path
        For what the analysis writes.
    """
    known = json.loads((folder / _FACTS).read_text("utf-8"))
    with WaitingShapeModel(pack) as model:
        by_model = _leak(folder, known["site"], out / "model", model)
    by_rule = _leak(folder, known["site"], out / "rule", None)
    shape = by_model["shape"] if by_model is not None else None
    return RunAnswer(
        facts=known,
        model="no leak found" if shape is None else shape["label"],
        rule="no leak found" if by_rule is None else by_rule["shape"]["label"],
        p_spike=None if shape is None else shape["p_spike"],
        reason="" if shape is None else str(shape.get("reason", "")),
    )


def _leak(folder: Path, site: str, out: Path, model: ShapeModel | None) -> dict[str, Any] | None:
    source = open_source(str(folder / "frames"), fps=1.0 / SEEN_STEP_S)
    settings = Settings()
    plan = read_plan(folder / "plan.json", settings.alarms.warning_line_fraction)
    outcome = analyze(source, plan, settings, out, masks=False, shapes=model)
    if outcome.failure is not None:
        raise outcome.failure
    return next((leak for leak in outcome.document["leaks"] if leak["site"] == site and leak["shape"]), None)
