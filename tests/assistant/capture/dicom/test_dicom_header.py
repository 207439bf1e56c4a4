from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from assistant.capture.dicom.dicom_header import DicomHeader, frame_times, number, numbers, pixel_layout, scale_hint
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


def test_times_in_their_order_of_trust() -> None:
    vector = frame_times(header(FrameTimeVector=[0, 10, 30], FrameTime="50", CineRate="4"), 3, None)
    assert vector.t_s == pytest.approx([0, 0.01, 0.04])
    assert vector.fps == pytest.approx(50)
    assert frame_times(header(FrameTime="50", CineRate="4"), 3, None).t_s == pytest.approx([0, 0.05, 0.1])
    assert frame_times(header(CineRate="4", RecommendedDisplayFrameRate="8"), 3, None).fps == 4
    assert frame_times(header(RecommendedDisplayFrameRate="8"), 3, 2.0).fps == 8


def test_without_a_time_the_given_rate_or_15_counts() -> None:
    given = frame_times(header(), 3, 2.0)
    assert given.t_s == pytest.approx([0, 0.5, 1.0])
    assumed = frame_times(header(), 3, None)
    assert assumed.t_s == pytest.approx([0, 1 / 15, 2 / 15])
    assert assumed.fps is None
    assert "assumed" in assumed.note


@pytest.mark.parametrize(
    "broken",
    [
        {"FrameTimeVector": [0, 10]},
        {"FrameTimeVector": [0, -5, 10]},
        {"FrameTimeVector": [0, 0, 0]},
        {"FrameTime": "0"},
    ],
)
def test_broken_times_give_way_to_the_next(broken: dict) -> None:
    assert frame_times(header(**broken, CineRate="10"), 3, None).note == "CineRate"


def test_scale_from_the_detector_and_the_distances() -> None:
    hint, how = scale_hint(
        header(ImagerPixelSpacing=[0.3, 0.3], DistanceSourceToDetector="1200", DistanceSourceToPatient="800")
    )
    assert hint == pytest.approx(0.2)
    assert "1200" in how
    hint, _ = scale_hint(header(ImagerPixelSpacing=[0.3, 0.3], EstimatedRadiographicMagnificationFactor="1.2"))
    assert hint == pytest.approx(0.25)


def test_no_scale_without_the_magnification() -> None:
    hint, how = scale_hint(header(ImagerPixelSpacing=[0.3, 0.3]))
    assert hint is None
    assert "magnification is not known" in how
    assert scale_hint(header())[0] is None
    assert scale_hint(header(ImagerPixelSpacing=[0.3, 0.4], EstimatedRadiographicMagnificationFactor="1"))[0] is None
    assert scale_hint(header(PixelSpacing=[0.2, 0.2]))[0] is None


def test_a_calibrated_spacing_counts() -> None:
    assert scale_hint(header(PixelSpacing=[0.2, 0.2], PixelSpacingCalibrationType="FIDUCIAL"))[0] == 0.2


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


def test_times_do_not_depend_on_the_kind_of_number() -> None:
    assert frame_times(header(FrameTime="33"), 4, None).t_s.dtype == np.float64
