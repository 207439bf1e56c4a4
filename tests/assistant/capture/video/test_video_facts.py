from collections.abc import Callable
from pathlib import Path

from assistant.capture.luma import LumaReader
from assistant.capture.video.video_facts import described, sampled_pictures
from assistant.capture.video.video_file import VideoPass


def test_a_plain_file_has_nothing_to_note(tmp_path: Path, write_video: Callable[..., Path], pictures: list) -> None:
    path = write_video(tmp_path / "a.mkv", "ffv1", "gray", pictures)
    with VideoPass(path, "a", threads=1) as video:
        first = next(video.pictures())
        details, notes = described(video, first, LumaReader(first))
        assert (details["codec"], details["pixel_format"], notes) == ("ffv1", "gray", [])
        assert len(sampled_pictures(video, first)) > 4
