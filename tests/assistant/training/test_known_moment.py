"""A frame as it is known afterwards carries what the overlay draws."""

import pytest

from assistant.lines import Line
from assistant.training.known_moment import KnownMoments
from assistant.training.run_outcome import read_run_outcome
from assistant.vocabulary import FrameState, Motion
from tests.small_ending import write_ending


def test_a_known_moment_carries_lines_for_the_overlay(tmp_path):
    run_outcome = read_run_outcome(write_ending(tmp_path, crosses_at=30))
    moment = KnownMoments(run_outcome).at(25)
    assert isinstance(moment.motion, Motion)
    assert moment.liveness.state is FrameState.LIVE
    assert moment.distances.mm[Line.WARNING_LINE] == pytest.approx(5 / 3, abs=0.001)
