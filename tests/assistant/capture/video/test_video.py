import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from assistant.capture.source import Source
from assistant.capture.video.video import VideoSource
from assistant.errors import InputError
from assistant.vocabulary import Frame

Write = Callable[..., Path]

# container, codec, pixel format, encoder options, exact
KINDS = {
    "ffv1 grey mkv": ("mkv", "ffv1", "gray", {}, 10, 0),
    "ffv1 grey intra mkv": ("mkv", "ffv1", "gray", {"level": "3", "slices": "4", "slicecrc": "1"}, 1, 0),
    "ffv1 grey avi": ("avi", "ffv1", "gray", {}, 10, 0),
    "ffv1 yuv mkv": ("mkv", "ffv1", "yuv420p", {}, 10, 0),
    "huffyuv avi": ("avi", "huffyuv", "yuv422p", {}, 0, 0),
    "raw grey avi": ("avi", "rawvideo", "gray", {}, 0, 0),
    "raw yuv avi": ("avi", "rawvideo", "yuv420p", {}, 0, 0),
    "mjpeg avi": ("avi", "mjpeg", "yuvj420p", {}, 0, 0),
    "mjpeg mov": ("mov", "mjpeg", "yuvj420p", {}, 0, 0),
    "h264 mp4": ("mp4", "libx264", "yuv420p", {}, 7, 0),
    "h264 mp4 b-frames": ("mp4", "libx264", "yuv420p", {"bf": "3"}, 9, 3),
    "h264 mkv b-frames": ("mkv", "libx264", "yuv420p", {"bf": "3"}, 9, 3),
    "h264 mov open gop": (
        "mov",
        "libx264",
        "yuv420p",
        {"bf": "3", "x264-params": "open-gop=1:keyint=8:bframes=3"},
        8,
        3,
    ),
    "h264 avi": ("avi", "libx264", "yuv420p", {"bf": "0"}, 7, 0),
    "h264 avi b-frames": ("avi", "libx264", "yuv420p", {"bf": "3"}, 9, 3),
    "h264 mp4 one key": ("mp4", "libx264", "yuv420p", {"bf": "2"}, 250, 2),
    "h264 grey mkv": ("mkv", "libx264", "gray", {}, 7, 0),
    "h264 intra refresh": ("mkv", "libx264", "yuv420p", {"bf": "0", "x264-params": "intra-refresh=1:keyint=8"}, 8, 0),
    "mpeg4 avi": ("avi", "mpeg4", "yuv420p", {}, 7, 0),
    "vp9 mkv": ("mkv", "libvpx-vp9", "yuv420p", {"cpu-used": "8", "deadline": "realtime"}, 8, 0),
}


@pytest.fixture(params=sorted(KINDS))
def run(request: pytest.FixtureRequest, tmp_path: Path, write_video: Write, pictures: list) -> Path:
    suffix, codec, pixel_format, options, gop, b_frames = KINDS[request.param]
    path = tmp_path / f"run.{suffix}"
    return write_video(path, codec, pixel_format, pictures, options=options, gop=gop, b_frames=b_frames)


def read(source: VideoSource) -> tuple[list[Frame], str]:
    frames: list[Frame] = []
    try:
        for frame in source.frames():
            frames.append(frame)
    except InputError as error:
        return frames, str(error)
    finally:
        source.close()
    return frames, ""


def opened_and_read(path: Path) -> tuple[list[Frame], str, VideoSource | None]:
    try:
        source = VideoSource(path)
    except InputError as error:
        return [], str(error), None
    return *read(source), source


def same(one: Frame, other: Frame) -> bool:
    return (
        one.index == other.index
        and one.t_s == other.t_s
        and one.white == other.white
        and one.grey.dtype == other.grey.dtype
        and np.array_equal(one.grey, other.grey)
    )


def test_every_kind_gives_all_frames_with_even_stamps(run: Path, pictures: list) -> None:
    source = VideoSource(run)
    frames, error = read(source)
    assert error == ""
    assert [frame.index for frame in frames] == list(range(len(pictures)))
    assert np.allclose([frame.t_s for frame in frames], np.arange(len(pictures)) / 15, atol=0.0011)
    assert frames[0].t_s == 0.0
    assert source.facts.frame_count == len(pictures)
    assert (source.facts.width_px, source.facts.height_px) == (64, 48)
    assert source.facts.fps == pytest.approx(15, rel=0.02)
    for frame, picture in zip(frames, pictures, strict=True):
        assert frame.grey.shape == (48, 64)
        assert frame.grey.flags.c_contiguous
        # Not another frame's picture: this one fits best.
        errors = [np.abs(frame.grey.astype(int) - other).mean() for other in pictures]
        assert picture is pictures[int(np.argmin(errors))]


def test_a_frame_by_number_is_the_same_as_in_order(run: Path, pictures: list) -> None:
    source = VideoSource(run)
    frames = list(source.frames())
    order = [*range(len(pictures)), 0, len(pictures) - 1, *random.Random(4).choices(range(len(pictures)), k=30)]
    for index in order:
        assert same(source.frame_at(index), frames[index]), index
    source.close()
    source.close()


def test_frames_by_number_do_not_disturb_frames_in_order(run: Path) -> None:
    source = VideoSource(run)
    expected = list(source.frames())
    for frame in source.frames():
        assert same(frame, expected[frame.index])
        other = (frame.index * 7) % len(expected)
        assert same(source.frame_at(other), expected[other])
    source.close()


def test_the_number_of_threads_changes_nothing(run: Path) -> None:
    one, error_one = read(VideoSource(run, threads=1))
    many, error_many = read(VideoSource(run, threads=3))
    assert error_one == error_many == ""
    assert all(same(a, b) for a, b in zip(one, many, strict=True))


def test_lossless_grey_is_bit_exact(tmp_path: Path, write_video: Write, pictures: list) -> None:
    for suffix, codec in (("mkv", "ffv1"), ("avi", "ffv1"), ("avi", "rawvideo")):
        frames, _ = read(VideoSource(write_video(tmp_path / f"{codec}.{suffix}", codec, "gray", pictures)))
        assert all(np.array_equal(f.grey, p) for f, p in zip(frames, pictures, strict=True))


def test_true_time_stamps_of_a_variable_rate(tmp_path: Path, write_video: Write, pictures: list) -> None:
    steps = np.random.default_rng(1).integers(20, 400, len(pictures))
    stamps = [int(v) for v in np.cumsum(steps)]
    expected = (np.array(stamps) - stamps[0]) / 1000
    for suffix, codec, options in (("mkv", "ffv1", {}), ("mp4", "libx264", {"bf": "2"}), ("mov", "mjpeg", {})):
        path = write_video(
            tmp_path / f"vfr.{suffix}",
            codec,
            "gray" if codec == "ffv1" else "yuvj420p" if codec == "mjpeg" else "yuv420p",
            pictures,
            stamps=stamps,
            unit=Fraction(1, 1000),
            options=options,
            b_frames=2 if options else 0,
        )
        source = VideoSource(path)
        assert np.allclose([f.t_s for f in source.frames()], expected, atol=0.0011), suffix
        assert source.frame_at(11).t_s == pytest.approx(expected[11], abs=0.0011)
        source.close()


def test_a_picture_past_the_end_is_refused(tmp_path: Path, write_video: Write, pictures: list) -> None:
    for suffix, b_frames in (("mp4", 0), ("avi", 3)):
        path = write_video(tmp_path / f"a.{suffix}", "libx264", "yuv420p", pictures, b_frames=b_frames)
        source = VideoSource(path)
        with pytest.raises(InputError, match="past its end"):
            source.frame_at(len(pictures))
        with pytest.raises(InputError, match="numbered from 0"):
            source.frame_at(-1)
        assert source.frame_at(3).index == 3
        source.close()


@pytest.mark.parametrize("share", [0.02, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.96, 0.99])
def test_a_cut_file_gives_every_frame_before_the_cut_and_then_says_so(run: Path, share: float) -> None:
    whole, _ = read(VideoSource(run))
    content = run.read_bytes()
    cut = run.with_name(f"cut{run.suffix}")
    cut.write_bytes(content[: int(len(content) * share)])
    frames, error, source = opened_and_read(cut)
    if source is None:
        assert str(cut) in error
        return
    assert all(same(a, b) for a, b in zip(frames, whole[: len(frames)], strict=True))
    if len(frames) < len(whole):
        assert f"{cut}: ends after {len(frames)}" in error
    assert source.facts.details["cut"]
    if frames:
        last = VideoSource(cut)
        assert same(last.frame_at(len(frames) - 1), frames[-1])
        last.close()


def test_a_cut_says_how_many_of_how_many(tmp_path: Path, write_video: Write, pictures: list) -> None:
    for suffix, codec in (("mkv", "ffv1"), ("avi", "rawvideo")):
        path = write_video(tmp_path / f"run.{suffix}", codec, "gray", pictures)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        frames, error = read(VideoSource(path))
        assert 5 < len(frames) < 15
        assert f"ends after {len(frames)} of 23 frames" in error
        assert "copy the file again" in error


def test_a_damaged_picture_is_lost_and_not_shown(tmp_path: Path, write_video: Write, pictures: list) -> None:
    options = {"level": "3", "slices": "4", "slicecrc": "1"}
    path = write_video(tmp_path / "run.mkv", "ffv1", "gray", pictures, options=options, gop=1)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)
    for threads in (1, 2, 4):
        source = VideoSource(path, threads=threads)
        frames, error = read(source)
        (lost,) = (f for f in frames if f.lost)
        assert 8 < lost.index < 15
        assert "check sum" in lost.lost
        assert not lost.grey.any()
        assert all(np.array_equal(f.grey, p) for f, p in zip(frames, pictures, strict=True) if f is not lost)
        assert error == ""
        assert VideoSource(path, threads=threads).frame_at(lost.index).lost == lost.lost


def test_a_recording_that_was_never_closed_plays_to_its_end(tmp_path: Path, write_video: Write, pictures: list) -> None:
    path = write_video(tmp_path / "live.mkv", "ffv1", "gray", pictures, container_options={"live": "1"}, gop=1)
    frames, error = read(VideoSource(path))
    assert len(frames) == len(pictures)
    assert error == ""


def test_a_changing_picture_size_is_refused_by_name(tmp_path: Path, write_video: Write, pictures: list) -> None:
    first = write_video(tmp_path / "a.mjpeg", "mjpeg", "yuvj420p", pictures[:3])
    second = write_video(tmp_path / "b.mjpeg", "mjpeg", "yuvj420p", [p[:32, :32].copy() for p in pictures[:3]])
    joined = tmp_path / "joined.avi"
    small = [p[:32, :32].copy() for p in pictures[:3]]
    write_video(joined, "mjpeg", "yuvj420p", pictures[:3])
    assert first.stat().st_size > second.stat().st_size
    # An AVI of pictures of 64 x 48 in which the last one is of 32 x 32, padded to the same number of bytes.
    content = joined.read_bytes()
    last = content.rfind(b"\xff\xd8\xff", 0, content.rfind(b"idx1"))
    end = content.rfind(b"idx1")
    jpeg = _jpegs(second.read_bytes())[0]
    joined.write_bytes(content[:last] + jpeg.ljust(end - last, b"\0")[: end - last] + content[end:])
    frames, error = read(VideoSource(joined))
    assert len(frames) == 2
    assert "changes from 64 x 48 to 32 x 32 at frame 2" in error
    assert len(small) == 3


def _jpegs(content: bytes) -> list[bytes]:
    return [b"\xff\xd8\xff" + part for part in content.split(b"\xff\xd8\xff")[1:]]


def test_notes_tell_people_what_it_is(tmp_path: Path, write_video: Write, pictures: list) -> None:
    source = VideoSource(write_video(tmp_path / "a.mkv", "ffv1", "gray", pictures), "the run")
    assert source.facts.source == "the run"
    assert source.facts.details["codec"] == "ffv1"
    assert source.facts.details["pixel_format"] == "gray"
    assert "cut" not in source.facts.details
    assert isinstance(source, Source)
    source.close()


def test_interlaced_pictures_are_noted(tmp_path: Path, write_video: Write, pictures: list) -> None:
    options = {"flags": "+ildct+ilme", "x264-params": "interlaced=1"}
    path = write_video(tmp_path / "a.mp4", "libx264", "yuv420p", pictures, options=options)
    source = VideoSource(path)
    assert "interlaced" in source.facts.details
    source.close()


def test_a_closed_source_says_so(tmp_path: Path, write_video: Write, pictures: list) -> None:
    source = VideoSource(write_video(tmp_path / "a.mkv", "ffv1", "gray", pictures))
    frames = source.frames()
    assert next(frames).index == 0
    source.close()
    with pytest.raises(InputError, match="was closed while it was read"):
        next(frames)
    with pytest.raises(InputError, match="is closed"):
        source.frame_at(0)


def test_a_file_that_goes_away_after_it_was_opened(tmp_path: Path, write_video: Write, pictures: list) -> None:
    path = write_video(tmp_path / "a.mkv", "ffv1", "gray", pictures)
    source = VideoSource(path)
    path.unlink()
    with pytest.raises(InputError, match="not a video that can be read"):
        next(source.frames())
    with pytest.raises(InputError):
        source.frame_at(0)
    source.close()


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_stamps_that_are_the_same_twice_do_not_mix_up_frames(
    codec: str, tmp_path: Path, write_video: Write, pictures: list
) -> None:
    # Faster than the container's clock of 1 ms can tell apart.
    path = write_video(tmp_path / "fast.mkv", codec, "yuv420p", pictures, unit=Fraction(1, 4000), rate=4000, gop=5)
    source = VideoSource(path)
    frames = list(source.frames())
    assert len(frames) == len(pictures)
    for index in (20, 3, 4, 22, 0):
        assert same(source.frame_at(index), frames[index])
    source.close()


def test_a_player_s_rotation_is_noted_and_not_applied(tmp_path: Path, write_video: Write, pictures: list) -> None:
    plain = write_video(tmp_path / "a.mp4", "libx264", "yuv420p", pictures)
    turned = tmp_path / "turned.mp4"
    with av.open(str(plain)) as read_from, av.open(str(turned), "w") as written:
        stream = written.add_stream_from_template(read_from.streams.video[0])
        stream.set_display_rotation(90)
        for packet in read_from.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                written.mux(packet)
    source, expected = VideoSource(turned), VideoSource(plain)
    assert "rotation" in source.facts.details
    assert (source.facts.width_px, source.facts.height_px) == (64, 48)
    assert np.array_equal(source.frame_at(4).grey, expected.frame_at(4).grey)
    source.close()
    expected.close()


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_nothing_is_written_to_the_terminal(run: Path, share: float, capfd: pytest.CaptureFixture[str]) -> None:
    content = bytearray(run.read_bytes())
    for k in range(1, 30):
        content[len(content) * k // 31] ^= 0x55
    run.write_bytes(content[: int(len(content) * share)])
    opened_and_read(run)
    assert capfd.readouterr() == ("", "")
