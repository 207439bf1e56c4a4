from collections.abc import Callable
from pathlib import Path

import pytest

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
    import av
    import numpy as np

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
