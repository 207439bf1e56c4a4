from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.dicom.dicom_series import DicomSeries, dicom_runs
from assistant.errors import InputError
from tests.journeys.door_files import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, np.arange(3 * 12 * 16).reshape(3, 12, 16).astype(np.uint8))


def single(bench: Bench, name: str, **values: str) -> Path:
    header = bench.header(NumberOfFrames=None, SOPInstanceUID=f"1.2.{name}", **values)
    return bench.dicom(name, header, bench.pictures[0].tobytes())


def test_series_and_long_files_are_runs_and_a_picture_alone_is_none(bench: Bench) -> None:
    film = bench.dicom("film", bench.header(FrameTime="100", StudyDate="20261128"))
    singles = [single(bench, name, InstanceNumber=number) for name, number in (("1", "2"), ("2", "1"))]
    alone = single(bench, "3", SeriesInstanceUID="1.2.9")
    first, second = dicom_runs([*singles, alone, film])
    assert (first.files, first.frames, first.taken) == ((film,), 3, datetime(2026, 11, 28, 12))
    assert second.files == (singles[1], singles[0])


def test_a_series_of_two_sizes_is_told(bench: Bench) -> None:
    single(bench, "1", InstanceNumber="1")
    bench.pictures = bench.pictures[:, :8]
    single(bench, "2", InstanceNumber="2")
    (run,) = dicom_runs([bench.folder / "1", bench.folder / "2"])
    source = DicomSeries(run, "series")
    assert source.frame_at(0).index == 0
    with pytest.raises(InputError, match="this picture is 16 x 8 and the first one is 16 x 12"):
        source.frame_at(1)
    with pytest.raises(InputError, match="there is no frame 2"):
        source.frame_at(2)
