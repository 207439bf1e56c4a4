from typing import Any

import pytest
from pydicom.dataset import Dataset

from assistant.capture.dicom.dicom_header import DicomHeader
from assistant.capture.dicom.dicom_scale import not_square, scale_hint


def header(**values: Any) -> DicomHeader:
    dataset = Dataset()
    for key, value in values.items():
        setattr(dataset, key, value)
    return DicomHeader(dataset=dataset, transfer_syntax="1.2.840.10008.1.2.1", pixel_tag_at=0)


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


def test_a_spacing_that_differs_from_the_detectors_is_the_calibrated_one() -> None:
    both = {"PixelSpacing": [0.2, 0.2], "ImagerPixelSpacing": [0.3, 0.3], "DistanceSourceToDetector": "1000"}
    hint, how = scale_hint(header(**both, EstimatedRadiographicMagnificationFactor="1.0"))
    assert hint == pytest.approx(0.2)
    assert "calibrated" in how
    same = {**both, "PixelSpacing": [0.3, 0.3], "DistanceSourceToPatient": "500"}
    assert scale_hint(header(**same))[0] == pytest.approx(0.15)


def test_a_factor_or_distance_of_0_is_not_stated() -> None:
    at_detector = {"ImagerPixelSpacing": [0.3, 0.3], "EstimatedRadiographicMagnificationFactor": "0"}
    assert scale_hint(header(**at_detector))[0] is None
    known = {**at_detector, "DistanceSourceToDetector": "1200", "DistanceSourceToPatient": "800"}
    assert scale_hint(header(**known))[0] == pytest.approx(0.2)
    assert scale_hint(header(**{**known, "DistanceSourceToPatient": "0"}))[0] is None


@pytest.mark.parametrize("keyword", ["PixelSpacing", "ImagerPixelSpacing", "PixelAspectRatio"])
def test_pixels_that_are_not_square_are_told(keyword: str) -> None:
    assert "not square" in not_square(header(**{keyword: [4, 3]}))
    assert not_square(header(**{keyword: [3, 3]})) == ""
