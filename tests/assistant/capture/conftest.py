"""Small runs of every kind, written anew for each test."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"

U8 = NDArray[np.uint8]


def figure(count: int, rows: int = 48, cols: int = 64, seed: int = 0) -> list[U8]:
    """Pictures that differ from each other, from their mirror images and from any smooth guess."""
    rng = np.random.default_rng(seed)
    base = np.linspace(30, 200, rows)[:, None] + np.linspace(0, 20, cols)[None, :]
    pictures = []
    for k in range(count):
        picture = base + rng.normal(0, 6, (rows, cols))
        picture[4:24, 2 * (k % 25) : 2 * (k % 25) + 12] = 230 if k % 2 else 20
        pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
    return pictures


def planar(luma: NDArray[Any], pixel_format: str) -> av.VideoFrame:
    """A picture whose luma plane is exactly the given one; grey chroma."""
    frame = av.VideoFrame(luma.shape[1], luma.shape[0], pixel_format)
    for k, plane in enumerate(frame.planes):
        size = luma.dtype.itemsize
        target = np.frombuffer(memoryview(plane), luma.dtype).reshape(-1, plane.line_size // size)
        if k == 0:
            target[: luma.shape[0], : luma.shape[1]] = luma
        else:
            target[:] = 128 if size == 1 else 512
    return frame


@pytest.fixture
def pictures() -> list[U8]:
    return figure(23)


@pytest.fixture
def write_video() -> Callable[..., Path]:
    def write(
        path: Path,
        codec: str,
        pixel_format: str,
        pictures: Sequence[NDArray[Any]],
        *,
        stamps: Sequence[int] | None = None,
        unit: Fraction = Fraction(1, 15),
        rate: int = 15,
        options: dict[str, str] | None = None,
        container_options: dict[str, str] | None = None,
        color_range: int = 0,
        gop: int = 0,
        b_frames: int = 0,
        with_sound: bool = False,
        make: Callable[[NDArray[Any], str], av.VideoFrame] = planar,
    ) -> Path:
        with av.open(str(path), "w", options=container_options or {}) as container:
            stream = container.add_stream(codec, rate=rate, options=options or {})
            stream.height, stream.width = pictures[0].shape[:2]
            stream.pix_fmt = pixel_format
            stream.time_base = stream.codec_context.time_base = unit
            if gop:
                stream.codec_context.gop_size = gop
            stream.codec_context.max_b_frames = b_frames
            if color_range:
                stream.codec_context.color_range = color_range
            sound = container.add_stream("pcm_s16le", rate=8000) if with_sound else None
            for k, picture in enumerate(pictures):
                frame = make(picture, pixel_format)
                if color_range:
                    frame.color_range = color_range
                frame.pts, frame.time_base = (k if stamps is None else stamps[k]), unit
                for packet in stream.encode(frame):
                    container.mux(packet)
            for packet in stream.encode():
                container.mux(packet)
            if sound is not None:
                samples = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), format="s16", layout="mono")
                samples.sample_rate, samples.pts = 8000, 0
                for packet in [*sound.encode(samples), *sound.encode()]:
                    container.mux(packet)
        return path

    return write


@pytest.fixture
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the real data are not beside this checkout")
    return SHARED
