import zlib

import numpy as np

from assistant.recording.coder import NOWHERE, Coder, Offered
from assistant.vocabulary import Grey


def test_a_new_picture_is_coded_and_summed_and_a_repeat_is_only_a_time(grain: list[Grey]) -> None:
    coder = Coder()
    new = coder.code(Offered(index=3, t_ns=5, captured_ns=6, grey=grain[0]))
    again = coder.code(Offered(index=4, t_ns=7, captured_ns=8, grey=None))
    assert new.packet
    assert new.crc == zlib.crc32(grain[0].tobytes())
    assert (again.packet, again.track, again.crc, again.at) == (None, None, None, NOWHERE)


def test_a_change_of_size_is_another_track(grain: list[Grey]) -> None:
    coder = Coder()
    first = coder.code(Offered(index=0, t_ns=0, captured_ns=0, grey=grain[0])).track
    same = coder.code(Offered(index=1, t_ns=0, captured_ns=0, grey=grain[1])).track
    other = coder.code(Offered(index=2, t_ns=0, captured_ns=0, grey=np.zeros((32, 40), np.uint8))).track
    assert first == same
    assert first != other
