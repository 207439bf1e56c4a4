"""Path maps of many patients in many poses, with their six points: what the training of the landmarks draws from.

The dear part (an anatomy, about 6 s) is made once; the imaging chain is drawn anew each time a picture is used
(`pictures.py`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from assistant.geometry import Crop
from assistant.simulation.anatomy import anatomy as anatomies
from assistant.simulation.imaging_chain import xray
from assistant.simulation.scene import Anatomy
from assistant.system.files import whole_file

SIDE_PX = 400
PIXEL_MM = 0.4
SOFT_STEP = 4
RIB_STEP = 2
_POSES = 20
_MOST_DEG = 8.0
_LEVELS = ("T6", "T7", "T8", "T9", "T10", "T11", "T11", "T12", "T12", "L1", "L1", "L2", "L2", "L3", "L3", "L4", "L5")
_FRACTURES = (None, None, "wedge1", "wedge2", "biconcave1", "biconcave2", "crush1")


def landmarks_of(anatomy: Anatomy, view: xray.View, name: str) -> np.ndarray:
    """The six points in px, shape (6, 2): lateral anterior to posterior; AP patient's right to left."""
    marks = anatomy.landmarks_mm
    if name == "lateral":
        points = np.vstack([marks["superior"][[0, 2, 4]], marks["inferior"][[0, 2, 4]]])
    else:
        right, left = marks["right"], marks["left"]
        points = np.stack(
            [right[0], marks["superior"][2], left[0], right[-1], marks["inferior"][2], left[-1]],
        )
    return view.project(points)


def _off_deg(rng: np.random.Generator) -> float:
    """How far the C-arm stands off the true view: mostly a little, now and then as far as anybody would mark points."""
    if rng.random() < 0.4:
        return float(rng.uniform(-_MOST_DEG, _MOST_DEG))
    return float(np.clip(rng.normal(0, 2.5), -_MOST_DEG, _MOST_DEG))


def make(anatomy: Anatomy, rng: np.random.Generator, poses: int = _POSES) -> dict[str, np.ndarray]:
    """Maps and points of one patient: three of five poses lateral, two AP."""
    rows: dict[str, list[np.ndarray]] = {k: [] for k in ("bone", "ribs", "soft", "points", "view", "tip", "pose")}
    lattice = Crop(x0_px=0, y0_px=0, width_px=SIDE_PX, height_px=SIDE_PX)
    for k in range(poses):
        name = "lateral" if k % 5 in (0, 2, 4) else "ap"
        orbit = (0.0 if name == "lateral" else 90.0) + _off_deg(rng)
        if rng.random() < 0.5:
            orbit += 180.0
        tilt = _off_deg(rng)
        body_mm, detector_mm = float(rng.uniform(620, 750)), float(rng.uniform(960, 1100))
        off_mm = rng.normal(0, 9, 3)
        magnification = detector_mm / body_mm
        view = xray.view(
            name,
            orbit_deg=orbit,
            tilt_deg=tilt,
            source_body_mm=body_mm,
            source_detector_mm=detector_mm,
            detector_px_mm=PIXEL_MM * magnification,
            rotation_deg=0.0,
            mirrored=False,
            centre_px=((SIDE_PX - 1) / 2, (SIDE_PX - 1) / 2),
            look_at_mm=(float(off_mm[0]), float(off_mm[1]), float(off_mm[2])),
        )
        rows["bone"].append(xray.path_map(anatomy.bone, view, lattice, 1).astype(np.float16))
        if np.any(anatomy.ribs.values):
            rows["ribs"].append(xray.path_map(anatomy.ribs, view, lattice, RIB_STEP).astype(np.float16))
        else:
            rows["ribs"].append(np.zeros((SIDE_PX // RIB_STEP,) * 2, np.float16))
        rows["soft"].append(xray.path_map(anatomy.soft, view, lattice, SOFT_STEP).astype(np.float16))
        rows["points"].append(landmarks_of(anatomy, view, name))
        rows["view"].append(np.array(name == "ap"))
        side = "left" if rng.random() < 0.5 else "right"
        pedicle = anatomy.landmarks_mm[f"pedicle_{side}"][0]
        tip = np.array([rng.uniform(0, 12), pedicle[1] * rng.uniform(0.1, 0.7), rng.uniform(-5, 5)])
        back = pedicle - tip
        far = tip + back / np.linalg.norm(back) * 125.0
        rows["tip"].append(view.project(np.stack([tip, far])))
        rows["pose"].append(np.array([orbit, tilt, body_mm, detector_mm]))
    return {k: np.stack(v) for k, v in rows.items()}


def main() -> None:
    """Make patients until told to stop: ``--first``, ``--count`` seeds, or ``--real DATA`` with identities."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=60_000)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--real", type=Path)
    parser.add_argument("identities", nargs="*")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    wanted = [(identity, given.real) for identity in given.identities]
    for seed in range(given.first, given.first + given.count):
        rng = np.random.default_rng(seed)
        level, fracture = str(rng.choice(_LEVELS)), rng.choice(np.array(_FRACTURES, dtype=object))
        wanted.append((f"procedural/{level}/{seed:06d}/{fracture or 'whole'}", None))
    for identity, folder in wanted:
        path = given.out / (identity.replace("/", "_") + ".npz")
        if path.exists():
            continue
        rng = np.random.default_rng([len(identity), *identity.encode()])
        made = make(anatomies.build(identity, folder), rng)
        with whole_file(path, durable=False) as part, part.open("wb") as file:
            np.savez(file, allow_pickle=False, **made)


if __name__ == "__main__":
    main()
