"""A NIfTI reader against files that the test writes byte by byte."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.simulation.anatomy.real_anatomy_nifti import read

# Voxel axes i to right, j to anterior, k to superior.
PLAIN = np.array([[2.0, 0, 0, -10.0], [0, 3.0, 0, 5.0], [0, 0, 4.0, 7.0]])


def written(path: Path, values, *, affine=PLAIN, code=4, order="<", slope=1.0, extra=0, form="matrix") -> Path:
    """``values`` is [k, j, i]."""
    header = bytearray(348)
    struct.pack_into(f"{order}i", header, 0, 348)
    struct.pack_into(f"{order}8h", header, 40, 3, *values.shape[::-1], 1, 1, 1, 1)
    struct.pack_into(f"{order}h", header, 70, code)
    struct.pack_into(f"{order}8f", header, 76, 1.0, *np.abs(np.diag(affine[:, :3])), 0, 0, 0, 0)
    struct.pack_into(f"{order}f", header, 108, 352.0 + extra)
    struct.pack_into(f"{order}2f", header, 112, slope, 0.0)
    if form == "matrix":
        struct.pack_into(f"{order}2h", header, 252, 0, 2)
        struct.pack_into(f"{order}12f", header, 280, *affine.ravel())
    elif form == "quaternion":
        struct.pack_into(f"{order}2h", header, 252, 1, 0)
        struct.pack_into(f"{order}6f", header, 256, 0.0, 0.0, 0.0, *affine[:, 3])
    header[344:348] = b"n+1\0"
    kind = {2: "u1", 4: "i2", 16: "f4"}.get(code, "i2")
    data = bytes(header) + b"\0" * (4 + extra) + values.astype(order + kind).tobytes()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.fixture
def values():
    return np.arange(2 * 3 * 4, dtype=np.int16).reshape(2, 3, 4)


@pytest.mark.parametrize("form", ["matrix", "quaternion"])
def test_axes_become_anterior_left_cranial(tmp_path, values, form):
    volume = read(written(tmp_path / "a.nii.gz", values, form=form))
    assert volume.values.shape == (2, 4, 3)  # [z, y, x] = [k, right to left, j]
    assert volume.spacing_mm == (3.0, 2.0, 4.0)
    # The voxel i = 1, j = 2, k = 1 lies at right -8, anterior 11, superior 11: x = 11, y = +8, z = 11.
    index = [round((p - o) / s) for p, o, s in zip((11, 8, 11), volume.origin_mm, volume.spacing_mm, strict=True)]
    assert volume.values[index[2], index[1], index[0]] == values[1, 2, 1]


def test_a_flipped_volume_lands_at_the_same_places(tmp_path, values):
    flipped = PLAIN.copy()
    flipped[0] = [-2.0, 0, 0, -4.0]  # i runs from right -4 to right -10
    a = read(written(tmp_path / "a.nii", values))
    b = read(written(tmp_path / "b.nii", values[:, :, ::-1], affine=flipped))
    assert a.origin_mm == b.origin_mm
    assert np.array_equal(a.values, b.values)


@pytest.mark.parametrize(("code", "order"), [(2, "<"), (4, ">"), (16, "<")])
def test_types_byte_orders_extensions_and_slopes(tmp_path, values, code, order):
    volume = read(written(tmp_path / "a.nii.gz", values, code=code, order=order, slope=2.0, extra=64))
    assert volume.values.max() == 2.0 * values.max()


def test_what_is_no_volume_is_refused(tmp_path, values):
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "absent.nii.gz")
    (tmp_path / "text.nii").write_text("no volume")
    with pytest.raises(InputError, match="not a NIfTI-1"):
        read(tmp_path / "text.nii")
    whole = written(tmp_path / "whole.nii", values).read_bytes()
    (tmp_path / "cut.nii").write_bytes(whole[:-7])
    with pytest.raises(InputError, match="cut short"):
        read(tmp_path / "cut.nii")
    (tmp_path / "cut.nii.gz").write_bytes(gzip.compress(whole)[:-12])
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "cut.nii.gz")
    with pytest.raises(InputError, match="data type 1792"):
        read(written(tmp_path / "odd.nii", values, code=1792))
    askew = np.array([[1.4, 1.4, 0, 0], [-1.4, 1.4, 0, 0], [0, 0, 2.0, 0.0]])
    with pytest.raises(InputError, match="askew"):
        read(written(tmp_path / "askew.nii", values, affine=askew))
