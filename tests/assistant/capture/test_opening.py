import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.capture.opening import is_camera, open_source
from assistant.capture.pictures import PictureFolder
from assistant.capture.source import Source
from assistant.capture.video.video import VideoSource
from assistant.errors import InputError, UsageError

Write = Callable[..., Path]


def test_a_video_is_known_by_its_content(tmp_path: Path, write_video: Write, pictures: list) -> None:
    path = write_video(tmp_path / "a.mkv", "ffv1", "gray", pictures)
    renamed = path.rename(tmp_path / "no suffix at all")
    source = open_source(str(renamed))
    assert isinstance(source, VideoSource)
    assert isinstance(source, Source)
    assert source.facts.frame_count == len(pictures)
    source.close()


def test_a_folder_of_pictures(tmp_path: Path) -> None:
    for k in range(3):
        cv2.imwrite(str(tmp_path / f"{k}.png"), np.zeros((8, 8), np.uint8))
    (tmp_path / "plan.json").write_text("{}")
    source = open_source(str(tmp_path), fps=5)
    assert isinstance(source, PictureFolder)
    assert source.facts.fps == 5
    assert source.facts.source == str(tmp_path)


def test_a_run_folder_with_its_video(tmp_path: Path, write_video: Write, pictures: list) -> None:
    write_video(tmp_path / "run.mkv", "ffv1", "gray", pictures)
    (tmp_path / "plan.json").write_text("{}")
    (tmp_path / "truth").mkdir()
    cv2.imwrite(str(tmp_path / "truth" / "1.png"), np.zeros((8, 8), np.uint8))
    cv2.imwrite(str(tmp_path / "preview.png"), np.zeros((8, 8), np.uint8))
    source = open_source(str(tmp_path))
    assert np.array_equal(source.frame_at(2).grey, pictures[2])
    source.close()


def test_a_run_folder_with_its_pictures(tmp_path: Path, pictures: list) -> None:
    (tmp_path / "frames").mkdir()
    for k, picture in enumerate(pictures):
        cv2.imwrite(str(tmp_path / "frames" / f"{k:06d}.png"), picture)
    source = open_source(str(tmp_path))
    assert source.facts.frame_count == len(pictures)
    assert np.array_equal(source.frame_at(20).grey, pictures[20])


def test_a_run_folder_with_its_dicom_file(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}")
    (tmp_path / "run.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\0" * 64)
    # Told by the DICOM reader: the file was taken for the run.
    with pytest.raises(InputError, match=r"run\.dcm") as told:
        open_source(str(tmp_path))
    assert "holds no run" not in str(told.value)


def test_two_videos_in_a_folder_are_refused(tmp_path: Path, write_video: Write, pictures: list) -> None:
    write_video(tmp_path / "a.mkv", "ffv1", "gray", pictures)
    write_video(tmp_path / "b.mkv", "ffv1", "gray", pictures)
    with pytest.raises(InputError, match=r"holds 2 runs \(a\.mkv; b\.mkv"):
        open_source(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.mp4", b"", "the file is empty"),
        ("text.mp4", b"This is no video.\n" * 50, "not a video that can be read"),
        ("one.png", b"\x89PNG\r\n\x1a\n" + bytes(99), "a single picture is no run"),
        ("plan.json", b' {"schema": "x"}', "not a run"),
        ("noise.avi", bytes(range(256)) * 8, "not a video that can be read"),
        ("zeros.mkv", bytes(4096), "not a video that can be read"),
    ],
)
def test_unusable_files(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_source(str(path))
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert words in text
    assert "\n" not in text
    assert ";" in text, "the sentence names a cure"


def test_missing_odd_and_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="there is no such file or folder; check the path"):
        open_source(str(tmp_path / "absent.mkv"))
    with pytest.raises(InputError, match="holds no run"):
        open_source(str(tmp_path))
    for name in ("", "a\0b"):
        with pytest.raises(InputError, match="not a name of a file"):
            open_source(name)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        open_source(str(tmp_path / "pipe"))
    with pytest.raises(InputError, match="cannot be reached"):
        open_source("x" * 5000)
    closed = tmp_path / "closed.mkv"
    closed.write_bytes(b"x")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="no permission to read it; ask for access"):
        open_source(str(closed))


def test_a_folder_that_may_not_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match="the folder cannot be read"):
        open_source(str(tmp_path))


@pytest.mark.parametrize("fps", [0.0, -3.0, float("nan"), float("inf"), 5000.0])
def test_a_rate_that_is_none(fps: float, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--fps must lie above 0"):
        open_source(str(tmp_path), fps=fps)


def test_camera_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("0", "12", "/dev/video0", "camera:0", "camera:rtsp://x", "rtsp://host/a", "http://host/a.mjpg"):
        assert is_camera(name), name
    for name in ("a.mkv", "", "0.mkv", "./0", "c:/x"):
        assert not is_camera(name), name
    monkeypatch.chdir(tmp_path)
    (tmp_path / "7").write_bytes(b"")
    assert not is_camera("7")


@contextlib.contextmanager
def only_words(path: Path) -> Iterator[None]:
    """Lets an `InputError` pass that names the file, and nothing else."""
    try:
        yield
    except InputError as error:
        text = str(error)
        if str(path) not in text or "\n" in text:
            raise


def survives(path: Path) -> None:
    """Whatever the file is, only an `InputError` may come out, of every way in."""
    with only_words(path):
        source = open_source(str(path))
        with contextlib.closing(source):
            assert source.facts.width_px > 0
            with only_words(path):
                last = 0.0
                for frame in source.frames():
                    assert frame.t_s >= last
                    assert frame.grey.shape == (source.facts.height_px, source.facts.width_px)
                    last = frame.t_s
            for index in (5, 0, 2, 60):
                with only_words(path):
                    assert source.frame_at(index).index == index


mutations = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("suffix", "codec", "pixel_format"),
    [
        ("mkv", "ffv1", "gray"),
        ("avi", "mjpeg", "yuvj420p"),
        ("mp4", "libx264", "yuv420p"),
        ("avi", "huffyuv", "yuv422p"),
        ("avi", "rawvideo", "bgr24"),
    ],
)
@settings(
    max_examples=40,
    derandomize=True,
    suppress_health_check=[*settings().suppress_health_check, HealthCheck.function_scoped_fixture],
)
@given(changes=mutations, cut=st.one_of(st.just(1.0), st.floats(0, 1)), in_head=st.booleans())
def test_changed_videos_end_in_words_only(
    suffix: str,
    codec: str,
    pixel_format: str,
    changes: list[tuple[float, int]],
    cut: float,
    in_head: bool,
    tmp_path: Path,
    write_video: Write,
    pictures: list,
) -> None:
    whole = tmp_path / f"whole.{suffix}"
    if not whole.exists():
        small = [picture[:16, :16].copy() for picture in pictures[:8]]
        make = _colour if pixel_format == "bgr24" else None
        write_video(whole, codec, pixel_format, small, **({"make": make} if make else {}))
    content = bytearray(whole.read_bytes())
    for place, value in changes:
        content[int(place * (min(len(content), 700) - 1 if in_head else len(content) - 1))] = value
    path = tmp_path / f"changed.{suffix}"
    path.write_bytes(content[: int(len(content) * cut)])
    survives(path)


def _colour(picture: np.ndarray, pixel_format: str) -> object:
    import av

    return av.VideoFrame.from_ndarray(np.dstack([picture] * 3), pixel_format)
