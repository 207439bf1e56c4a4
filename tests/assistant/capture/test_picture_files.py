import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.capture.picture_files import read_grey
from assistant.errors import InputError


@pytest.fixture
def grey() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (40, 60)).astype(np.uint8)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_grey_is_as_stored(suffix: str, tmp_path: Path, grey: np.ndarray) -> None:
    for k, picture in enumerate((grey, grey.astype(np.uint16) * 250 + 3)):
        path = tmp_path / f"{k}.{suffix}"
        cv2.imwrite(str(path), picture)
        read = read_grey(path, "a")
        assert read.dtype == picture.dtype
        assert np.array_equal(read, picture)
        assert read.flags.c_contiguous


def test_grey_in_colour_and_with_alpha(tmp_path: Path, grey: np.ndarray) -> None:
    for channels in (3, 4):
        path = tmp_path / f"{channels}.png"
        cv2.imwrite(str(path), np.dstack([grey] * 3 + [np.full_like(grey, 9)] * (channels - 3)))
        assert np.array_equal(read_grey(path, "a"), grey)


def test_white_is_zero_tiff(tmp_path: Path, grey: np.ndarray) -> None:
    path = tmp_path / "a.tif"
    cv2.imwrite(str(path), grey, [cv2.IMWRITE_TIFF_COMPRESSION, 1])
    content = bytearray(path.read_bytes())
    # Tag 262, photometric interpretation: 1 is black-is-zero, 0 white-is-zero.
    at = content.find(struct.pack("<HHIH", 262, 3, 1, 1))
    assert at > 0
    content[at + 8] = 0
    path.write_bytes(content)
    assert np.array_equal(read_grey(path, "a"), 255 - grey)


def test_harmless_extras_are_kept_from_the_decoder(
    tmp_path: Path, grey: np.ndarray, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), grey)
    content = path.read_bytes()
    end = content.index(b"IDAT") - 4
    path.write_bytes(content[:end] + chunk(b"iCCP", b"x\0\0broken") + chunk(b"gAMA", b"1") + content[end:])
    assert np.array_equal(read_grey(path, "a"), grey)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.3, 0.9, 0.999])
def test_a_cut_picture_is_refused_by_name(
    suffix: str, share: float, tmp_path: Path, grey: np.ndarray, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"a.{suffix}"
    cv2.imwrite(str(path), grey)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError, match=r"^run/7: the picture is damaged"):
        read_grey(path, "run/7")
    assert capfd.readouterr().err == ""


def test_any_changed_bit_of_a_png_is_found(tmp_path: Path, grey: np.ndarray) -> None:
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), grey)
    content = path.read_bytes()
    for at in range(0, len(content) - 12, 41):
        changed = bytearray(content)
        changed[at] ^= 1 << at % 8
        path.write_bytes(changed)
        with pytest.raises(InputError):
            read_grey(path, "a")


def test_several_pictures_in_one_tiff_are_refused(tmp_path: Path, grey: np.ndarray) -> None:
    path = tmp_path / "a.tif"
    cv2.imwritemulti(str(path), [grey, grey])
    with pytest.raises(InputError, match="holds 2 pictures"):
        read_grey(path, "a")


def test_bombs_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    with pytest.raises(InputError, match="100000 x 100000 px is no size"):
        read_grey(path, "a")


def test_other_samples_and_other_files(tmp_path: Path, grey: np.ndarray) -> None:
    path = tmp_path / "a.tif"
    cv2.imwrite(str(path), grey.astype(np.float32))
    with pytest.raises(InputError, match="samples are float32; save the pictures with 8 or 16 bits"):
        read_grey(path, "a")
    path.write_text("text")
    with pytest.raises(InputError, match="another kind of file"):
        read_grey(path, "a")
    with pytest.raises(InputError, match="cannot be read"):
        read_grey(tmp_path / "absent.png", "a")
