"""Reads NIfTI-1 volumes (plain or gzipped) with the standard library: only what anatomical CTs and label maps use."""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import InputError

_HEADER_BYTES = 348
_TYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4"}
_MOST_VOXELS = 600_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScanVolume:
    """A volume of a scanner, turned to our axes.

    Attributes
    ----------
    values : array [z, y, x]
        x rising to anterior, y to the patient's left, z to cranial.
    spacing_mm : tuple of float
        Of (x, y, z).
    origin_mm : tuple of float
        (x, y, z) of voxel [0, 0, 0] in the scanner's space, on our axes.
    """

    values: NDArray[np.generic] = field(repr=False)
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]


def read(path: Path) -> ScanVolume:
    """Read a NIfTI-1 file.

    Raises
    ------
    InputError
        When it is missing, no NIfTI-1 file, of an unknown type, cut short, or stored askew to the body's axes.
    """
    try:
        raw = path.read_bytes()
        data = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path} cannot be read as a NIfTI volume: {error}.") from error
    if len(data) < _HEADER_BYTES or data[344:347] not in (b"n+1", b"ni1"):
        raise InputError(f"{path} is not a NIfTI-1 file.")
    order = "<" if struct.unpack("<i", data[:4])[0] == _HEADER_BYTES else ">"
    dims = struct.unpack(f"{order}8h", data[40:56])
    code = struct.unpack(f"{order}h", data[70:72])[0]
    offset = int(struct.unpack(f"{order}f", data[108:112])[0])
    slope, intercept = struct.unpack(f"{order}2f", data[112:120])
    if code not in _TYPES or dims[0] < 3 or any(n < 1 for n in dims[1:4]) or any(n > 1 for n in dims[4 : dims[0] + 1]):
        raise InputError(f"{path}: data type {code} with dimensions {dims[1 : dims[0] + 1]} is not a plain 3-D volume.")
    shape = (dims[3], dims[2], dims[1])
    count = int(np.prod(shape))
    kind = np.dtype(order + _TYPES[code])
    if count > _MOST_VOXELS or len(data) < offset + count * kind.itemsize:
        raise InputError(f"{path} is cut short or too large: {count} voxels are announced.")
    values = np.frombuffer(data, kind, count, offset).reshape(shape).astype(kind.newbyteorder("="))
    if slope not in (0.0, 1.0) or intercept != 0.0:
        values = values.astype(np.float32) * np.float32(slope or 1.0) + np.float32(intercept)
    return upright(path, values, _affine(data, order))


def _affine(data: bytes, order: str) -> NDArray[np.float64]:
    """3 x 4 matrix from voxel (i, j, k) to the scanner's space: x right, y anterior, z superior."""
    quaternion_code, matrix_code = struct.unpack(f"{order}2h", data[252:256])
    if matrix_code > 0:
        return np.array(struct.unpack(f"{order}12f", data[280:328]), dtype=np.float64).reshape(3, 4)
    pixdim = struct.unpack(f"{order}8f", data[76:108])
    if quaternion_code > 0:
        b, c, d, *shift = struct.unpack(f"{order}6f", data[256:280])
        a = np.sqrt(max(0.0, 1.0 - b * b - c * c - d * d))
        turn = np.array(
            [
                [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
                [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
                [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
            ]
        )
        sides = np.array([pixdim[1], pixdim[2], pixdim[3] * (-1.0 if pixdim[0] < 0 else 1.0)])
        return np.column_stack([turn * sides, shift])
    return np.column_stack([np.diag(pixdim[1:4]), np.zeros(3)])


def upright(path: Path, values: NDArray[np.generic], affine: NDArray[np.float64]) -> ScanVolume:
    """A volume turned to our axes: x anterior, y left, z cranial.

    Parameters
    ----------
    path : Path
        Named in what is said of it.
    values : array [k, j, i]
    affine : array (3, 4)
        From voxel (i, j, k) to right, anterior, superior in mm.

    Raises
    ------
    InputError
        When its axes do not run along the body's.
    """
    ours_from_ras = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    matrix = ours_from_ras @ affine
    turn, origin = matrix[:, :3], matrix[:, 3].copy()
    main = np.argmax(np.abs(turn), axis=0)  # voxel axis (i, j, k) -> our axis
    sides = np.abs(turn[main, range(3)])
    if sorted(main.tolist()) != [0, 1, 2] or np.any(np.linalg.norm(turn, axis=0) > 1.02 * sides) or np.any(sides == 0):
        raise InputError(f"{path} is stored askew to the body's axes: resample it upright first.")
    spacing = [0.0, 0.0, 0.0]
    for voxel_axis, ours in enumerate(main.tolist()):
        spacing[ours] = float(sides[voxel_axis])
        if turn[ours, voxel_axis] < 0:
            array_axis = 2 - voxel_axis
            origin += turn[:, voxel_axis] * (values.shape[array_axis] - 1)
            values = np.flip(values, axis=array_axis)
    # values are [k, j, i]; put them into [z, y, x].
    position = {ours: 2 - voxel_axis for voxel_axis, ours in enumerate(main.tolist())}
    values = np.ascontiguousarray(np.transpose(values, (position[2], position[1], position[0])))
    return ScanVolume(
        values=values,
        spacing_mm=(spacing[0], spacing[1], spacing[2]),
        origin_mm=(float(origin[0]), float(origin[1]), float(origin[2])),
    )
