"""A labelled CT as a source of anatomy: bone and soft tissue from its Hounsfield units, surfaces from its labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from assistant.errors import InputError
from assistant.simulation.anatomy.anatomy_pose import VertebraPose, VoxelGrid, block_around
from assistant.simulation.anatomy.anatomy_shapes import F32
from assistant.simulation.anatomy.anatomy_sizes import LEVELS
from assistant.simulation.anatomy.real_anatomy_dicom import read_series
from assistant.simulation.anatomy.real_anatomy_mesh import Surface, from_labels
from assistant.simulation.anatomy.real_anatomy_nifti import ScanVolume, read

KINDS = {"ct-lumbar": "ct_totalseg_lumbar", "ct-thoracic": "ct_totalseg_thoracic", "ct": "ct"}
_FILES = {
    "ct-lumbar": ("example_ct.nii.gz", "spine_report_example_ct_report_totalseg.nii.gz"),
    "ct-thoracic": ("aorta_ct_cropped.nii.gz", "aorta_report_test_result_models_vertebrae_T12.nii.gz"),
}
_ANY_IMAGE, _ANY_LABELS, _ANY_SERIES = ("ct.nii.gz", "ct.nii"), ("labels.nii.gz", "labels.nii"), "dicom"
"""A scan of one's own: the CT as NIfTI, or as DICOM slices in a folder of their own, and its labels as NIfTI."""
# TotalSegmentator's numbers (26 S1, 27 L5 ... 43 T1); a mask of one vertebra alone is 1.
_NUMBERS = {26 + k: level for k, level in enumerate(reversed(LEVELS))}
_LABELS = {"ct-lumbar": _NUMBERS, "ct-thoracic": {1: "T12"}, "ct": _NUMBERS}
# From Hounsfield units at usual tube voltages to bone mineral: about 1200 HU per g/cm³ (scanner-dependent).
_HU_PER_G_PER_CM3 = 1200.0
_BONE_FROM_HU = 130.0
_MOST_MINERAL_G_PER_CM3 = 1.1
_MOST_OFF = 0.6
"""Labels may lie this part of a voxel beside the CT: programs disagree on what a volume's corner is."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scan:
    """A CT with labelled vertebrae.

    Attributes
    ----------
    kind : str
        Key of `KINDS`.
    hounsfield : ScanVolume
        Contrast-filled vessels are put back to blood: nobody injects them during a vertebroplasty.
    labels : ScanVolume
    """

    kind: str
    hounsfield: ScanVolume = field(repr=False)
    labels: ScanVolume = field(repr=False)

    def surfaces(self) -> dict[str, Surface]:
        """Smoothed surfaces by level."""
        found = {}
        for number, level in _LABELS[self.kind].items():
            mask = self.labels.values == number
            if mask.sum() > 200:
                found[level] = from_labels(mask, self.labels.spacing_mm, np.array(self.labels.origin_mm))
        return found

    def holds(self, pose: VertebraPose, scale: float, point_mm: NDArray[np.float64], *, margin_mm: float) -> bool:
        """Whether a point of the treated vertebra's frame lies in the scan, a margin from its upper and lower end."""
        z = float((pose.to_patient(point_mm / scale) - np.array(self.hounsfield.origin_mm))[2])
        top = (self.hounsfield.values.shape[0] - 1) * self.hounsfield.spacing_mm[2]
        return bool(margin_mm <= z <= top - margin_mm)

    def sampled(
        self, pose: VertebraPose, scale: float, block: VoxelGrid, values: F32, *, beyond: float, on_and_on: bool = False
    ) -> F32:
        """Values of the scan's grid at the voxels of a block that stands in the treated vertebra's frame.

        ``on_and_on``: above and below the scan its outermost layers go on, instead of ``beyond``.
        """
        x, y, z = block.axes_mm()
        turn = pose.turn / scale
        own = (x[None, None, :], y[None, :, None], z[:, None, None])
        indices = []
        for axis in (2, 1, 0):  # the array is [z, y, x]
            at = sum(np.float32(turn[axis, i]) * own[i] for i in range(3)) + np.float32(
                pose.centre_mm[axis] - self.hounsfield.origin_mm[axis]
            )
            indices.append(np.broadcast_to(at / np.float32(self.hounsfield.spacing_mm[axis]), block.shape))
        out = np.empty(block.shape, dtype=np.float32)
        for first in range(0, block.shape[0], 32):
            part = slice(first, first + 32)
            where = np.stack([index[part] for index in indices])
            if on_and_on:
                where[0] = np.clip(where[0], 1.0, values.shape[0] - 2.0)
            out[part] = ndimage.map_coordinates(values, where, order=1, mode="constant", cval=beyond, prefilter=False)
        return out

    def relative_density(self, pose: VertebraPose, scale: float, block: VoxelGrid, inside: NDArray[np.bool_]) -> F32:
        """Bone density inside a vertebra relative to its own mean, 0.4 to 2.5, from the CT."""
        values = ndimage.gaussian_filter(self._units(), 0.6)
        units = self.sampled(pose, scale, block, values, beyond=0.0)
        mineral = np.clip(units, 20.0, 900.0)
        mean = float(mineral[inside].mean()) if inside.any() else 1.0
        relative: F32 = np.clip(mineral / max(mean, 1.0), 0.4, 2.5).astype(np.float32)
        return relative

    def other_bone(self, pose: VertebraPose, scale: float, block: VoxelGrid) -> F32:
        """Bone that has no label, such as ribs and pelvis, on the grid of bone."""
        return self.sampled(pose, scale, block, self._unlabelled_mineral(), beyond=0.0)

    def bone_outside(self, pose: VertebraPose, scale: float, block: VoxelGrid) -> tuple[F32, VoxelGrid]:
        """Bone of the rest of the trunk, coarser, nothing where the grid of bone lies."""
        wide = self._whole(pose, scale, 1.5)
        value = self.sampled(pose, scale, wide, self._unlabelled_mineral(), beyond=0.0)
        low = np.array(block.origin_mm)
        high = low + block.spacing_mm * (np.array(block.shape[::-1]) - 1)
        crop = wide.crop(low + 1.0, high - 1.0)
        if crop is not None:
            value[crop] = 0.0
        return value, wide

    def soft_tissue(self, pose: VertebraPose, scale: float) -> tuple[F32, VoxelGrid]:
        """Mass density of soft tissue, fat, lung and gas; bone is filled with soft tissue."""
        wide = self._whole(pose, scale, 3.0)
        units = self._units()
        bone = ndimage.grey_dilation(units, size=3) > _BONE_FROM_HU + 40.0
        density = np.where(bone, 1.05, np.clip(1.0 + units / 1000.0, 0.0012, 1.08)).astype(np.float32)
        return self.sampled(pose, scale, wide, density, beyond=0.0012, on_and_on=True), wide

    def _units(self) -> F32:
        return self.hounsfield.values.astype(np.float32)

    def _unlabelled_mineral(self) -> F32:
        """Bone mineral outside the labelled vertebrae, g/cm³."""
        labelled = np.isin(self.labels.values, list(_LABELS[self.kind]))
        near = ndimage.binary_dilation(labelled, iterations=1)
        units = self._units()
        mineral = np.where(units > _BONE_FROM_HU, (units - 60.0) / _HU_PER_G_PER_CM3, 0.0)
        return np.where(near, 0.0, np.clip(mineral, 0.0, _MOST_MINERAL_G_PER_CM3)).astype(np.float32)

    def _whole(self, pose: VertebraPose, scale: float, spacing_mm: float) -> VoxelGrid:
        """A grid over the part of the scan within 150 mm of the treated level's height."""
        nz, ny, nx = self.hounsfield.values.shape
        low = np.array(self.hounsfield.origin_mm)
        high = low + np.array(self.hounsfield.spacing_mm) * (np.array([nx, ny, nz]) - 1)
        corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)]) * (high - low) + low
        own = pose.to_own(corners) * scale
        first, last = own.min(axis=0) - 12.0, own.max(axis=0) + 12.0
        first[2], last[2] = -150.0, 150.0
        return block_around(first, last, spacing_mm)


def read_scan(folder: Path) -> Scan:
    """Read a CT and its label map.

    Parameters
    ----------
    folder : Path
        One of the two public scans, or anybody's: ``ct.nii.gz`` (or ``ct.nii``, or a folder ``dicom`` with the slices
        of a series) and ``labels.nii.gz`` (or ``labels.nii``) with TotalSegmentator's numbers, on the same grid.

    Raises
    ------
    InputError
        When there is none, or the two do not lie on the same grid.
    """
    kind, hounsfield, marked = _pair(folder)
    if hounsfield.values.shape != marked.values.shape:
        raise InputError(
            f"{folder}: CT {hounsfield.values.shape} and labels {marked.values.shape} are not on one grid."
        )
    off = np.abs(np.subtract(hounsfield.origin_mm, marked.origin_mm)) / np.asarray(hounsfield.spacing_mm)
    if off.max() > _MOST_OFF or not np.allclose(hounsfield.spacing_mm, marked.spacing_mm, rtol=0.01):
        raise InputError(f"{folder}: the labels lie {off.max():.1f} voxels beside the CT, or are of another spacing.")
    calm = ScanVolume(
        values=_without_contrast(hounsfield, marked),
        spacing_mm=hounsfield.spacing_mm,
        origin_mm=hounsfield.origin_mm,
    )
    return Scan(kind=kind, hounsfield=calm, labels=marked)


def _pair(folder: Path) -> tuple[str, ScanVolume, ScanVolume]:
    for kind, (image, labels) in _FILES.items():
        if (folder / image).is_file():
            return kind, read(folder / image), read(folder / labels)
    marked = next((folder / name for name in _ANY_LABELS if (folder / name).is_file()), None)
    image_file = next((folder / name for name in _ANY_IMAGE if (folder / name).is_file()), None)
    if marked is not None and image_file is not None:
        return "ct", read(image_file), read(marked)
    if marked is not None and (folder / _ANY_SERIES).is_dir():
        return "ct", read_series(folder / _ANY_SERIES), read(marked)
    known = ", ".join(image for image, _ in _FILES.values())
    raise InputError(
        f"{folder} holds no CT that is known here: {known}, or ct.nii.gz or a folder dicom, with labels.nii.gz."
    )


def _without_contrast(hounsfield: ScanVolume, labels: ScanVolume) -> NDArray[np.generic]:
    """Large evenly bright volumes (heart and vessels full of contrast) become blood again."""
    units = hounsfield.values.astype(np.float32)
    spacing = float(np.mean(hounsfield.spacing_mm))
    reach = round(4.5 / spacing)
    smooth = ndimage.uniform_filter(units, 3)
    bright = (smooth > 190.0) & (labels.values == 0)
    core = ndimage.binary_erosion(bright, iterations=reach)
    pieces, count = ndimage.label(core)
    if count == 0:
        return units
    large = np.bincount(pieces.ravel()) * spacing**3 > 1500.0
    large[0] = False
    vessels = ndimage.binary_dilation(large[pieces], iterations=reach + 2) & (units > 80.0)
    return np.where(vessels, np.float32(45.0), units)
