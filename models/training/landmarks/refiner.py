"""Learn the refiner's cascades: ``python -m models.training.landmarks.refiner --maps DIR --pack DIR`` (a minute)."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np

from assistant.geometry import PointsPx
from assistant.landmarks import crops, patches
from assistant.landmarks.refining import STAGES, Refiner, RefiningStage, frame_of, to_bytes
from models.training.landmarks.pictures import picture

_HELD = 10_000.0
"""Ridge: chosen on patients kept for calibration, among 3 000, 10 000 and 30 000."""
_STRETCH, _SHIFT, _EACH = 0.05, 0.04, 0.028

Held = tuple[np.ndarray, PointsPx]


def stretched(points: PointsPx, rng: np.random.Generator) -> PointsPx:
    """A start as the network leaves it."""
    centre, size = points.mean(axis=0), crops.size_px(points)
    bend = np.eye(2) + rng.normal(0, _STRETCH, (2, 2))
    moved: PointsPx = (points - centre) @ bend.T + centre + rng.normal(0, _SHIFT, 2) * size
    return moved + rng.normal(0, _EACH, (6, 2)) * size


def gather(folder: Path, chains: int, rng: np.random.Generator) -> dict[bool, list[Held]]:
    """Edges and true points in the frame of a stretched start, by view (AP is True)."""
    found: dict[bool, list[Held]] = {False: [], True: []}
    for path in sorted(folder.glob("*.npz")):
        if path.name.endswith(".tmp.npz"):
            continue
        with np.load(path) as file:
            maps = {k: file[k] for k in file.files}
        for k in range(len(maps["view"])):
            ap = bool(maps["view"][k])
            for _ in range(chains):
                cannula = str(rng.choice(["own", "other", "none"], p=[0.6, 0.1, 0.3]))
                shown, _, points = picture(maps, k, rng, cannula=cannula)
                points = crops.ordered(points, ap)
                frame, matrix = frame_of(shown, stretched(points, rng))
                placed = points @ matrix[:, :2].T + matrix[:, 2]
                found[ap].append((patches.edges(frame).astype(np.float16), placed))
    return found


def learn(held: list[Held], starts: int, rng: np.random.Generator) -> tuple[RefiningStage, ...]:
    """The cascade of one view."""
    pictures = [edges.astype(np.float32) for edges, _ in held for _ in range(starts)]
    true = np.stack([points for _, points in held for _ in range(starts)])
    now = np.stack([stretched(points, rng) for points in true])
    stages = []
    for number in range(STAGES):
        seen = np.stack([patches.features(p, at) for p, at in zip(pictures, now, strict=True)])
        mean, scale = seen.mean(axis=0), 1.0 / (seen.std(axis=0) + 0.05)
        rows = (seen - mean) * scale
        wanted = (true - now).reshape(len(true), -1)
        constant = wanted.mean(axis=0)
        # As many rows as columns or fewer: the kernel's way and the plain way cost about the same.
        normal = (rows.T @ rows).astype(np.float64)
        normal[np.diag_indices(len(normal))] += _HELD
        weights = np.linalg.solve(normal, rows.T.astype(np.float64) @ (wanted - constant))
        now = now + (rows @ weights + constant).reshape(now.shape)
        # Patients seen in training look easier than others: the next stage must not expect starts that good.
        now = true + (now - true) * 1.15
        stages.append(
            RefiningStage(
                mean=mean,
                scale=scale.astype(np.float32),
                weights=weights.astype(np.float32),
                constant=constant.astype(np.float32),
            )
        )
        apart = np.linalg.norm(now - true, axis=2).mean()
        sys.stdout.write(f"stage {number}: {apart:.2f} px of the frame\n")
        sys.stdout.flush()
    return tuple(stages)


def main() -> None:
    """Learn, write ``refine.npz`` and its checksum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maps", type=Path, required=True)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--chains", type=int, default=5)
    parser.add_argument("--starts", type=int, default=2)
    given = parser.parse_args()
    rng = np.random.default_rng(5)
    held = gather(given.maps, given.chains, rng)
    refiner = Refiner(lateral=learn(held[False], given.starts, rng), ap=learn(held[True], given.starts, rng))
    content = to_bytes(refiner)
    (given.pack / "refine.npz").write_bytes(content)
    path = given.pack / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["refiner_sha256"] = hashlib.sha256(content).hexdigest()
    path.write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
