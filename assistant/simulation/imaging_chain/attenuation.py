"""What is left of the beam behind bone, soft tissue, steel, cement and contrast medium, at three energies."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop
from assistant.simulation.imaging_chain.xray import Map

STEEL_G_PER_CM3 = 7.9
PMMA_G_PER_CM3 = 1.18

# Mass attenuation, cm²/g, at 40, 50, 60, 80 and 100 keV (NIST XCOM; compounds by mass fraction). Below 40 keV nothing
# gets through a trunk, so the edges of iodine (33 keV) and barium (37 keV) lie outside the table.
_ENERGY_KEV = np.array([40.0, 50.0, 60.0, 80.0, 100.0])
_MASS_ATTENUATION = {
    "soft": np.array([0.2688, 0.2264, 0.2048, 0.1823, 0.1693]),
    "hydroxyapatite": np.array([0.988, 0.586, 0.407, 0.259, 0.202]),
    "steel": np.array([3.629, 1.958, 1.205, 0.5952, 0.3717]),
    "barium_sulphate": np.array([14.66, 8.25, 5.116, 2.413, 1.362]),
    "zirconium_dioxide": np.array([8.497, 4.626, 2.821, 1.318, 0.7554]),
    "pmma": np.array([0.2350, 0.2074, 0.1924, 0.1751, 0.1641]),
    "iodine": np.array([22.10, 12.32, 7.579, 3.510, 1.942]),
}
_BINS_KEV = np.array([46.0, 60.0, 78.0])


def mass_attenuation(material: str, energy_kev: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mass attenuation in cm²/g, interpolated on log scales between 40 and 100 keV."""
    table = _MASS_ATTENUATION[material]
    logs = np.interp(np.log(energy_kev), np.log(_ENERGY_KEV), np.log(table))
    return np.asarray(np.exp(logs), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beam:
    """A beam as three energies.

    Attributes
    ----------
    weights : array (3,)
        Share of the unattenuated detector signal at each of the three energies; their sum is 1.
    attenuation : dict of str to array (3,)
        cm²/g of each material.
    """

    weights: NDArray[np.float64]
    attenuation: dict[str, NDArray[np.float64]] = field(repr=False)


def beam(tube_kv: float) -> Beam:
    """Beam of a tube with 3 mm Al and 0.1 mm Cu, as an energy-integrating caesium iodide panel weighs it.

    Kramers' rule for the tube, steel's curve standing for copper; good to the few per cent that matter here.
    """
    energy = np.arange(35.0, max(tube_kv, 45.0), 1.0)
    filtered = np.exp(-0.81 * mass_attenuation("pmma", energy) * 2.0 - 0.09 * mass_attenuation("steel", energy) * 1.3)
    absorbed = 1.0 - np.exp(-0.18 * mass_attenuation("iodine", energy))
    # Kramers' rule: energy a keV falls as (E0 - E) / E photons, times E for a detector that integrates energy. What
    # the crystal absorbs is 1 - exp(-mu d), with iodine for caesium iodide.
    signal = (tube_kv - energy) * filtered * absorbed
    nearest = np.argmin(np.abs(energy[:, None] - _BINS_KEV[None, :]), axis=1)
    weights = np.array([signal[nearest == k].sum() for k in range(len(_BINS_KEV))])
    return Beam(
        weights=weights / weights.sum(),
        attenuation={name: mass_attenuation(name, _BINS_KEV) for name in _MASS_ATTENUATION},
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paths:
    """What the beam crosses in one picture; each a float32 map of the same size, or None where there is none.

    ``soft_g_cm2`` and ``bone_g_cm2`` are mass per area, ``steel_mm`` and ``cement_mm`` lengths, ``iodine_g_cm2`` mass.
    """

    soft_g_cm2: Map = field(repr=False)
    bone_g_cm2: Map = field(repr=False)
    steel_mm: Map | None = field(repr=False, default=None)
    cement_mm: Map | None = field(repr=False, default=None)
    iodine_g_cm2: Map | None = field(repr=False, default=None)


def without_cement(paths: Paths, part: Crop) -> Paths:
    """The same without cement, in a part of the picture."""
    rows, cols = part.rows, part.cols

    def cut(layer: Map | None) -> Map | None:
        return None if layer is None else np.ascontiguousarray(layer[rows, cols])

    return replace(
        paths,
        soft_g_cm2=np.ascontiguousarray(paths.soft_g_cm2[rows, cols]),
        bone_g_cm2=np.ascontiguousarray(paths.bone_g_cm2[rows, cols]),
        steel_mm=cut(paths.steel_mm),
        cement_mm=None,
        iodine_g_cm2=cut(paths.iodine_g_cm2),
    )


def transmitted(beam_: Beam, paths: Paths, barium_g_per_cm3: float, zirconia_g_per_cm3: float = 0.0) -> Map:
    """Share of the unattenuated detector signal that the primary beam keeps, float32, 0..1."""
    total: Map | None = None
    # Lambert and Beer for each of three energies, sum w exp(-sum mu d): three are enough for beam hardening. In one
    # exponent, by additions in place of ``log``, for the picture is large.
    for k, weight in enumerate(beam_.weights):
        mu = {name: float(values[k]) for name, values in beam_.attenuation.items()}
        log = cv2.addWeighted(
            paths.soft_g_cm2, -mu["soft"], paths.bone_g_cm2, -mu["hydroxyapatite"], float(np.log(max(weight, 1e-12)))
        )
        if paths.steel_mm is not None:
            log = cv2.scaleAdd(paths.steel_mm, -mu["steel"] * STEEL_G_PER_CM3 / 10.0, log)
        if paths.cement_mm is not None:
            per_mm = cement_attenuation_per_mm(mu, barium_g_per_cm3, zirconia_g_per_cm3)
            log = cv2.scaleAdd(paths.cement_mm, -per_mm, log)
        if paths.iodine_g_cm2 is not None:
            log = cv2.scaleAdd(paths.iodine_g_cm2, -mu["iodine"], log)
        kept = np.asarray(cv2.exp(log), dtype=np.float32)
        total = kept if total is None else total + kept
    assert total is not None
    return total


def cement_attenuation_per_mm(
    mu_cm2_per_g: dict[str, float], barium_g_per_cm3: float, zirconia_g_per_cm3: float = 0.0
) -> float:
    """Extra attenuation of cement over the marrow that it replaces (1 g/cm³ of soft tissue), per mm."""
    polymer = PMMA_G_PER_CM3 * mu_cm2_per_g["pmma"] - 1.0 * mu_cm2_per_g["soft"]
    opaque = barium_g_per_cm3 * mu_cm2_per_g["barium_sulphate"]
    if zirconia_g_per_cm3 > 0:
        opaque += zirconia_g_per_cm3 * mu_cm2_per_g["zirconium_dioxide"]
    return (opaque + polymer) / 10.0
