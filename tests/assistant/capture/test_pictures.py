from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.capture.pictures import PictureFolder, numbered_pictures
from assistant.errors import InputError


def write(folder: Path, names: list[str], rows: int = 24, dtype: type = np.uint8) -> None:
    folder.mkdir(exist_ok=True)
    for k, name in enumerate(names):
        cv2.imwrite(str(folder / name), np.full((rows, 32), k + 1, dtype))


def open_folder(folder: Path, fps: float | None = None) -> PictureFolder:
    return PictureFolder(folder, numbered_pictures(folder, str(folder)), str(folder), fps=fps)


def test_numbers_count_and_not_letters(tmp_path: Path) -> None:
    names = [f"IM{k}.png" for k in (1, 2, 3, 9, 10, 11, 100)]
    write(tmp_path, names)
    assert [path.name for path in numbered_pictures(tmp_path, "a")] == names
    source = open_folder(tmp_path)
    assert [int(frame.grey[0, 0]) for frame in source.frames()] == [1, 2, 3, 4, 5, 6, 7]
    assert source.frame_at(5).grey[0, 0] == 6


def test_several_numbers_in_a_name(tmp_path: Path) -> None:
    names = ["s2_f9.tif", "s2_f10.tif", "s10_f1.tif"]
    write(tmp_path, names)
    assert [path.name for path in numbered_pictures(tmp_path, "a")] == names


def test_the_clock(tmp_path: Path) -> None:
    write(tmp_path, ["1.png", "2.png", "3.png"])
    assert [f.t_s for f in open_folder(tmp_path).frames()] == pytest.approx([0, 1 / 15, 2 / 15], abs=1e-6)
    source = open_folder(tmp_path, fps=4)
    assert [f.t_s for f in source.frames()] == pytest.approx([0, 0.25, 0.5])
    assert (source.facts.fps, source.facts.frame_count) == (4, 3)
    assert (source.facts.width_px, source.facts.height_px) == (32, 24)


def test_sixteen_bits(tmp_path: Path) -> None:
    write(tmp_path, ["1.png", "2.png"], dtype=np.uint16)
    source = open_folder(tmp_path)
    frame = source.frame_at(1)
    # The values 1 and 2 use two bits of the sixteen: 3 is white.
    assert (frame.white, frame.grey.dtype, int(frame.grey[3, 3])) == (65535, np.uint16, 43690)
    assert "shown are the values 0 to 3" in source.facts.notes[1]


def test_what_is_no_frame_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, ["1.png", "2.png", "preview.png", "._3.png"])
    (tmp_path / "notes7.txt").write_text("x")
    assert [path.name for path in numbered_pictures(tmp_path, "a")] == ["1.png", "2.png"]


def test_two_series_in_one_folder_are_refused(tmp_path: Path) -> None:
    write(tmp_path, ["f1.png", "f2.png", "f1_mask.png", "f2_mask.png"])
    with pytest.raises(InputError, match=r"more than one series \(f1\.png, f1_mask\.png\)"):
        numbered_pictures(tmp_path, "a")


def test_a_picture_of_another_size_or_depth_is_named(tmp_path: Path) -> None:
    write(tmp_path, ["1.png", "2.png", "3.png"])
    cv2.imwrite(str(tmp_path / "3.png"), np.zeros((30, 32), np.uint8))
    frames = open_folder(tmp_path).frames()
    assert [next(frames).index, next(frames).index] == [0, 1]
    with pytest.raises(InputError, match=r"3\.png: this picture is 32 x 30 and the first one is 32 x 24"):
        next(frames)
    cv2.imwrite(str(tmp_path / "3.png"), np.zeros((24, 32), np.uint16))
    with pytest.raises(InputError, match=r"3\.png: this picture has 16 bits a sample and the first one 8"):
        open_folder(tmp_path).frame_at(2)


def test_a_broken_picture_in_the_middle_is_named_after_the_good_ones(tmp_path: Path) -> None:
    write(tmp_path, ["1.png", "2.png", "3.png"])
    (tmp_path / "2.png").write_bytes((tmp_path / "2.png").read_bytes()[:40])
    frames = open_folder(tmp_path).frames()
    assert next(frames).index == 0
    with pytest.raises(InputError, match=r"2\.png: the picture is damaged"):
        next(frames)


def test_missing_numbers_are_noted(tmp_path: Path) -> None:
    write(tmp_path, ["1.png", "2.png", "5.png"])
    source = open_folder(tmp_path)
    assert source.facts.details["numbers_missing"].startswith("2 between 1 and 5")
    with pytest.raises(InputError, match="there is no frame 3"):
        source.frame_at(3)
    source.close()
