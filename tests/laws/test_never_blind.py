"""A law: whatever the console does, a new X-ray picture has figures, or says why it has none, or an alarm stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from assistant.geometry import Similarity
from assistant.pipeline import Pipeline
from assistant.plan import plan_from_document
from assistant.readings.csv_row import why_unmeasured
from assistant.settings.tree import Settings
from assistant.simulation.tabletop import COLS, MM_PER_PX, ROWS, Tabletop
from assistant.vocabulary import Distances, Frame, Priority, Reading
from tests.small_run import plan_document

CENTRE_PX = (160, 147)
SEEN_MM2 = 5.0
PULSE_S = 1 / 7.5


class Film:
    """A team at work: pictures with cement of a size, taken whenever it likes; odd things happen to some of them."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self._tabletop = Tabletop(seed=seed, dose_ngy=100.0)
        self.index, self.t_s = 0, 0.0

    def picture(self, radius_px: float = 0.0, dx_px: float = 0.0) -> Frame:
        mask = np.zeros((ROWS, COLS), np.uint8)
        if radius_px:
            cv2.circle(mask, CENTRE_PX, round(radius_px), 1, -1)
        moved = Similarity(dx_px=dx_px, dy_px=0.5 * dx_px, rotation_deg=0.0, scale=1.0, centre_px=CENTRE_PX)
        frame = self._tabletop.frame(self.index, self.t_s, moved, mask.astype(bool) if radius_px else None)
        self.index, self.t_s = self.index + 1, self.t_s + PULSE_S
        return frame

    def held(self, frame: Frame, seconds: float) -> Iterator[Frame]:
        """The console shows the last picture again, now and then."""
        for _ in range(3):
            self.t_s += seconds / 3
            yield replace(frame, index=self.index, t_s=self.t_s)
            self.index += 1
        self.t_s += PULSE_S


def as_it_is(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return grey


def mirrored(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return grey[:, ::-1].copy()


def over_exposed(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.maximum(grey, 253 + rng.integers(0, 3, grey.shape).astype(np.uint8))


def dark(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return (grey * 0.02).astype(np.uint8)


def blank(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.full_like(grey, 40)


def noise(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 256, grey.shape).astype(np.uint8)


def torn(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    spoilt = grey.copy()
    spoilt[120:180] = 128
    return spoilt


def pushed(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.roll(grey, int(rng.integers(20, 200)), axis=1)


def zoomed(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    large = cv2.resize(grey, None, fx=1.4, fy=1.4)
    return np.ascontiguousarray(large[60 : 60 + ROWS, 64 : 64 + COLS])


ODD = (mirrored, over_exposed, dark, blank, noise, torn, pushed, zoomed)
Spoil = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def filmed(film: Film, lengths: tuple[int, int], *, odd_share: float) -> Iterator[tuple[Frame, float]]:
    """Exposures with pauses; frames with the area of the cement that a picture shows as it should, else 0."""
    radius = 0.0
    for exposure in range(12):
        if exposure >= 3:
            radius = min(radius + float(film.rng.uniform(1.0, 6.0)), 34.0)
        spoil: Spoil = as_it_is
        if exposure >= 2 and film.rng.random() < odd_share:
            spoil = ODD[int(film.rng.integers(len(ODD)))]
        dx_px = float(film.rng.normal(0.0, 3.0))
        for _ in range(int(film.rng.integers(*lengths))):
            frame = film.picture(radius, dx_px)
            frame = replace(frame, grey=spoil(frame.grey, film.rng))
            yield frame, np.pi * (radius * MM_PER_PX) ** 2 if spoil is as_it_is else 0.0
        for again in film.held(frame, float(film.rng.uniform(2.0, 10.0))):
            yield again, 0.0


def is_silent(reading: Reading, seen_mm2: float) -> bool:
    found = reading.distances
    if why_unmeasured(reading) or reading.alarm > Priority.NONE:
        return False
    return not isinstance(found, Distances) or (seen_mm2 >= SEEN_MM2 and found.cement_area_mm2 == 0.0)


@pytest.mark.parametrize("lengths", [(1, 2), (1, 4), (3, 16)], ids=["shots", "a few", "short"])
@pytest.mark.parametrize("odd_share", [0.0, 0.5])
@pytest.mark.parametrize("seed", [0])
def test_no_new_picture_is_blind_in_silence(lengths, odd_share, seed):
    film = Film(seed)
    plan = plan_from_document(plan_document(reference_frame=0), 0.25)
    pipeline = Pipeline(plan, [film.picture()], Settings())
    silent = []
    for frame, seen_mm2 in filmed(film, lengths, odd_share=odd_share):
        reading = pipeline.process(frame)
        if reading.liveness.xray_age_s == 0.0 and is_silent(reading, seen_mm2):
            silent.append((frame.index, seen_mm2))
    assert silent == []
    assert len(pipeline.exposures.exposures) >= 8
