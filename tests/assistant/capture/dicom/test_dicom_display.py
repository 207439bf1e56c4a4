from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from assistant.capture.dicom.dicom_display import make_display
from assistant.capture.dicom.dicom_header import DicomHeader
from assistant.capture.dicom.dicom_pixels import PixelLayout


def display(bits: int = 8, photometric: str = "MONOCHROME2", signed: bool = False, **values: Any) -> Any:
    dataset = Dataset()
    for key, value in values.items():
        setattr(dataset, key, value)
    header = DicomHeader(dataset=dataset, transfer_syntax="1.2.840.10008.1.2.1", pixel_tag_at=0)
    layout = PixelLayout(
        transfer_syntax="1.2.840.10008.1.2.1",
        rows=1,
        cols=1,
        samples=1,
        bits_allocated=8 if bits <= 8 else 16,
        bits_stored=bits,
        high_bit=bits - 1,
        signed=signed,
        planar=False,
        photometric=photometric,
        frame_count=1,
    )
    return make_display(header, layout)


def test_without_a_window_the_full_stored_range() -> None:
    assert np.array_equal(display().table, np.arange(256))
    deep = display(12)
    assert deep.white == 65535
    assert deep.grey(np.array([[0, 4095]])).tolist() == [[0, 65535]]
    assert deep.grey(np.array([[2048]]))[0, 0] == pytest.approx(65535 * 2048 / 4095, abs=1)


def test_six_bits_fill_the_range() -> None:
    assert display(6).grey(np.array([0, 63])).tolist() == [0, 255]


def test_signed_values() -> None:
    signed = display(12, signed=True)
    assert signed.grey(np.array([-2048, 2047])).tolist() == [0, 65535]


def test_inverted() -> None:
    assert np.array_equal(display(photometric="MONOCHROME1").table, 255 - np.arange(256))


def test_the_linear_window_of_the_standard() -> None:
    # PS3.3 C.11.2.1.2: centre 2048, width 4096 spans 0..4095 exactly.
    whole = display(12, WindowCenter="2048", WindowWidth="4096")
    assert whole.grey(np.array([0, 4095])).tolist() == [0, 65535]
    narrow = display(12, WindowCenter="1000", WindowWidth="201")
    assert narrow.grey(np.array([899, 900, 1100, 1101, 1000])).tolist()[:2] == [0, 164]
    assert narrow.grey(np.array([1100, 4095])).tolist() == [65535, 65535]


def test_an_identity_window_keeps_8_bits() -> None:
    assert display(8, WindowCenter="128", WindowWidth="256").white == 255
    assert display(8, WindowCenter="100", WindowWidth="200").white == 65535


@pytest.mark.parametrize("function", ["LINEAR_EXACT", "SIGMOID"])
def test_other_window_functions(function: str) -> None:
    table = display(12, WindowCenter="2000", WindowWidth="1000", VOILUTFunction=function).table
    assert table[2000] == pytest.approx(32768, abs=40)
    assert np.all(np.diff(table.astype(int)) >= 0)


@pytest.mark.parametrize(("centre", "width"), [("9000", "10"), ("100", "0"), ("100", "-5")])
def test_a_window_that_shows_nothing_is_set_aside(centre: str, width: str) -> None:
    plain = display(8, WindowCenter=centre, WindowWidth=width)
    assert np.array_equal(plain.table, np.arange(256))
    assert "not usable" in plain.details["window"]


def test_rescale_comes_before_the_window() -> None:
    table = display(8, RescaleSlope="2", RescaleIntercept="-100", WindowCenter="155.5", WindowWidth="511").table
    assert np.array_equal(table, np.arange(256)), "this window undoes this rescale"
    falling = display(8, RescaleSlope="-1", RescaleIntercept="255")
    assert np.array_equal(falling.table, 255 - np.arange(256))


def lut(first: int, values: list[int]) -> Sequence:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(values), first, 16])
    item.add_new("LUTData", "OW", np.array(values, "<u2").tobytes())
    return Sequence([item])


def test_tables() -> None:
    voi = display(8, VOILUTSequence=lut(10, [0, 100, 400]))
    assert voi.grey(np.array([0, 10, 11, 12, 200])).tolist() == [0, 0, 16384, 65535, 65535]
    modality = display(8, Modality="US", ModalityLUTSequence=lut(0, list(range(255, -1, -1))))
    assert np.array_equal(modality.table, 255 - np.arange(256))


def test_the_modality_table_of_an_angiography_is_not_for_display() -> None:
    xa = display(8, Modality="XA", ModalityLUTSequence=lut(0, list(range(255, -1, -1))))
    assert np.array_equal(xa.table, np.arange(256))
