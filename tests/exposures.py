"""The small run as teams film it that do not film on: X-ray in exposures, the last picture held between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.acquisition import Acquisition, AcquisitionMode
from assistant.vocabulary import Unknown
from tests.small_run import FPS, SmallRun, plan_document, write_video
from tests.small_run import pictures as small_pictures

PULSES_PER_S = 7.5
"""Each X-ray picture stands in two frames."""
_MOST = 60


def beam(t_s: float, exposure: int = 0) -> Acquisition:
    """The beam at a picture of an exposure."""
    return Acquisition(
        t_s=t_s,
        mode=AcquisitionMode.UNKNOWN,
        exposure=exposure,
        picture=0,
        since_beam_on_s=0.0,
        pause_s=0.0,
        film_s=t_s,
        pulses_per_s=Unknown("not known here"),
        of_source=0,
    )


@dataclass(frozen=True)
class Exposures:
    """Frames, which of them carry a new picture, and what was done."""

    frames: tuple[NDArray[np.uint8], ...]
    new: tuple[int, ...]
    lengths_s: tuple[float, ...]


def in_exposures(pictures: Sequence[int], pause_s: float = 2.0, *, beyond: Sequence[int] = ()) -> Exposures:
    """So many pictures in each exposure, then a pause; cement flows on in it.

    Parameters
    ----------
    pictures : sequence of int
        Of each exposure; 60 in all at most.
    pause_s : float
        After each, the last one too.
    beyond : sequence of int
        Exposures for which the table was pushed so far that the vertebra has left the picture.
    """
    made = small_pictures(_MOST, repeat_each=1)
    held = round(pause_s * FPS) - 1
    # So many pictures pass in a pause: cement flows on, and the console's filter has nothing in common with before.
    passed, at = (_MOST - sum(pictures)) // max(len(pictures) - 1, 1), 0
    frames: list[NDArray[np.uint8]] = []
    new = []
    for number, count in enumerate(pictures):
        for _ in range(count):
            new.append(len(frames))
            shown, at = made[at], at + 1
            frames += [np.roll(shown, 160, axis=1) if number in beyond else shown] * 2
        frames += [frames[-1]] * held
        at += passed
    return Exposures(tuple(frames), tuple(new), tuple(count / PULSES_PER_S for count in pictures))


def write_exposures(folder: Path, made: Exposures) -> SmallRun:
    """A run folder with plan and video."""
    run = folder / "run"
    run.mkdir(parents=True)
    video = write_video(run / "run.mkv", made.frames)
    small = SmallRun(folder=run, video=video, plan=run / "plan.json", frame_count=len(made.frames))
    small.save_plan(plan_document(reference_frame=0))
    return small
