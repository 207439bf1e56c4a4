from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.capture.grey_range import range_in_use, sampled, stretched
from assistant.capture.opening import open_source


@pytest.mark.parametrize(
    ("low", "high", "top", "shown"),
    [
        (0, 1020, 65535, (0, 1023)),  # ten bits in a container of sixteen
        (200, 4000, 65535, (0, 4095)),
        (300, 810, 65535, (236, 874)),
        (30000, 31000, 65535, (29875, 31125)),
        (100, 40000, 65535, (0, 65535)),  # fills its container
        (7, 7, 65535, (0, 65535)),  # nothing in it
    ],
)
def test_the_range_in_use(low: int, high: int, top: int, shown: tuple[int, int]) -> None:
    assert range_in_use(low, high, 0, top) == shown


def test_signed_values_get_room_too() -> None:
    assert range_in_use(-100, 100, -32768, 32767) == (-125, 125)


def test_pictures_from_the_first_to_the_last() -> None:
    assert sampled(0) == []
    assert sampled(1) == [0]
    assert sampled(3) == [0, 1, 2]
    many = sampled(1000)
    assert (len(many), many[0], many[-1]) == (16, 0, 999)


def test_stretching_keeps_to_black_and_white() -> None:
    grey = stretched(np.array([[0, 4, 8, 1020, 1023, 5000]], np.uint16), 0, 1023)
    assert grey.tolist() == [[0, 256, 512, 65343, 65535, 65535]]


def single_shots(count: int, *, lit: Callable[[int], bool]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    levels = ((20000, 3000) if lit(k) else (40, 10) for k in range(count))
    return [np.clip(mean + sd * rng.standard_normal((32, 40)), 0, 65535).astype(np.uint16) for mean, sd in levels]


def kept(folder: Path, kind: str, shots: list[np.ndarray], write_video: Callable[..., Path]) -> str:
    if kind == "video":
        return str(write_video(folder / "a.mkv", "ffv1", "gray16le", shots))
    for k, shot in enumerate(shots):
        assert cv2.imwrite(str(folder / f"{k:03}.png"), shot)
    return str(folder)


@pytest.mark.parametrize("kind", ["video", "pictures"])
def test_exposures_in_a_rhythm_are_in_the_range_of_the_run(
    kind: str, tmp_path: Path, write_video: Callable[..., Path]
) -> None:
    """Shots of five pictures between black ones lay between the sampled ones and were all white."""
    shots = single_shots(320, lit=lambda k: k % 20 in range(7, 12))
    source = open_source(kept(tmp_path, kind, shots, write_video))
    frame = source.frame_at(208)
    assert (np.mean(frame.grey == frame.white) < 0.01, frame.lost) == (True, "")
    source.close()


@pytest.mark.parametrize("kind", ["video", "pictures"])
def test_a_picture_beyond_the_range_of_the_run_is_said_and_not_clipped(
    kind: str, tmp_path: Path, write_video: Callable[..., Path]
) -> None:
    missed = next(k for k in range(40) if k not in sampled(40))
    shots = single_shots(40, lit=lambda k: k == missed)
    source = open_source(kept(tmp_path, kind, shots, write_video))
    lost = {frame.index: frame.lost for frame in source.frames() if frame.lost}
    assert list(lost) == [missed]
    assert "go beyond those that the run is shown with" in lost[missed]
    assert source.frame_at(missed).lost == lost[missed]
    source.close()
