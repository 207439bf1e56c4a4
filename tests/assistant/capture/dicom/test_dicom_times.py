from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from assistant.capture.dicom.dicom_header import DicomHeader
from assistant.capture.dicom.dicom_times import frame_times
from assistant.run_facts import RunClock


def header(**values: Any) -> DicomHeader:
    dataset = Dataset()
    for key, value in values.items():
        setattr(dataset, key, value)
    return DicomHeader(dataset=dataset, transfer_syntax="1.2.840.10008.1.2.1", pixel_tag_at=0)


def test_times_in_their_order_of_trust() -> None:
    vector = frame_times(header(FrameTimeVector=[0, 10, 30], FrameTime="50", CineRate="4"), 3, None)
    assert vector.t_s == pytest.approx([0, 0.01, 0.04])
    assert vector.fps == pytest.approx(50)
    assert frame_times(header(FrameTime="50", CineRate="4"), 3, None).t_s == pytest.approx([0, 0.05, 0.1])
    assert frame_times(header(CineRate="4", RecommendedDisplayFrameRate="8"), 3, None).fps == 4
    assert frame_times(header(RecommendedDisplayFrameRate="8"), 3, 2.0).fps == 8


def test_without_a_time_the_given_rate_or_15_counts() -> None:
    given = frame_times(header(), 3, 2.0)
    assert given.t_s == pytest.approx([0, 0.5, 1.0])
    assumed = frame_times(header(), 3, None)
    assert assumed.t_s == pytest.approx([0, 1 / 15, 2 / 15])
    assert assumed.fps is None
    assert "assumed" in assumed.note


@pytest.mark.parametrize(
    "broken",
    [
        {"FrameTimeVector": [10]},
        {"FrameTimeVector": [0, -5, 10]},
        {"FrameTimeVector": [0, 0, 0]},
        {"FrameTime": "0"},
    ],
)
def test_broken_times_give_way_to_the_next(broken: dict) -> None:
    assert frame_times(header(**broken, CineRate="10"), 3, None).note == "CineRate"


def test_times_do_not_depend_on_the_kind_of_number() -> None:
    assert frame_times(header(FrameTime="33"), 4, None).t_s.dtype == np.float64


def test_the_pointer_says_which_statement_counts() -> None:
    both = {"FrameTimeVector": [0, 50, 200], "FrameTime": "100"}
    assert frame_times(header(**both, FrameIncrementPointer=0x00181063), 3, None).t_s == pytest.approx([0, 0.1, 0.2])
    assert frame_times(header(**both, FrameIncrementPointer=0x00181065), 3, None).t_s == pytest.approx([0, 0.05, 0.25])
    assert frame_times(header(FrameTime="100", FrameIncrementPointer=0x00181065), 3, None).note == "FrameTime"
    assert frame_times(header(CineRate="10", FrameIncrementPointer=0x00200032), 3, None).note == "CineRate"


@pytest.mark.parametrize(
    ("vector", "t_s"),
    [([50, 200], [0, 0.05, 0.25]), ([0, 50, 200, 70], [0, 0.05, 0.25]), ([0, 50], [0, 0.05, 0.1])],
)
def test_a_vector_with_an_entry_too_few_or_too_many(vector: list[int], t_s: list[float]) -> None:
    found = frame_times(header(FrameTimeVector=vector), 3, None)
    assert found.t_s == pytest.approx(t_s)
    assert found.clock is RunClock.FILE
    assert f"FrameTimeVector has {len(vector)} entries for 3 frames" in found.notes[0]


def test_a_vector_that_cannot_be_right_is_told() -> None:
    found = frame_times(header(FrameTimeVector=[0, 10], FrameTime="40"), 9, None)
    assert (found.note, found.t_s[-1]) == ("FrameTime", pytest.approx(0.32))
    assert "cannot be right" in found.notes[0]


def enhanced(*moments: str) -> DicomHeader:
    frames = []
    for moment in moments:
        content, frame = Dataset(), Dataset()
        content.FrameAcquisitionDateTime = moment
        frame.FrameContentSequence = Sequence([content])
        frames.append(frame)
    return header(PerFrameFunctionalGroupsSequence=Sequence(frames), FrameTime="40")


def test_the_frames_own_times() -> None:
    found = frame_times(enhanced("20261129235959.50", "20261130000000.250000+0100", "20261130000001"), 3, None)
    assert found.t_s == pytest.approx([0, 0.75, 1.5])
    assert found.note == "FrameAcquisitionDateTime"
    falling = frame_times(enhanced("20261129120001", "20261129120000", "20261129120002"), 3, None)
    assert falling.note == "FrameTime"
    assert "fall" in falling.notes[0]
    assert frame_times(enhanced("20261129120001", ""), 2, None).note == "FrameTime"


def test_a_duration_is_spread_and_one_that_contradicts_is_told() -> None:
    spread = frame_times(header(EffectiveDuration="8"), 4, None)
    assert spread.t_s == pytest.approx([0, 2, 4, 6])
    assert "spread" in spread.notes[0]
    assert frame_times(header(ActualFrameDuration="50"), 3, None).fps == pytest.approx(20)
    fits = header(CineRate="10", EffectiveDuration="6.4")
    assert frame_times(fits, 64, None).notes == ()
    told = frame_times(header(CineRate="10", EffectiveDuration="12.8"), 64, None)
    assert "contradicts itself" in told.notes[0]


def test_a_rate_of_display_is_told_as_such() -> None:
    assert "how fast it is to be shown" in frame_times(header(RecommendedDisplayFrameRate="8"), 3, None).notes[0]
