from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from assistant.capture.video.video import VideoSource
from assistant.capture.video.video_file import VideoPass
from assistant.errors import InputError

Write = Callable[..., Path]


def test_packets_and_pictures(tmp_path: Path, write_video: Write, pictures: list) -> None:
    path = write_video(tmp_path / "a.mp4", "libx264", "yuv420p", pictures, b_frames=2, gop=6)
    with VideoPass(path, "a", threads=1) as video:
        assert len(list(video.pictures())) == len(pictures) == video.packets
        assert video.missing() is None
        assert video.promised_frames == len(pictures)
        assert not video.is_avi
        video.seek(0)
        assert video.packets == 0
        assert next(video.pictures()).pts == 0


def test_a_file_of_sound_only(tmp_path: Path) -> None:
    path = tmp_path / "sound.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        samples = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        samples.sample_rate = 8000
        for packet in [*stream.encode(samples), *stream.encode()]:
            container.mux(packet)
    with pytest.raises(InputError, match=r"sound\.mkv: holds only sound; choose the file with the video"):
        VideoPass(path, str(path), threads=1)


def test_sound_beside_the_video_is_no_matter(tmp_path: Path, write_video: Write, pictures: list) -> None:
    path = write_video(tmp_path / "a.mkv", "ffv1", "gray", pictures, with_sound=True)
    with VideoPass(path, "a", threads=1) as video:
        assert len(list(video.pictures())) == len(pictures)


def test_playlists_open_no_other_file(tmp_path: Path, write_video: Write, pictures: list) -> None:
    target = write_video(tmp_path / "a.mkv", "ffv1", "gray", pictures)
    for text in (
        f"ffconcat version 1.0\nfile {target.name}\n",
        f"#EXTM3U\n#EXTINF:10,\n{target.name}\n",
        "plain text\n" * 99,
    ):
        path = tmp_path / "list.mp4"
        path.write_text(text)
        with pytest.raises(InputError, match="not a video that can be read"):
            VideoPass(path, str(path), threads=1)


def test_absurd_sizes_are_refused(tmp_path: Path, write_video: Write, pictures: list) -> None:
    path = write_video(tmp_path / "a.avi", "ffv1", "gray", pictures[:2])
    content = path.read_bytes()
    size = (64).to_bytes(4, "little") + (48).to_bytes(4, "little")
    huge = (9000).to_bytes(4, "little") + (9000).to_bytes(4, "little")
    path.write_bytes(content.replace(size, huge))
    with pytest.raises(InputError, match="larger than any C-arm makes"):
        VideoPass(path, "a", threads=1)


def test_of_two_films_the_files_own_first_one_is_read_and_the_other_named(tmp_path: Path) -> None:
    """A recorder's fluoroscopy beside a room camera of twice its rate."""
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as container:
        for rate, rows, cols in ((15, 64, 80), (30, 72, 96)):
            stream = container.add_stream("ffv1", rate=rate)
            stream.height, stream.width, stream.pix_fmt = rows, cols, "gray"
        for k in range(20):
            for stream, every in zip(container.streams.video, (2, 1), strict=True):
                if k % every == 0:
                    picture = np.full((stream.height, stream.width), 40 + k, np.uint8)
                    frame = av.VideoFrame.from_ndarray(picture, format="gray")
                    frame.pts, frame.time_base = k // every, Fraction(every, 30)
                    container.mux(stream.encode(frame))
        for stream in container.streams.video:
            container.mux(stream.encode(None))
    source = VideoSource(path, "two")
    assert (source.facts.width_px, source.facts.height_px) == (80, 64)
    assert any("2 video streams" in note and "not: ffv1, 96 x 72" in note for note in source.facts.notes)
    source.close()
