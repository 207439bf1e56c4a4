"""A CT series against slices that the test writes."""

import shutil
import struct
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from assistant.errors import InputError
from assistant.simulation.anatomy.real_anatomy_ct import read_scan
from assistant.simulation.anatomy.real_anatomy_dicom import read_series
from assistant.simulation.anatomy.real_anatomy_nifti import read as read_nifti

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "ct_totalseg_lumbar"
LABELS = "spine_report_example_ct_report_totalseg.nii.gz"
ROW_MM, COLUMN_MM, STEP_MM = 0.8, 0.5, 2.0
SUPINE = (1.0, 0, 0, 0, 1.0, 0)


def written(
    folder: Path,
    units,
    *,
    turn=SUPINE,
    series="1.2.3",
    first_mm=(-10.0, 20.0, 100.0),
    sides_mm=(ROW_MM, COLUMN_MM, STEP_MM),
    leave_out=(),
) -> Path:
    """``units`` is [slice, row, column] in Hounsfield units; slices run towards the head, files in no order."""
    folder.mkdir(exist_ok=True)
    for k, own in enumerate(units):
        if k in leave_out:
            continue
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CTImageStorage, f"{series}.{k + 1}"
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        head = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
        head.SOPClassUID, head.SOPInstanceUID, head.SeriesInstanceUID = CTImageStorage, f"{series}.{k + 1}", series
        head.Modality, head.ImageOrientationPatient = "CT", list(turn)
        head.ImagePositionPatient = [first_mm[0], first_mm[1], first_mm[2] + sides_mm[2] * k]
        head.PixelSpacing, head.RescaleSlope, head.RescaleIntercept = list(sides_mm[:2]), 2.0, -1024.0
        head.Rows, head.Columns = own.shape
        head.BitsAllocated, head.BitsStored, head.HighBit, head.PixelRepresentation = 16, 16, 15, 1
        head.SamplesPerPixel, head.PhotometricInterpretation = 1, "MONOCHROME2"
        head.PixelData = ((own + 1024) // 2).astype("<i2").tobytes()
        head.save_as(folder / f"{(7 * k) % 997:03d}{series[-1]}.dcm")
    return folder


@pytest.fixture
def units():
    return 2 * np.arange(10 * 3 * 4).reshape(10, 3, 4) - 60


def test_slices_become_a_volume_in_hounsfield_units_on_our_axes(tmp_path, units):
    volume = read_series(written(tmp_path / "ct", units))
    assert volume.values.shape == (10, 4, 3)  # [z, y, x]: columns run to the patient's left, rows to the back
    assert volume.spacing_mm == pytest.approx((ROW_MM, COLUMN_MM, STEP_MM))
    # Slice 4, row 2, column 1: left -9.5, posterior 21.6, head 108.
    place = (-21.6, -9.5, 108.0)
    x, y, z = (round((p - o) / s) for p, o, s in zip(place, volume.origin_mm, volume.spacing_mm, strict=True))
    assert volume.values[z, y, x] == units[4, 2, 1]


def test_the_larger_of_two_series_is_taken_and_what_is_no_slice_left_out(tmp_path, units):
    folder = written(tmp_path / "ct", units)
    written(folder, units[:9] + 200, series="1.2.4")
    (folder / "DICOMDIR").write_bytes(b"no slice")
    assert read_series(folder).values.max() == units.max()


def test_a_series_stored_head_first_lies_at_the_same_places(tmp_path, units):
    """Prone: rows run the other way; the anatomy's places are those of the coordinates, not of the file."""
    supine = read_series(written(tmp_path / "a", units))
    turned = read_series(
        written(
            tmp_path / "b", units[:, ::-1], turn=(1.0, 0, 0, 0, -1.0, 0), first_mm=(-10.0, 20.0 + 2 * ROW_MM, 100.0)
        )
    )
    assert turned.origin_mm == pytest.approx(supine.origin_mm)
    assert np.array_equal(turned.values, supine.values)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"leave_out": (4,)}, "one is missing"),
        ({"leave_out": range(3, 10)}, "no CT series: 3 slices"),
        ({"turn": (1.0, 0, 0, 0, 0.9, 0.43589)}, "askew"),
    ],
)
def test_what_cannot_be_a_volume_is_refused_in_words(tmp_path, units, words, said):
    with pytest.raises(InputError, match=said):
        read_series(written(tmp_path / "ct", units, **words))


def test_a_slice_without_its_pixels_is_refused(tmp_path, units):
    folder = written(tmp_path / "ct", units)
    path = sorted(folder.iterdir())[0]
    cut = pydicom.dcmread(path)
    del cut.PixelData
    cut.save_as(path)
    with pytest.raises(InputError, match="cannot be decoded"):
        read_series(folder)


@pytest.mark.skipif(not DATA.is_dir(), reason="the real CT beside the project (../shared/data) is absent")
@pytest.mark.needs_shared_data
def test_a_real_ct_stored_as_slices_is_the_scan_that_it_was(tmp_path):
    known = read_scan(DATA)
    scan = read_nifti(DATA / "example_ct.nii.gz")
    (x_mm, y_mm, z_mm), (x0, y0, z0) = scan.spacing_mm, scan.origin_mm
    # [z, y to the left, x to the front] becomes slices of rows to the back and columns to the left.
    rows = np.rint(np.swapaxes(scan.values, 1, 2)[:, ::-1] / 2.0).astype(int) * 2
    front = x0 + x_mm * (scan.values.shape[2] - 1)
    written(tmp_path / "dicom", rows, first_mm=(y0, -front, z0), sides_mm=(x_mm, y_mm, z_mm))
    shutil.copy(DATA / LABELS, tmp_path / "labels.nii.gz")
    own = read_scan(tmp_path)
    assert own.kind == "ct"
    assert own.hounsfield.origin_mm == pytest.approx(known.hounsfield.origin_mm, abs=0.01)
    assert np.abs(own.hounsfield.values - known.hounsfield.values).mean() < 1.1
    mine, theirs = own.surfaces(), known.surfaces()
    assert set(mine) == set(theirs)
    assert np.allclose(mine["L2"].points_mm, theirs["L2"].points_mm, atol=0.01)


def test_labels_of_another_place_are_refused(tmp_path, units):
    written(tmp_path / "dicom", units)
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, 4, 3, 10, 1, 1, 1, 1)
    struct.pack_into("<h", header, 70, 2)
    struct.pack_into("<f", header, 108, 352.0)
    struct.pack_into("<2h", header, 252, 0, 2)
    affine = np.array([[-COLUMN_MM, 0, 0, 10.0], [0, -ROW_MM, 0, -20.0], [0, 0, STEP_MM, 100.0]])
    header[344:348] = b"n+1\0"
    for off_mm in (0.0, 5.0):
        affine[2, 3] = 100.0 + off_mm
        struct.pack_into("<12f", header, 280, *affine.ravel())
        (tmp_path / "labels.nii").write_bytes(bytes(header) + bytes(units.size))
        if off_mm:
            with pytest.raises(InputError, match=r"2\.5 voxels beside"):
                read_scan(tmp_path)
        else:
            assert read_scan(tmp_path).hounsfield.values.shape == (10, 4, 3)
