"""The cement's path map, which grows voxel by voxel as the cement flows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop, PointsPx
from assistant.simulation.imaging_chain.xray import Map, View
from assistant.simulation.scene import CementFlow


class CementProjector:
    """The cement's path map, grown voxel by voxel in order of arrival.

    Its whole memory is how far it has come (`volume_ml`) and the map so far (`path_mm`, one layer for the whole and one
    for each site of leak; `reached`: the layers that hold any).
    """

    def __init__(self, flow: CementFlow, sites: NDArray[np.uint8], view_: View, lattice: Crop, site_count: int) -> None:
        """Sort the voxels by arrival and project their centres.

        Parameters
        ----------
        flow : CementFlow
        sites : array, the shape of the arrival volume, uint8
            0 inside the body, k = 1..site_count where a voxel counts as leaked at site k.
        view_ : View
        lattice : Crop
        site_count : int
        """
        arrival = np.asarray(flow.arrival_ml.values, dtype=np.float32)
        filled = np.flatnonzero(np.isfinite(arrival))
        # Sorted by the millilitres at which they fill: the map of a later picture is that of the one before and some
        # voxels more, and never costs the whole again.
        filled = filled[np.argsort(arrival.ravel()[filled], kind="stable")]
        iz, iy, ix = np.unravel_index(filled, arrival.shape)
        spacing = flow.arrival_ml.spacing_mm
        points = np.stack([ix, iy, iz], axis=1) * spacing + np.asarray(flow.arrival_ml.origin_mm)
        self._arrival_ml = arrival.ravel()[filled]
        self._site = sites.ravel()[filled]
        self._px = view_.project(points) - np.array([lattice.x0_px, lattice.y0_px])
        # A voxel's volume over the area that a px has at its depth: mm of path. Nearer to the focus a px is smaller
        # there.
        local_mm_per_px = view_.mm_per_px * view_.depth_mm(points) / view_.depth_mm(np.zeros((1, 3)))[0]
        self._path_per_voxel = spacing**3 / local_mm_per_px**2
        # A Gaussian of half a voxel: a block of voxels projects flat to 0.7 %, and an edge grows by 0.25 mm at most.
        self._footprint_px = 0.5 * spacing / view_.mm_per_px
        shape = (lattice.height_px, lattice.width_px)
        self.path_mm = np.zeros(shape, dtype=np.float32)
        self.leaked_mm: list[Map] = [np.zeros(shape, dtype=np.float32) for _ in range(site_count)]
        self.reached: set[int] = set()
        self.volume_ml = 0.0
        self._next = 0

    def advance(self, volume_ml: float) -> None:
        """Add every voxel that has filled once ``volume_ml`` are injected; volumes never fall."""
        stop = int(np.searchsorted(self._arrival_ml, volume_ml, side="right")) if volume_ml > 0 else 0
        self.volume_ml = max(self.volume_ml, volume_ml)
        if stop <= self._next:
            return
        new = slice(self._next, stop)
        self._next = stop
        self._splat(self.path_mm, self._px[new], self._path_per_voxel[new])
        sites = self._site[new]
        for site in np.unique(sites[sites > 0]):
            of_site = sites == site
            self.reached.add(int(site) - 1)
            self._splat(self.leaked_mm[int(site) - 1], self._px[new][of_site], self._path_per_voxel[new][of_site])

    def _splat(self, path_mm: Map, px: PointsPx, weight: NDArray[np.float64]) -> None:
        margin = int(np.ceil(4.0 * self._footprint_px)) + 2
        height, width = path_mm.shape
        near = (
            (px[:, 0] > margin)
            & (px[:, 0] < width - margin - 1)
            & (px[:, 1] > margin)
            & (px[:, 1] < height - margin - 1)
        )
        px, weight = px[near], weight[near]
        if not len(px):
            return
        x0, y0 = (np.floor(px.min(axis=0)).astype(int) - margin).tolist()
        x1, y1 = (np.floor(px.max(axis=0)).astype(int) + margin + 2).tolist()
        block = np.zeros((y1 - y0, x1 - x0), dtype=np.float64)
        whole = np.floor(px).astype(int)
        part = px - whole
        # Bilinear: each voxel's path goes to the four px round it, so that its sum stays; then the blur of its
        # footprint. ``path_mm`` is changed in place.
        for dx in (0, 1):
            for dy in (0, 1):
                share = (part[:, 0] if dx else 1 - part[:, 0]) * (part[:, 1] if dy else 1 - part[:, 1])
                np.add.at(block, (whole[:, 1] + dy - y0, whole[:, 0] + dx - x0), share * weight)
        # The bilinear deposit already spreads each voxel by a variance of about 1/6 px².
        sigma = float(np.sqrt(max(self._footprint_px**2 - 1.0 / 6.0, 0.05)))
        path_mm[y0:y1, x0:x1] += cv2.GaussianBlur(block.astype(np.float32), (0, 0), sigma)
