"""A figure for closed forms, no fluoroscopy: one even polygon on even ground, white noise of a known strength."""

from __future__ import annotations

import cv2
import numpy as np

from assistant.geometry import Similarity
from assistant.steps.cement.baseline import Baseline, cement_crop, start_baseline

MM = 0.4
BODY_PX = np.array([[120.0, 110.0], [205.0, 108.0], [207.0, 180.0], [118.0, 182.0], [120.0, 110.0]])
STILL = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(160.0, 145.0))


def picture(rng: np.random.Generator, noise: float = 3.0, dark_body: bool = True) -> np.ndarray:
    body = np.zeros((300, 320), np.float32)
    cv2.fillPoly(body, [BODY_PX.round().astype(np.int32)], 1.0)
    clean = 150 - (40 if dark_body else -40) * cv2.GaussianBlur(body, (0, 0), 1.0)
    return np.clip(clean + noise * rng.standard_normal((300, 320)), 0, 255).astype(np.uint8)


def started(rng: np.random.Generator, **kwargs) -> Baseline:
    crop = cement_crop(BODY_PX, MM, 320, 300)
    return start_baseline(picture(rng, **kwargs), 255, np.ones((300, 320), bool), crop, BODY_PX, MM)
