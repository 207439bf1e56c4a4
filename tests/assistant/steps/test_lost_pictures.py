import numpy as np

from assistant.steps.lost_pictures import LostPictures
from assistant.vocabulary import Frame, FrameState

BLACK = np.zeros((4, 4), np.uint8)


def test_a_frame_without_a_picture_is_unusable_and_told_once() -> None:
    pictures = LostPictures()
    assert pictures.judge(Frame(index=0, t_s=0.0, grey=BLACK)) is None
    assert pictures.notes == ()
    for index in (1, 2):
        found = pictures.judge(Frame(index=index, t_s=0.1, grey=BLACK, lost="its data are damaged"))
        assert found is not None
        assert (found.state, found.reason) == (FrameState.UNUSABLE, "its data are damaged")
    assert pictures.notes == ("2 of 3 pictures could not be decoded (first in frame 1: its data are damaged).",)
