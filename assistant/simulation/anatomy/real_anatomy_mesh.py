"""Closed surfaces of real vertebrae: reading, measuring their own axes, and signed distances on a voxel grid."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from skimage import measure

from assistant.errors import InputError
from assistant.simulation.anatomy.anatomy_pose import VertebraPose, VoxelGrid
from assistant.simulation.anatomy.anatomy_shapes import F32, OUTSIDE

Points = NDArray[np.float64]
_BAND_MM = 3.0  # along the grid's axes; less along its diagonals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """A closed triangle mesh, its faces turned outwards.

    Attributes
    ----------
    points_mm : array (n, 3)
        x anterior, y left, z cranial.
    faces : array (m, 3) of int
    """

    points_mm: Points = field(repr=False)
    faces: NDArray[np.intp] = field(repr=False)

    def face_normals(self) -> tuple[Points, NDArray[np.float64]]:
        """Unit normals (m, 3) and areas (m,) of the faces."""
        a, b, c = (self.points_mm[self.faces[:, i]] for i in range(3))
        cross = np.cross(b - a, c - a)
        length = np.linalg.norm(cross, axis=1)
        return cross / np.maximum(length, 1e-12)[:, None], 0.5 * length

    def moved(self, pose: VertebraPose, scale: float = 1.0) -> Surface:
        """The surface seen from a pose (in its own frame), scaled about the pose's centre."""
        return Surface(points_mm=pose.to_own(self.points_mm) * scale, faces=self.faces)


def outwards(points_mm: Points, faces: NDArray[np.intp]) -> Surface:
    """A surface whose faces look outwards (the sign of its volume decides)."""
    a, b, c = (points_mm[faces[:, i]] for i in range(3))
    if float(np.einsum("ij,ij->", a, np.cross(b, c))) < 0:
        faces = faces[:, ::-1]
    return Surface(points_mm=points_mm, faces=np.ascontiguousarray(faces))


def read_obj(path: Path) -> Surface:
    """A triangle mesh of a Wavefront OBJ file; metres are taken for what they are and become mm.

    Raises
    ------
    InputError
    """
    points: list[list[float]] = []
    faces: list[list[int]] = []
    try:
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            words = line.split()
            if words[:1] == ["v"]:
                points.append([float(word) for word in words[1:4]])
            elif words[:1] == ["f"]:
                corners = [int(word.split("/")[0]) - 1 for word in words[1:]]
                faces += [[corners[0], corners[i], corners[i + 1]] for i in range(1, len(corners) - 1)]
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as an OBJ mesh: {error}.") from error
    return _checked(path, np.array(points, dtype=np.float64), np.array(faces, dtype=np.intp))


def read_csv(vertices: Path, faces: Path) -> tuple[Surface, ...]:
    """The separate closed surfaces of a mesh in two CSV files (faces count from 1), from cranial to caudal.

    Raises
    ------
    InputError
    """
    try:
        points = np.loadtxt(vertices, delimiter=",", dtype=np.float64)
        corners = np.loadtxt(faces, delimiter=",", dtype=np.float64).astype(np.intp) - 1
    except (OSError, ValueError) as error:
        raise InputError(f"{vertices} and {faces} cannot be read as a mesh: {error}.") from error
    whole = _checked(vertices, points, corners)
    count = len(points)
    edges = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]]])
    graph = coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(count, count))
    number, label = connected_components(graph, directed=False)
    surfaces = []
    for piece in range(number):
        chosen = np.flatnonzero(label == piece)
        if len(chosen) < 200:
            continue
        renumbered = np.full(count, -1, dtype=np.intp)
        renumbered[chosen] = np.arange(len(chosen))
        own = renumbered[whole.faces[label[whole.faces[:, 0]] == piece]]
        surfaces.append(outwards(points[chosen], own))
    return tuple(sorted(surfaces, key=lambda s: -float(s.points_mm[:, 2].mean())))


def _checked(path: Path, points: Points, faces: NDArray[np.intp]) -> Surface:
    """Refuse what is no mesh; metres become millimetres."""
    good = points.ndim == 2 and points.shape[1:] == (3,) and faces.ndim == 2 and faces.shape[1:] == (3,)
    if not good or len(faces) < 4 or not np.isfinite(points).all() or faces.min() < 0 or faces.max() >= len(points):
        raise InputError(f"{path} is not a triangle mesh: {points.shape} points, {faces.shape} faces.")
    if np.ptp(points, axis=0).max() < 2.0:
        points = points * 1000.0
    return outwards(points, faces)


def from_labels(mask: NDArray[np.bool_], spacing_mm: tuple[float, float, float], origin_mm: Points) -> Surface:
    """The smoothed surface of a label mask [z, y, x].

    Two passes: blur over two thirds of a voxel, then the level of one half; stairs go, corners are rounded by about
    half a voxel.
    """
    box = ndimage.find_objects(mask.astype(np.uint8))[0]
    low = np.array([cut.start for cut in reversed(box)], dtype=np.float64)
    soft = ndimage.gaussian_filter(np.pad(mask[box].astype(np.float32), 3), 0.75)
    level = 0.45  # a blurred convex body shrinks at 0.5
    found = measure.marching_cubes(ndimage.zoom(soft, 2, order=3, grid_mode=True, mode="nearest"), level)
    vertices, faces = found[0], found[1]
    indices = (vertices + 0.5) / 2.0 - 0.5 - 3.0
    points = (indices[:, ::-1] + low) * np.array(spacing_mm) + origin_mm
    surface = outwards(points.astype(np.float64), faces.astype(np.intp))
    count = len(points)
    edges = np.concatenate([surface.faces[:, [0, 1]], surface.faces[:, [1, 2]]])
    graph = coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    main = int(np.argmax(np.bincount(label)))
    kept = np.flatnonzero(label == main)
    renumbered = np.full(count, -1, dtype=np.intp)
    renumbered[kept] = np.arange(len(kept))
    faces_kept = renumbered[surface.faces[label[surface.faces[:, 0]] == main]]
    return Surface(points_mm=surface.points_mm[kept], faces=faces_kept)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """A real vertebra's own axes and sizes.

    Attributes
    ----------
    pose : VertebraPose
        Its frame in the space of its surface: origin in the middle of the body.
    back_mm : float
        x, in its own frame, of the plane between body and posterior elements.
    depth_mm, width_mm, height_mm : float
        Of the body.
    canal_half_mm, pedicle_y_mm, pedicle_z_mm, pedicle_height_mm, pedicle_width_mm : float
        Measured just behind the body.
    """

    pose: VertebraPose
    back_mm: float
    depth_mm: float
    width_mm: float
    height_mm: float
    canal_half_mm: float
    pedicle_y_mm: float
    pedicle_z_mm: float
    pedicle_height_mm: float
    pedicle_width_mm: float


def measured(surface: Surface) -> Measured:
    """Find a vertebra's axes and sizes.

    Left and right are told apart by the plane in which the vertebra mirrors itself best; its endplates give the
    vertical; the body's back is where the mid-sagittal cut, seen from the front, first meets the canal.
    """
    start = VertebraPose(turn=np.eye(3), centre_mm=surface.points_mm.mean(axis=0))
    side, middle = _mirror_plane(surface.moved(start).points_mm)
    pose = VertebraPose(turn=_frame(side, np.array([0.0, 0.0, 1.0])), centre_mm=start.to_patient(middle))
    for _ in range(3):
        own = surface.moved(pose)
        normals, areas = own.face_normals()
        centres = own.points_mm[own.faces].mean(axis=1)
        back = _canal_wall_x(own, normals, centres)
        body = (centres[:, 0] > back + 2.0) & (np.abs(centres[:, 1]) < 30.0)
        up = np.zeros(3)
        for sign in (1.0, -1.0):
            plate = body & (sign * normals[:, 2] > 0.75)
            up += sign * (normals[plate] * areas[plate, None]).sum(axis=0) / areas[plate].sum()
        up[1] = 0.0
        inside = own.points_mm[own.points_mm[:, 0] > back + 2.0]
        low, high = np.percentile(inside, 0.5, axis=0), np.percentile(inside, 99.5, axis=0)
        shift = np.array([(back + high[0]) / 2, 0.0, (low[2] + high[2]) / 2])
        centre = pose.to_patient(shift)
        pose = VertebraPose(turn=pose.turn @ _frame(np.array([0.0, 1.0, 0.0]), up), centre_mm=centre)
    return _sizes(surface.moved(pose), pose)


def _frame(side: NDArray[np.float64], up: NDArray[np.float64]) -> NDArray[np.float64]:
    """Axes (columns x, y, z) with y along ``side`` and z as near to ``up`` as that allows."""
    y = side / np.linalg.norm(side)
    z = up - y * float(up @ y)
    z = z / np.linalg.norm(z)
    return np.stack([np.cross(y, z), y, z], axis=1)


def _mirror_plane(points_mm: Points) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The plane of best symmetry: its normal (to the left) and a point on it.

    The mirrored cloud is laid on the cloud itself, nearest neighbour by nearest neighbour; the worst fifth is left out.
    """
    cloud = points_mm[:: max(1, len(points_mm) // 3000)]
    tree = cKDTree(points_mm[:: max(1, len(points_mm) // 20000)])
    moved = cloud * np.array([1.0, -1.0, 1.0])
    turn, shift = np.diag([1.0, -1.0, 1.0]), np.zeros(3)
    for _ in range(25):
        gap, nearest = tree.query(moved)
        good = gap <= np.percentile(gap, 80)
        a, b = moved[good], tree.data[nearest[good]]
        u, _, vt = np.linalg.svd((a - a.mean(axis=0)).T @ (b - b.mean(axis=0)))
        fit = vt.T @ np.diag([1.0, 1.0, float(np.sign(np.linalg.det(vt.T @ u.T)))]) @ u.T
        step = b.mean(axis=0) - fit @ a.mean(axis=0)
        moved = moved @ fit.T + step
        turn, shift = fit @ turn, fit @ shift + step
    values, vectors = np.linalg.eigh(0.5 * (turn + turn.T))
    normal = vectors[:, int(np.argmin(values))]
    normal = normal * (1.0 if normal[1] > 0 else -1.0)
    return normal, normal * float(normal @ shift) / 2


def _canal_wall_x(own: Surface, normals: Points, centres: Points) -> float:
    """X of the body's back in the mid-line: the foremost faces there that look backwards."""
    front = float(np.percentile(own.points_mm[:, 0], 99.8))
    wall = centres[(np.abs(centres[:, 1]) < 5.0) & (normals[:, 0] < -0.6), 0]
    wall = wall[(wall < front - 14.0) & (wall > front - 50.0)]
    foremost = float(np.percentile(wall, 95))
    return float(np.median(wall[wall > foremost - 6.0]))


def _sizes(own: Surface, pose: VertebraPose) -> Measured:
    """Sizes of a vertebra in its own frame."""
    normals, _ = own.face_normals()
    centres = own.points_mm[own.faces].mean(axis=1)
    middle = _canal_wall_x(own, normals, centres)
    # The rims beside the mid-line stand farther back than the hollow wall between them.
    wall = centres[(np.abs(centres[:, 1]) < 9.0) & (normals[:, 0] < -0.6) & (np.abs(centres[:, 0] - middle) < 5.0)]
    back = float(np.percentile(wall[:, 0], 20))
    body = own.points_mm[own.points_mm[:, 0] > back + 3.0]
    low, high = np.percentile(body, 0.5, axis=0), np.percentile(body, 99.5, axis=0)
    broad = own.points_mm[own.points_mm[:, 0] > 0.0]
    half_height = 0.5 * (high[2] - low[2])
    behind = own.points_mm[(own.points_mm[:, 0] < back - 2.0) & (own.points_mm[:, 0] > back - 6.0)]
    behind = behind[(np.abs(behind[:, 2]) < half_height) & (np.abs(behind[:, 1]) > 4.0)]
    inner = float(np.percentile(np.abs(behind[:, 1]), 3))
    near = behind[np.abs(behind[:, 1]) < inner + 9.0]
    top, bottom = np.percentile(near[:, 2], 97), np.percentile(near[:, 2], 5)
    tall = float(np.clip(top - bottom, 9.0, 18.0))
    wide = float(np.clip(np.percentile(np.abs(behind[:, 1]), 85) - inner, 4.0, 16.0))
    return Measured(
        pose=pose,
        back_mm=back,
        depth_mm=float(high[0] - back),
        width_mm=float(np.percentile(broad[:, 1], 99.5) - np.percentile(broad[:, 1], 0.5)),
        height_mm=float(high[2] - low[2]),
        canal_half_mm=inner,
        pedicle_y_mm=inner + wide / 2,
        pedicle_z_mm=float(top) - tall / 2,
        pedicle_height_mm=tall,
        pedicle_width_mm=wide,
    )


def signed_distance(surface: Surface, block: VoxelGrid) -> tuple[F32, F32]:
    """Signed distance of a block's voxels to a surface: true within a millimetre of it, ±99 far away.

    Returns
    -------
    distance_mm : array (nz, ny, nx)
    upright : array (nz, ny, nx)
        |z| of the nearest face's normal: 1 at endplates, 0 at walls; 0 far away.
    """
    points, normals = _samples(surface, 0.7)
    x, y, z = block.axes_mm()
    distance = np.full(block.shape, OUTSIDE, dtype=np.float32)
    upright = np.zeros(block.shape, dtype=np.float32)
    band = np.zeros(block.shape, dtype=bool)
    indices = np.round((points - np.array(block.origin_mm))[:, ::-1] / block.spacing_mm).astype(int)
    inside_grid = np.all((indices >= 0) & (indices < np.array(block.shape)), axis=1)
    if not inside_grid.any():
        return distance, upright
    band[tuple(indices[inside_grid].T)] = True
    band = ndimage.binary_dilation(band, iterations=max(1, round(_BAND_MM / block.spacing_mm) - 1))
    where = np.nonzero(band)
    voxels = np.stack([x[where[2]], y[where[1]], z[where[0]]], axis=1).astype(np.float64)
    gap, nearest = cKDTree(points).query(voxels)
    beside = np.einsum("ij,ij->i", voxels - points[nearest], normals[nearest])
    # Near the surface the plane of the nearest face tells the distance, farther off the gap itself is truer.
    distance[where] = np.where(gap < 1.2, beside, np.sign(beside) * gap)
    upright[where] = np.abs(normals[nearest, 2])
    # What lies farther from the surface is inside or outside as a piece; the band round a piece tells which.
    pieces, count = ndimage.label(~band)
    if count:
        ring = ndimage.grey_dilation(pieces, size=3) * band
        total = np.bincount(ring[band], weights=distance[band], minlength=count + 1)
        within = total < 0
        within[0] = False
        distance[within[pieces]] = -OUTSIDE
    return distance, upright


def _samples(surface: Surface, finest_mm: float) -> tuple[Points, Points]:
    """Points on the surface about ``finest_mm`` apart, with smooth normals."""
    face_normals, areas = surface.face_normals()
    normals = np.zeros_like(surface.points_mm)
    for corner in range(3):
        np.add.at(normals, surface.faces[:, corner], face_normals * areas[:, None])
    normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-12)[:, None]
    a, b, c = (surface.points_mm[surface.faces[:, i]] for i in range(3))
    na, nb, nc = (normals[surface.faces[:, i]] for i in range(3))
    parts = int(np.clip(np.ceil(np.sqrt(float(np.percentile(areas, 90))) / finest_mm * 1.5), 1, 6))
    points, directions = [surface.points_mm], [normals]
    for i in range(parts):
        for j in range(parts - i):
            u, v = (i + 1 / 3) / parts, (j + 1 / 3) / parts
            points.append(a + u * (b - a) + v * (c - a))
            directions.append(na + u * (nb - na) + v * (nc - na))
    all_points, all_normals = np.concatenate(points), np.concatenate(directions)
    all_normals /= np.maximum(np.linalg.norm(all_normals, axis=1), 1e-12)[:, None]
    return all_points, all_normals
