"""Contact sheets: simulated frames side by side, to judge by eye how real they look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from assistant.errors import UsageError
from assistant.simulation.building import build_anatomy, build_flow
from assistant.simulation.cement import leak_paths
from assistant.simulation.imaging_chain.display import Grey8
from assistant.simulation.scenario import Case, Cement, Exposure, Geometry, Patient, Run, Screen, Shot, View
from assistant.simulation.scene import Anatomy
from assistant.simulation.still import still

_TILE_PX = 384
_LEVELS = ("T6", "T8", "T10", "T12", "L1", "L2", "L3", "L4", "L5")
_FRACTURES = ("", "wedge2", "biconcave2", "crush2")
_QUALITIES = (
    ("good", Exposure(dose_ngy=110.0, scatter_to_primary=0.6, tube_kv=72.0)),
    ("usual", Exposure()),
    ("thick", Exposure(dose_ngy=30.0, scatter_to_primary=1.6, tube_kv=86.0)),
    ("poor", Exposure(dose_ngy=15.0, scatter_to_primary=2.2, tube_kv=95.0, glare=0.14, detector_blur_mm=0.3)),
)


def write_gallery(folder: Path, progress: Callable[[float], None] | None = None) -> list[Path]:
    """Write the sheets ``levels.png``, ``fractures.png``, ``noise.png`` and ``leaks.png``.

    Parameters
    ----------
    folder : Path
        Made if absent.
    progress : callable or None
        Called with the share that is done.

    Returns
    -------
    list of Path
    """
    folder.mkdir(parents=True, exist_ok=True)
    sheets: list[tuple[str, Callable[[], list[list[Grey8]]]]] = [
        ("levels", _levels),
        ("fractures", _fractures),
        ("noise", _noise),
        ("leaks", _leaks),
    ]
    written = []
    for number, (name, make) in enumerate(sheets):
        rows = make()
        widest = max(len(row) for row in rows)
        blank = np.zeros((_TILE_PX, _TILE_PX), dtype=np.uint8)
        sheet = np.vstack([np.hstack(row + [blank] * (widest - len(row))) for row in rows])
        path = folder / f"{name}.png"
        if not cv2.imwrite(str(path), sheet):
            raise OSError(0, f"{path} could not be written")
        written.append(path)
        if progress is not None:
            progress((number + 1) / len(sheets))
    return written


def _tile(case: Case, anatomy: Anatomy, words: str, *, view: View = "lateral", before: bool = False) -> Grey8:
    shown = Case(
        cement=case.cement,
        geometry=Geometry(shots=(Shot(view=view, from_s=0.0),), field_mm=190.0),
        exposure=case.exposure,
        screen=case.screen,
        run=Run(width_px=_TILE_PX, height_px=_TILE_PX),
    )
    try:
        made = still(shown, 5, anatomy, build_flow(shown, 5, anatomy))
        tile = (made.before if before else made.after).copy()
    except UsageError as error:
        # Not every leak can be opened in every body: the sheet says so in place of the picture.
        tile = np.full((_TILE_PX, _TILE_PX), 30, dtype=np.uint8)
        cv2.putText(tile, str(error)[:60], (6, _TILE_PX // 2), cv2.FONT_HERSHEY_SIMPLEX, 0.36, 230, 1, cv2.LINE_AA)
    cv2.putText(tile, words, (6, _TILE_PX - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.42, 230, 1, cv2.LINE_AA)
    return tile


def _plain(*, exposure: Exposure | None = None, cement: Cement | None = None) -> Case:
    return Case(screen=Screen(layout="plain"), exposure=exposure or Exposure(), cement=cement or Cement())


def _levels() -> list[list[Grey8]]:
    lateral, front = [], []
    for level in _LEVELS:
        anatomy = build_anatomy(Case(patient=Patient(level=level)), 5)
        lateral.append(_tile(_plain(), anatomy, level, before=True))
        front.append(_tile(_plain(), anatomy, f"{level} AP", view="ap", before=True))
    return [lateral, front]


def _fractures() -> list[list[Grey8]]:
    rows: list[list[Grey8]] = []
    for level in ("T12", "L2"):
        row = []
        for fracture in _FRACTURES:
            anatomy = build_anatomy(Case(patient=Patient(level=level, fracture=fracture)), 6)
            row.append(_tile(_plain(), anatomy, f"{level} {fracture or 'whole'}"))
        rows.append(row)
    return rows


def _noise() -> list[list[Grey8]]:
    anatomy = build_anatomy(Case(patient=Patient(level="L1", fracture="wedge1")), 7)
    cement = Cement(leak="superior_disc_spike")
    dark = [_tile(_plain(exposure=exposure, cement=cement), anatomy, word) for word, exposure in _QUALITIES]
    bright = [
        _tile(
            Case(screen=Screen(layout="plain", bright_cement=True, field="octagon"), exposure=exposure, cement=cement),
            anatomy,
            f"{word}, inverted",
        )
        for word, exposure in _QUALITIES
    ]
    return [dark, bright]


def _leaks() -> list[list[Grey8]]:
    anatomy = build_anatomy(Case(patient=Patient(level="L2")), 8)
    rows: list[list[Grey8]] = [[]]
    for leak in leak_paths.NAMES:
        case = _plain(cement=Cement(leak=leak))
        for view in ("lateral", "ap"):
            if len(rows[-1]) == 8:
                rows.append([])
            rows[-1].append(_tile(case, anatomy, f"{leak} {view}", view=view))
    return rows
