"""Samples through the program's own pipeline, with truth: ``python -m models.training.cement_reader.making --help``.

One patient, one run, one file. What is kept is what the readers are given (`assistant.steps.cement.reader_inputs`): the
baseline before each picture and the picture held still, by the pose that the program found, on the readers' lattice;
beside it what is true there. The pipeline itself is not changed: the cement step is listened to.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant import pipeline as pipelines
from assistant import plan as plans
from assistant.errors import UsageError
from assistant.geometry import Crop, Similarity
from assistant.imaging.lattice import lattice_from_source
from assistant.settings.file import default_settings
from assistant.simulation.building import build_anatomy, build_flow
from assistant.simulation.fluoroscope import Fluoroscope, SimulatedFrame
from assistant.simulation.scenario import Patient
from assistant.steps.cement.baseline import still_picture
from assistant.steps.cement.memory import MaskMemory
from assistant.system.files import whole_file
from assistant.vocabulary import Frame, Grey
from models.training.cement_reader.cases import GROUPS, draw_case, group_of, seed_of
from models.training.cement_reader.layout import PATH_STEPS
from models.training.sample_store import REAL

F32 = NDArray[np.float32]
_ATTEMPTS = 6
_STEP = "find_cement"
"""The cement step as the pipeline knows it."""
_BALLOON_G_PER_CM2 = 0.002
"""More iodine than this is a balloon: nothing is said of it, for no picture tells it from cement."""


@dataclass(slots=True, eq=False)
class _Heard:
    """What the cement step was given for one picture."""

    mean: F32
    still: F32
    memory: MaskMemory
    similarity: Similarity


def make(number: int, real: Patient | None = None) -> dict[str, Any] | None:
    """The arrays of one sample; None where no picture was registered, or the sign was taken the wrong way."""
    fluoroscope = _fluoroscope(number, real)
    if fluoroscope is None:
        return None
    frames = list(fluoroscope.frames())
    settings = default_settings()
    plan = plans.plan_from_document(fluoroscope.marked_document, settings.alarms.warning_lines)
    pictures = [Frame(index=f.stored.index, t_s=f.stored.t_s, grey=f.grey) for f in frames]
    references = [next(p for p in pictures if p.index == view.reference_frame) for view in plan.views]
    pipeline = pipelines.Pipeline(plan, references, settings)
    rows: list[dict[str, Any]] = []
    heard: _Heard | None = None
    with _listening() as said:
        for picture, frame in zip(pictures, frames, strict=True):
            said.clear()
            pipeline.process(picture)
            heard = said[-1] if said else heard
            if said and frame.truth is not None:
                rows.append(_row(fluoroscope, frame, said[-1]))
                rows[-1]["before"] = picture.index < plan.views[0].reference_frame
    if not rows or heard is None:
        return None
    baseline = heard.memory.baseline
    if baseline.sign != (-1 if fluoroscope.case.screen.bright_cement else 1):
        return None
    stored = {key: np.stack([np.asarray(row[key]) for row in rows]) for key in rows[0]}
    return stored | {
        "body": _half(baseline.body) > 0.5,
        "usable": _half(baseline.usable) > 0.5,
        "mm_per_px": np.float32(2 * baseline.mm_per_px),
        "group": group_of(number) if real is None else "real spine",
        "dose_ngy": fluoroscope.case.exposure.dose_ngy,
        "barium_g_per_cm3": fluoroscope.flow.barium_g_per_cm3,
        "zirconia_g_per_cm3": fluoroscope.flow.zirconia_g_per_cm3,
    }


def _fluoroscope(number: int, real: Patient | None) -> Fluoroscope | None:
    seed = seed_of(number)
    for attempt in range(_ATTEMPTS):
        case = draw_case(number, attempt, real)
        try:
            anatomy = build_anatomy(case, seed)
            return Fluoroscope(case, seed, anatomy, build_flow(case, seed, anatomy))
        except UsageError:
            continue
    return None


@contextmanager
def _listening() -> Iterator[list[_Heard]]:
    """What the cement step is given, while it works as ever."""
    said: list[_Heard] = []
    find_cement = getattr(pipelines, _STEP)

    def heard(memory: MaskMemory, grey: Grey, similarity: Similarity, t_s: float, **more: Any) -> Any:
        mean = memory.baseline.mean.copy()
        found = find_cement(memory, grey, similarity, t_s, **more)
        said.append(_Heard(mean, still_picture(memory.baseline, grey, similarity), memory, similarity))
        return found

    setattr(pipelines, _STEP, heard)
    try:
        yield said
    finally:
        setattr(pipelines, _STEP, find_cement)


def _row(fluoroscope: Fluoroscope, frame: SimulatedFrame, heard: _Heard) -> dict[str, Any]:
    truth = frame.truth
    assert truth is not None
    baseline = heard.memory.baseline
    onto = _Onto(baseline.step, baseline.crop, heard.similarity, (frame.grey.shape[0], frame.grey.shape[1]))
    visible = onto(truth.visible, truth.part)
    balloon, iodine = np.zeros(visible.shape, bool), _iodine(fluoroscope, frame)
    if iodine is not None:
        balloon = onto(iodine, fluoroscope.box) > _BALLOON_G_PER_CM2
        balloon = cv2.dilate(balloon.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & (visible < 0.5)
    steel = np.zeros(baseline.body.shape, bool) if baseline.cannula is None else baseline.cannula.mask
    return {
        "mean": _half(heard.mean).astype(np.float16),
        "still": _half(heard.still).astype(np.float16),
        "steel": _half(steel) > 0.5,
        "visible": np.rint(255 * visible).astype(np.uint8),
        "cement": np.rint(255 * onto(truth.cement, truth.part)).astype(np.uint8),
        "path": np.clip(np.rint(onto(truth.path_mm, truth.part) * PATH_STEPS), 0, 255).astype(np.uint8),
        "ignored": balloon,
        "t_s": frame.stored.t_s,
        "visible_mm2": truth.visible_mm2,
        "cement_mm2": truth.cement_mm2,
    }


def _iodine(fluoroscope: Fluoroscope, frame: SimulatedFrame) -> F32 | None:
    """What the balloon holds in the picture that a frame shows (`Fluoroscope.box`), g/cm²."""
    t_s = float(fluoroscope.pulses.times_s[frame.stored.pulse])
    return fluoroscope.stage_of(frame.view).balloon_g_per_cm2(fluoroscope.theatre.pose(t_s), t_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Onto:
    """From the picture to the readers' lattice, by the pose that the program found."""

    step: int
    crop: Crop
    similarity: Similarity
    shape: tuple[int, int]

    def __call__(self, values: NDArray[Any], part: Crop) -> F32:
        """Values of a part of the picture on the readers' lattice."""
        whole = np.zeros(self.shape, np.float32)
        whole[part.rows, part.cols] = values
        step, crop = self.step, self.crop
        if step > 1:
            size = whole.shape[1] // step, whole.shape[0] // step
            whole = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.float32)
        matrix = lattice_from_source(self.similarity.current_from_reference(), step)
        shift = matrix[:, :2] @ np.array([crop.x0_px, crop.y0_px]) + matrix[:, 2]
        local = np.column_stack([matrix[:, :2], shift])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return _half(cv2.warpAffine(whole, local, (crop.width_px, crop.height_px), flags=flags))


def _half(values: NDArray[Any]) -> F32:
    size = values.shape[1] // 2, values.shape[0] // 2
    return np.asarray(cv2.resize(np.asarray(values, np.float32), size, interpolation=cv2.INTER_AREA), np.float32)


def main() -> None:
    """Make samples that are not there yet; of real spines one each, in the order of `REAL`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--real", type=Path, help="folder with real anatomy: of these spines in place of drawn ones")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    wanted: list[tuple[int, Patient | None]] = [(given.first + k, None) for k in range(given.count)]
    if given.real:
        spines = [Patient(identity=f"{name}@{9000 + k}", folder=str(given.real)) for k, name in enumerate(REAL)]
        # Numbers whose group is "usual": what is asked is the spine.
        wanted = [(len(GROUPS) * k + GROUPS.index("usual"), spine) for k, spine in enumerate(spines)]
    for number, real in wanted:
        path = given.out / f"{number:04d}.npz"
        if path.exists():
            continue
        began_s = time.monotonic()
        made = make(number, real)
        if made is not None:
            with whole_file(path, durable=False) as part, part.open("wb") as file:
                np.savez(file, allow_pickle=False, **made)
        what = "nothing to learn from" if made is None else f"{len(made['t_s'])} pictures"
        sys.stdout.write(f"{number} {group_of(number)}: {what}, {time.monotonic() - began_s:.0f} s\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
