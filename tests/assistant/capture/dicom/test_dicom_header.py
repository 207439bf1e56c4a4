from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from assistant.capture.dicom.dicom_header import DicomHeader, number, numbers, pixel_layout
from assistant.capture.dicom.dicom_pixels import PixelError


def header(**values: Any) -> DicomHeader:
    dataset = Dataset()
    for key, value in values.items():
        setattr(dataset, key, value)
    return DicomHeader(dataset=dataset, transfer_syntax="1.2.840.10008.1.2.1", pixel_tag_at=0)


def group(keyword: str, **values: Any) -> Sequence:
    """A functional group of an enhanced object that holds one macro."""
    item = Dataset()
    for key, value in values.items():
        setattr(item, key, value)
    outer = Dataset()
    setattr(outer, keyword, Sequence([item]))
    return Sequence([outer])


def test_values_of_an_enhanced_object() -> None:
    shared = header(SharedFunctionalGroupsSequence=group("FrameVOILUTSequence", WindowCenter="40", WindowWidth="80"))
    assert number(shared.value("WindowCenter")) == 40
    first = header(PerFrameFunctionalGroupsSequence=group("PixelMeasuresSequence", PixelSpacing=[0.2, 0.2]))
    assert numbers(first.value("PixelSpacing")) == [0.2, 0.2]
    assert first.value("WindowCenter") is None


@pytest.mark.parametrize("value", [None, b"1", "x", float("nan"), [1.0, "y"], [], "1e999"])
def test_what_is_no_number(value: Any) -> None:
    assert number(value) is None


def test_a_layout_and_what_it_refuses() -> None:
    good = {"Rows": 4, "Columns": 6, "BitsAllocated": 16, "BitsStored": 12, "NumberOfFrames": "3"}
    layout = pixel_layout(header(**good))
    assert (layout.rows, layout.cols, layout.high_bit, layout.frame_count) == (4, 6, 11, 3)
    assert layout.frame_bytes == 48
    assert not layout.signed
    for wrong in ({"Rows": 0}, {"Columns": 9000}, {"BitsAllocated": 32}, {"HighBit": 3}, {"NumberOfFrames": "-1"}):
        with pytest.raises(PixelError):
            pixel_layout(header(**{**good, **wrong}))
