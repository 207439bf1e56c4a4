"""What must not matter to where the vertebra is: the size of the picture, its coding, its light, the frame chosen."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from assistant.geometry import Similarity
from assistant.imaging.xray_field import find_field
from assistant.simulation.tabletop import Tabletop
from assistant.steps.motion import Pyramid, follow, start_following
from assistant.vocabulary import Grey, Motion
from tests.exposures import beam

PICTURES = 14


def film() -> tuple[Tabletop, list[Grey]]:
    """A vertebra that is breathed with; the first picture is where it was marked."""
    patient = Tabletop(dose_ngy=120.0)
    greys = []
    for k in range(PICTURES):
        moved = Similarity(
            dx_px=2.0 * np.sin(k / 3),
            dy_px=5.0 * np.sin(k / 3),
            rotation_deg=0.2 * np.sin(k / 4),
            scale=1.0,
            centre_px=patient.centre_px,
        )
        greys.append(patient.frame(similarity=moved).grey)
    return patient, greys


def poses(patient: Tabletop, greys: list[Grey], reference: int = 0, size: float = 1.0) -> list[np.ndarray]:
    """current_from_reference of each picture, 3 x 3, in px of the film as it is."""
    to_size = np.array([[size, 0, (size - 1) / 2], [0, size, (size - 1) / 2], [0, 0, 1]])
    back = np.eye(3)
    body = patient.body_px
    if reference:
        # The points of another frame are those of the first, carried along.
        back = poses(patient, greys[: reference + 1])[reference]
        body = body @ back[:2, :2].T + back[:2, 2]
    body = body @ to_size[:2, :2].T + to_size[:2, 2]
    grey = greys[reference]
    centre = (float(body[:, 0].mean()), float(body[:, 1].mean()))
    memory = start_following(0, grey, 255, find_field(grey, 255), patient.mm_per_px / size, body, centre)
    found = []
    for k, each in enumerate(greys):
        motion, _ = follow([memory], 0, Pyramid(grey=each, white=255), None, beam(k / 8))
        assert isinstance(motion, Motion)
        matrix = np.vstack([motion.similarity.current_from_reference(), [0.0, 0.0, 1.0]])
        found.append(np.linalg.inv(to_size) @ matrix @ to_size @ back)
    return found


def apart_mm(patient: Tabletop, one: list[np.ndarray], other: list[np.ndarray]) -> np.ndarray:
    body = np.column_stack([patient.body_px, np.ones(len(patient.body_px))])
    gaps = [np.linalg.norm((body @ (a - b).T)[:, :2], axis=1).mean() for a, b in zip(one, other, strict=True)]
    return np.array(gaps) * patient.mm_per_px


def resized(size: float) -> Callable[[Grey], Grey]:
    return lambda grey: np.asarray(cv2.resize(grey, None, fx=size, fy=size, interpolation=cv2.INTER_AREA), np.uint8)


def coded(grey: Grey) -> Grey:
    done, code = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 70])
    assert done
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE), np.uint8)


def darker(grey: Grey) -> Grey:
    return (0.7 * grey.astype(np.float32)).astype(np.uint8)


@pytest.mark.parametrize(("change", "size"), [(resized(1.5), 1.5), (resized(0.75), 0.75), (coded, 1.0), (darker, 1.0)])
def test_size_coding_and_light_move_nothing(change: Callable[[Grey], Grey], size: float) -> None:
    patient, greys = film()
    apart = apart_mm(patient, poses(patient, greys), poses(patient, [change(each) for each in greys], size=size))
    assert np.median(apart) < 0.08
    assert apart.max() < 0.20


def test_another_reference_frame_moves_little() -> None:
    patient, greys = film()
    apart = apart_mm(patient, poses(patient, greys), poses(patient, greys, reference=6))
    assert np.median(apart) < 0.10
    assert apart.max() < 0.25
