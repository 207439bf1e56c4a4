"""Whole runs of a few seconds, one leak into a disc each, through the program as a person would run it.

What `small_run` shows to the cement step alone is written as numbered pictures with the plan that was marked, and
analysed by the same call as ``fluoro-assistant analyze``: field, liveness, motion, cement, leaks and the model all do
their own part, and a leak that the program does not find counts as missed.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.analysis import analyze
from assistant.capture.opening import open_source
from assistant.leak_shape.model_protocol import ShapeModel
from assistant.model_packs.pack import Pack
from assistant.model_packs.shape_models import WaitingShapeModel
from assistant.plan import read_plan
from assistant.settings.tree import Settings
from assistant.simulation.fluoroscope import Fluoroscope, SimulatedFrame
from assistant.simulation.imaging_chain.sinks import PictureSink
from assistant.simulation.leak_truth import disc_shapes
from assistant.simulation.truth import LEAK_MM2
from assistant.vocabulary import LeakSite

SEEN_STEP_S = 0.35
"""Pictures lie this far apart for the program, so that a dozen of them are a run of some seconds."""
NAMED, OPEN, MISSED = ("spike", "round"), "undetermined", "no leak found"
_FACTS = "leak.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAnswer:
    """What the program said of one run at its end.

    Attributes
    ----------
    facts : dict
        Of the true leak, as written beside the run.
    predicted : str
        The word at the end of the run; "no leak found" where the program reports none at that disc.
    p_spike : float or None
    reason : str
        Why it is undetermined.
    """

    facts: dict[str, Any]
    predicted: str
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


def answer_of(folder: Path, model: ShapeModel, out: Path) -> RunAnswer:
    """Analyse one run.

    Parameters
    ----------
    folder : Path
    model : ShapeModel
    out : Path
        For what the analysis writes.
    """
    known = json.loads((folder / _FACTS).read_text("utf-8"))
    leak = _leak(folder, known["site"], out, model)
    shape = None if leak is None else leak["shape"]
    return RunAnswer(
        facts=known,
        predicted=MISSED if shape is None else shape["label"],
        p_spike=None if shape is None else shape["p_spike"],
        reason="" if shape is None else str(shape.get("reason", "")),
    )


def _leak(folder: Path, site: str, out: Path, model: ShapeModel) -> dict[str, Any] | None:
    source = open_source(str(folder / "frames"), fps=1.0 / SEEN_STEP_S)
    settings = Settings()
    plan = read_plan(folder / "plan.json", settings.alarms.warning_line_fraction)
    outcome = analyze(source, plan, settings, out, masks=False, shapes=model)
    if outcome.failure is not None:
        raise outcome.failure
    return next((leak for leak in outcome.document["leaks"] if leak["site"] == site and leak["shape"]), None)


def answers_of(folders: Sequence[Path], pack: Pack, out: Path) -> list[RunAnswer]:
    """Analyse many runs, one after the other; what was answered by the same model is kept and not asked again."""
    answers = []
    with WaitingShapeModel(pack) as model:
        for folder in folders:
            kept = out / f"{folder.name}-{pack.manifest.model_sha256[:12]}.json"
            if not kept.is_file():
                kept.parent.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory() as results:
                    answer = answer_of(folder, model, Path(results))
                kept.write_text(json.dumps(asdict(answer)), "utf-8")
            answers.append(RunAnswer(**json.loads(kept.read_text("utf-8"))))
    return answers


def run_figures(answers: Sequence[RunAnswer]) -> dict[str, Any]:
    """Counts over runs: what was said of true spikes, rounds and in-betweens."""
    pairs = [(answer.facts["label"], answer.predicted) for answer in answers]
    named = [(true, word) for true, word in pairs if true in NAMED]
    found = [(true, word) for true, word in named if word != MISSED]
    decided = [(true, word) for true, word in found if word in NAMED]
    between = [word for true, word in pairs if true not in NAMED]
    return {
        "runs": len(answers),
        "spines": len({answer.facts["identity"] for answer in answers}),
        "spikes and rounds": len(named),
        "found": len(found),
        "decided": len(decided),
        "right": sum(true == word for true, word in decided),
        "in-between": len(between),
        "in-between left open": sum(word not in NAMED for word in between),
        "confusion": {true: dict(Counter(word for t, word in pairs if t == true)) for true in (*NAMED, OPEN)},
    }
