from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.dicom.dicom_series import DicomSeries, dicom_runs
from assistant.capture.opening import open_source
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


def test_one_range_of_grey_for_the_run(bench: Bench) -> None:
    rng = np.random.default_rng(0)
    for k, level in enumerate((300, 300, 900, 900, 300, 3000)):
        picture = rng.normal(level, 30, (12, 16)).astype(np.uint16)
        header = bench.header(bits=16, NumberOfFrames=None, SOPInstanceUID=f"1.2.{k}", InstanceNumber=str(k))
        bench.dicom(f"deep/{k}", header, picture.tobytes())
    source = open_source(str(bench.folder / "deep"))
    shown = [float(np.median(frame.grey)) / frame.white for frame in source.frames()]
    assert shown == pytest.approx([level / 4095 for level in (300, 300, 900, 900, 300, 3000)], abs=0.01)
    assert any("shown are stored values 0 to 4095" in note for note in source.facts.notes)


def test_a_series_of_two_kinds_is_told(bench: Bench) -> None:
    single(bench, "1", InstanceNumber="1")
    single(bench, "2", InstanceNumber="2", PhotometricInterpretation="MONOCHROME1")
    (run,) = dicom_runs([bench.folder / "1", bench.folder / "2"])
    source = DicomSeries(run, "series")
    assert source.frame_at(0).index == 0
    with pytest.raises(InputError, match="this picture is 16 x 12, 8 bit MONOCHROME1 and the first one"):
        source.frame_at(1)
    with pytest.raises(InputError, match="there is no frame 2"):
        source.frame_at(2)
