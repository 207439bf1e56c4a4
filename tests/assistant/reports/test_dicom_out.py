"""Key images as DICOM: the same pixels, no name, read again by the program."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest

from assistant.capture.opening import open_source
from assistant.errors import EnvironmentError_, UsageError
from assistant.identity import Identity
from assistant.reports.dicom_out import write_dicom
from assistant.vocabulary import NO_DATE, Frame, Unknown
from tests.small_run import frames

IDENTITY = Identity(case_id="K-7F3QD", level="L1", run_id="B-7F3QK2MA")


def test_the_pictures_come_back_and_nobody_is_named(tmp_path: Path) -> None:
    made = [frames(9)[k] for k in (2, 4, 8)]
    path = tmp_path / "out" / "key.dcm"
    write_dicom(path, made, [0.4, 0.4, 0.4], IDENTITY)
    read = pydicom.dcmread(path)
    assert np.array_equal(read.pixel_array, np.stack([frame.grey for frame in made]))
    assert str(read.PatientName) == read.PatientID == read.StudyDate == ""
    assert (read.StudyID, read.SeriesDescription) == ("K-7F3QD", IDENTITY.words)
    assert read.PatientIdentityRemoved == "YES"
    assert "0.400 mm/px in the plane of the vertebra" in read.ImageComments
    assert "PixelSpacing" not in read
    source = open_source(str(path))
    assert source.facts.frame_count == 3
    assert source.facts.recorded == NO_DATE  # the day on which the file was made is none
    assert np.array_equal(source.frame_at(2).grey, made[2].grey)
    source.close()
    assert [p.name for p in path.parent.iterdir()] == ["key.dcm"]


def test_deep_and_odd_pictures(tmp_path: Path) -> None:
    deep = Frame(index=0, t_s=0.0, grey=np.full((3, 5), 0x1234, np.uint16), white=65535)
    write_dicom(tmp_path / "a.dcm", [deep], [Unknown("")], IDENTITY)
    assert (pydicom.dcmread(tmp_path / "a.dcm").pixel_array == 0x12).all()


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    small = Frame(index=0, t_s=0.0, grey=np.zeros((3, 5), np.uint8))
    for wrong in ([], [small, frames(1)[0]]):
        with pytest.raises(UsageError):
            write_dicom(tmp_path / "a.dcm", wrong, [Unknown("")] * len(wrong), IDENTITY)
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentError_):
        write_dicom(tmp_path / "file" / "a.dcm", [small], [Unknown("")], IDENTITY)
