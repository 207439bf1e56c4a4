import threading

import numpy as np
import pytest

from assistant.live.shared.shared_memory import SessionMemory


def picture(value: int, dtype: type = np.uint8) -> np.ndarray:
    return np.full((48, 64 if dtype is np.uint8 else 32), value, dtype)


def test_a_frame_comes_out_as_it_went_in(session_memory: SessionMemory) -> None:
    assert session_memory.ring.newest() is None
    session_memory.ring.publish(0, 1_500_000_000, 77, 3, picture(9))
    frame = session_memory.ring.newest()
    assert frame is not None
    assert (frame.index, frame.t_s, frame.captured_ns, frame.picture, frame.white) == (0, 1.5, 77, 3, 255)
    np.testing.assert_array_equal(frame.grey, picture(9))


def test_sixteen_bit_pictures_of_another_size(session_memory: SessionMemory) -> None:
    session_memory.ring.publish(5, 0, 0, 0, picture(40_000, np.uint16))
    frame = session_memory.ring.read(5)
    assert frame is not None
    assert frame.white == 65535
    np.testing.assert_array_equal(frame.grey, picture(40_000, np.uint16))


def test_only_the_last_frames_are_there(session_memory: SessionMemory) -> None:
    for k in range(10):
        session_memory.ring.publish(k, k, k, k, picture(k))
    assert [k for k in range(12) if session_memory.ring.read(k) is not None] == [6, 7, 8, 9]
    assert session_memory.ring.stamp(9) == (9, 9)
    assert session_memory.ring.stamp(5) is None
    assert session_memory.ring.newest_index == 9


def test_the_copy_is_the_readers_own(session_memory: SessionMemory) -> None:
    session_memory.ring.publish(0, 0, 0, 0, picture(1))
    frame = session_memory.ring.newest()
    for k in range(1, 6):
        session_memory.ring.publish(k, 0, 0, 0, picture(200))
    assert frame is not None
    assert frame.grey.max() == 1


def test_a_picture_that_is_too_large_is_refused(session_memory: SessionMemory) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        session_memory.ring.publish(0, 0, 0, 0, np.zeros((100, 100), np.uint8))


def test_a_half_written_frame_is_never_believed(session_memory: SessionMemory) -> None:
    """Readers race a writer: every copy is of one frame only."""
    stop = threading.Event()

    def write() -> None:
        k = 0
        while not stop.is_set():
            session_memory.ring.publish(k, k, k, k, picture(k % 256))
            k += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        good = 0
        while good < 300:
            frame = session_memory.ring.newest()
            if frame is not None:
                assert (frame.grey == frame.index % 256).all()
                good += 1
    finally:
        stop.set()
        writer.join()
