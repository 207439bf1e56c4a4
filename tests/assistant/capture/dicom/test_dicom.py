import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import get_encoder
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from assistant.capture.dicom.dicom import DicomSource
from assistant.capture.opening import open_source
from assistant.capture.source import Source
from assistant.errors import InputError

Make = Callable[..., Path]
NATIVE = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a run; keyword arguments become header entries, None takes one away."""

    def write(
        stored: np.ndarray,
        syntax: str = ExplicitVRLittleEndian,
        *,
        name: str = "run",
        preamble: bool = True,
        pieces: Sequence[bytes] | None = None,
        **header: Any,
    ) -> Path:
        dataset = Dataset()
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.12.1"
        dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
        dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.12.1", "1.2.3"
        dataset.Modality = "XA"
        colour = stored.ndim == 4
        bits = stored.dtype.itemsize * 8
        dataset.NumberOfFrames, dataset.Rows, dataset.Columns = stored.shape[0], stored.shape[1], stored.shape[2]
        dataset.SamplesPerPixel = 3 if colour else 1
        dataset.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
        if colour:
            dataset.PlanarConfiguration = 0
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
        dataset.PixelRepresentation = int(stored.dtype.kind == "i")
        for key, value in header.items():
            if value is None:
                delattr(dataset, key)
            else:
                setattr(dataset, key, value)
        if pieces is not None:
            dataset.PixelData = encapsulate(list(pieces), has_bot=False)
        elif dataset.file_meta.TransferSyntaxUID.is_encapsulated:
            encoder = get_encoder(syntax)
            dataset.PixelData = encapsulate(
                [encoder.encode(np.ascontiguousarray(frame), **_options(dataset)) for frame in stored]
            )
        else:
            big = syntax == ExplicitVRBigEndian
            dataset.PixelData = stored.astype(stored.dtype.newbyteorder(">" if big else "<")).tobytes()
        dataset["PixelData"].VR = "OW" if bits > 8 else "OB"
        path = tmp_path / name
        if preamble:
            dataset.save_as(path, enforce_file_format=True)
        else:
            del dataset.file_meta
            implicit, little = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
            dataset.save_as(path, implicit_vr=implicit, little_endian=little)
        return path

    return write


def _options(dataset: Dataset) -> dict[str, Any]:
    return {
        "rows": dataset.Rows,
        "columns": dataset.Columns,
        "number_of_frames": 1,
        "samples_per_pixel": dataset.SamplesPerPixel,
        "bits_allocated": dataset.BitsAllocated,
        "bits_stored": dataset.BitsStored,
        "pixel_representation": dataset.PixelRepresentation,
        "photometric_interpretation": dataset.PhotometricInterpretation,
    }


@pytest.fixture
def stored() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 40, 48)).astype(np.uint8)


@pytest.mark.parametrize(
    "syntax",
    [
        ExplicitVRLittleEndian,
        ImplicitVRLittleEndian,
        ExplicitVRBigEndian,
        RLELossless,
        JPEGLSLossless,
        JPEG2000Lossless,
    ],
)
def test_lossless_encodings_are_bit_exact(syntax: str, make: Make, stored: np.ndarray) -> None:
    deep = np.random.default_rng(1).integers(0, 1024, stored.shape).astype(np.uint16)
    for values, header, expected in (
        (stored, {}, stored),
        (deep, {"BitsStored": 10, "HighBit": 9}, np.rint(deep / 1023 * 65535).astype(np.uint16)),
    ):
        source = open_source(str(make(values, syntax, **header)))
        assert isinstance(source, DicomSource)
        assert isinstance(source, Source)
        assert source.facts.frame_count == len(values)
        for frame, grey in zip(source.frames(), expected, strict=True):
            assert frame.grey.dtype == grey.dtype
            assert frame.white == (255 if grey.dtype == np.uint8 else 65535)
            assert np.array_equal(frame.grey, grey)
        assert np.array_equal(source.frame_at(3).grey, expected[3])
        source.close()
        source.close()


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_a_file_without_preamble_is_known(syntax: str, make: Make, stored: np.ndarray) -> None:
    source = open_source(str(make(stored, syntax, preamble=False)))
    assert np.array_equal(source.frame_at(1).grey, stored[1])
    source.close()


def test_colour_becomes_luma(make: Make, stored: np.ndarray) -> None:
    colour = np.repeat(stored[..., None], 3, axis=3)
    source = DicomSource(make(colour, Modality="US"))
    assert np.array_equal(source.frame_at(2).grey, stored[2])
    source.close()
    planar = np.ascontiguousarray(colour.transpose(0, 3, 1, 2)).reshape(colour.shape)
    source = DicomSource(make(planar, PlanarConfiguration=1))
    assert np.array_equal(source.frame_at(2).grey, stored[2])
    source.close()
    ybr = colour.copy()
    ybr[..., 1:] = 128
    source = DicomSource(make(ybr, PhotometricInterpretation="YBR_FULL"))
    assert np.array_equal(source.frame_at(2).grey, stored[2])
    source.close()


def test_inverted_pictures_are_turned(make: Make, stored: np.ndarray) -> None:
    source = DicomSource(make(stored, PhotometricInterpretation="MONOCHROME1"))
    assert np.array_equal(source.frame_at(0).grey, 255 - stored[0])
    assert "polarity" in source.facts.details
    source.close()


def test_frame_times(make: Make, stored: np.ndarray) -> None:
    vector = [0, 40, 60, 30, 50]
    source = DicomSource(make(stored, FrameTimeVector=vector, FrameTime="999"))
    assert [frame.t_s for frame in source.frames()] == pytest.approx([0, 0.04, 0.1, 0.13, 0.18])
    source.close()


def test_a_cut_file_gives_the_frames_before_the_cut(make: Make, stored: np.ndarray) -> None:
    for syntax in (ExplicitVRLittleEndian, RLELossless):
        path = make(stored, syntax)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) - 2 * stored[0].size])
        source = DicomSource(path)
        frames = source.frames()
        seen = [next(frames) for _ in range(source.facts.frame_count or 0)]
        assert 2 <= len(seen) < 5
        assert all(np.array_equal(f.grey, s) for f, s in zip(seen, stored, strict=False))
        with pytest.raises(InputError, match=rf"ends after {len(seen)} of 5 frames; copy the file again"):
            next(frames)
        source.close()


def test_a_broken_frame_is_lost_and_the_others_are_not(make: Make, stored: np.ndarray) -> None:
    encoder = get_encoder(JPEGLSLossless)
    plain = pydicom.dcmread(make(stored))
    pieces = [encoder.encode(frame, **_options(plain)) for frame in stored]
    pieces[2] = pieces[2][:40] + bytes(len(pieces[2]) - 40)
    source = DicomSource(make(stored, JPEGLSLossless, pieces=pieces))
    assert [(frame.index, bool(frame.lost)) for frame in source.frames()] == [(k, k == 2) for k in range(5)]
    assert "JPEG-LS" in source.frame_at(2).lost
    source.close()


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"Rows": 9000}, "9000 cannot be right"),
        ({"NumberOfFrames": 4}, "4 frames of 1920 need 7680"),
        ({"NumberOfFrames": 0}, "holds no frame"),
        ({"BitsStored": 12}, "12 of 8 bits"),
        ({"SamplesPerPixel": 2}, "of a kind that is not read"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "its table of colours is not whole"),
        ({"Rows": None}, "lacks Rows"),
    ],
)
def test_headers_that_cannot_be_right(header: dict, words: str, make: Make, stored: np.ndarray) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = make(stored, **header)
    with pytest.raises(InputError) as caught:
        open_source(str(path))
    text = str(caught.value)
    assert text.startswith(f"{path}: a DICOM file that cannot be used: ")
    assert words in text
    assert "export the run again" in text


def test_a_file_without_pixels(make: Make, stored: np.ndarray) -> None:
    path = make(stored)
    dataset = pydicom.dcmread(path)
    del dataset.PixelData
    dataset.save_as(path)
    with pytest.raises(InputError, match="it holds no pixel data"):
        open_source(str(path))


def test_no_such_frame(make: Make, stored: np.ndarray) -> None:
    source = DicomSource(make(stored))
    for index in (-1, 5):
        with pytest.raises(InputError, match=f"there is no frame {index}"):
            source.frame_at(index)
    source.close()
    with pytest.raises(InputError, match="closed"):
        source.frame_at(0)


@pytest.mark.needs_shared_data
@pytest.mark.parametrize(
    ("name", "worst"), [("XA1_J2KI", 8), ("XA1_J2KR", 0), ("XA1_JLSL", 0), ("XA1_JLSN", 4), ("XA1_JPLL", 0)]
)
def test_real_encodings_of_one_picture(name: str, worst: int, shared_data: Path) -> None:
    reference, source = (DicomSource(shared_data / "xa" / which) for which in ("XA1_RLE", name))
    expected, got = reference.frame_at(0), source.frame_at(0)
    assert (got.white, got.grey.shape) == (65535, (1024, 1024))
    difference = np.abs(got.grey.astype(int) - expected.grey)
    # Grey values of 10 bits.
    assert difference.max() <= round(worst * 65535 / 1023) + 1
    reference.close()
    source.close()


@pytest.mark.needs_shared_data
def test_a_real_file_that_no_decoder_reads(shared_data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError) as caught:
        open_source(str(shared_data / "xa" / "XA1_JPLY"))
    assert "XA1_JPLY: frame 0 cannot be decoded (JPEG Extended (Process 2 and 4): " in str(caught.value)
    assert "export the run again" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.needs_shared_data
def test_the_real_run(shared_data: Path) -> None:
    source = open_source(str(shared_data / "xa_run" / "coronary_96_frames.dcm"))
    facts = source.facts
    assert (facts.frame_count, facts.width_px, facts.height_px) == (96, 512, 512)
    assert facts.fps == pytest.approx(1000 / 33)
    assert facts.mm_per_px_hint is None
    frames = list(source.frames())
    assert [frame.t_s for frame in frames] == pytest.approx(np.arange(96) * 0.033)
    assert np.array_equal(source.frame_at(40).grey, frames[40].grey)
    assert frames[40].grey.dtype == np.uint8
    assert frames[40].grey.std() > 20
    assert not np.array_equal(frames[40].grey, frames[41].grey)
    source.close()


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless, JPEGLSLossless, JPEG2000Lossless])
@settings(
    max_examples=40,
    derandomize=True,
    suppress_health_check=[*settings().suppress_health_check, HealthCheck.function_scoped_fixture],
)
@given(
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6),
    cut=st.one_of(st.just(1.0), st.floats(0, 1)),
    in_head=st.booleans(),
)
def test_changed_files_end_in_words_only(
    syntax: str,
    changes: list[tuple[float, int]],
    cut: float,
    in_head: bool,
    make: Make,
    stored: np.ndarray,
    tmp_path: Path,
) -> None:
    whole = tmp_path / "whole"
    if not whole.exists():
        make(stored, syntax, name="whole", FrameTime="40", WindowCenter="100", WindowWidth="200")
    content = bytearray(whole.read_bytes())
    for place, value in changes:
        start, end = (132, 900) if in_head else (0, len(content))
        content[min(start + int(place * (end - start)), len(content) - 1)] = value
    path = tmp_path / "changed"
    path.write_bytes(content[: int(len(content) * cut)])
    try:
        source = open_source(str(path))
    except InputError as error:
        told = str(error)
    else:
        told = f"{path}: read"
        try:
            assert all(frame.grey.ndim == 2 for frame in source.frames())
        except InputError as error:
            told = str(error)
        source.close()
    assert told.startswith(f"{path}: ")
    assert "\n" not in told
