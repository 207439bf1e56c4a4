from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from assistant.capture.luma import LumaReader
from assistant.capture.video.video import VideoSource

FULL, LIMITED = 2, 1
RAMP = np.arange(256, dtype=np.uint8).reshape(8, 32).repeat(2, axis=0)
LEGAL = np.clip(RAMP, 16, 235)


def frame_of(luma: np.ndarray, pixel_format: str, color_range: int = 0) -> av.VideoFrame:
    frame = av.VideoFrame(luma.shape[1], luma.shape[0], pixel_format)
    plane = frame.planes[0]
    target = np.frombuffer(memoryview(plane), luma.dtype).reshape(-1, plane.line_size // luma.dtype.itemsize)
    target[:, : luma.shape[1]] = luma
    frame.color_range = color_range
    return frame


def expanded(luma: np.ndarray) -> np.ndarray:
    return np.rint(np.clip((luma.astype(float) - 16) / 219, 0, 1) * 255).astype(np.uint8)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuv444p", "nv12", "yuva420p"])
def test_the_range_that_the_file_states_is_honoured(pixel_format: str) -> None:
    limited = frame_of(RAMP, pixel_format, LIMITED)
    assert np.array_equal(LumaReader(limited).read(limited), expanded(RAMP))
    full = frame_of(RAMP, pixel_format, FULL)
    assert np.array_equal(LumaReader(full).read(full), RAMP)


def test_an_unlabelled_picture_within_the_limited_range_is_limited() -> None:
    frame = frame_of(LEGAL, "yuv420p")
    reader = LumaReader(frame)
    assert np.array_equal(reader.read(frame), expanded(LEGAL))
    assert "limited" in reader.range_note


def test_an_unlabelled_picture_with_a_black_surround_of_0_is_full() -> None:
    frame = frame_of(RAMP, "yuv420p")
    reader = LumaReader(frame)
    assert np.array_equal(reader.read(frame), RAMP)
    assert reader.range_note.startswith("full")


def test_the_first_picture_decides_for_all() -> None:
    reader = LumaReader(frame_of(LEGAL, "yuv420p"))
    assert np.array_equal(reader.read(frame_of(RAMP, "yuv420p")), expanded(RAMP))


def test_monochrome_and_grey_and_jpeg_are_full() -> None:
    for frame, monochrome in (
        (frame_of(LEGAL, "yuv420p"), True),
        (frame_of(LEGAL, "gray"), False),
        (frame_of(LEGAL, "yuvj420p"), False),
    ):
        assert np.array_equal(LumaReader(frame, monochrome=monochrome).read(frame), LEGAL)


def test_packed_luma() -> None:
    for pixel_format, at in (("yuyv422", 0), ("uyvy422", 1)):
        packed = np.full((16, 64), 77, np.uint8)
        packed[:, at::2] = RAMP
        frame = av.VideoFrame(32, 16, pixel_format)
        plane = frame.planes[0]
        np.frombuffer(memoryview(plane), np.uint8).reshape(16, plane.line_size)[:, :64] = packed
        frame.color_range = FULL
        assert np.array_equal(LumaReader(frame).read(frame), RAMP)


@pytest.mark.parametrize("pixel_format", ["rgb24", "bgr24", "bgra", "gbrp", "bgr0"])
def test_grey_in_colour_stays_what_it_was(pixel_format: str) -> None:
    frame = av.VideoFrame.from_ndarray(np.dstack([RAMP] * 3), "rgb24").reformat(format=pixel_format)
    reader = LumaReader(frame)
    assert np.array_equal(reader.read(frame), RAMP)
    assert reader.white == 255


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_deep_grey_is_scaled_to_65535(bits: int) -> None:
    top = (1 << bits) - 1
    stored = np.linspace(0, top, 512).astype(np.uint16).reshape(16, 32)
    frame = frame_of(stored, f"gray{bits}le")
    reader = LumaReader(frame)
    grey = reader.read(frame)
    assert (reader.white, grey.dtype) == (65535, np.uint16)
    assert np.array_equal(grey, np.rint(stored / top * 65535).astype(np.uint16))


def test_deep_luma_with_its_bits_at_the_top_and_big_endian() -> None:
    stored = np.linspace(64, 940, 512).astype(np.uint16).reshape(16, 32)
    expected = np.rint(np.clip((stored.astype(float) - 64) / 876, 0, 1) * 65535).astype(np.uint16)
    for frame in (
        frame_of(stored << 6, "p010le", LIMITED),
        frame_of(stored, "yuv420p10le", LIMITED),
        frame_of(stored.astype(">u2"), "yuv420p10be", LIMITED),
    ):
        assert np.array_equal(LumaReader(frame).read(frame), expected)


def test_another_pixel_format_in_mid_run_is_refused() -> None:
    reader = LumaReader(frame_of(RAMP, "gray"))
    with pytest.raises(ValueError, match="from gray to yuv420p"):
        reader.read(frame_of(RAMP, "yuv420p"))


@pytest.mark.parametrize("color_range", [LIMITED, FULL])
@pytest.mark.parametrize(
    ("suffix", "codec", "options"),
    [
        ("mkv", "ffv1", {}),
        ("mp4", "libx264", {"qp": "0"}),
        ("mkv", "libx264", {"qp": "0"}),
        ("avi", "libx264", {"qp": "0"}),
    ],
)
def test_ranges_survive_real_files(
    suffix: str, codec: str, options: dict, color_range: int, tmp_path: Path, write_video: Callable[..., Path]
) -> None:
    # A limited picture has limited values; H.264 does not label that range, it is its default.
    luma = LEGAL if color_range == LIMITED else RAMP
    path = write_video(tmp_path / f"a.{suffix}", codec, "yuv420p", [luma] * 3, options=options, color_range=color_range)
    source = VideoSource(path)
    for frame in source.frames():
        assert np.array_equal(frame.grey, expanded(LEGAL) if color_range == LIMITED else RAMP)
    source.close()


def test_grey_h264_of_a_writer_that_labels_nothing(tmp_path: Path, write_video: Callable[..., Path]) -> None:
    source = VideoSource(write_video(tmp_path / "a.mp4", "libx264", "gray", [LEGAL] * 3, options={"qp": "0"}))
    assert np.array_equal(source.frame_at(1).grey, LEGAL)
    source.close()


def test_sixteen_bit_ffv1_is_bit_exact(tmp_path: Path, write_video: Callable[..., Path]) -> None:
    stored = np.random.default_rng(3).integers(0, 65536, (16, 32)).astype(np.uint16)
    source = VideoSource(write_video(tmp_path / "a.mkv", "ffv1", "gray16le", [stored] * 2))
    frame = source.frame_at(1)
    assert (frame.white, frame.grey.dtype) == (65535, np.uint16)
    assert np.array_equal(frame.grey, stored)
    source.close()
