import io
import struct

import numpy as np
import pytest

from assistant.capture.dicom.dicom_pixels import PixelError, PixelLayout, is_readable, read_table, stored_values

EXPLICIT, RLE, J2K = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.90"


def layout(**changes: object) -> PixelLayout:
    values: dict = {
        "transfer_syntax": EXPLICIT,
        "rows": 2,
        "cols": 3,
        "samples": 1,
        "bits_allocated": 8,
        "bits_stored": 8,
        "high_bit": 7,
        "signed": False,
        "planar": False,
        "photometric": "MONOCHROME2",
        "frame_count": 2,
    }
    return PixelLayout(**{**values, **changes})


def native(data: bytes, length: int | None = None) -> io.BytesIO:
    size = len(data) if length is None else length
    return io.BytesIO(b"\xe0\x7f\x10\x00OW\0\0" + struct.pack("<I", size) + data)


def pieces(*parts: bytes, end: bool = True) -> io.BytesIO:
    items = b"".join(b"\xfe\xff\x00\xe0" + struct.pack("<I", len(part)) + part for part in parts)
    close = b"\xfe\xff\xdd\xe0\0\0\0\0" if end else b""
    return io.BytesIO(b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff" + items + close)


def table_of(file: io.BytesIO, shape: PixelLayout) -> tuple[list[int], bool]:
    table = read_table(file, len(file.getvalue()), shape)
    return [len(piece) for piece in table.pieces], table.cut


def test_frames_of_plain_data() -> None:
    file = native(bytes(range(12)))
    table = read_table(file, len(file.getvalue()), layout())
    assert stored_values(file, table, layout(), 1).tolist() == [[6, 7, 8], [9, 10, 11]]
    assert table_of(native(bytes(12), length=12), layout()) == ([1, 1], False)
    assert table_of(native(bytes(9), length=12), layout()) == ([1], True)


def test_more_data_than_frames_is_a_contradiction() -> None:
    with pytest.raises(PixelError, match="18 bytes and 2 frames of 6 need 12"):
        table_of(native(bytes(18)), layout())
    assert table_of(native(bytes(7)), layout(frame_count=1)) == ([1], False), "one byte fills up to an even number"


def test_sign_and_unused_bits() -> None:
    # 12 of 16 bits, with an old overlay in the four bits above.
    values = np.array([0xF7FF, 0x0800, 0x1FFF], "<u2").tobytes()
    shape = layout(rows=1, bits_allocated=16, bits_stored=12, high_bit=11, frame_count=1)
    file = native(values)
    table = read_table(file, len(file.getvalue()), shape)
    assert stored_values(file, table, shape, 0).tolist() == [[0x7FF, 0x800, 0xFFF]]
    signed = layout(rows=1, bits_allocated=16, bits_stored=12, high_bit=11, frame_count=1, signed=True)
    assert stored_values(file, table, signed, 0).tolist() == [[2047, -2048, -1]]
    top = layout(rows=1, bits_allocated=16, bits_stored=12, high_bit=15, frame_count=1)
    assert stored_values(file, table, top, 0).tolist() == [[0xF7F, 0x080, 0x1FF]]


def test_subsampled_colour() -> None:
    file = native(bytes([10, 20, 99, 98, 30, 40, 97, 96]))
    shape = layout(rows=1, cols=4, samples=3, photometric="YBR_FULL_422", frame_count=1)
    table = read_table(file, len(file.getvalue()), shape)
    assert stored_values(file, table, shape, 0).tolist() == [[10, 20, 30, 40]]


def test_pieces_by_number_table_and_marks() -> None:
    one, two = b"\xff\xd8ab", b"\xff\xd8cd"
    shape = layout(transfer_syntax=J2K)
    assert table_of(pieces(b"", one, two), shape) == ([1, 1], False)
    assert table_of(pieces(b"", one, b"more", two), shape) == ([2, 1], False)
    offsets = struct.pack("<II", 0, 24)
    assert table_of(pieces(offsets, b"aaaa", b"bbbb", b"cccc"), shape) == ([2, 1], False)
    assert table_of(pieces(b"", b"aaaa", b"bbbb", b"cccc"), layout(transfer_syntax=J2K, frame_count=1)) == ([3], False)
    assert table_of(pieces(b"", one, end=False), shape) == ([1], True)
    assert table_of(pieces(b"", one), shape) == ([1], True)


def test_contradictions() -> None:
    with pytest.raises(PixelError, match="3 pictures and its header speaks of 2"):
        table_of(pieces(b"", *[b"\xff\xd8ab"] * 3), layout(transfer_syntax=J2K))
    with pytest.raises(PixelError, match="not in pieces"):
        table_of(native(bytes(12)), layout(transfer_syntax=RLE))
    with pytest.raises(PixelError, match="hold no frame"):
        table_of(io.BytesIO(pieces().getvalue()[:12]), layout(transfer_syntax=RLE))
    with pytest.raises(PixelError, match="no pixel data"):
        table_of(io.BytesIO(b""), layout())
    with pytest.raises(PixelError, match="no whole numbers"):
        table_of(io.BytesIO(b"\xe0\x7f\x08\x00OF\0\0\x0c\0\0\0" + bytes(12)), layout())


def test_a_piece_that_is_no_picture() -> None:
    file = pieces(b"", b"\xff\x4fjunk", b"\xff\x4fjunk")
    shape = layout(transfer_syntax=J2K)
    table = read_table(file, len(file.getvalue()), shape)
    with pytest.raises(PixelError, match="JPEG 2000"):
        stored_values(file, table, shape, 0)


def test_what_is_read() -> None:
    assert is_readable(EXPLICIT)
    assert is_readable(RLE)
    assert not is_readable("1.2.840.10008.1.2.4.102")
